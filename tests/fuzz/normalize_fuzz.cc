// Normalize on any bytes: no crash, no sanitizer report, and what comes out is well formed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/article/normalize.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using wirefold::NormalizedArticle;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<NormalizedArticle> article = wirefold::Normalize({.bytes = bytes});
  if (!article.ok()) {
    // Every refusal has a reason.
    if (wirefold::ReasonOf(article.status()) == wirefold::Reason::kUnspecified) std::abort();
    return 0;
  }
  if (article->id.IsZero() || article->identity.IsZero()) std::abort();
  if (article->article.title.size() > wirefold::kMaxTitleBytes) std::abort();
  if (article->article.images.size() > wirefold::kMaxImages) std::abort();
  if (article->article.links.size() > wirefold::kMaxLinks) std::abort();
  return 0;
}
