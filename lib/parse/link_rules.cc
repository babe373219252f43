#include "lib/parse/link_rules.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace wirefold {
namespace {

// So near to the page's end whatever leads to a URL is an offer.
constexpr size_t kTailBlocks = 8;

size_t BytesWithoutSpaces(std::string_view text) {
  return text.size() - static_cast<size_t>(std::count(text.begin(), text.end(), ' '));
}

// Whether `text` is a short label that ends with a colon, and then `rest_share` of it, and nothing
// else.
bool IsLabelWith(std::string_view text, double rest_share) {
  size_t end = std::string_view::npos;
  for (const std::string_view colon : {":", "：", "︰"}) {
    const size_t found = text.find(colon);
    if (found != std::string_view::npos) end = std::min(end, found + colon.size());
  }
  if (end == std::string_view::npos || end > 3 * kMaxLabelCharacters) return false;
  const auto rest = static_cast<double>(BytesWithoutSpaces(text.substr(end)));
  const auto all = static_cast<double>(BytesWithoutSpaces(text));
  return rest > 0 && rest_share > 0 && std::abs(rest - rest_share * all) < 1;
}

// "Watch here: https://…"
bool IsPointer(const BlockSet& set, size_t i) {
  return set.shape(i).url_share > 0 && IsLabelWith(set.block(i).text, set.shape(i).url_share);
}

// A word or two, such as "Related" ("延伸閱讀"); a byline has a space or a sign in it.
bool IsCaptionOfList(const BlockShape& shape) {
  return shape.characters <= 8 && shape.letters == shape.characters;
}

}  // namespace

bool DropUrlBlocks(BlockSet& set) {
  bool any = false;
  for (size_t i = 0; i < set.size(); ++i) any = any || set.shape(i).url_share > 0;
  if (!any) return false;
  std::vector<double> urls(set.document().containers.size());
  std::vector<double> bytes(set.document().containers.size());
  for (size_t i = 0; i < set.size(); ++i) {
    const auto size = static_cast<double>(set.block(i).text.size());
    urls[set.block(i).container] += set.shape(i).url_share * size;
    bytes[set.block(i).container] += size;
  }
  bool dropped = false;
  for (size_t i = 0; i < set.size(); ++i) {
    const uint32_t container = set.block(i).container;
    // A quoted post may be little more than its own address.
    const bool quoted = (set.block(i).context & kInQuote) != 0 && set.shape(i).url_share < 0.5;
    if (set.shape(i).url_share > 0.5 || (!quoted && urls[container] > 0.5 * bytes[container]) ||
        IsPointer(set, i)) {
      set.Set(i, BlockReason::kUrls);
      dropped = true;
    }
  }
  return dropped;
}

bool DropLinkBlocks(BlockSet& set) {
  return set.DropUnlessMost(BlockReason::kLinks, [&](size_t i) {
    const HtmlBlock& block = set.block(i);
    if (block.links == 0 || (block.context & kInHeading) != 0) return false;
    const double share = set.shape(i).link_share;
    return share >= 0.9 || (share >= 0.5 && (block.links >= 3 || IsLabelWith(block.text, share)));
  });
}

void DropLabels(BlockSet& set) {
  bool at_end = true;
  for (size_t i = set.size(); i-- > 1;) {
    if (set.Kept(i)) at_end = false;
    if (set.Kept(i) || !set.Kept(i - 1) || set.shape(i).letters == 0) continue;
    if (set.shape(i - 1).characters > kMaxLabelCharacters) continue;
    const HtmlBlock& above = set.block(i - 1);
    const bool url = set.shape(i).url_share > 0.9;
    const bool near_end = i + kTailBlocks >= set.size();
    const bool label = EndsWithColon(above.text) || (above.context & kInHeading) != 0 ||
                       (at_end && IsCaptionOfList(set.shape(i - 1))) ||
                       (url && near_end && !EndsSentence(above.text));
    if (label && (url || set.shape(i).link_share >= 0.5 || set.shape(i).url_share > 0.5)) {
      set.Set(i - 1, BlockReason::kLabel);
    }
  }
}

}  // namespace wirefold
