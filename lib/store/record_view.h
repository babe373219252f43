// RecordView: what a stored article's record holds, as slices of its bytes. For reads, which write
// nearly all of it into an answer as it is; two fifths of what decoding costs (docs/benchmarks.md).
//
// Example:
//   RecordView view;
//   if (absl::Status status = ViewRecord(stored.record, view); !status.ok()) return status;
//   view.title                                       // a slice of stored.record
//
// DecodeArticle says the same of the same bytes. Thread-safe: pure functions; a view lives as long
// as the bytes.
#ifndef WIREFOLD_LIB_STORE_RECORD_VIEW_H_
#define WIREFOLD_LIB_STORE_RECORD_VIEW_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/article/article.h"

namespace wirefold {

struct RecordView {
  struct Image {
    std::string_view url;
    std::string_view caption;
  };
  struct Link {
    std::string_view url;
    std::string_view text;
  };

  std::string_view url;
  std::string_view url_key;
  std::string_view host;
  std::string_view registrable_domain;
  std::string_view title;
  std::string_view text;
  std::string_view dateline;
  std::string_view source;
  std::string_view language;
  std::string_view charset;
  std::string_view text_hash;  // 16 bytes
  std::vector<std::string_view> authors;
  std::vector<Image> images;
  std::vector<Link> links;
  std::vector<std::string_view> dropped;
  std::vector<Warning> warnings;
  int64_t observed_at_ms = 0;
  int64_t published_at_ms = 0;
  PublishedSource published_source = PublishedSource::kNone;
  int64_t ingested_at_ms = 0;
  uint64_t raw_bytes = 0;
  uint64_t replaced_bytes = 0;
  uint32_t rules_version = 0;
  uint32_t matching_letters = 0;
};

// `record` as EncodeRecord made it. Whatever `view` held before is gone; its memory is used again.
// kStoreCorrupt, kStoreTooNew.
[[nodiscard]] absl::Status ViewRecord(std::string_view record, RecordView& view);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_RECORD_VIEW_H_
