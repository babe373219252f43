#include "lib/parse/class_hints.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "lib/parse/html_blocks.h"

namespace wirefold {
namespace {

struct Hint {
  std::string_view word;
  uint32_t context;
};

// Sorted by word.
constexpr std::array kHints = {
    Hint{"ad", kInPromotion},
    Hint{"ads", kInPromotion},
    Hint{"advert", kInPromotion},
    Hint{"advertisement", kInPromotion},
    Hint{"advertorial", kInPromotion},
    Hint{"agegate", kInUnlikely},
    Hint{"article", kInLikely},
    Hint{"author", kInByline},
    Hint{"authors", kInByline},
    Hint{"banner", kInUnlikely},
    Hint{"blog", kInLikely},
    Hint{"body", kInLikely},
    Hint{"breadcrumb", kInNav},
    Hint{"breadcrumbs", kInNav},
    Hint{"byline", kInByline},
    Hint{"caption", kInCaption},
    Hint{"combx", kInUnlikely},
    Hint{"comment", kInComments},
    Hint{"commenting", kInComments},
    Hint{"comments", kInComments},
    Hint{"community", kInUnlikely},
    Hint{"contact", kInNegative},
    Hint{"content", kInLikely},
    Hint{"cookie", kInPromotion},
    Hint{"copyright", kInCopyright},
    Hint{"disclaimer", kInCopyright},
    Hint{"disqus", kInUnlikely},
    Hint{"donate", kInPromotion},
    Hint{"donation", kInPromotion},
    Hint{"entry", kInLikely},
    Hint{"extra", kInUnlikely},
    Hint{"figcaption", kInCaption},
    Hint{"footer", kInFooter},
    Hint{"gdpr", kInUnlikely},
    Hint{"hentry", kInLikely},
    Hint{"legends", kInUnlikely},
    Hint{"main", kInLikely},
    Hint{"masthead", kInUnlikely},
    Hint{"media", kInNegative},
    Hint{"menu", kInNav},
    Hint{"meta", kInNegative},
    Hint{"nav", kInNav},
    Hint{"navbar", kInNav},
    Hint{"navigation", kInNav},
    Hint{"newsletter", kInPromotion},
    Hint{"outbrain", kInUnlikely},
    Hint{"page", kInLikely},
    Hint{"pager", kInUnlikely},
    Hint{"pagination", kInNav},
    Hint{"paywall", kInPromotion},
    Hint{"popup", kInUnlikely},
    Hint{"post", kInLikely},
    Hint{"promo", kInPromotion},
    Hint{"promotion", kInPromotion},
    Hint{"recommend", kInPromotion},
    Hint{"recommendation", kInPromotion},
    Hint{"recommended", kInPromotion},
    Hint{"related", kInPromotion},
    Hint{"relatedposts", kInPromotion},
    Hint{"remark", kInUnlikely},
    Hint{"replies", kInUnlikely},
    Hint{"respond", kInComments},
    Hint{"rss", kInUnlikely},
    Hint{"screenreader", kInHidden},
    Hint{"scroll", kInNegative},
    Hint{"share", kInPromotion},
    Hint{"sharedaddy", kInPromotion},
    Hint{"sharing", kInPromotion},
    Hint{"shopping", kInNegative},
    Hint{"shoutbox", kInUnlikely},
    Hint{"sidebar", kInAside},
    Hint{"signup", kInPromotion},
    Hint{"skip", kInHidden},
    Hint{"skyscraper", kInUnlikely},
    Hint{"social", kInPromotion},
    Hint{"sponsor", kInPromotion},
    Hint{"sponsored", kInPromotion},
    Hint{"story", kInLikely},
    Hint{"subscribe", kInPromotion},
    Hint{"subscription", kInPromotion},
    Hint{"supplemental", kInUnlikely},
    Hint{"taboola", kInUnlikely},
    Hint{"tags", kInNegative},
    Hint{"teaser", kInPromotion},
    Hint{"text", kInLikely},
    Hint{"tool", kInNegative},
    Hint{"toolbar", kInUnlikely},
    Hint{"tools", kInNegative},
    Hint{"trending", kInPromotion},
    Hint{"visually", kInHidden},
    Hint{"visuallyhidden", kInHidden},
    Hint{"widget", kInPromotion},
};

constexpr size_t kMaxWord = 16;
// An id of more parts is a sentence.
constexpr int kMaxIdSeparators = 3;

constexpr bool IsSorted() {
  for (size_t i = 1; i < kHints.size(); ++i) {
    if (kHints[i - 1].word >= kHints[i].word) return false;
  }
  return true;
}
static_assert(IsSorted());

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

uint32_t HintOf(std::string_view lower) {
  const auto* found =
      std::lower_bound(kHints.begin(), kHints.end(), lower,
                       [](const Hint& hint, std::string_view word) { return hint.word < word; });
  return found != kHints.end() && found->word == lower ? found->context : 0;
}

}  // namespace

uint32_t ClassHints(std::string_view names) {
  uint32_t context = 0;
  std::array<char, kMaxWord> word{};
  size_t length = 0;
  const auto end_word = [&] {
    if (length >= 2 && length <= kMaxWord) context |= HintOf({word.data(), length});
    length = 0;
  };
  char last = ' ';
  for (const char c : names) {
    if (!IsLower(c) && !(IsUpper(c) && !IsLower(last))) end_word();
    if (IsLower(c) || IsUpper(c)) {
      if (length < kMaxWord) word[length] = static_cast<char>(IsUpper(c) ? c + 32 : c);
      ++length;
    }
    last = c;
  }
  end_word();
  return context;
}

uint32_t IdHints(std::string_view id) {
  const auto separators = std::count_if(
      id.begin(), id.end(), [](char c) { return c == '-' || c == '_' || c == ' ' || c == '.'; });
  return separators > kMaxIdSeparators ? 0 : ClassHints(id);
}

}  // namespace wirefold
