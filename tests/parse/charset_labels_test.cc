#include "lib/parse/charset_labels.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <set>
#include <string>

namespace wirefold {
namespace {

struct Case {
  const char* label;
  const char* name;  // null: unknown
};

TEST(FindCharset, ReadsLabelsAsTheEncodingStandardDoes) {
  constexpr Case kCases[] = {
      {"utf-8", "UTF-8"},
      {"  UTF8\t\n", "UTF-8"},
      {"gb2312", "GBK"},
      {"GB18030", "gb18030"},
      {"x-gbk", "GBK"},
      {"Big5-HKSCS", "Big5"},
      {"iso-8859-1", "windows-1252"},
      {"us-ascii", "windows-1252"},
      {"iso-8859-9", "windows-1254"},
      {"tis-620", "windows-874"},
      {"SHIFT_JIS", "Shift_JIS"},
      {"euc-kr", "EUC-KR"},
      {"ks_c_5601-1987", "EUC-KR"},
      {"iso-2022-jp", "ISO-2022-JP"},
      {"koi8-ru", "KOI8-U"},
      {"unicode", "UTF-16LE"},
      {"utf-16be", "UTF-16BE"},
      {"cp936", "GBK"},
      {"hz-gb-2312", nullptr},  // the standard replaces these
      {"iso-2022-kr", nullptr},
      {"utf-7", nullptr},
      {"", nullptr},
      {"  ", nullptr},
      {"gb 2312", nullptr},
      {"none", nullptr},
  };
  for (const Case& c : kCases) {
    const Charset* charset = FindCharset(c.label);
    ASSERT_EQ(charset != nullptr, c.name != nullptr) << c.label;
    if (charset != nullptr) {
      EXPECT_EQ(charset->name, c.name) << c.label;
    }
  }
}

TEST(FindCharset, RefusesLabelsPastTheirLimit) {
  EXPECT_NE(FindCharset(std::string(kMaxCharsetLabelBytes - 5, ' ') + "utf-8"), nullptr);
  EXPECT_NE(FindCharset(std::string(1000, ' ') + "utf-8"), nullptr);  // blanks don't count
  EXPECT_EQ(FindCharset(std::string(kMaxCharsetLabelBytes, 'u')), nullptr);
  EXPECT_EQ(FindCharset(std::string(kMaxCharsetLabelBytes + 1, 'u')), nullptr);
}

TEST(AllCharsets, HaveEachLabelOnceAndAConverterThatOpens) {
  std::set<std::string> labels;
  for (const Charset& charset : AllCharsets()) {
    EXPECT_EQ(FindCharset(charset.name), &charset) << charset.name;
    std::string rest(charset.labels);
    for (size_t end; !rest.empty(); rest.erase(0, end + 1)) {
      end = std::min(rest.find(' '), rest.size() - 1);
      const std::string label = rest.substr(0, rest.find(' '));
      EXPECT_TRUE(labels.insert(label).second) << label;
      EXPECT_LE(label.size(), kMaxCharsetLabelBytes);
      EXPECT_EQ(FindCharset(label), &charset) << label;
    }
    if (charset.converter == nullptr) continue;
    UErrorCode status = U_ZERO_ERROR;
    ucnv_close(ucnv_open(charset.converter, &status));
    EXPECT_TRUE(U_SUCCESS(status)) << charset.converter;
  }
}

}  // namespace
}  // namespace wirefold
