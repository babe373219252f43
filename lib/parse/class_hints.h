// ClassHints: what an element's class and id names say about its part in the page.
//
// Example:
//   ClassHints("o-self-promo o-self-promo--nl") == kInPromotion
//
// The words are those of common style sheets, not of any one site. Thread-safe: pure function.
#ifndef WIREFOLD_LIB_PARSE_CLASS_HINTS_H_
#define WIREFOLD_LIB_PARSE_CLASS_HINTS_H_

#include <cstdint>
#include <string_view>

namespace wirefold {

// A set of BlockContext bits. Names are taken apart at everything that is not a letter and where
// the case changes ("mySubscriptionInner" is my, subscription, inner). Linear.
uint32_t ClassHints(std::string_view names);

// The same of an id, unless it is a sentence: "sharing-with-a-single-developer" is made of the
// heading that it marks, and says nothing of the element's part.
uint32_t IdHints(std::string_view id);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_CLASS_HINTS_H_
