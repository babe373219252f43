#include "server/convert.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/limits.h"

namespace wirefold {
namespace {

using testing::ElementsAre;

const Ulid kId = Ulid::Make(1, HashBytes128("id"));
const Ulid kStory = Ulid::Make(2, HashBytes128("story"));
const Ulid kRepresentative = Ulid::Make(3, HashBytes128("representative"));
const Ulid kMatched = Ulid::Make(4, HashBytes128("matched"));

CanonicalArticle Record() {
  CanonicalArticle article;
  article.url = "https://rfi.fr/a";
  article.url_key = "rfi.fr/a";
  article.host = "www.rfi.fr";
  article.registrable_domain = "rfi.fr";
  article.title = "Title";
  article.text = "One\nTwo";
  article.authors = {"A", "B"};
  article.dateline = "dateline";
  article.source = "crawler";
  article.language = "zh-Hans";
  article.observed_at_ms = 1'693'908'902'123;
  article.published_at_ms = -1;
  article.published_source = PublishedSource::kDateLine;
  article.images = {{"https://i/1", "caption"}};
  article.links = {{"https://l/1", "words"}};
  article.dropped = {"footer"};
  article.warnings = {Warning::kNoTimestamp, Warning::kTruncated};
  article.raw_bytes = 99;
  article.charset = "GBK";
  article.replaced_bytes = 3;
  article.rules_version = 5;
  return article;
}

StoredArticle Stored() {
  StoredArticle stored;
  stored.id = kId;
  stored.article = Record();
  stored.ingested_at_ms = 1'700'000'000'001;
  stored.matching_letters = 77;
  stored.story_id = kStory;
  stored.representative_id = kRepresentative;
  stored.match = {Relation::kNear, kMatched, {1, 2, 3}};
  stored.revision_count = 6;
  return stored;
}

// Holds that every field of the message was set, so that none is forgotten.
void ExpectAllSet(const google::protobuf::Message& message,
                  std::initializer_list<std::string_view> except = {}) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *type.field(i);
    bool excepted = false;
    for (const std::string_view name : except) excepted = excepted || field.name() == name;
    const bool set = field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                                         : message.GetReflection()->HasField(message, &field);
    EXPECT_EQ(set, !excepted) << field.full_name();
  }
}

TEST(Convert, AStoredArticleFillsEveryFieldInFullView) {
  v1::Article article;
  ToProto(Stored(), v1::ARTICLE_VIEW_FULL, article);
  // The reader of articles adds what rests on the stream.
  ExpectAllSet(article, {"left_out", "boilerplate_version"});
  EXPECT_EQ(article.id(), kId.ToString());
  EXPECT_EQ(article.url(), "https://rfi.fr/a");
  EXPECT_EQ(article.url_key(), "rfi.fr/a");
  EXPECT_EQ(article.host(), "www.rfi.fr");
  EXPECT_EQ(article.registrable_domain(), "rfi.fr");
  EXPECT_EQ(article.title(), "Title");
  EXPECT_EQ(article.text(), "One\nTwo");
  EXPECT_THAT(article.authors(), ElementsAre("A", "B"));
  EXPECT_EQ(article.dateline(), "dateline");
  EXPECT_EQ(article.source(), "crawler");
  EXPECT_EQ(article.language(), "zh-Hans");
  EXPECT_EQ(article.observed_time().seconds(), 1'693'908'902);
  EXPECT_EQ(article.observed_time().nanos(), 123'000'000);
  EXPECT_EQ(article.published_time().seconds(), -1);
  EXPECT_EQ(article.published_time().nanos(), 999'000'000);
  EXPECT_EQ(article.published_source(), v1::PUBLISHED_SOURCE_DATE_LINE);
  EXPECT_EQ(article.ingested_time().seconds(), 1'700'000'000);
  EXPECT_EQ(article.images(0).url(), "https://i/1");
  EXPECT_EQ(article.images(0).caption(), "caption");
  EXPECT_EQ(article.links(0).url(), "https://l/1");
  EXPECT_EQ(article.links(0).text(), "words");
  EXPECT_THAT(article.dropped(), ElementsAre("footer"));
  EXPECT_THAT(article.warnings(), ElementsAre(v1::WARNING_NO_TIMESTAMP, v1::WARNING_TRUNCATED));
  EXPECT_EQ(article.raw_bytes(), 99U);
  EXPECT_EQ(article.charset(), "GBK");
  EXPECT_EQ(article.replaced_bytes(), 3U);
  EXPECT_EQ(article.letters(), 77U);
  EXPECT_EQ(article.rules_version(), 5U);
  EXPECT_EQ(article.story_id(), kStory.ToString());
  EXPECT_EQ(article.representative_id(), kRepresentative.ToString());
  EXPECT_EQ(article.relation(), v1::RELATION_NEAR);
  EXPECT_EQ(article.matched_id(), kMatched.ToString());
  EXPECT_EQ(article.similarity().jaccard_ppm(), 1U);
  EXPECT_EQ(article.similarity().containment_ppm(), 2U);
  EXPECT_EQ(article.similarity().score_ppm(), 3U);
  EXPECT_EQ(article.revision_count(), 6U);
}

TEST(Convert, BasicViewLeavesOutWhatIsLarge) {
  for (const v1::ArticleView view : {v1::ARTICLE_VIEW_BASIC, v1::ARTICLE_VIEW_UNSPECIFIED}) {
    v1::Article article;
    ToProto(Stored(), view, article);
    ExpectAllSet(article,
                 {"text", "images", "links", "dropped", "left_out", "boilerplate_version"});
  }
}

TEST(Convert, AUniqueArticleHasNoRelation) {
  StoredArticle stored = Stored();
  stored.match = {};
  stored.article.published_source = PublishedSource::kNone;
  v1::Article article;
  ToProto(std::move(stored), v1::ARTICLE_VIEW_FULL, article);
  ExpectAllSet(article, {"relation", "matched_id", "similarity", "published_time",
                         "published_source", "left_out", "boilerplate_version"});
}

TEST(Convert, AnOutcomeFillsEveryFieldOfItsResult) {
  FileOutcome outcome;
  outcome.status = FileStatus::kDuplicate;
  outcome.id = kId;
  outcome.story_id = kStory;
  outcome.representative_id = kRepresentative;
  outcome.match = {Relation::kExcerpt, kMatched, {1, 2, 3}};
  outcome.related = {kMatched};
  outcome.warnings = {Warning::kInvalidUtf8};
  v1::IngestResult result;
  ToProto(9, std::move(outcome), result);
  ExpectAllSet(result, {"reason", "message"});
  EXPECT_EQ(result.sequence(), 9U);
  EXPECT_EQ(result.outcome(), v1::OUTCOME_DUPLICATE);
  EXPECT_EQ(result.id(), kId.ToString());
  EXPECT_EQ(result.story_id(), kStory.ToString());
  EXPECT_EQ(result.representative_id(), kRepresentative.ToString());
  EXPECT_EQ(result.relation(), v1::RELATION_EXCERPT);
  EXPECT_EQ(result.matched_id(), kMatched.ToString());
  EXPECT_EQ(result.similarity().score_ppm(), 3U);
  EXPECT_THAT(result.related_ids(), ElementsAre(kMatched.ToString()));
  EXPECT_THAT(result.warnings(), ElementsAre(v1::WARNING_INVALID_UTF8));
}

TEST(Convert, ARejectedFileHasAReasonAndNoIds) {
  FileOutcome outcome;
  outcome.reason = Reason::kInvalidUrl;
  outcome.message = "write https://host/path";
  v1::IngestResult result;
  ToProto(9, std::move(outcome), result);
  EXPECT_EQ(result.outcome(), v1::OUTCOME_REJECTED);
  EXPECT_EQ(result.reason(), "INVALID_URL");
  EXPECT_EQ(result.message(), "write https://host/path");
  EXPECT_EQ(result.id() + result.story_id() + result.representative_id(), "");
}

TEST(Convert, AnArticleThatWasComparedAndIsNewKeepsTheFigures) {
  FileOutcome outcome;
  outcome.status = FileStatus::kNew;
  outcome.match.scores = {7, 8, 9};
  v1::IngestResult plain;
  ToProto(1, FileOutcome(outcome), plain);
  EXPECT_FALSE(plain.has_similarity());
  outcome.compared = true;
  v1::IngestResult compared;
  ToProto(1, std::move(outcome), compared);
  EXPECT_EQ(compared.similarity().containment_ppm(), 8U);
  EXPECT_EQ(compared.relation(), v1::RELATION_UNSPECIFIED);
}

TEST(Convert, TheBytesAndHintsOfARequestBecomeAFile) {
  v1::IngestRequest request;
  request.set_content("bytes");
  request.set_source("s");
  request.set_url("u");
  EXPECT_FALSE(TakeFile(*&request).hints.observed_at_ms.has_value());
  request.set_content("bytes");
  request.set_source("s");
  request.set_url("u");
  request.set_content_type("text/html");
  request.set_content_language("zh-TW");
  request.set_truncated(true);
  request.mutable_observed_time()->set_seconds(5);
  const IncomingFile file = TakeFile(request);
  EXPECT_EQ(file.bytes, "bytes");
  EXPECT_EQ(file.source, "s");
  EXPECT_EQ(file.hints.url, "u");
  EXPECT_EQ(file.hints.content_type, "text/html");
  EXPECT_EQ(file.hints.content_language, "zh-TW");
  EXPECT_TRUE(file.hints.truncated);
  EXPECT_EQ(file.hints.observed_at_ms, 5000);
}

TEST(Convert, ASourceMayHaveItsLimitAndNotOneByteMore) {
  v1::IngestRequest request;
  request.set_source(std::string(kMaxSourceBytes, 's'));
  EXPECT_TRUE(CheckRequest(request).ok());
  request.set_source(std::string(kMaxSourceBytes + 1, 's'));
  EXPECT_EQ(ReasonOf(CheckRequest(request)), Reason::kInvalidArgument);
}

TEST(Convert, TimesGoThereAndBack) {
  for (const int64_t ms : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{-1000}, int64_t{999},
                           int64_t{253402300799999}, int64_t{-62135596800000}}) {
    google::protobuf::Timestamp time;
    SetTimestamp(ms, time);
    EXPECT_GE(time.nanos(), 0);
    EXPECT_EQ(ToMs(time), ms);
  }
  google::protobuf::Timestamp time;
  SetTimestamp(INT64_MAX, time);
  EXPECT_EQ(ToMs(time), 253402300799999);
  SetTimestamp(INT64_MIN, time);
  EXPECT_EQ(ToMs(time), -62135596800000);
  time.set_seconds(INT64_MAX);
  EXPECT_EQ(ToMs(time), INT64_MAX);
  time.set_seconds(INT64_MIN);
  EXPECT_EQ(ToMs(time), INT64_MIN);
  time.set_seconds(0);
  time.set_nanos(-1);
  EXPECT_EQ(ToMs(time), -1);
}

TEST(Convert, EnumsKeepTheirNumbersAndNames) {
  for (int i = 1; i < kFileStatuses; ++i) {
    EXPECT_EQ(static_cast<int>(ToProto(static_cast<FileStatus>(i))), i);
  }
  for (int i = 0; i <= 4; ++i) EXPECT_EQ(static_cast<int>(ToProto(static_cast<Relation>(i))), i);
  for (int i = 1; i <= 8; ++i) EXPECT_EQ(static_cast<int>(ToProto(static_cast<Warning>(i))), i);
  for (int i = 0; i <= 3; ++i) {
    EXPECT_EQ(static_cast<int>(ToProto(static_cast<PublishedSource>(i))), i);
  }
}

TEST(Convert, StatisticsFillTheirFields) {
  PipelineStats stats;
  stats.outcomes = {0, 1, 2, 3, 4, 5};
  stats.rejected_by_reason = {{"INVALID_URL", 5}};
  stats.index_articles = 6;
  stats.index_bytes = 7;
  stats.capped_buckets = 8;
  stats.candidate_bytes = 11;
  stats.largest_bucket = 12;
  stats.expired_articles = 13;
  stats.index_runs = 14;
  stats.index_resident_runs = 15;
  stats.index_disk_bytes = 16;
  stats.index_problem = "full";
  stats.outside_window_files = 14;
  stats.comparisons = 9;
  stats.files_in_flight = 10;
  stats.groups = 4;
  stats.group_files = 10;
  stats.stage_cpu_ns[static_cast<size_t>(Stage::kStore)] = 15'999;
  stats.read_only = Reject(Reason::kReadOnly, "full");
  v1::Stats out;
  ToProto(stats, out);
  ExpectAllSet(out.outcomes());
  ExpectAllSet(out.index());
  EXPECT_EQ(out.outcomes().new_(), 1U);
  EXPECT_EQ(out.outcomes().duplicate(), 2U);
  EXPECT_EQ(out.outcomes().revision(), 3U);
  EXPECT_EQ(out.outcomes().unchanged(), 4U);
  EXPECT_EQ(out.outcomes().rejected(), 5U);
  EXPECT_EQ(out.rejected_by_reason().at("INVALID_URL"), 5U);
  EXPECT_EQ(out.index().candidate_bytes(), 11U);
  EXPECT_EQ(out.index().largest_bucket(), 12U);
  EXPECT_EQ(out.index().expired(), 13U);
  EXPECT_EQ(out.index().runs(), 14U);
  EXPECT_EQ(out.index().resident_runs(), 15U);
  EXPECT_EQ(out.index().disk_bytes(), 16U);
  EXPECT_EQ(out.index().problem(), "full");
  EXPECT_EQ(out.index().outside_window_files(), 14U);
  EXPECT_EQ(out.pipeline().files_in_flight(), 10U);
  EXPECT_EQ(out.pipeline().files_per_commit_milli(), 2500U);
  ASSERT_EQ(out.stage_cpu_size(), static_cast<int>(kStages));
  EXPECT_EQ(out.stage_cpu(static_cast<int>(Stage::kStore)).name(), "store");
  EXPECT_EQ(out.stage_cpu(static_cast<int>(Stage::kStore)).cpu_us(), 15U);
  EXPECT_TRUE(out.read_only());
  EXPECT_EQ(out.read_only_reason(), "full");
  v1::StoredCounts counts;
  ToProto(StoreCounts{1, 2, 3, 4, 5, 6, 7}, counts);
  ExpectAllSet(counts);
}

}  // namespace
}  // namespace wirefold
