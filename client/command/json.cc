#include "client/command/json.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace wirefold {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence at the front of `text` (the table of Unicode 15, 3-7),
// or 0 with the length of the ill-formed part to be replaced in `bad`: the longest prefix of a
// well-formed sequence, at least one byte.
size_t SequenceLength(std::string_view text, size_t& bad) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  bad = 1;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  for (size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) {
      bad = i;
      return 0;
    }
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

void AppendEscape(unsigned char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default: {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
}

}  // namespace

void AppendJsonEscaped(std::string_view text, std::string& out) {
  size_t start = 0;  // of what can be copied as it is
  size_t i = 0;
  while (i < text.size()) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    size_t bad = 1;
    if (c >= 0x80) {
      const size_t length = SequenceLength(text.substr(i), bad);
      if (length > 0) {
        i += length;
        continue;
      }
    }
    out.append(text, start, i - start);
    if (c >= 0x80) {
      out += kReplacement;
    } else {
      AppendEscape(c, out);
    }
    i += bad;
    start = i;
  }
  out.append(text, start, i - start);
}

void JsonWriter::Separate() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

void JsonWriter::Open(char bracket) {
  Separate();
  out_ += bracket;
  need_comma_ = false;
}

void JsonWriter::Close(char bracket) {
  out_ += bracket;
  need_comma_ = true;
}

void JsonWriter::Key(std::string_view key) {
  Separate();
  out_ += '"';
  out_ += key;
  out_ += "\":";
  need_comma_ = false;
}

void JsonWriter::String(std::string_view value) {
  Separate();
  out_ += '"';
  AppendJsonEscaped(value, out_);
  out_ += '"';
}

void JsonWriter::StringOrNull(std::string_view value) {
  if (value.empty()) {
    Null();
  } else {
    String(value);
  }
}

void JsonWriter::Number(uint64_t value) {
  Separate();
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
}

void JsonWriter::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::Null() {
  Separate();
  out_ += "null";
}

void JsonWriter::Ppm(uint32_t ppm) {
  constexpr uint32_t kOne = 1'000'000;
  Number(ppm / kOne);
  // Six digits with a leading 1 to be dropped, so that zeros in front stay.
  std::array<char, 8> digits{};
  const char* end =
      std::to_chars(digits.data(), digits.data() + digits.size(), kOne + ppm % kOne).ptr;
  while (end - digits.data() > 2 && end[-1] == '0') --end;
  out_ += '.';
  out_.append(static_cast<const char*>(digits.data()) + 1, end);
}

}  // namespace wirefold
