#include "lib/text/digits.h"

#include <unicode/uchar.h>

namespace wirefold {

int DigitValue(char32_t code_point) {
  if (code_point < 0x80) {
    return code_point >= '0' && code_point <= '9' ? static_cast<int>(code_point - '0') : -1;
  }
  return u_charDigitValue(static_cast<UChar32>(code_point));
}

}  // namespace wirefold
