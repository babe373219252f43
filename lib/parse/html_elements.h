// HtmlElements: what the reader of blocks needs to know of each HTML element.
//
// Example:
//   const ElementInfo& info = ElementOf("DIV");
//   if (info.traits & kBlockElement) ...
//
// Thread-safe: constant data.
#ifndef WIREFOLD_LIB_PARSE_HTML_ELEMENTS_H_
#define WIREFOLD_LIB_PARSE_HTML_ELEMENTS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirefold {

enum class Element : uint8_t {
  kUnknown,
  kA,
  kAddress,
  kArticle,
  kAside,
  kBlockquote,
  kBody,
  kBr,
  kButton,
  kCaption,
  kDd,
  kDetails,
  kDialog,
  kDiv,
  kDl,
  kDt,
  kEmphasis,
  kFieldset,
  kFigcaption,
  kFigure,
  kFooter,
  kForm,
  kH1,
  kH2,
  kH3,
  kH4,
  kH5,
  kH6,
  kHeader,
  kHr,
  kImg,
  kInline,
  kLi,
  kMain,
  kMedia,
  kMeta,
  kNav,
  kOl,
  kP,
  kPre,
  kSection,
  kSelect,
  kSkip,
  kSource,
  kSummary,
  kTable,
  kTd,
  kTh,
  kTime,
  kTr,
  kUl,
  kVoid,
};
inline constexpr size_t kElementCount = static_cast<size_t>(Element::kVoid) + 1;

// Traits of an element, a bit set.
enum ElementTrait : uint8_t {
  kBlockElement = 1,      // starts and ends a paragraph
  kVoidElement = 2,       // has no content and no end tag
  kSkippedElement = 4,    // its content is not text for the reader
  kContainerElement = 8,  // groups blocks
  kClosesSkipped = 16,    // no content of a skipped <svg> or <button>: ends it, as browsers do
};

struct ElementInfo {
  std::string_view name;
  Element element = Element::kUnknown;
  uint8_t traits = 0;
};

// By name, in any case. An unknown name is an inline element without meaning.
const ElementInfo& ElementOf(std::string_view name);

inline bool IsHeading(Element element) {
  return element >= Element::kH1 && element <= Element::kH6;
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_HTML_ELEMENTS_H_
