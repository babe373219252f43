#include "lib/store/record_view.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/reason.h"
#include "lib/store/records.h"
#include "lib/store/wire_reader.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

// The slow twin: what decoding says, in the view's terms and in those of PeekRecord.
void ExpectSameAsDecoded(const std::string& record) {
  StoredArticle stored;
  RecordView view;
  const absl::Status decoded = DecodeRecord(record, stored);
  const absl::Status viewed = ViewRecord(record, view);
  ASSERT_EQ(viewed.ok(), decoded.ok()) << decoded;
  if (!decoded.ok()) return;
  const CanonicalArticle& article = stored.article;
  EXPECT_EQ(view.url, article.url);
  EXPECT_EQ(view.url_key, article.url_key);
  EXPECT_EQ(view.host, article.host);
  EXPECT_EQ(view.registrable_domain, article.registrable_domain);
  EXPECT_EQ(view.title, article.title);
  EXPECT_EQ(view.text, article.text);
  EXPECT_EQ(view.dateline, article.dateline);
  EXPECT_EQ(view.source, article.source);
  EXPECT_EQ(view.language, article.language);
  EXPECT_EQ(view.charset, article.charset);
  EXPECT_EQ(Hash128::FromBytes(view.text_hash), stored.text_hash);
  EXPECT_EQ(std::vector<std::string>(view.authors.begin(), view.authors.end()), article.authors);
  EXPECT_EQ(std::vector<std::string>(view.dropped.begin(), view.dropped.end()), article.dropped);
  EXPECT_EQ(view.warnings, article.warnings);
  ASSERT_EQ(view.images.size(), article.images.size());
  for (size_t i = 0; i < view.images.size(); ++i) {
    EXPECT_EQ(view.images[i].url, article.images[i].url);
    EXPECT_EQ(view.images[i].caption, article.images[i].caption);
  }
  ASSERT_EQ(view.links.size(), article.links.size());
  for (size_t i = 0; i < view.links.size(); ++i) {
    EXPECT_EQ(view.links[i].url, article.links[i].url);
    EXPECT_EQ(view.links[i].text, article.links[i].text);
  }
  EXPECT_EQ(view.observed_at_ms, article.observed_at_ms);
  EXPECT_EQ(view.published_at_ms, article.published_at_ms);
  EXPECT_EQ(view.published_source, article.published_source);
  EXPECT_EQ(view.ingested_at_ms, stored.ingested_at_ms);
  EXPECT_EQ(view.raw_bytes, article.raw_bytes);
  EXPECT_EQ(view.replaced_bytes, article.replaced_bytes);
  EXPECT_EQ(view.rules_version, article.rules_version);
  EXPECT_EQ(view.matching_letters, stored.matching_letters);
  const absl::StatusOr<RecordFields> fields = PeekRecord(record);
  ASSERT_TRUE(fields.ok()) << fields.status();
  EXPECT_EQ(fields->host, article.host);
  EXPECT_EQ(fields->registrable_domain, article.registrable_domain);
  EXPECT_EQ(fields->title, article.title);
  EXPECT_EQ(fields->text, article.text);
  EXPECT_EQ(fields->dateline, article.dateline);
  EXPECT_EQ(fields->source, article.source);
  EXPECT_EQ(fields->language, article.language);
  EXPECT_EQ(fields->text_hash, view.text_hash);
  EXPECT_EQ(fields->observed_at_ms, article.observed_at_ms);
  EXPECT_EQ(fields->published_at_ms, article.published_at_ms);
  EXPECT_EQ(fields->ingested_at_ms, stored.ingested_at_ms);
  EXPECT_EQ(fields->has_published_at, article.published_source == PublishedSource::kMetadata ||
                                          article.published_source == PublishedSource::kDateLine);
}

NormalizedArticle FullArticle() {
  NormalizedArticle normalized = testing::MakeArticle("example.org/路", -5, "一。\n二。");
  CanonicalArticle& article = normalized.article;
  article.authors = {"甲", "", "B. Author"};
  article.published_at_ms = -86'400'000;
  article.published_source = PublishedSource::kDateLine;
  article.images = {{"https://i.example.org/1.jpg", "图"}, {"", ""}};
  article.links = {{"https://l.example.org/", "链接"}, {"", "x"}};
  article.dropped = {"获取更多RSS：", ""};
  article.warnings = {Warning::kNoTimestamp, Warning::kTruncated};
  article.raw_bytes = uint64_t{1} << 40;
  article.rules_version = 0xffff'ffffU;
  article.full_url = "https://example.org/路?utm=1";
  return normalized;
}

TEST(RecordView, SaysWhatDecodingSays) {
  ExpectSameAsDecoded(*EncodeRecord(FullArticle(), 123));
  ExpectSameAsDecoded(*EncodeRecord({}, 0));
}

TEST(RecordView, AViewThatIsUsedAgainHasNothingOfWhatWasBefore) {
  const EncodedRecord full = EncodeRecord(FullArticle(), 1);
  const EncodedRecord empty = EncodeRecord({}, 0);
  RecordView view;
  ASSERT_TRUE(ViewRecord(*full, view).ok());
  ASSERT_TRUE(ViewRecord(*empty, view).ok());
  EXPECT_EQ(view.title, "");
  EXPECT_EQ(view.raw_bytes, 0U);
  EXPECT_TRUE(view.authors.empty() && view.images.empty() && view.links.empty() &&
              view.dropped.empty() && view.warnings.empty());
}

TEST(RecordView, WhatIsCutOffAnywhereIsDamagedOrSaysWhatDecodingSays) {
  const std::string record = *EncodeRecord(FullArticle(), 123);
  for (size_t size = 0; size < record.size(); ++size) ExpectSameAsDecoded(record.substr(0, size));
}

TEST(RecordView, WhatIsDamagedInOneByteIsRefusedOrSaysWhatDecodingSays) {
  const std::string record = *EncodeRecord(FullArticle(), 123);
  for (size_t at = 1; at < record.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string damaged = record;
      damaged[at] = static_cast<char>(byte);
      ExpectSameAsDecoded(damaged);
      if (HasFailure()) FAIL() << "byte " << at << " made " << byte;
    }
  }
}

TEST(RecordView, OddFieldsSayWhatDecodingSays) {
  using namespace std::string_literals;
  const std::string record = *EncodeRecord(FullArticle(), 123);
  const auto groups = [](size_t depth) {
    return std::string(depth, '\x4b') + std::string(depth, '\x4c');  // of field 9
  };
  const struct {
    const char* name;
    std::string bytes;
  } cases[] = {
      {"a url_key again", "\x12\x01k"},
      {"a title, as a number", "\x28\x05"},
      {"a host, as 4 bytes",
       "\x1d"
       "1234"},
      {"a time, as bytes", "\x62\x01x"},
      {"a time again", "\x60\x05"},
      {"warnings, packed and not", "\x92\x01\x02\x01\x02\x90\x01\x03"},
      {"packed warnings cut off", "\x92\x01\x01\x80"},
      {"a warning of 64 bits", "\x90\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
      {"a number of more than 64 bits", "\x98\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"},
      {"a number of eleven bytes", "\x98\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"s},
      {"a field that nobody knows", "\xf8\xff\xff\xff\x0f\x01"},
      {"a tag of more bytes than it needs", "\xa8\x80\x80\x80\x00\x01"s},
      {"a tag of six bytes", "\xa8\x80\x80\x80\x80\x00\x01"s},
      {"a tag of more than 32 bits", "\xf8\xff\xff\xff\x1f\x01"},
      {"a size of more bytes than it needs", "\x2a\x81\x80\x80\x80\x00t"s},
      {"a size of six bytes", "\x2a\x81\x80\x80\x80\x80\x00t"s},
      {"a size of more than 31 bits", "\x2a\x81\x80\x80\x80\x08t"},
      {"an image with another field, and a caption again", "\x7a\x08\x18\x05\x12\x01x\x12\x01y"},
      {"an image cut off", "\x7a\x02\x0a\x05"},
      {"a group", groups(1)},
      {"groups in one another, as deep as may be", groups(100)},
      {"… and deeper", groups(101)},
      {"a group of every kind of field",
       "\x4b\x08\x05\x12\x01x\x1d"
       "1234\x19"
       "12345678\x4c"},
      {"a group that does not end", "\x4b\x08\x05"},
      {"a group that another one ends", "\x4b\x54"},
      {"the end of no group", "\x4c"},
      {"a group in an image", "\x7a\x05\x4b\x4c\x12\x01x"},
      {"field 0", "\x00\x01"s},
      {"field 0, as bytes", "\x02\x01x"},
      {"a type that there is not", "\x0e"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ExpectSameAsDecoded(record + c.bytes);
  }
}

TEST(RecordView, ARecordOfANewerFormIsRefusedAsSuch) {
  std::string record = *EncodeRecord({}, 0);
  record[0] = 127;
  RecordView view;
  EXPECT_EQ(ReasonOf(ViewRecord(record, view)), Reason::kStoreTooNew);
}

TEST(WireReader, GoesThroughEveryKindOfFieldAndStopsAtDamage) {
  struct Case {
    const char* name;
    std::string bytes;
    int fields;
    bool ok;
  };
  const Case cases[] = {
      {"nothing", "", 0, true},
      {"a number, bytes, 8 bytes, 4 bytes",
       std::string("\x08\x05\x12\x01x\x19") + "12345678\x25"
                                              "1234",
       4, true},
      {"the largest number", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 1, true},
      {"a number that does not end", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0, false},
      {"a number cut off", "\x08\x80", 0, false},
      {"bytes cut off", "\x12\x02x", 0, false},
      {"8 bytes cut off",
       "\x19"
       "1234567",
       0, false},
      {"4 bytes cut off",
       "\x25"
       "123",
       0, false},
      {"a group, and a number", "\x0b\x0c\x08\x05", 1, true},
      {"a group that does not end", "\x0b\x08\x05", 0, false},
      {"field 0", std::string("\x00\x01", 2), 0, false},
      {"good, then damaged", "\x08\x05\x12", 1, false},
  };
  for (const Case& c : cases) {
    WireReader reader(c.bytes);
    int fields = 0;
    while (reader.Next()) ++fields;
    EXPECT_EQ(fields, c.fields) << c.name;
    EXPECT_EQ(reader.ok(), c.ok) << c.name;
  }
}

}  // namespace
}  // namespace wirefold
