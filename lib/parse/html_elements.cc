#include "lib/parse/html_elements.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirefold {
namespace {

constexpr uint8_t kGroup = kBlockElement | kContainerElement | kClosesSkipped;
constexpr uint8_t kText = kBlockElement | kClosesSkipped;

// Sorted by name.
constexpr std::array kElements = {
    ElementInfo{"a", Element::kA, 0},
    ElementInfo{"address", Element::kAddress, kGroup},
    ElementInfo{"area", Element::kVoid, kVoidElement},
    ElementInfo{"article", Element::kArticle, kGroup},
    ElementInfo{"aside", Element::kAside, kGroup},
    ElementInfo{"audio", Element::kMedia, kSkippedElement},
    ElementInfo{"b", Element::kInline, 0},
    ElementInfo{"base", Element::kVoid, kVoidElement},
    ElementInfo{"blockquote", Element::kBlockquote, kGroup},
    ElementInfo{"body", Element::kBody, kGroup},
    ElementInfo{"br", Element::kBr, kVoidElement},
    ElementInfo{"button", Element::kButton, kSkippedElement},
    ElementInfo{"canvas", Element::kMedia, kSkippedElement},
    ElementInfo{"caption", Element::kCaption, kText},
    ElementInfo{"center", Element::kDiv, kGroup},
    ElementInfo{"col", Element::kVoid, kVoidElement},
    ElementInfo{"dd", Element::kDd, kText},
    ElementInfo{"details", Element::kDetails, kGroup},
    ElementInfo{"dialog", Element::kDialog, kGroup},
    ElementInfo{"div", Element::kDiv, kGroup},
    ElementInfo{"dl", Element::kDl, kGroup},
    ElementInfo{"dt", Element::kDt, kText},
    ElementInfo{"em", Element::kEmphasis, 0},
    ElementInfo{"embed", Element::kVoid, kVoidElement},
    ElementInfo{"fieldset", Element::kFieldset, kGroup},
    ElementInfo{"figcaption", Element::kFigcaption, kText},
    ElementInfo{"figure", Element::kFigure, kGroup},
    ElementInfo{"font", Element::kInline, 0},
    ElementInfo{"footer", Element::kFooter, kGroup},
    ElementInfo{"form", Element::kForm, kGroup},
    ElementInfo{"h1", Element::kH1, kText},
    ElementInfo{"h2", Element::kH2, kText},
    ElementInfo{"h3", Element::kH3, kText},
    ElementInfo{"h4", Element::kH4, kText},
    ElementInfo{"h5", Element::kH5, kText},
    ElementInfo{"h6", Element::kH6, kText},
    ElementInfo{"head", Element::kBody, kGroup},
    ElementInfo{"header", Element::kHeader, kGroup},
    ElementInfo{"hgroup", Element::kHeader, kGroup},
    ElementInfo{"hr", Element::kHr, kVoidElement | kBlockElement},
    ElementInfo{"html", Element::kBody, kGroup},
    ElementInfo{"i", Element::kEmphasis, 0},
    ElementInfo{"iframe", Element::kSkip, kSkippedElement},
    ElementInfo{"image", Element::kImg, kVoidElement},
    ElementInfo{"img", Element::kImg, kVoidElement},
    ElementInfo{"input", Element::kVoid, kVoidElement},
    ElementInfo{"legend", Element::kDt, kText},
    ElementInfo{"li", Element::kLi, kText},
    ElementInfo{"link", Element::kMeta, kVoidElement},
    ElementInfo{"main", Element::kMain, kGroup},
    ElementInfo{"math", Element::kMedia, kSkippedElement},
    ElementInfo{"menu", Element::kNav, kGroup},
    ElementInfo{"meta", Element::kMeta, kVoidElement},
    ElementInfo{"nav", Element::kNav, kGroup},
    ElementInfo{"noembed", Element::kSkip, kSkippedElement},
    ElementInfo{"noframes", Element::kSkip, kSkippedElement},
    ElementInfo{"noscript", Element::kSkip, kSkippedElement},
    ElementInfo{"object", Element::kSkip, kSkippedElement},
    ElementInfo{"ol", Element::kOl, kGroup},
    ElementInfo{"p", Element::kP, kText},
    ElementInfo{"param", Element::kVoid, kVoidElement},
    ElementInfo{"pre", Element::kPre, kText},
    ElementInfo{"script", Element::kSkip, kSkippedElement},
    ElementInfo{"section", Element::kSection, kGroup},
    ElementInfo{"select", Element::kSelect, kSkippedElement},
    ElementInfo{"small", Element::kEmphasis, 0},
    ElementInfo{"source", Element::kSource, kVoidElement},
    ElementInfo{"span", Element::kInline, 0},
    ElementInfo{"strong", Element::kInline, 0},
    ElementInfo{"style", Element::kSkip, kSkippedElement},
    ElementInfo{"summary", Element::kSummary, kText},
    ElementInfo{"svg", Element::kMedia, kSkippedElement},
    ElementInfo{"table", Element::kTable, kGroup},
    ElementInfo{"td", Element::kTd, kGroup},
    ElementInfo{"template", Element::kSkip, kSkippedElement},
    ElementInfo{"textarea", Element::kSkip, kSkippedElement},
    ElementInfo{"th", Element::kTh, kGroup},
    ElementInfo{"time", Element::kTime, 0},
    ElementInfo{"title", Element::kSkip, kSkippedElement},
    ElementInfo{"tr", Element::kTr, kText},
    ElementInfo{"track", Element::kVoid, kVoidElement},
    ElementInfo{"u", Element::kInline, 0},
    ElementInfo{"ul", Element::kUl, kGroup},
    ElementInfo{"video", Element::kMedia, kSkippedElement},
    ElementInfo{"wbr", Element::kVoid, kVoidElement},
    ElementInfo{"xmp", Element::kSkip, kSkippedElement},
};

constexpr ElementInfo kUnknownElement{};

constexpr bool IsSorted() {
  for (size_t i = 1; i < kElements.size(); ++i) {
    if (kElements[i - 1].name >= kElements[i].name) return false;
  }
  return true;
}
static_assert(IsSorted());

// A name of at most kMaxName bytes as two numbers.
struct Key {
  uint64_t low = 0;
  uint32_t high = 0;

  friend constexpr bool operator==(const Key&, const Key&) = default;
};
constexpr size_t kMaxName = sizeof(uint64_t) + sizeof(uint32_t);

// Of a name in any case.
constexpr Key KeyOf(std::string_view name) {
  Key key;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const auto lower = static_cast<uint8_t>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (i < 8) {
      key.low |= uint64_t{lower} << (8 * i);
    } else {
      key.high |= uint32_t{lower} << (8 * (i - 8));
    }
  }
  return key;
}

// Where each name stands in kElements, by a hash of it: open addressing, 0: empty.
constexpr int kPlaceBits = 9;
constexpr size_t PlaceOf(const Key& key) {
  return static_cast<size_t>((key.low ^ uint64_t{key.high} << 21) * 0x9E3779B97F4A7C15u >>
                             (64 - kPlaceBits));
}
struct Places {
  std::array<Key, kElements.size()> keys{};
  std::array<uint8_t, size_t{1} << kPlaceBits> elements{};
};
constexpr Places kPlaces = [] {
  static_assert(kElements.size() < 255);
  Places places;
  for (size_t i = 0; i < kElements.size(); ++i) {
    places.keys[i] = KeyOf(kElements[i].name);
    size_t at = PlaceOf(places.keys[i]);
    while (places.elements[at] != 0) at = (at + 1) % places.elements.size();
    places.elements[at] = static_cast<uint8_t>(i + 1);
  }
  return places;
}();

}  // namespace

const ElementInfo& ElementOf(std::string_view name) {
  if (name.empty() || name.size() > kMaxName) return kUnknownElement;
  const Key key = KeyOf(name);
  for (size_t at = PlaceOf(key); kPlaces.elements[at] != 0;
       at = (at + 1) % kPlaces.elements.size()) {
    const size_t found = kPlaces.elements[at] - 1U;
    // A name of fewer bytes and NULs has the same key as that of those bytes.
    if (kPlaces.keys[found] == key && kElements[found].name.size() == name.size()) {
      return kElements[found];
    }
  }
  return kUnknownElement;
}

}  // namespace wirefold
