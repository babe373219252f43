#include "client/command/hint_arguments.h"

#include <unistd.h>

#include "client/command/command.h"
#include "client/command/time_argument.h"

namespace wirefold {

void AddHintOptions(CLI::App& command, HintArguments& hints) {
  command
      .add_option("--url", hints.url,
                  "Where the file was fetched from, if it does not say so (one file only)")
      ->check(Utf8());
  command
      .add_option("--observed-time", hints.observed_time,
                  "When it was fetched, if it does not say so: RFC 3339, or a date (one file only)")
      ->type_name("TIME");
  command
      .add_option("--content-type", hints.content_type,
                  "What the files were served as, such as 'text/html; charset=gbk'")
      ->type_name("TYPE")
      ->check(Utf8());
}

absl::Status CheckHints(const HintArguments& hints, const FileArguments& files) {
  if (hints.url.empty() && hints.observed_time.empty()) return absl::OkStatus();
  if (!files.files_from.empty() || files.paths.size() != 1 ||
      access((files.paths[0] + "/.").c_str(), F_OK) == 0) {
    return absl::InvalidArgumentError(
        "--url and --observed-time are of one file; name exactly one file with them");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<int64_t>> ObservedTimeMs(const HintArguments& hints) {
  if (hints.observed_time.empty()) return std::nullopt;
  const absl::StatusOr<google::protobuf::Timestamp> time = ParseTimeArgument(hints.observed_time);
  if (!time.ok()) return time.status();
  return time->seconds() * 1000 + time->nanos() / 1'000'000;
}

absl::Status SetHints(const HintArguments& hints, v1::IngestRequest& request) {
  request.set_url(hints.url);
  if (hints.observed_time.empty()) return absl::OkStatus();
  absl::StatusOr<google::protobuf::Timestamp> time = ParseTimeArgument(hints.observed_time);
  if (!time.ok()) return time.status();
  *request.mutable_observed_time() = *time;
  return absl::OkStatus();
}

}  // namespace wirefold
