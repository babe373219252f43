// BlockSet: a page's blocks with what is measured of each and the reason why it is kept or dropped
// so far; what the rules of extraction work on.
//
// Example:
//   BlockSet set(document);
//   DropUrlBlocks(set);                       // lib/parse/link_rules.h
//   if (set.Kept(3)) ...
//
// Not thread-safe; one per page.
#ifndef WIREFOLD_LIB_PARSE_BLOCK_SET_H_
#define WIREFOLD_LIB_PARSE_BLOCK_SET_H_

#include <cstddef>
#include <vector>

#include "lib/parse/block_reason.h"
#include "lib/parse/block_shape.h"
#include "lib/parse/html_blocks.h"

namespace wirefold {

class BlockSet {
 public:
  // `document` must outlive the set.
  explicit BlockSet(HtmlDocument& document) : document_(document) {
    shapes_.reserve(size());
    for (const HtmlBlock& block : document.blocks) shapes_.push_back(ShapeOf(block));
    reasons_.assign(size(), BlockReason::kKept);
  }

  [[nodiscard]] size_t size() const { return document_.blocks.size(); }
  [[nodiscard]] HtmlDocument& document() const { return document_; }
  [[nodiscard]] const HtmlBlock& block(size_t i) const { return document_.blocks[i]; }
  [[nodiscard]] const BlockShape& shape(size_t i) const { return shapes_[i]; }
  [[nodiscard]] const std::vector<BlockShape>& shapes() const { return shapes_; }
  [[nodiscard]] BlockReason reason(size_t i) const { return reasons_[i]; }
  [[nodiscard]] bool Kept(size_t i) const { return IsKept(reasons_[i]); }

  void Set(size_t i, BlockReason reason) { reasons_[i] = reason; }

  // Letters and digits of what is kept.
  [[nodiscard]] size_t KeptLetters() const {
    size_t letters = 0;
    for (size_t i = 0; i < size(); ++i) letters += Kept(i) ? shapes_[i].letters : 0;
    return letters;
  }

  // Drops the kept blocks that `condition(i)` names, unless they hold more than half of the letters
  // that are kept: a rule that would drop most of a page does not fit it. Whether it did.
  template <typename Condition>
  bool DropUnlessMost(BlockReason reason, Condition condition) {
    std::vector<size_t> named;
    size_t all = 0;
    size_t letters = 0;
    for (size_t i = 0; i < size(); ++i) {
      if (!Kept(i)) continue;
      all += shapes_[i].letters;
      if (!condition(i)) continue;
      named.push_back(i);
      letters += shapes_[i].letters;
    }
    if (2 * letters > all) return false;
    for (const size_t i : named) Set(i, reason);
    return true;
  }

 private:
  HtmlDocument& document_;
  std::vector<BlockShape> shapes_;
  std::vector<BlockReason> reasons_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_BLOCK_SET_H_
