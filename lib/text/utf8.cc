#include "lib/text/utf8.h"

#include <algorithm>
#include <cstring>

#include "lib/base/reason.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace wirefold {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

inline unsigned char At(std::string_view bytes, size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

// The length of the well-formed sequence at `pos`, or 0 with the length of the ill-formed maximal
// subpart in `subpart`.
size_t SequenceLength(std::string_view bytes, size_t pos, size_t& subpart) {
  subpart = 1;
  const unsigned char lead = At(bytes, pos);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range is narrower after some lead bytes (Unicode 15.0, table 3-7).
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (size_t i = 1; i < length; ++i) {
    if (pos + i >= bytes.size()) return 0;
    const unsigned char next = At(bytes, pos + i);
    if (next < low || next > high) return 0;
    low = 0x80;
    high = 0xBF;
    subpart = i + 1;
  }
  return length;
}

#if defined(__SSE2__)
// Whether the next fifteen bytes are five characters of three bytes each whose second byte may be
// any. Sixteen are read.
bool AreFiveOfThreeBytes(const char* bytes) {
  const auto each = [](int lead, int other, int last) {
    const auto l = static_cast<char>(lead);
    const auto o = static_cast<char>(other);
    return _mm_setr_epi8(l, o, o, l, o, o, l, o, o, l, o, o, l, o, o, static_cast<char>(last));
  };
  const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i formed =
      _mm_cmpeq_epi8(_mm_and_si128(here, each(0xF0, 0xC0, 0)), each(0xE0, 0x80, 0));
  // E0 and ED are followed by fewer; what follows is never as large.
  const __m128i narrower =
      _mm_or_si128(_mm_cmpeq_epi8(here, _mm_set1_epi8(static_cast<char>(0xE0))),
                   _mm_cmpeq_epi8(here, _mm_set1_epi8(static_cast<char>(0xED))));
  return _mm_movemask_epi8(formed) == 0xFFFF && (_mm_movemask_epi8(narrower) & 0x7FFF) == 0;
}
#endif

}  // namespace

size_t ValidUtf8Prefix(std::string_view bytes) {
  size_t pos = 0;
  while (pos < bytes.size()) {
    if (pos + 8 <= bytes.size()) {
      uint64_t chunk;
      std::memcpy(&chunk, bytes.data() + pos, 8);
      if ((chunk & 0x8080808080808080) == 0) {
        pos += 8;
        continue;
      }
    }
    // Most real bytes are three-byte characters: E1…EC and EE, EF allow any two continuations.
    const unsigned char lead = At(bytes, pos);
    if (lead > 0xE0 && lead < 0xF0 && lead != 0xED && pos + 3 <= bytes.size()) {
#if defined(__SSE2__)
      if (pos + 16 <= bytes.size() && AreFiveOfThreeBytes(bytes.data() + pos)) {
        pos += 15;
        continue;
      }
#endif
      if ((At(bytes, pos + 1) & 0xC0) == 0x80 && (At(bytes, pos + 2) & 0xC0) == 0x80) {
        pos += 3;
        continue;
      }
    }
    size_t subpart;
    const size_t length = SequenceLength(bytes, pos, subpart);
    if (length == 0) return pos;
    pos += length;
  }
  return pos;
}

absl::StatusOr<Utf8Text> RepairUtf8(std::string_view bytes, std::string& storage) {
  const size_t total = bytes.size();
  const auto nuls = static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '\0'));
  if (nuls > total / kMaxNulByteShare) {
    return Reject(Reason::kNotText, "the file is binary (it is full of NUL bytes); send text");
  }
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  size_t valid = ValidUtf8Prefix(bytes);
  if (valid == bytes.size()) return Utf8Text{.text = bytes};

  storage.clear();
  storage.reserve(bytes.size() + 16);
  uint64_t replaced = 0;
  while (true) {
    storage.append(bytes.substr(0, valid));
    bytes.remove_prefix(valid);
    if (bytes.empty()) break;
    size_t subpart;
    SequenceLength(bytes, 0, subpart);
    storage.append(kReplacement);
    replaced += subpart;
    bytes.remove_prefix(subpart);
    valid = ValidUtf8Prefix(bytes);
  }
  if (replaced > total / kMaxInvalidByteShare) {
    return Reject(Reason::kNotText, "the file is not UTF-8; convert it to UTF-8 before sending");
  }
  return Utf8Text{.text = storage, .replaced_bytes = replaced};
}

std::string_view CutAtCharacter(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && (At(text, end) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace wirefold
