#include "lib/text/stored.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>

#include <array>
#include <cstdint>

#include "lib/text/character_table.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

std::string ToNfc(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return text;
  const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  if (nfc->isNormalizedUTF8(piece, status) && U_SUCCESS(status)) return text;
  std::string out;
  out.reserve(text.size());
  icu::StringByteSink<std::string> sink(&out);
  status = U_ZERO_ERROR;
  nfc->normalizeUTF8(0, piece, sink, nullptr, status);
  return U_FAILURE(status) ? text : out;
}

// Leaves the first kMaxCombiningRun of characters in a row that may combine.
void CutCombiningRuns(std::string& text) {
  const CharacterTable& table = CharacterTable::Get();
  size_t in_a_row = 0;
  size_t size = 0;
  for (size_t pos = 0; pos < text.size();) {
    const size_t start = pos;
    const CharacterInfo info = table.Of(NextCodePoint(text, pos));
    const bool combines = info.stored() == StoredClass::kNormalize && info.joins();
    in_a_row = combines ? in_a_row + 1 : 0;
    if (in_a_row > kMaxCombiningRun) continue;
    for (size_t i = start; i < pos; ++i) text[size++] = text[i];
  }
  text.resize(size);
}

}  // namespace

std::string StoredLine(std::string_view utf8) {
  const CharacterTable& table = CharacterTable::Get();
  std::string out;
  out.reserve(utf8.size());
  bool space = false;
  bool normalize = false;
  // Characters that stay are copied in runs; [run, pos) is what stays and is not yet copied.
  size_t run = 0;
  size_t pos = 0;
  const auto flush = [&](size_t end) {
    if (end == run) return;
    if (space && !out.empty()) out.push_back(' ');
    space = false;
    out.append(utf8.substr(run, end - run));
  };
  while (pos < utf8.size()) {
    const auto byte = static_cast<unsigned char>(utf8[pos]);
    if (byte > 0x20 && byte < 0x7F) {
      ++pos;
      continue;
    }
    const size_t start = pos;
    const StoredClass stored = table.Of(NextCodePoint(utf8, pos)).stored();
    if (stored == StoredClass::kPlain) continue;
    if (stored == StoredClass::kNormalize) {
      normalize = true;
      continue;
    }
    flush(start);
    run = pos;
    if (stored == StoredClass::kSpace) space = true;
  }
  flush(utf8.size());
  if (!normalize) return out;
  CutCombiningRuns(out);
  out = ToNfc(out);
  CutCombiningRuns(out);  // some characters decompose into several that combine
  return out;
}

}  // namespace wirefold
