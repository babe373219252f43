#include "lib/parse/warc_header.h"

#include <algorithm>

#include "lib/base/reason.h"
#include "lib/parse/dates.h"
#include "lib/parse/http_message.h"

namespace wirefold {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool MayStartRecord(std::string_view text) {
  constexpr std::string_view kMagic = "WARC/";
  if (text.size() <= kMagic.size()) return kMagic.starts_with(text);
  return text.starts_with(kMagic) && text[kMagic.size()] >= '0' && text[kMagic.size()] <= '9';
}

std::optional<int64_t> ReadWarcDate(std::string_view text) {
  std::string date(text.substr(0, kMaxDateBytes));
  if (date.size() == 14 && AllDigits(date)) {
    date = date.substr(0, 4) + '-' + date.substr(4, 2) + '-' + date.substr(6, 2) + 'T' +
           date.substr(8, 2) + ':' + date.substr(10, 2) + ':' + date.substr(12, 2);
  } else if (date.size() == 4 && AllDigits(date)) {
    date += "-01-01";
  } else if (date.size() == 7 && date[4] == '-') {
    date += "-01";
  }
  return ParseDate(date, std::nullopt);
}

absl::StatusOr<WarcHeader> ReadWarcHeader(std::string_view text) {
  WarcHeader header;
  std::optional<uint64_t> length;
  const size_t version_end = text.find('\n');
  text = version_end == std::string_view::npos ? "" : text.substr(version_end + 1);
  ForEachField(text, [&](std::string_view name, std::string_view value) {
    if (name == "warc-type") {
      header.type = MediaType(value);
    } else if (name == "content-length") {
      if (!length.has_value()) length = ReadLength(value);
    } else if (name == "warc-target-uri") {
      if (value.starts_with('<') && value.ends_with('>')) value = value.substr(1, value.size() - 2);
      header.target_uri = value;
    } else if (name == "warc-date") {
      header.date_ms = ReadWarcDate(value);
    } else if (name == "content-type") {
      header.content_type = value;
    } else if (name == "warc-truncated" || (name == "warc-segment-number" && value == "1")) {
      header.truncated = true;
    }
  });
  if (header.type.empty() || !length.has_value()) {
    return Reject(Reason::kRecordBroken,
                  "the WARC record has no type or no length; write the file anew");
  }
  header.content_length = *length;
  return header;
}

}  // namespace wirefold
