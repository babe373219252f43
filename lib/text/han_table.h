// HanTable: which Han characters are traditional or simplified, from OpenCC's dictionaries, one
// character at a time.
//
// Example:
//   SimplifiedOf(U'國')      // U'国'
//   IsOnlySimplified(U'国')  // true; 后 is both, so false
//
// Thread-safe: constant tables, generated at build time. For the hot path see
// lib/text/character_table.h, which has these folded in.
#ifndef WIREFOLD_LIB_TEXT_HAN_TABLE_H_
#define WIREFOLD_LIB_TEXT_HAN_TABLE_H_

#include <span>

namespace wirefold {

struct HanPair {
  char32_t from;
  char32_t to;
};

// Sorted by `from`: each traditional character with another simplified form.
std::span<const HanPair> TraditionalToSimplified();
// Sorted by `from`: each simplified character with another traditional form, the usual one of
// several.
std::span<const HanPair> SimplifiedToTraditional();
// Sorted; BMP. Characters that stand in simplified text alone.
std::span<const char16_t> OnlySimplified();

// The simplified form, or the character itself. Logarithmic.
char32_t SimplifiedOf(char32_t code_point);
bool IsOnlySimplified(char32_t code_point);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_HAN_TABLE_H_
