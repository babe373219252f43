#include "server/article_writer.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/answer.h"
#include "server/convert.h"
#include "tests/server/fakes.h"

namespace wirefold {
namespace {

StoredArticle Full() {
  StoredArticle stored;
  stored.id = Ulid::Make(1, HashBytes128("id"));
  stored.story_id = Ulid::Make(2, HashBytes128("story"));
  stored.representative_id = Ulid::Make(3, HashBytes128("representative"));
  stored.match = {Relation::kExcerpt, Ulid::Make(4, HashBytes128("matched")), {1, 200, 1'000'000}};
  stored.revision_count = 6;
  stored.ingested_at_ms = 1'700'000'000'001;
  stored.matching_letters = 300;
  stored.text_hash = HashBytes128("text");
  CanonicalArticle& article = stored.article;
  article.url = "https://example.org/路";
  article.url_key = "example.org/路";
  article.host = "www.example.org";
  article.registrable_domain = "example.org";
  article.title = std::string(127, 't');
  article.text = std::string(20'000, 'x') + "\nboilerplate";
  article.authors = {"A", "", "B"};
  article.dateline = "北京";
  article.source = "crawler";
  article.language = "zh-Hans";
  article.observed_at_ms = 1'693'908'902'123;
  article.published_at_ms = -1;
  article.published_source = PublishedSource::kDateLine;
  article.images = {{"https://i/1", "caption"}, {"", ""}};
  article.links = {{"https://l/1", std::string(128, 'w')}, {"", "x"}};
  article.dropped = {"footer", ""};
  article.warnings = {Warning::kNoTimestamp, Warning::kUnrelatedText};
  article.raw_bytes = uint64_t{1} << 40;
  article.charset = "GBK";
  article.replaced_bytes = 3;
  article.rules_version = 0xffff'ffffU;
  return stored;
}

// The slow twin: the message made field by field, and serialized.
std::string Plain(const FakePipeline& pipeline, StoredArticle stored, const Show& show) {
  v1::Article article;
  Pipeline::ReaderText reader;
  if (show.without_boilerplate) {
    reader = pipeline.ReaderTextOf(stored.article);
    stored.article.text = reader.view.text;
  }
  ToProto(std::move(stored), show.view, article);
  for (const std::string& paragraph : reader.view.left_out) article.add_left_out(paragraph);
  article.set_boilerplate_version(reader.version);
  return article.SerializeAsString();
}

std::string Written(const FakePipeline& pipeline, const StoredArticle& stored, const Show& show) {
  ArticleWriter writer(pipeline, show);
  const StoredRecord record = RecordOf(stored);
  const absl::StatusOr<size_t> size = writer.Take(record);
  EXPECT_TRUE(size.ok()) << size.status();
  if (!size.ok()) return {};
  std::string bytes(*size, '\0');
  auto* const begin = reinterpret_cast<uint8_t*>(bytes.data());
  EXPECT_EQ(writer.WriteTo(begin), begin + *size);
  return bytes;
}

TEST(ArticleWriter, WritesTheBytesThatSerializingTheMessageWrites) {
  const FakePipeline pipeline;
  std::vector<StoredArticle> articles(3, Full());
  articles[1] = StoredArticle();
  articles[2].article.text = "nothing of it is left out";
  articles[2].match = {};
  articles[2].story_id = articles[2].representative_id = articles[2].id;
  articles[2].article.published_source = PublishedSource::kNone;
  articles[2].article.observed_at_ms = -5;
  for (const Show& show : {Show{v1::ARTICLE_VIEW_FULL, true}, Show{v1::ARTICLE_VIEW_FULL, false},
                           Show{v1::ARTICLE_VIEW_BASIC, false}, Show{}}) {
    for (const StoredArticle& article : articles) {
      EXPECT_EQ(Written(pipeline, article, show), Plain(pipeline, article, show));
    }
  }
}

TEST(ArticleWriter, ADamagedRecordIsAnError) {
  const FakePipeline pipeline;
  ArticleWriter writer(pipeline, {v1::ARTICLE_VIEW_FULL, true});
  StoredRecord record = RecordOf(Full());
  record.record.resize(record.record.size() / 2);
  EXPECT_EQ(ReasonOf(writer.Take(record).status()), Reason::kStoreCorrupt);
}

TEST(Answer, PutsPiecesTogetherAsOneMessage) {
  const FakePipeline pipeline;
  const Show show{v1::ARTICLE_VIEW_FULL, true};
  const StoredRecord record = RecordOf(Full());
  ArticleWriter writer(pipeline, show);
  const absl::StatusOr<size_t> size = writer.Take(record);
  ASSERT_TRUE(size.ok());
  v1::ListArticlesResponse expected;
  Answer answer;
  for (int i = 0; i < 3; ++i) {
    (void)writer.WriteTo(answer.AddItem(v1::ListArticlesResponse::kArticlesFieldNumber, *size));
    ASSERT_TRUE(expected.add_articles()->ParseFromString(Plain(pipeline, Full(), show)));
  }
  v1::ListArticlesResponse rest;
  rest.set_next_page_token("token");
  answer.Add(rest);
  expected.set_next_page_token("token");
  grpc::Slice bytes;
  ASSERT_TRUE(answer.Take().DumpToSingleSlice(&bytes).ok());
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), expected.SerializeAsString());
}

TEST(Answer, OfNothingIsAnEmptyMessage) {
  const Answer answer;
  EXPECT_EQ(answer.Take().Length(), 0U);
  EXPECT_TRUE(answer.Take().Valid());
}

}  // namespace
}  // namespace wirefold
