// StreamPosition: how far the stream has come, for what is to be forgotten behind it.
//
// Example:
//   StreamPosition position;
//   position.Add(article_time_ms);
//   if (position.has_value()) index.Expire(position.ms());
//
// Not the newest time: an archive that is read in any order, and a crawler that fetches old pages
// beside new ones, bring articles of months side by side, and what the next one matches must still
// be there. So it is the time that all but the oldest kOldestPerMille of the last kRecent articles
// have passed. In a stream that is in the order of time that is the present, some thousand articles
// late; one that is shuffled forgets nothing; a burst of hostile dates moves nothing ahead while
// it is less than nearly all, and holds back what is forgotten while it lasts.
//
// A function of the articles in their order. Belongs to one thread.
#ifndef WIREFOLD_LIB_DEDUP_STREAM_POSITION_H_
#define WIREFOLD_LIB_DEDUP_STREAM_POSITION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace wirefold {

class StreamPosition {
 public:
  static constexpr size_t kRecent = 4096;
  static constexpr size_t kOldestPerMille = 20;
  // It is looked at again behind so many articles.
  static constexpr uint64_t kStep = 256;

  // `recent`: of so many articles, 1 at least; nothing is known of fewer.
  explicit StreamPosition(size_t recent = kRecent) : size_(recent) {}

  // An article of this time came, milliseconds since 1970; negative counts as 1970.
  void Add(int64_t time_ms);

  // Whether enough came.
  [[nodiscard]] bool has_value() const { return count_ >= size_; }
  // May go back.
  [[nodiscard]] int64_t ms() const { return position_ms_; }

  void AppendTo(std::string& out) const;
  // Takes over what AppendTo made and removes it from the front of `bytes`. kStoreCorrupt if it is
  // none; nothing is known then.
  [[nodiscard]] absl::Status TakeFrom(std::string_view& bytes);

 private:
  size_t size_;                  // of the ring
  std::vector<int64_t> recent_;  // the ring
  uint64_t count_ = 0;           // articles so far
  int64_t position_ms_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_STREAM_POSITION_H_
