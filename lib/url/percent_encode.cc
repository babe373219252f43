#include "lib/url/percent_encode.h"

namespace wirefold {

void AppendEscape(uint8_t byte, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const char escape[3] = {'%', kHex[byte >> 4], kHex[byte & 15]};
  out.append(escape, sizeof(escape));
}

void AppendPercentEncoded(std::string_view text, EncodeSet set, std::string& out) {
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!InEncodeSet(text[i], set)) continue;
    out.append(text, copied, i - copied);
    AppendEscape(static_cast<uint8_t>(text[i]), out);
    copied = i + 1;
  }
  out.append(text, copied);
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? DecodeEscapeAt(text, i) : -1;
    if (byte < 0) {
      out.push_back(text[i]);
    } else {
      out.push_back(static_cast<char>(byte));
      i += 2;
    }
  }
  return out;
}

}  // namespace wirefold
