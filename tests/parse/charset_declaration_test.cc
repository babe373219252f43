#include "lib/parse/charset_declaration.h"

#include <gtest/gtest.h>

#include <string>

namespace wirefold {
namespace {

std::string Name(const Charset* charset) {
  return charset == nullptr ? "none" : std::string(charset->name);
}

struct Case {
  const char* text;
  const char* expected;
};

TEST(PrescanForMeta, FollowsTheHtmlStandard) {
  constexpr Case kCases[] = {
      {"<meta charset=gbk>", "GBK"},
      {"<META CHARSET = 'Big5' >", "Big5"},
      {"<meta charset=\"shift_jis\"/>", "Shift_JIS"},
      {"<meta/charset=euc-kr>", "EUC-KR"},
      {"<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">", "GBK"},
      {"<meta content='text/html;charset=\"koi8-r\"' http-equiv='content-type'>", "KOI8-R"},
      {"<meta content='text/html; charset = windows-1251'>", "none"},  // no http-equiv
      {"<meta http-equiv=refresh content='0; charset=gbk'>", "none"},
      {"<meta name=a content=b><p><meta charset=gbk>", "GBK"},
      {"<!-- <meta charset=gbk> --><meta charset=big5>", "Big5"},
      {"<!--><meta charset=big5>", "Big5"},
      {"<a title='<meta charset=gbk>'><meta charset=big5>", "Big5"},
      {"<? <meta charset=gbk>", "none"},
      {"<!doctype html><html><head><meta charset=gbk>", "GBK"},
      {"<meta charset=nonsense><meta charset=gbk>", "GBK"},
      {"<meta charset=utf-16le>", "UTF-8"},
      {"<meta charset=x-user-defined>", "windows-1252"},
      {"<meta charset=gbk charset=big5>", "GBK"},
      {"<metacharset=gbk>", "none"},
      {"<meta charset=gbk", "none"},
      {"<meta charset", "none"},
      {"<meta", "none"},
      {"<", "none"},
      {"", "none"},
      {"<!-- <meta charset=gbk>", "none"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Name(PrescanForMeta(c.text)), c.expected) << c.text;
}

TEST(PrescanForMeta, LooksAtItsFirstBytesOnly) {
  const std::string meta = "<meta charset=gbk>";
  const std::string fits = std::string(kCharsetPrescanBytes - meta.size(), ' ') + meta;
  EXPECT_EQ(Name(PrescanForMeta(fits)), "GBK");
  EXPECT_EQ(Name(PrescanForMeta(" " + fits)), "none");
}

TEST(CharsetOfContentType, IsReadLeniently) {
  constexpr Case kCases[] = {
      {"text/html; charset=gb2312", "gb2312"},
      {"text/html;charset=\"utf-8\"", "utf-8"},
      {"text/html; Charset = 'big5'; x=y", "big5"},
      {"charset=gbk, text/html", "gbk"},
      {"text/html; charset", ""},
      {"text/html; charset=", ""},
      {"text/html; charset=\"gbk", ""},
      {"text/html; charsetx; charset=gbk", "gbk"},
      {"text/html", ""},
      {"", ""},
  };
  for (const Case& c : kCases) EXPECT_EQ(CharsetOfContentType(c.text), c.expected) << c.text;
}

TEST(FindXmlEncoding, ReadsTheDeclaration) {
  constexpr Case kCases[] = {
      {"<?xml version=\"1.0\" encoding=\"gb2312\"?>", "GBK"},
      {"\n <?xml version='1.0' encoding = 'big5' ?>", "Big5"},
      {"<?xml version='1.0' encoding='utf-16'?>", "UTF-8"},
      {"<?xml version='1.0'?><a encoding='gbk'/>", "none"},
      {"<?xml version='1.0' encoding='gbk", "none"},
      {"<?xml-stylesheet encoding='gbk'?>", "none"},
      {"<?xml", "none"},
      {"text <?xml encoding='gbk'?>", "none"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Name(FindXmlEncoding(c.text)), c.expected) << c.text;
}

TEST(FindByteOrderMark, KnowsThree) {
  EXPECT_EQ(Name(FindByteOrderMark("\xEF\xBB\xBFx").charset), "UTF-8");
  EXPECT_EQ(FindByteOrderMark("\xEF\xBB\xBFx").length, 3U);
  EXPECT_EQ(Name(FindByteOrderMark("\xFF\xFEx").charset), "UTF-16LE");
  EXPECT_EQ(Name(FindByteOrderMark("\xFE\xFFx").charset), "UTF-16BE");
  EXPECT_EQ(Name(FindByteOrderMark("\xEF\xBB").charset), "none");
  EXPECT_EQ(Name(FindByteOrderMark("").charset), "none");
}

TEST(FindUtf16Pattern, IsToldByTheFirstTwoCharacters) {
  EXPECT_EQ(Name(FindUtf16Pattern(std::string_view("<\0h\0", 4))), "UTF-16LE");
  EXPECT_EQ(Name(FindUtf16Pattern(std::string_view("\0<\0h", 4))), "UTF-16BE");
  EXPECT_EQ(Name(FindUtf16Pattern(std::string_view("<\0\0\0", 4))), "none");
  EXPECT_EQ(Name(FindUtf16Pattern("<htm")), "none");
  EXPECT_EQ(Name(FindUtf16Pattern(std::string_view("<\0h", 3))), "none");
}

}  // namespace
}  // namespace wirefold
