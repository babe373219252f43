#include "client/command/request.h"

#include <utility>

namespace wirefold {

void SetDocument(SplitDocument&& document, v1::IngestRequest& request) {
  request.set_content(std::move(document.bytes));
  if (!document.url.empty()) request.set_url(std::move(document.url));
  if (!document.content_type.empty()) {
    request.set_content_type(std::move(document.content_type));
  }
  if (!document.content_language.empty()) {
    request.set_content_language(std::move(document.content_language));
  }
  request.set_truncated(document.truncated);
  if (!document.observed_at_ms.has_value()) return;
  int64_t seconds = *document.observed_at_ms / 1000;
  int64_t ms = *document.observed_at_ms % 1000;
  if (ms < 0) {  // nanoseconds count forward, before 1970 too
    ms += 1000;
    --seconds;
  }
  request.mutable_observed_time()->set_seconds(seconds);
  request.mutable_observed_time()->set_nanos(static_cast<int32_t>(ms * 1'000'000));
}

}  // namespace wirefold
