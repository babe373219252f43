// Normalize on any bytes: no crash, no sanitizer report, and what comes out is well formed. Behind
// a byte of 1 stand three lines of hints: URL, Content-Type, Content-Language.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/article/normalize.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "tests/fuzz/check.h"

namespace {

using wirefold::fuzz::Check;
using wirefold::fuzz::CheckText;

std::string TakeLine(std::string_view& bytes) {
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  std::string line(bytes.substr(0, end));
  bytes.remove_prefix(std::min(end + 1, bytes.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using wirefold::NormalizedArticle;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  wirefold::Hints hints;
  if (bytes.starts_with('\1')) {
    bytes.remove_prefix(1);
    hints.url = TakeLine(bytes);
    hints.content_type = TakeLine(bytes);
    hints.content_language = TakeLine(bytes);
  }
  const absl::StatusOr<NormalizedArticle> article =
      wirefold::Normalize({.bytes = bytes, .source = {}, .hints = hints});
  if (!article.ok()) {
    // Every refusal has a reason.
    Check(wirefold::ReasonOf(article.status()) != wirefold::Reason::kUnspecified);
    return 0;
  }
  Check(!article->id.IsZero() && !article->identity.IsZero());
  Check(article->article.title.size() <= wirefold::kMaxTitleBytes);
  Check(article->article.images.size() <= wirefold::kMaxImages);
  Check(article->article.links.size() <= wirefold::kMaxLinks);
  CheckText(article->article.text);
  CheckText(article->article.title);
  CheckText(article->article.url);
  CheckText(article->article.dateline);
  CheckText(article->matching_text);
  for (const std::string& author : article->article.authors) CheckText(author);
  for (const auto& image : article->article.images) CheckText(image.caption);
  for (const auto& link : article->article.links) CheckText(link.text);
  return 0;
}
