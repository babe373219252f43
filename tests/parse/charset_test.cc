#include "lib/parse/charset.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <string>

#include "lib/base/reason.h"
#include "lib/parse/charset_decoder.h"
#include "lib/parse/charset_labels.h"

namespace wirefold {
namespace {

constexpr char kSimplified[] =
    "南湾老茶厂的两座厂房将改建为木工作坊，预计明年春天开放。市政府说，改建费用由基金会承担，"
    "工程将分三期进行，第一期工程从下个月开始。";
constexpr char kTraditional[] =
    "南灣老茶廠的兩座廠房將改建為木工作坊，預計明年春天開放。市政府說，改建費用由基金會承擔，"
    "工程將分三期進行，第一期工程從下個月開始。";
constexpr char kJapanese[] =
    "南湾の古い茶工場の二棟が木工の工房に改装され、来年の春に開く予定です。市によると、"
    "費用は基金が負担し、工事は来月から三期に分けて行われる。";
constexpr char kKorean[] =
    "남만의 오래된 차 공장 두 동이 목공방으로 바뀌어 내년 봄에 문을 열 예정이다. 시는 비용을 "
    "재단이 "
    "부담하며 공사는 다음 달부터 세 차례로 나누어 진행된다고 밝혔다.";
constexpr char kRussian[] =
    "Два корпуса старой чайной фабрики станут столярными мастерскими и откроются следующей весной. "
    "Расходы берёт на себя фонд, сообщили в городе.";
constexpr char kFrench[] =
    "Les deux bâtiments de l’ancienne fabrique de thé deviendront des ateliers où l’on "
    "travaillera le bois dès le printemps. La fondation paiera, a précisé la mairie.";

// `utf8` in the charset of ICU's `converter`.
std::string Encode(const char* converter, const std::string& utf8) {
  UErrorCode status = U_ZERO_ERROR;
  std::string out(utf8.size() * 4 + 16, '\0');
  const int32_t length =
      ucnv_convert(converter, "UTF-8", out.data(), static_cast<int32_t>(out.size()), utf8.data(),
                   static_cast<int32_t>(utf8.size()), &status);
  EXPECT_TRUE(U_SUCCESS(status)) << converter;
  out.resize(static_cast<size_t>(length));
  return out;
}

struct Result {
  std::string text;
  std::string charset;
  std::string evidence;
  uint64_t replaced = 0;
};

Result Decode(std::string_view bytes, std::string_view content_type = "") {
  std::string storage;
  const auto text = DecodeText(bytes, {.content_type = content_type}, storage);
  if (!text.ok()) return {std::string(ReasonName(ReasonOf(text.status()))), "", "", 0};
  return {std::string(text->text), std::string(text->charset),
          std::string(CharsetEvidenceName(text->evidence)), text->replaced_bytes};
}

void Expect(const Result& result, std::string_view text, std::string_view charset,
            std::string_view evidence) {
  EXPECT_EQ(result.text, text);
  EXPECT_EQ(result.charset, charset);
  EXPECT_EQ(result.evidence, evidence);
  EXPECT_EQ(result.replaced, 0U);
}

TEST(DecodeText, LeavesUtf8WhereItIs) {
  for (const std::string text : {"", "plain", kSimplified, kRussian}) {
    std::string storage;
    const auto decoded = DecodeText(text, {}, storage);
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->text.data(), text.data());
    EXPECT_EQ(decoded->text, text);
    EXPECT_EQ(decoded->charset, "UTF-8");
  }
}

struct Encoded {
  const char* label;
  const char* converter;
  const char* text;
  const char* name;
};

constexpr Encoded kEncoded[] = {
    {"gb2312", "GBK", kSimplified, "GBK"},
    {"gb18030", "gb18030", kTraditional, "gb18030"},
    {"big5", "Big5-HKSCS", kTraditional, "Big5"},
    {"shift_jis", "ibm-943_P15A-2003", kJapanese, "Shift_JIS"},
    {"euc-jp", "euc-jp-2007", kJapanese, "EUC-JP"},
    {"iso-2022-jp", "ISO-2022-JP", kJapanese, "ISO-2022-JP"},
    {"euc-kr", "windows-949-2000", kKorean, "EUC-KR"},
    {"windows-1251", "windows-1251", kRussian, "windows-1251"},
    {"koi8-r", "KOI8-R", kRussian, "KOI8-R"},
    {"iso-8859-5", "ISO-8859-5", kRussian, "ISO-8859-5"},
    {"ibm866", "IBM866", kRussian, "IBM866"},
    {"iso-8859-1", "windows-1252", kFrench, "windows-1252"},
};

TEST(DecodeText, BelievesAContentTypeHeader) {
  for (const Encoded& c : kEncoded) {
    SCOPED_TRACE(c.label);
    const Result result =
        Decode(Encode(c.converter, c.text), std::string("text/html; charset=") + c.label);
    EXPECT_EQ(result.text, c.text);
    EXPECT_EQ(result.charset, c.name);
    EXPECT_EQ(result.replaced, 0U);
  }
}

TEST(DecodeText, BelievesAMetaElement) {
  for (const Encoded& c : kEncoded) {
    SCOPED_TRACE(c.label);
    const std::string page =
        std::string("<html><head><meta charset=") + c.label + "></head><p>" + c.text;
    const Result result = Decode(Encode(c.converter, page));
    EXPECT_EQ(result.text, page);
    EXPECT_EQ(result.charset, c.name);
  }
}

TEST(DecodeText, BelievesAnXmlDeclaration) {
  const std::string feed = std::string("<?xml version='1.0' encoding='GBK'?><rss>") + kSimplified;
  Expect(Decode(Encode("GBK", feed)), feed, "GBK", "xml");
}

TEST(DecodeText, GuessesWhatIsNotDeclared) {
  for (const Encoded& c : kEncoded) {
    if (std::string_view(c.label) == "iso-8859-5" || std::string_view(c.label) == "ibm866")
      continue;
    SCOPED_TRACE(c.label);
    const Result result = Decode(Encode(c.converter, std::string("<p>") + c.text));
    EXPECT_EQ(result.text, std::string("<p>") + c.text);
    EXPECT_EQ(result.replaced, 0U);
  }
}

TEST(DecodeText, ReadsShortChineseWithoutADeclaration) {
  Expect(Decode("<p>\xD0\xC2\xCE\xC5\xB1\xA8\xB5\xC0</p>"), "<p>新闻报道</p>", "GBK", "pattern");
}

TEST(DecodeText, FallsBackToWindows1252) {
  Expect(Decode("na\xEFve"), "naïve", "windows-1252", "last-resort");
  EXPECT_EQ(Decode("It\x92s \x93quoted\x94").text, "It’s “quoted”");
}

TEST(DecodeText, ReadsByteOrderMarks) {
  Expect(Decode("\xEF\xBB\xBF南湾"), "南湾", "UTF-8", "bom");
  const std::string page = std::string("<p>") + kSimplified + "😀";
  Expect(Decode("\xFF\xFE" + Encode("UTF-16LE", page)), page, "UTF-16LE", "bom");
  Expect(Decode("\xFE\xFF" + Encode("UTF-16BE", page)), page, "UTF-16BE", "bom");
}

TEST(DecodeText, ReadsUtf16WithoutAMark) {
  const std::string page = std::string("<p>") + kSimplified + "😀";
  Expect(Decode(Encode("UTF-16LE", page)), page, "UTF-16LE", "pattern");
  Expect(Decode(Encode("UTF-16BE", page)), page, "UTF-16BE", "pattern");
  Expect(Decode(Encode("UTF-16BE", std::string(kSimplified) + " x"), "text/html;charset=utf-16be"),
         std::string(kSimplified) + " x", "UTF-16BE", "content-type");
}

TEST(DecodeText, DoesNotBelieveUtf16OfBytesThatAreNot) {
  Expect(Decode(kSimplified, "text/html; charset=utf-16"), kSimplified, "UTF-8", "utf8");
  EXPECT_EQ(Decode(Encode("GBK", kSimplified), "text/html; charset=utf-16").text, kSimplified);
}

// The rules for declarations that are plainly wrong.
TEST(DecodeText, PrefersValidUtf8ToAnotherDeclaration) {
  for (const char* label : {"gbk", "big5", "iso-8859-1", "shift_jis", "windows-1251"}) {
    Expect(Decode(kSimplified, label), kSimplified, "UTF-8", "utf8");
  }
  Expect(Decode("It’s", "iso-8859-1"), "It’s", "UTF-8", "utf8");
}

TEST(DecodeText, LetsADeclaredMultiByteCharsetHaveFewCharacters) {
  // These two characters of GBK are two of UTF-8, too.
  Expect(Decode("\xC4\xA3 \xCA\xA5", "gbk"), "模 圣", "GBK", "content-type");
  Expect(Decode("\xC4\xA3 \xCA\xA5"), "ģ ʥ", "UTF-8", "utf8");
  const std::string four = "\xC4\xA3 \xCA\xA5 \xC4\xA3 \xCA\xA5";
  Expect(Decode(four, "gbk"), four, "UTF-8", "utf8");
}

TEST(DecodeText, PassesOverUtf8ThatIsDeclaredAndNotThere) {
  Expect(Decode(Encode("GBK", kSimplified), "text/html; charset=utf-8"), kSimplified, "gb18030",
         "detection");
  Expect(Decode(Encode("windows-1252", kFrench), "utf-8"), kFrench, "windows-1252", "detection");
}

TEST(DecodeText, RepairsUtf8ThatIsBrokenHereAndThere) {
  const std::string broken = std::string(kSimplified) + "\xFF\xFE" + kSimplified;
  const std::string repaired = std::string(kSimplified) + "\uFFFD\uFFFD" + kSimplified;
  for (const char* label : {"", "utf-8", "gbk"}) {
    const Result result = Decode(broken, label);
    EXPECT_EQ(result.text, repaired) << label;
    EXPECT_EQ(result.charset, "UTF-8") << label;
    EXPECT_EQ(result.replaced, 2U) << label;
  }
}

TEST(DecodeText, PassesOverADeclarationThatReadsTooLittle) {
  // EUC-JP reads most of this as nothing.
  const Result result = Decode(Encode("ibm-943_P15A-2003", kJapanese), "euc-jp");
  EXPECT_EQ(result.text, kJapanese);
  EXPECT_EQ(result.charset, "Shift_JIS");
}

TEST(DecodeText, TakesEscapesForJapaneseInAsciiBytesOnly) {
  const std::string escapes = Encode("ISO-2022-JP", kJapanese);
  Expect(Decode(escapes), kJapanese, "ISO-2022-JP", "pattern");
  Expect(Decode(escapes + "é"), escapes + "é", "UTF-8", "utf8");
  const Result result = Decode(escapes + "\xFF", "iso-2022-jp");
  EXPECT_EQ(result.text, std::string(kJapanese) + "\uFFFD");
  EXPECT_EQ(result.replaced, 1U);
}

TEST(DecodeText, TakesEscapesInDeclaredUtf8ForJapaneseOnlyIfNothingSpeaksAgainstIt) {
  const std::string escapes = Encode("ISO-2022-JP", kJapanese);
  Expect(Decode(escapes, "utf-8"), kJapanese, "ISO-2022-JP", "pattern");
  const std::string stray = "one \x1B$B two" + std::string(100, '.');
  Expect(Decode(stray, "utf-8"), stray, "UTF-8", "utf8");
  EXPECT_EQ(Decode("<meta charset=utf-8>" + stray).charset, "UTF-8");
}

TEST(DecodeText, CountsWhatACharsetDoesNotHave) {
  const Result result = Decode(Encode("GBK", kSimplified) + "\xFF tail", "gbk");
  EXPECT_EQ(result.text, std::string(kSimplified) + "\uFFFD tail");
  EXPECT_EQ(result.replaced, 1U);
}

TEST(DecodeText, IgnoresUnknownLabels) {
  EXPECT_EQ(Decode(Encode("GBK", kSimplified), "text/html; charset=x-nonsense").text, kSimplified);
  EXPECT_EQ(Decode("plain", "hz-gb-2312").text, "plain");
}

TEST(DecodeText, RefusesBinaryData) {
  EXPECT_EQ(Decode(std::string(100, '\0')).text, "NOT_TEXT");
  std::string noise;
  uint32_t state = 1;
  for (int i = 0; i < 4096; ++i) {
    state = state * 1664525 + 1013904223;
    noise.push_back(static_cast<char>(state >> 24));
  }
  EXPECT_EQ(Decode(noise).text, "NOT_TEXT");
  EXPECT_EQ(Decode(noise, "gbk").text, "NOT_TEXT");
  EXPECT_EQ(Decode("\x89PNG\r\n\x1A\n" + noise).text, "NOT_TEXT");
}

TEST(DecodeText, CountsControlCharactersUpToTheirLimit) {
  const std::string text = std::string(10 * kMaxControlByteShare - 11, 'x') + "\xE9";
  EXPECT_EQ(Decode(text + std::string(10, '\x01')).charset, "windows-1252");
  EXPECT_EQ(Decode(text + std::string(11, '\x01')).text, "NOT_TEXT");
}

TEST(DecodeText, KeepsNulsUpToTheirLimit) {
  EXPECT_EQ(Decode(std::string("x\0", 2) + std::string(62, 'x')).charset, "UTF-8");
  EXPECT_EQ(Decode(std::string("x\0\0\0", 4) + std::string(60, 'x')).text, "NOT_TEXT");
}

TEST(DecodeAs, ReadsWhatIcuHasNoConverterFor) {
  std::string out;
  EXPECT_EQ(*DecodeAs(*FindCharset("iso-8859-16"), "\xAA\xBA \xA4", out), 0U);
  EXPECT_EQ(out, "Șș €");
}

TEST(DecodeAs, ReadsTheEuroOfCodePage936) {
  std::string out;
  EXPECT_EQ(*DecodeAs(*FindCharset("gbk"), "\x80 1", out), 0U);
  EXPECT_EQ(out, "€ 1");
}

TEST(DecodeAs, JoinsPairsAcrossPieces) {
  std::string utf8(1, 'x');
  while (utf8.size() < 40'000) utf8 += "😀";
  std::string out;
  EXPECT_EQ(*DecodeAs(*FindCharset("utf-16be"), Encode("UTF-16BE", utf8), out), 0U);
  EXPECT_EQ(out, utf8);
  EXPECT_GT(*DecodeAs(*FindCharset("utf-16be"), "\xD8\x3D", out), 0U);
  EXPECT_EQ(out, "\uFFFD");
}

}  // namespace
}  // namespace wirefold
