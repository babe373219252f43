// Digits: what a decimal digit of any script stands for.
//
// Example:
//   DigitValue(U'٣') == 3 && DigitValue(U'๓') == 3 && DigitValue(U'三') == -1
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_LIB_TEXT_DIGITS_H_
#define WIREFOLD_LIB_TEXT_DIGITS_H_

namespace wirefold {

// 0 to 9 for a character of general category Nd (Unicode 15.0, section 4.6), else -1.
int DigitValue(char32_t code_point);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_DIGITS_H_
