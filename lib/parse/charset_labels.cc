#include "lib/parse/charset_labels.h"

#include <array>
#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

using enum CharsetKind;

// Labels: Encoding standard, section 4.2. The last line of some entries are names that it does not
// have and that headers and uchardet use.
constexpr std::array kCharsets = {
    Charset{"UTF-8", "UTF-8", kUtf8,
            "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8 "
            "utf_8 utf8mb4"},
    Charset{"GBK", "gb18030", kMultiByte,
            "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk "
            "cp936 ms936 windows-936 euc-cn"},
    Charset{"gb18030", "gb18030", kMultiByte, "gb18030 gb-18030"},
    Charset{"Big5", "Big5-HKSCS", kMultiByte,
            "big5 big5-hkscs cn-big5 csbig5 x-x-big5 "
            "cp950 big-5"},
    Charset{"EUC-JP", "euc-jp-2007", kMultiByte, "cseucpkdfmtjapanese euc-jp x-euc-jp"},
    Charset{"ISO-2022-JP", "ISO-2022-JP", kEscapes, "csiso2022jp iso-2022-jp"},
    Charset{"Shift_JIS", "ibm-943_P15A-2003", kMultiByte,
            "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis "
            "cp932"},
    Charset{"EUC-KR", "windows-949-2000", kMultiByte,
            "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
            "ksc_5601 windows-949 "
            "cp949 uhc"},
    Charset{"windows-1252", "windows-1252", kSingleByte,
            "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 "
            "iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"},
    Charset{"windows-1250", "windows-1250", kSingleByte, "cp1250 windows-1250 x-cp1250"},
    Charset{"windows-1251", "windows-1251", kSingleByte, "cp1251 windows-1251 x-cp1251"},
    Charset{"windows-1253", "windows-1253", kSingleByte, "cp1253 windows-1253 x-cp1253"},
    Charset{"windows-1254", "windows-1254", kSingleByte,
            "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
            "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254"},
    Charset{"windows-1255", "windows-1255", kSingleByte, "cp1255 windows-1255 x-cp1255"},
    Charset{"windows-1256", "windows-1256", kSingleByte, "cp1256 windows-1256 x-cp1256"},
    Charset{"windows-1257", "windows-1257", kSingleByte, "cp1257 windows-1257 x-cp1257"},
    Charset{"windows-1258", "windows-1258", kSingleByte, "cp1258 windows-1258 x-cp1258"},
    Charset{"windows-874", "windows-874-2000", kSingleByte,
            "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"},
    Charset{"KOI8-R", "KOI8-R", kSingleByte, "cskoi8r koi koi8 koi8-r koi8_r"},
    Charset{"KOI8-U", "KOI8-U", kSingleByte, "koi8-ru koi8-u"},
    Charset{"ISO-8859-2", "ISO-8859-2", kSingleByte,
            "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 "
            "latin2"},
    Charset{"ISO-8859-3", "ISO-8859-3", kSingleByte,
            "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 "
            "latin3"},
    Charset{"ISO-8859-4", "ISO-8859-4", kSingleByte,
            "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 "
            "latin4"},
    Charset{"ISO-8859-5", "ISO-8859-5", kSingleByte,
            "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 "
            "iso_8859-5:1988"},
    Charset{"ISO-8859-6", "ISO-8859-6", kSingleByte,
            "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
            "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"},
    Charset{"ISO-8859-7", "ISO-8859-7", kSingleByte,
            "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 "
            "iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek"},
    Charset{"ISO-8859-8", "ISO-8859-8", kSingleByte,
            "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 "
            "iso88598 iso_8859-8 iso_8859-8:1988 visual"},
    Charset{"ISO-8859-8-I", "ISO-8859-8", kSingleByte, "csiso88598i iso-8859-8-i logical"},
    Charset{"ISO-8859-10", "iso-8859_10-1998", kSingleByte,
            "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"},
    Charset{"ISO-8859-13", "ISO-8859-13", kSingleByte, "iso-8859-13 iso8859-13 iso885913"},
    Charset{"ISO-8859-14", "iso-8859_14-1998", kSingleByte, "iso-8859-14 iso8859-14 iso885914"},
    Charset{"ISO-8859-15", "ISO-8859-15", kSingleByte,
            "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"},
    // ICU has no ISO-8859-16; charset.cc has its table.
    Charset{"ISO-8859-16", nullptr, kSingleByte, "iso-8859-16"},
    Charset{"IBM866", "IBM866", kSingleByte, "866 cp866 csibm866 ibm866"},
    Charset{"macintosh", "macintosh", kSingleByte, "csmacintosh mac macintosh x-mac-roman"},
    Charset{"x-mac-cyrillic", "x-mac-cyrillic", kSingleByte,
            "x-mac-cyrillic x-mac-ukrainian "
            "mac-cyrillic"},
    Charset{"UTF-16LE", "UTF-16LE", kUtf16,
            "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"},
    Charset{"UTF-16BE", "UTF-16BE", kUtf16, "unicodefffe utf-16be"},
};

using Labels = absl::flat_hash_map<std::string, const Charset*>;

Labels ParseLabels() {
  Labels labels;
  for (const Charset& charset : kCharsets) {
    std::string_view rest = charset.labels;
    while (!rest.empty()) {
      const std::string_view label = rest.substr(0, rest.find(' '));
      labels.emplace(label, &charset);
      rest.remove_prefix(label.size());
      if (!rest.empty()) rest.remove_prefix(1);
    }
  }
  return labels;
}

}  // namespace

const Charset* FindCharset(std::string_view label) {
  static const Labels* const labels = new Labels(ParseLabels());  // never destroyed
  constexpr std::string_view kAsciiWhiteSpace = "\t\n\f\r ";
  const size_t begin = label.find_first_not_of(kAsciiWhiteSpace);
  if (begin == std::string_view::npos) return nullptr;
  label = label.substr(begin, label.find_last_not_of(kAsciiWhiteSpace) - begin + 1);
  if (label.size() > kMaxCharsetLabelBytes) return nullptr;
  std::string lower(label);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto found = labels->find(ToAbsl(lower));
  return found == labels->end() ? nullptr : found->second;
}

std::span<const Charset> AllCharsets() { return kCharsets; }

}  // namespace wirefold
