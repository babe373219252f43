#include "client/command/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/render.h"
#include "client/command/time_argument.h"

namespace wirefold {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  AppendJsonEscaped(text, out);
  return out;
}

std::string Ppm(uint32_t ppm) {
  std::string out;
  JsonWriter(out).Ppm(ppm);
  return out;
}

TEST(JsonEscape, EscapesWhatJsonMustAndNothingElse) {
  EXPECT_EQ(Escaped("a\"b\\c/d"), "a\\\"b\\\\c/d");
  EXPECT_EQ(Escaped(std::string_view("\0\x1f\n\r\t\x7f", 6)), "\\u0000\\u001f\\n\\r\\t\x7f");
  EXPECT_EQ(Escaped("中国 é 😀"), "中国 é 😀");
}

TEST(JsonEscape, ReplacesEachIllFormedPartByOneReplacementCharacter) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(Escaped("-\xff-"), absl::StrCat("-", r, "-"));
  EXPECT_EQ(Escaped("\xc0\xaf"), r + r);                  // overlong
  EXPECT_EQ(Escaped("\xed\xa0\x80"), r + r + r);          // a surrogate
  EXPECT_EQ(Escaped("\xf4\x90\x80\x80"), r + r + r + r);  // beyond U+10FFFF
  EXPECT_EQ(Escaped("\xe4\xb8"), r);                      // cut off
  EXPECT_EQ(Escaped("\xe4\xb8x"), r + "x");
  EXPECT_EQ(Escaped("\xf0\x9f\x98\xf0\x9f\x98\x80"), r + "\xf0\x9f\x98\x80");
}

// The slow twin: nlohmann's serializer with its replacing error handler.
TEST(JsonEscape, AgreesWithNlohmannOnRandomBytes) {
  std::mt19937 random(7);
  const std::vector<std::string> pieces = {"a",        "\"",   "\\",   "\n",       "\xe4\xb8\xad",
                                           "\xe4",     "\xb8", "\xff", "\xf0\x9f", "\xc3\xa9",
                                           "\xed\xa0", "\x01"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < 6; ++i) text += pieces[random() % pieces.size()];
    const std::string slow =
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    ASSERT_EQ(nlohmann::json::parse(absl::StrCat("\"", Escaped(text), "\"")),
              nlohmann::json::parse(slow));
  }
}

TEST(JsonWriter, WritesMillionthsAsDecimalsOfAtMostSixDigits) {
  EXPECT_EQ(Ppm(0), "0.0");
  EXPECT_EQ(Ppm(1), "0.000001");
  EXPECT_EQ(Ppm(120'000), "0.12");
  EXPECT_EQ(Ppm(912'345), "0.912345");
  EXPECT_EQ(Ppm(1'000'000), "1.0");
}

TEST(JsonWriter, PutsCommasBetweenMembersAndElements) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Key("a");
  json.BeginArray();
  json.Number(18'446'744'073'709'551'615U);
  json.Bool(true);
  json.EndArray();
  json.Key("b");
  json.StringOrNull("");
  json.Key("c");
  json.BeginObject();
  json.EndObject();
  json.EndObject();
  EXPECT_EQ(out, R"({"a":[18446744073709551615,true],"b":null,"c":{}})");
}

std::string ResultLine(const v1::IngestResult& result) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  AppendResultMembers({.path = "D/a.txt"}, result, json);
  json.EndObject();
  return out;
}

TEST(Render, WritesTheContractsKeysInOrderWithNullsWhereNothingIs) {
  v1::IngestResult result;
  result.set_outcome(v1::OUTCOME_REJECTED);
  result.set_reason("INVALID_URL");
  EXPECT_EQ(ResultLine(result),
            R"({"path":"D/a.txt","item":0,"outcome":"REJECTED","id":null,"story_id":null,)"
            R"("representative_id":null,"relation":null,"matched_id":null,"jaccard":null,)"
            R"("containment":null,"score":null,"related":[],"reason":"INVALID_URL"})");
}

TEST(Render, NamesThePlaceOfAnArticleInAFileThatHoldsMany) {
  v1::IngestResult result;
  result.set_outcome(v1::OUTCOME_NEW);
  result.set_id("A");
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  AppendPlaceMembers({.path = "a.warc", .item = 3, .offset = 0}, json);
  json.EndObject();
  EXPECT_EQ(out, R"({"path":"a.warc","item":3,"offset":0})");
  out.clear();
  AppendResultLine({.path = "a.warc", .item = 3, .offset = 0}, result, out);
  EXPECT_EQ(out, "NEW        A  a.warc item 3\n");
}

TEST(Render, WritesAComparisonsFiguresAndRelation) {
  v1::IngestResult result;
  result.set_outcome(v1::OUTCOME_DUPLICATE);
  result.set_id("ID_A");
  result.set_story_id("ID_B");
  result.set_representative_id("ID_C");
  result.set_relation(v1::RELATION_EXCERPT);
  result.set_matched_id("ID_D");
  result.mutable_similarity()->set_jaccard_ppm(250'000);
  result.mutable_similarity()->set_containment_ppm(1'000'000);
  result.add_related_ids("ID_E");
  result.add_related_ids("ID_F");
  EXPECT_EQ(ResultLine(result),
            R"({"path":"D/a.txt","item":0,"outcome":"DUPLICATE","id":"ID_A","story_id":"ID_B",)"
            R"("representative_id":"ID_C","relation":"EXCERPT","matched_id":"ID_D","jaccard":0.25,)"
            R"("containment":1.0,"score":0.0,"related":["ID_E","ID_F"],"reason":null})");
}

TEST(Render, KeepsControlCharactersOffTheTerminal) {
  v1::IngestResult result;
  result.set_outcome(v1::OUTCOME_REJECTED);
  result.set_reason("NOT_TEXT");
  result.set_message("two\nlines");
  std::string out;
  AppendResultLine({.path = "a\x1b[2Jb"}, result, out);
  EXPECT_EQ(out, "REJECTED   a [2Jb  NOT_TEXT: two lines\n");
}

TEST(Render, LeavesTextOutOfTheBasicView) {
  v1::Article article;
  article.set_id("A");
  article.set_text("t");
  article.mutable_observed_time()->set_seconds(-1);
  article.mutable_observed_time()->set_nanos(500'000'000);
  article.add_warnings(v1::WARNING_NO_LINK_LINE);
  article.set_published_source(v1::PUBLISHED_SOURCE_DATE_LINE);
  for (const bool full : {false, true}) {
    std::string out;
    JsonWriter json(out);
    AppendArticle(article, full, json);
    const nlohmann::json parsed = nlohmann::json::parse(out);
    EXPECT_EQ(parsed.contains("text"), full);
    EXPECT_EQ(parsed.contains("links"), full);
    EXPECT_EQ(parsed["observed_time"], "1969-12-31T23:59:59.500Z");
    EXPECT_EQ(parsed["warnings"], nlohmann::json::array({"NO_LINK_LINE"}));
    EXPECT_EQ(parsed["published_source"], "DATE_LINE");
    EXPECT_TRUE(parsed["url"].is_null());
  }
}

TEST(Render, SaysWhatAFileWasDecodedFrom) {
  EXPECT_EQ(DescribeCharset("GBK", 0), "GBK");
  EXPECT_EQ(DescribeCharset("GBK", 1), "GBK, 1 byte replaced");
  EXPECT_EQ(DescribeCharset("UTF-8", 20), "UTF-8, 20 bytes replaced");
  EXPECT_EQ(DescribeCharset("", 2), "2 bytes replaced");  // of an earlier program's article
  v1::Article article;
  article.set_charset("GBK");
  article.set_replaced_bytes(3);
  std::string block;
  AppendArticleBlock(article, block);
  EXPECT_NE(block.find("charset       GBK, 3 bytes replaced\n"), std::string::npos) << block;
  std::string out;
  JsonWriter json(out);
  AppendArticle(article, /*full=*/false, json);
  EXPECT_EQ(nlohmann::json::parse(out)["charset"], "GBK");
  EXPECT_EQ(nlohmann::json::parse(out)["replaced_bytes"], 3);
}

TEST(TimeArgument, TakesRfc3339AndDates) {
  EXPECT_EQ(ParseTimeArgument("2023-09-05")->seconds(), 1'693'872'000);
  EXPECT_EQ(ParseTimeArgument("2023-09-05T08:00:00.25+08:00")->seconds(), 1'693'872'000);
  EXPECT_EQ(ParseTimeArgument("2023-09-05T08:00:00.25+08:00")->nanos(), 250'000'000);
  EXPECT_EQ(ParseTimeArgument("1969-12-31T23:59:59.5Z")->seconds(), -1);
  for (const char* bad : {"", "yesterday", "2023-13-01", "2023-09-05T10:15", "infinite-future"}) {
    EXPECT_FALSE(ParseTimeArgument(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace wirefold
