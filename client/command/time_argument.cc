#include "client/command/time_argument.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace wirefold {

absl::StatusOr<google::protobuf::Timestamp> ParseTimeArgument(const std::string& text) {
  absl::Time time;
  std::string error;
  const bool is_date = text.size() == sizeof("2006-01-02") - 1;
  if (!absl::ParseTime(is_date ? "%Y-%m-%d" : absl::RFC3339_full, text, &time, &error) ||
      time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no time; write it as 2023-09-05T10:15:02Z or 2023-09-05"));
  }
  const int64_t time_ms = absl::ToUnixMillis(time);
  google::protobuf::Timestamp timestamp;
  const int64_t below_ms = (time_ms % 1000 + 1000) % 1000;
  timestamp.set_seconds((time_ms - below_ms) / 1000);
  timestamp.set_nanos(static_cast<int32_t>(below_ms) * 1'000'000);
  return timestamp;
}

}  // namespace wirefold
