// What the tests of the store share: a temporary folder, and articles and mutations made by hand.
#ifndef WIREFOLD_TESTS_STORE_STORE_TESTING_H_
#define WIREFOLD_TESTS_STORE_STORE_TESTING_H_

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "lib/base/hash.h"
#include "lib/store/rocksdb_store.h"

namespace wirefold::testing {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirefold-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline RocksDbOptions OptionsFor(const std::string& path) {
  RocksDbOptions options;
  options.path = path;
  options.block_cache_bytes = size_t{8} << 20;
  options.write_buffer_bytes = size_t{1} << 20;
  options.sync = false;
  options.key_rules_fingerprint = "rules-1";
  return options;
}

// Every file of a folder with its content.
inline std::map<std::string, std::string> FolderBytes(const std::string& path) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().string()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}

// An article at `url` as the normalizer would make it; its text decides text_hash.
inline NormalizedArticle MakeArticle(const std::string& url, int64_t observed_at_ms,
                                     const std::string& text) {
  NormalizedArticle normalized;
  CanonicalArticle& article = normalized.article;
  article.url = "https://" + url;
  article.url_key = url;
  article.host = "www.example.org";
  article.registrable_domain = "example.org";
  article.title = "标题 " + url;
  article.text = text;
  article.source = "example";
  article.language = "zh-Hans";
  article.observed_at_ms = observed_at_ms;
  normalized.matching_letters = static_cast<uint32_t>(text.size());
  normalized.text_hash = HashBytes128(text);
  normalized.identity = HashBytes128(url, 1);
  normalized.id = Ulid::Make(observed_at_ms, normalized.identity);
  return normalized;
}

inline Sketch MakeTestSketch(uint16_t seed) {
  Sketch sketch;
  for (size_t i = 0; i < sketch.signature.size(); ++i) {
    sketch.signature[i] = static_cast<uint16_t>(seed * 31 + i * 977);
  }
  sketch.anchors = {seed, 70'000U + seed, 0xffff'fff0U};
  sketch.shingles = 500;
  return sketch;
}

inline constexpr int64_t kIngestedAtMs = 1'700'000'000'123;

inline Mutation New(const NormalizedArticle& article) {
  Mutation mutation;
  mutation.kind = Mutation::Kind::kNew;
  mutation.id = mutation.story_id = article.id;
  mutation.identity = article.identity;
  mutation.url = {article.id,
                  article.id,
                  article.article.observed_at_ms,
                  article.text_hash,
                  {article.text_hash}};
  mutation.text_hash = article.text_hash;
  mutation.record = EncodeRecord(article, kIngestedAtMs);
  mutation.new_text = article.text_hash;
  mutation.sketch = MakeTestSketch(static_cast<uint16_t>(article.text_hash.low));
  return mutation;
}

inline Mutation Duplicate(const NormalizedArticle& article, const Ulid& story_id,
                          Relation relation = Relation::kNear) {
  Mutation mutation = New(article);
  mutation.kind = Mutation::Kind::kDuplicate;
  mutation.story_id = mutation.url.story_id = story_id;
  mutation.sketch.reset();
  mutation.match = {relation, story_id, {910'000, 950'000, 930'000}};
  if (relation == Relation::kExact) mutation.new_text.reset();
  return mutation;
}

// `article` as another text of the URL that `before` is the state of. `newest_record` is the one
// that is stored as its newest.
inline Mutation Revision(const NormalizedArticle& article, const UrlState& before,
                         EncodedRecord newest_record, const Match& match = {}) {
  Mutation mutation = New(article);
  mutation.kind = Mutation::Kind::kRevision;
  mutation.id = before.id;
  mutation.story_id = before.story_id;
  mutation.match = match;
  mutation.url = before;
  mutation.url.text_hashes.push_back(article.text_hash);
  const int64_t at_ms = article.article.observed_at_ms;
  mutation.becomes_newest =
      std::pair(at_ms, article.text_hash) > std::pair(before.newest_at_ms, before.newest_text_hash);
  if (mutation.becomes_newest) {
    mutation.url.newest_at_ms = at_ms;
    mutation.url.newest_text_hash = article.text_hash;
    mutation.previous = std::move(newest_record);
    mutation.older_at_ms = before.newest_at_ms;
    mutation.older_text_hash = before.newest_text_hash;
  } else {
    mutation.sketch.reset();
    mutation.older_at_ms = at_ms;
    mutation.older_text_hash = article.text_hash;
  }
  return mutation;
}

inline std::unique_ptr<RocksDbStore> OpenOrDie(const RocksDbOptions& options) {
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store = RocksDbStore::Open(options);
  if (!store.ok()) {
    fprintf(stderr, "%s\n", store.status().ToString().c_str());
    abort();
  }
  return *std::move(store);
}

}  // namespace wirefold::testing

#endif  // WIREFOLD_TESTS_STORE_STORE_TESTING_H_
