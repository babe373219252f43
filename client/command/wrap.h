// Wrap: text in lines that fit a terminal.
//
// Example:
//   AppendWrapped("长长的一段…", {.first = "  - ", .next = "    "}, out);
//
// Lines break at spaces, and between any two characters of which one is wide (Han, kana, Hangul),
// but not ahead of punctuation that ends something. A wide character takes two columns, a combining
// mark none. Thread-safe: pure functions.
#ifndef WIREFOLD_CLIENT_COMMAND_WRAP_H_
#define WIREFOLD_CLIENT_COMMAND_WRAP_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace wirefold {

inline constexpr size_t kTerminalColumns = 80;

// The columns that a terminal shows UTF-8 in.
size_t DisplayWidth(std::string_view utf8);

struct Indent {
  std::string_view first{};  // what the first line begins with
  std::string_view next{};   // … and every other
};

// Appends `utf8` as lines of at most `columns`, each with its '\n'. A word that is longer is cut.
// White space folds to one space; line breaks are kept.
void AppendWrapped(std::string_view utf8, const Indent& indent, std::string& out,
                   size_t columns = kTerminalColumns);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_WRAP_H_
