#include "tests/article/digest.h"

#include <cstdint>
#include <utility>

#include "lib/article/normalize.h"
#include "lib/base/hash.h"
#include "lib/base/reason.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"
#include "lib/parse/document_splitter.h"
#include "lib/text/utf8.h"
#include "lib/url/canonicalize.h"

namespace wirefold {
namespace {

// Values one behind the other, each with its length, so that no two lists come out the same.
class Record {
 public:
  void Add(uint64_t value) { AppendBigEndian64(value, bytes_); }
  void Add(std::string_view text) {
    Add(uint64_t{text.size()});
    bytes_ += text;
  }
  template <typename Values>
  void AddAll(const Values& values) {
    Add(uint64_t{values.size()});
    for (const auto& value : values) Add(value);
  }
  void Add(const std::string& text) { Add(std::string_view(text)); }
  void Add(const Image& image) { Add(image.url), Add(image.caption); }
  void Add(const Link& link) { Add(link.url), Add(link.text); }
  void Add(Warning warning) { Add(static_cast<uint64_t>(warning)); }
  void Add(const absl::Status& error) {
    Add(ReasonName(ReasonOf(error)));
    Add(std::string(error.message()));
  }

  [[nodiscard]] std::string Hex() const {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    for (const char c : HashBytes128(bytes_).ToBytes()) {
      hex += kDigits[static_cast<unsigned char>(c) >> 4];
      hex += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return hex;
  }

 private:
  std::string bytes_;
};

// What depends on the bytes and the rules alone, but for characters that Unicode may yet assign.
void AddStable(const NormalizedArticle& normalized, Record& record) {
  const CanonicalArticle& article = normalized.article;
  record.Add(normalized.format);
  record.Add(article.url);
  record.Add(article.url_key);
  record.Add(article.full_url);
  record.Add(article.host);
  record.Add(article.title);
  record.Add(article.text);
  record.AddAll(article.authors);
  record.Add(article.dateline);
  record.Add(article.source);
  record.Add(static_cast<uint64_t>(article.observed_at_ms));
  record.Add(static_cast<uint64_t>(article.published_at_ms));
  record.Add(static_cast<uint64_t>(article.published_source));
  record.AddAll(article.images);
  record.AddAll(article.links);
  record.AddAll(article.dropped);
  record.AddAll(article.warnings);
  record.Add(article.raw_bytes);
  record.Add(article.replaced_bytes);
  record.Add(uint64_t{article.rules_version});
}

void AddRest(const NormalizedArticle& normalized, Record& record) {
  const CanonicalArticle& article = normalized.article;
  record.Add(article.registrable_domain);
  record.Add(article.language);
  record.Add(static_cast<uint64_t>(article.script));
  record.Add(article.charset);
  record.Add(normalized.matching_text);
  record.Add(uint64_t{normalized.matching_letters});
  record.Add(normalized.text_hash.ToBytes());
  record.Add(normalized.identity.ToBytes());
  record.Add(normalized.id.ToString());
  const Shingles shingles = MakeShingles(normalized.matching_text);
  record.AddAll(shingles.hashes);
  record.AddAll(shingles.set);
  const Sketch sketch = MakeSketch(shingles);
  record.AddAll(sketch.signature);
  record.AddAll(sketch.anchors);
  record.Add(uint64_t{sketch.shingles});
}

}  // namespace

FileDigest DigestFile(std::string_view bytes, const std::string& name) {
  Record all;
  Record stable;
  DocumentSplitter splitter({.content_type = {}, .name = name});
  splitter.Push(bytes);
  splitter.End();
  bool ended = false;
  while (!ended) {
    std::optional<SplitDocument> document = splitter.Next();
    ended = !document.has_value();
    if (ended) break;
    for (Record* record : {&all, &stable}) {
      record->Add(document->item);
      record->Add(document->offset);
    }
    if (!document->error.ok()) {
      all.Add(document->error);
      stable.Add(ReasonName(ReasonOf(document->error)));
      continue;
    }
    const auto normalized =
        Normalize({.bytes = document->bytes,
                   .source = "crawler",
                   .hints = {.url = std::move(document->url),
                             .observed_at_ms = document->observed_at_ms,
                             .content_type = std::move(document->content_type),
                             .content_language = std::move(document->content_language),
                             .truncated = document->truncated}});
    if (!normalized.ok()) {
      all.Add(normalized.status());
      stable.Add(ReasonName(ReasonOf(normalized.status())));
      continue;
    }
    AddStable(*normalized, all);
    AddRest(*normalized, all);
    AddStable(*normalized, stable);
  }
  return {all.Hex(), ValidUtf8Prefix(bytes) == bytes.size() ? stable.Hex() : std::string()};
}

FileDigest DigestUrls(std::string_view lines) {
  Record all;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const auto url = CanonicalizeUrl(line.substr(0, line.find('\t')));
    if (url.ok()) {
      all.Add(url->url);
      all.Add(url->url_key);
      all.Add(url->registrable_domain());
    } else {
      all.Add(url.status());
    }
  }
  return {all.Hex(), {}};  // hosts are by ICU's UTS #46
}

}  // namespace wirefold
