#include "lib/store/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "lib/base/reason.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

NormalizedArticle FullArticle() {
  NormalizedArticle normalized = testing::MakeArticle("example.org/路", -5, "一。\n二。");
  CanonicalArticle& article = normalized.article;
  article.authors = {"甲", "", "B. Author"};
  article.dateline = "路透北京7月2日";
  article.script = Script::kHant;
  article.published_at_ms = -86'400'000;
  article.published_source = PublishedSource::kDateLine;
  article.images = {{"https://i.example.org/1.jpg", "图"}, {"https://i.example.org/2.jpg", ""}};
  article.links = {{"https://l.example.org/", "链接"}, {"", ""}};
  article.dropped = {"获取更多RSS：", ""};
  article.warnings = {Warning::kNoTimestamp, Warning::kTruncated};
  article.raw_bytes = uint64_t{1} << 40;
  article.replaced_bytes = 3;
  article.charset = "GBK";
  article.rules_version = 0xffff'ffffU;
  normalized.matching_letters = 4;
  return normalized;
}

TEST(Records, AnArticleWithEveryFieldSetComesBackEqual) {
  const NormalizedArticle normalized = FullArticle();
  StoredArticle stored;
  ASSERT_TRUE(DecodeRecord(*EncodeRecord(normalized, 123), stored).ok());
  EXPECT_EQ(stored.article, normalized.article);
  EXPECT_EQ(stored.ingested_at_ms, 123);
  EXPECT_EQ(stored.matching_letters, 4U);
  EXPECT_EQ(stored.text_hash, normalized.text_hash);
}

TEST(Records, DecodingReplacesWhatWasThere) {
  StoredArticle stored;
  ASSERT_TRUE(DecodeRecord(*EncodeRecord(FullArticle(), 1), stored).ok());
  ASSERT_TRUE(DecodeRecord(*EncodeRecord({}, 0), stored).ok());
  EXPECT_EQ(stored.article, CanonicalArticle());
}

TEST(Records, BytesThatAreNoUtf8ComeBackAsTheyWere) {
  NormalizedArticle normalized;
  normalized.article.source = "\xff\xfe";
  StoredArticle stored;
  ASSERT_TRUE(DecodeRecord(*EncodeRecord(normalized, 0), stored).ok());
  EXPECT_EQ(stored.article.source, "\xff\xfe");
}

TEST(Records, PeekingReadsTheSameFieldsAsDecoding) {
  const NormalizedArticle normalized = FullArticle();
  const EncodedRecord record = EncodeRecord(normalized, 1);
  const absl::StatusOr<RecordFields> fields = PeekRecord(*record);
  ASSERT_TRUE(fields.ok()) << fields.status();
  EXPECT_EQ(fields->host, normalized.article.host);
  EXPECT_EQ(fields->registrable_domain, normalized.article.registrable_domain);
  EXPECT_EQ(fields->title, normalized.article.title);
  EXPECT_EQ(fields->text, normalized.article.text);
  EXPECT_EQ(fields->source, normalized.article.source);
  EXPECT_EQ(fields->language, normalized.article.language);
  EXPECT_EQ(fields->observed_at_ms, normalized.article.observed_at_ms);
}

TEST(Records, ARecordThatWasCutOffIsCorruptOrWhole) {
  const EncodedRecord record = EncodeRecord(FullArticle(), 1);
  // One without its last field is what an earlier program wrote.
  NormalizedArticle earlier = FullArticle();
  earlier.article.charset.clear();
  const size_t earlier_size = EncodeRecord(earlier, 1)->size();
  for (size_t size = 0; size < record->size(); ++size) {
    const std::string cut = record->substr(0, size);
    StoredArticle stored;
    const absl::Status status = DecodeRecord(cut, stored);
    if (size == earlier_size) {
      EXPECT_EQ(stored.article, earlier.article);
    } else {
      EXPECT_EQ(ReasonOf(status), Reason::kStoreCorrupt) << size;
    }
    // Peeking does not insist on the fields that it does not read, but stays inside of the bytes.
    PeekRecord(cut).status().IgnoreError();
  }
}

TEST(Records, SightingKeepsRecordAndMatch) {
  const EncodedRecord record = EncodeRecord(FullArticle(), 1);
  const Match match{Relation::kExtended, Ulid::Make(7, {1, 2}), {1, 2'000, 1'000'000}};
  const Ulid kStory = Ulid::Make(7, {7, 7});
  const absl::StatusOr<Sighting> sighting =
      DecodeSighting(EncodeSighting(*record, match, kStory), kStory);
  ASSERT_TRUE(sighting.ok());
  EXPECT_EQ(sighting->record, *record);
  EXPECT_EQ(sighting->match, match);
}

TEST(Records, UrlStateKeepsTheOrderOfItsTexts) {
  UrlState state{
      Ulid::Make(7, {1, 2}), Ulid::Make(8, {3, 4}), 99, {5, 6}, {{1, 1}, {5, 6}, {0, 2}}};
  EXPECT_EQ(*DecodeUrlState(EncodeUrlState(state)), state);
  state.story_id = state.id;
  EXPECT_EQ(*DecodeUrlState(EncodeUrlState(state)), state);
}

TEST(Records, TextOwnerAndAliasComeBackEqual) {
  const TextOwner copy{Ulid::Make(7, {1, 2}), Ulid::Make(8, {3, 4})};
  const TextOwner unique{copy.id, copy.id};
  EXPECT_EQ(*DecodeTextOwner(EncodeTextOwner(copy)), copy);
  EXPECT_EQ(*DecodeTextOwner(EncodeTextOwner(unique)), unique);
  EXPECT_EQ(*DecodeAlias(EncodeAlias(copy.story_id)), copy.story_id);
}

TEST(Records, SketchesComeBackEqualWithAndWithoutSignature) {
  const Sketch full = testing::MakeTestSketch(7);
  EXPECT_EQ(*DecodeSketch(EncodeSketch(full)), full);
  Sketch many = full;
  many.anchors.clear();
  for (uint32_t i = 0; i < kMaxAnchors; ++i) many.anchors.push_back(i << 23);
  EXPECT_EQ(*DecodeSketch(EncodeSketch(many)), many);
  Sketch few;
  few.shingles = 3;
  EXPECT_EQ(*DecodeSketch(EncodeSketch(few)), few);
  EXPECT_EQ(EncodeSketch(few).size(), 6U);
}

TEST(Records, CountsAndVersionsComeBackEqual) {
  const StoredCounts counts{{1, 2, 3, 4, 5, 6, 7}, uint64_t{1} << 60};
  EXPECT_EQ(*DecodeCounts(EncodeCounts(counts)), counts);
  const std::map<std::string, std::string> versions = {{"icu", "72.1"}, {"rules", "3"}};
  EXPECT_EQ(*DecodeVersions(EncodeVersions(versions)), versions);
}

TEST(Records, UnknownVersionsAreRefusedByNameAndDamageIsCorrupt) {
  struct Case {
    std::string value;
    std::string type;
    std::function<absl::Status(const std::string&)> decode;
  };
  const std::vector<Case> cases = {
      {*EncodeRecord({}, 0), "article",
       [](const std::string& value) {
         StoredArticle stored;
         return DecodeRecord(value, stored);
       }},
      {*EncodeRecord({}, 0), "article",
       [](const std::string& v) { return PeekRecord(v).status(); }},
      {EncodeSighting("x", {}, {}), "sighting",
       [](const std::string& v) { return DecodeSighting(v, {}).status(); }},
      {EncodeUrlState({{}, {}, 0, {}, {{}}}), "url",
       [](const std::string& v) { return DecodeUrlState(v).status(); }},
      {EncodeTextOwner({}), "text",
       [](const std::string& v) { return DecodeTextOwner(v).status(); }},
      {EncodeAlias({}), "alias", [](const std::string& v) { return DecodeAlias(v).status(); }},
      {EncodeSketch({}), "sketch", [](const std::string& v) { return DecodeSketch(v).status(); }},
      {EncodeCounts({{1, 1, 1, 1, 1, 1, 1}, 1}), "counts",
       [](const std::string& v) { return DecodeCounts(v).status(); }},
  };
  for (const Case& c : cases) {
    EXPECT_TRUE(c.decode(c.value).ok()) << c.type;
    std::string newer = c.value;
    newer[0] = kValueVersion + 1;
    EXPECT_EQ(ReasonOf(c.decode(newer)), Reason::kStoreTooNew) << c.type;
    EXPECT_NE(c.decode(newer).ToString().find("'" + c.type + "'"), std::string::npos);
    std::string zero = c.value;
    zero[0] = 0;
    EXPECT_EQ(ReasonOf(c.decode(zero)), Reason::kStoreCorrupt) << c.type;
    EXPECT_EQ(ReasonOf(c.decode("")), Reason::kStoreCorrupt) << c.type;
    EXPECT_EQ(ReasonOf(c.decode(c.value + "\xff")), Reason::kStoreCorrupt) << c.type;
  }
}

}  // namespace
}  // namespace wirefold
