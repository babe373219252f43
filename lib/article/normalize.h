// Normalize: raw bytes to the canonical article, in one pure function.
//
// Example:
//   absl::StatusOr<NormalizedArticle> article =
//       Normalize({.bytes = bytes, .source = "rfi", .hints = {}});
//   if (!article.ok()) log(ReasonName(ReasonOf(article.status())));
//
// Thread-safe, and deterministic: the same bytes and hints give the same result on every machine,
// per version of the rules, those about URLs included, and of the libraries' data (ICU, OpenCC,
// cld2, libpsl).
#ifndef WIREFOLD_LIB_ARTICLE_NORMALIZE_H_
#define WIREFOLD_LIB_ARTICLE_NORMALIZE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "lib/article/article.h"
#include "lib/base/stage_clock.h"
#include "lib/parse/extract.h"
#include "lib/url/rules.h"

namespace wirefold {

// Goes up whenever the same bytes may give another record.
inline constexpr uint32_t kRulesVersion = 3;

// Errors, each a REJECTED file: kEmptyFile, kDocumentTooLarge, kInvalidUrl, kUnsupportedScheme,
// kUrlTooLong, kNotText, kNoContent, kNormalizeFailed. Never throws. `stages`, if it is not null,
// is told what belongs to kParse, kUrl and kText; the result is the same.
[[nodiscard]] absl::StatusOr<NormalizedArticle> Normalize(
    const RawDocument& raw, const UrlRules& url_rules = UrlRules::BuiltIn(),
    StageClock* stages = nullptr);

// The same, and why each block of the page was kept or dropped; `blocks` is replaced.
[[nodiscard]] absl::StatusOr<NormalizedArticle> NormalizeAndExplain(
    const RawDocument& raw, std::vector<ExplainedBlock>& blocks,
    const UrlRules& url_rules = UrlRules::BuiltIn());

}  // namespace wirefold

#endif  // WIREFOLD_LIB_ARTICLE_NORMALIZE_H_
