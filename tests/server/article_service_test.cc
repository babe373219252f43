#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "gmock/gmock.h"
#include "lib/base/limits.h"
#include "lib/url/canonicalize.h"
#include "server/log.h"
#include "server/unary.h"
#include "tests/server/article_fixture.h"

namespace wirefold {
namespace {

TEST_F(ArticleServiceTest, GetsByIdAndByAnySpellingOfTheUrl) {
  const Ulid id = Add(5, "a");
  const absl::StatusOr<CanonicalUrl> url = CanonicalizeUrl("https://www.rfi.fr/cn/a");
  ASSERT_TRUE(url.ok());
  store.identities[HashBytes128(url->url_key, 1)] = id;
  StartServer();
  EXPECT_EQ(Get(id).id(), id.ToString());
  EXPECT_EQ(Get(id).text(), "text of a");
  v1::GetArticleRequest request;
  request.set_url("http://www.rfi.fr//cn/a#top");
  grpc::ClientContext context;
  v1::Article article;
  ASSERT_TRUE(articles->GetArticle(&context, request, &article).ok());
  EXPECT_EQ(article.id(), id.ToString());
  EXPECT_EQ(article.text(), "");
}

TEST_F(ArticleServiceTest, AnswersAreTheSameFromMemoryFromDiskAndForLargeArticles) {
  const Ulid small = Add(5, "small");
  const Ulid large = Add(6, "large");
  const Ulid unknown = Ulid::FirstAt(7);
  store.articles[large].article.text.assign(kMaxQuickRecordBytes, 'x');
  StartServer();
  for (const bool on_disk : {false, true}) {
    store.on_disk = on_disk;
    for (const Ulid& id : {small, large}) {
      const v1::Article article = Get(id);
      EXPECT_EQ(article.id(), id.ToString());
      EXPECT_EQ(article.text(), store.articles[id].article.text);
    }
    v1::GetArticleRequest request;
    request.set_id(unknown.ToString());
    EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::GetArticle, request), "NOT_FOUND");
    request.set_id("none");
    EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::GetArticle, request), "INVALID_ID");
  }
}

TEST_F(ArticleServiceTest, StoriesAreTheSameFromMemoryFromDiskAndOfManyCopies) {
  const Ulid few = Add(5, "few");
  const Ulid copy = Add(6, "copy", few);
  const Ulid many = Add(7, "many");
  for (size_t i = 0; i <= kMaxQuickCopies; ++i) Add(8, "copy" + std::to_string(i), many);
  StartServer();
  for (const bool on_disk : {false, true}) {
    store.on_disk = on_disk;
    for (const auto& [id, story, copies] :
         {std::tuple(few, few, 1), std::tuple(copy, few, 1), std::tuple(many, many, 5)}) {
      v1::GetStoryRequest request;
      request.set_id(id.ToString());
      grpc::ClientContext context;
      v1::Story response;
      ASSERT_TRUE(articles->GetStory(&context, request, &response).ok());
      EXPECT_EQ(response.story_id(), story.ToString());
      EXPECT_EQ(response.representative().id(), story.ToString());
      EXPECT_EQ(response.sightings_size(), copies);
      EXPECT_EQ(response.sighting_count(), static_cast<uint64_t>(copies));
    }
  }
}

TEST_F(ArticleServiceTest, AStoryWhoseRepresentativeChangesMeanwhileIsReadAnew) {
  const Ulid first = Add(5, "first");
  const Ulid second = Add(6, "second", first);
  StartServer();
  for (const bool on_disk : {false, true}) {
    store.on_disk = on_disk;
    store.articles[first].representative_id = store.articles[second].representative_id = first;
    bool changed = false;
    store.before_copies = [&] {
      if (std::exchange(changed, true)) return;
      store.articles[first].representative_id = store.articles[second].representative_id = second;
    };
    v1::GetStoryRequest request;
    request.set_id(first.ToString());
    grpc::ClientContext context;
    v1::Story story;
    ASSERT_TRUE(articles->GetStory(&context, request, &story).ok());
    EXPECT_EQ(story.representative().id(), second.ToString());
    ASSERT_EQ(story.sightings_size(), 1);
    EXPECT_EQ(story.sightings(0).id(), first.ToString());
  }
}

TEST_F(ArticleServiceTest, AStoryThatChangesOnAndOnIsAnsweredAllTheSame) {
  const Ulid first = Add(5, "first");
  const Ulid second = Add(6, "second", first);
  StartServer();
  int reads = 0;
  store.on_disk = true;
  store.before_copies = [&] {
    ++reads;
    Ulid& now = store.articles[first].representative_id;
    now = store.articles[second].representative_id = now == first ? second : first;
  };
  v1::GetStoryRequest request;
  request.set_id(first.ToString());
  grpc::ClientContext context;
  v1::Story story;
  ASSERT_TRUE(articles->GetStory(&context, request, &story).ok());
  EXPECT_EQ(reads, kMaxStoryReads);
}

TEST_F(ArticleServiceTest, LearntBoilerplateIsLeftOutUnlessThePureTextIsAskedFor) {
  const Ulid id = Add(5, "a\nboilerplate");
  StartServer();
  struct Case {
    v1::ArticleView view;
    bool pure_text;
    std::string text;
    int left_out;
    uint64_t version;
  };
  for (const Case& c : {Case{v1::ARTICLE_VIEW_FULL, false, "text of a", 1, 5},
                        Case{v1::ARTICLE_VIEW_FULL, true, "text of a\nboilerplate", 0, 0},
                        Case{v1::ARTICLE_VIEW_BASIC, false, "", 0, 0}}) {
    const auto expect = [&](const v1::Article& article) {
      EXPECT_EQ(article.text(), c.text);
      EXPECT_EQ(article.left_out_size(), c.left_out);
      EXPECT_EQ(article.boilerplate_version(), c.version);
    };
    v1::GetArticleRequest get;
    get.set_id(id.ToString());
    get.set_view(c.view);
    get.set_pure_text(c.pure_text);
    v1::Article article;
    grpc::ClientContext get_context;
    ASSERT_TRUE(articles->GetArticle(&get_context, get, &article).ok());
    expect(article);
    v1::BatchGetArticlesRequest batch;
    batch.add_ids(id.ToString());
    batch.set_view(c.view);
    batch.set_pure_text(c.pure_text);
    v1::BatchGetArticlesResponse several;
    grpc::ClientContext batch_context;
    ASSERT_TRUE(articles->BatchGetArticles(&batch_context, batch, &several).ok());
    expect(several.articles().at(0));
    v1::ListArticlesRequest list;
    list.set_view(c.view);
    list.set_pure_text(c.pure_text);
    v1::ListArticlesResponse page;
    grpc::ClientContext list_context;
    ASSERT_TRUE(articles->ListArticles(&list_context, list, &page).ok());
    expect(page.articles().at(0));
    v1::GetStoryRequest story;
    story.set_id(id.ToString());
    story.set_view(c.view);
    story.set_pure_text(c.pure_text);
    v1::Story answer;
    grpc::ClientContext story_context;
    ASSERT_TRUE(articles->GetStory(&story_context, story, &answer).ok());
    expect(answer.representative());
  }
}

TEST_F(ArticleServiceTest, GetErrorsAreNamed) {
  StartServer();
  const auto call = &v1::ArticleService::Stub::GetArticle;
  v1::GetArticleRequest request;
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_ARGUMENT");
  request.set_id("nonsense");
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_ID");
  request.set_id(Ulid::Make(1, {}).ToString());
  EXPECT_EQ(ReasonOfCall(call, request), "NOT_FOUND");
  request.set_url("https://unknown.example/");
  EXPECT_EQ(ReasonOfCall(call, request), "NOT_FOUND");
  request.set_url("ftp://x/");
  EXPECT_EQ(ReasonOfCall(call, request), "UNSUPPORTED_SCHEME");
  request.set_url("https://x/" + std::string(kMaxUrlBytes, 'a'));
  EXPECT_EQ(ReasonOfCall(call, request), "URL_TOO_LONG");
}

TEST_F(ArticleServiceTest, GetsTheRawFileWithItsHintsByIdAndByUrl) {
  const Ulid id = Add(5, "a");
  const absl::StatusOr<CanonicalUrl> url = CanonicalizeUrl("https://www.rfi.fr/cn/a");
  ASSERT_TRUE(url.ok());
  store.identities[HashBytes128(url->url_key, 1)] = id;
  StoredRaw raw;
  raw.id = id;
  raw.text_hash = {0x0123456789abcdef, 0xfedcba9876543210};
  raw.text_hashes = {{1, 2}, raw.text_hash};
  raw.document.bytes = std::string("\0\xff\n", 3) + std::string(kMaxDocumentBytes - 3, 'x');
  raw.document.source = "rfi";
  raw.document.hints = {
      .url = "https://hint.example/", .observed_at_ms = -1, .content_type = "text/html"};
  store.raw[id] = raw;
  StartServer();
  const std::string hash = "0123456789abcdeffedcba9876543210";
  v1::GetRawRequest by_id;
  by_id.set_id(id.ToString());
  v1::GetRawRequest by_url;
  by_url.set_url("http://www.rfi.fr//cn/a#top");
  by_url.set_text_hash("0123456789ABCDEFFEDCBA9876543210");
  for (const v1::GetRawRequest& request : {by_id, by_url}) {
    grpc::ClientContext context;
    v1::RawFile file;
    const grpc::Status status = articles->GetRaw(&context, request, &file);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(file.id(), id.ToString());
    EXPECT_TRUE(file.content() == raw.document.bytes);
    EXPECT_EQ(file.source(), "rfi");
    EXPECT_EQ(file.url(), "https://hint.example/");
    EXPECT_EQ(ToMs(file.observed_time()), -1);
    EXPECT_EQ(file.content_type(), "text/html");
    EXPECT_EQ(file.text_hash(), hash);
    ASSERT_EQ(file.text_hashes_size(), 2);
    EXPECT_EQ(file.text_hashes(0), "00000000000000010000000000000002");
    EXPECT_EQ(file.text_hashes(1), hash);
    EXPECT_LE(file.ByteSizeLong(), kMaxMessageBytes);
  }
}

TEST_F(ArticleServiceTest, RawErrorsAreNamed) {
  const Ulid without = Add(5, "a");
  StartServer();
  const auto call = &v1::ArticleService::Stub::GetRaw;
  v1::GetRawRequest request;
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_ARGUMENT");
  request.set_id("nonsense");
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_ID");
  request.set_id(Ulid::Make(1, {}).ToString());
  EXPECT_EQ(ReasonOfCall(call, request), "NOT_FOUND");
  request.set_url("https://unknown.example/");
  EXPECT_EQ(ReasonOfCall(call, request), "NOT_FOUND");
  request.set_url("ftp://x/");
  EXPECT_EQ(ReasonOfCall(call, request), "UNSUPPORTED_SCHEME");
  request.set_id(without.ToString());
  EXPECT_EQ(ReasonOfCall(call, request), "RAW_NOT_KEPT");
  for (const std::string& bad :
       {std::string(31, 'a'), std::string(33, 'a'), std::string(32, 'g')}) {
    request.set_text_hash(bad);
    EXPECT_EQ(ReasonOfCall(call, request), "INVALID_ARGUMENT") << bad;
  }
  request.set_text_hash(std::string(32, 'F'));
  EXPECT_EQ(ReasonOfCall(call, request), "RAW_NOT_KEPT");
}

TEST_F(ArticleServiceTest, BatchGetKeepsTheOrderAndNamesWhatIsMissing) {
  const Ulid a = Add(1, "a");
  const Ulid b = Add(2, "b");
  const Ulid missing = Ulid::Make(9, {});
  StartServer();
  v1::BatchGetArticlesRequest request;
  for (const Ulid& id : {b, missing, a}) request.add_ids(id.ToString());
  grpc::ClientContext context;
  v1::BatchGetArticlesResponse response;
  ASSERT_TRUE(articles->BatchGetArticles(&context, request, &response).ok());
  ASSERT_EQ(response.articles_size(), 2);
  EXPECT_EQ(response.articles(0).id(), b.ToString());
  EXPECT_EQ(response.articles(1).id(), a.ToString());
  EXPECT_THAT(response.missing_ids(), testing::ElementsAre(missing.ToString()));
}

TEST_F(ArticleServiceTest, BatchGetTakesAThousandIdsAndNotOneMore) {
  v1::BatchGetArticlesRequest request;
  for (int i = 0; i < kMaxBatchGet; ++i) request.add_ids(Add(i, "a").ToString());
  StartServer();
  grpc::ClientContext context;
  v1::BatchGetArticlesResponse response;
  ASSERT_TRUE(articles->BatchGetArticles(&context, request, &response).ok());
  EXPECT_EQ(response.articles_size(), kMaxBatchGet);
  request.add_ids(Ulid::Make(1, {}).ToString());
  EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::BatchGetArticles, request), "INVALID_ARGUMENT");
  request.mutable_ids()->DeleteSubrange(1, kMaxBatchGet);
  request.add_ids("bad");
  EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::BatchGetArticles, request), "INVALID_ID");
}

TEST_F(ArticleServiceTest, BatchGetRefusesAnIdThatStandsTwiceInAnySpelling) {
  const std::string id = Add(1, "a").ToString();
  std::string lower = id;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  StartServer();
  for (const std::string& again : {id, lower}) {
    v1::BatchGetArticlesRequest request;
    request.add_ids(id);
    request.add_ids(again);
    EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::BatchGetArticles, request),
              "INVALID_ARGUMENT");
  }
}

TEST_F(ArticleServiceTest, BatchGetAnswersUpToItsBoundInBytesAndSaysWhatToDoPastIt) {
  constexpr int kArticles = 16;
  v1::BatchGetArticlesRequest request;
  request.set_view(v1::ARTICLE_VIEW_FULL);
  Ulid last;
  for (int i = 0; i < kArticles; ++i) {
    last = Add(i, "a");
    request.add_ids(last.ToString());
  }
  FillTo(kMaxBatchPayloadBytes, kArticles);
  StartServer();
  {
    grpc::ClientContext context;
    v1::BatchGetArticlesResponse response;
    const grpc::Status status = articles->BatchGetArticles(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.articles_size(), kArticles);
  }
  store.articles[last].article.text += 'x';
  grpc::ClientContext context;
  v1::BatchGetArticlesResponse response;
  const grpc::Status status = articles->BatchGetArticles(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(GrpcReasonOf(status), "ANSWER_TOO_LARGE");
  EXPECT_THAT(status.error_message(), testing::HasSubstr("64 MiB"));
  request.set_view(v1::ARTICLE_VIEW_BASIC);
  EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::BatchGetArticles, request), "");
}

TEST_F(ArticleServiceTest, APageOfExactlyItsBoundIsOneAndAByteMoreMakesTwo) {
  Add(0, "a");
  const Ulid last = Add(1, "a");
  FillTo(kMaxPagePayloadBytes, 2);
  StartServer();
  v1::ListArticlesRequest request;
  request.set_view(v1::ARTICLE_VIEW_FULL);
  int pages = 0;
  EXPECT_EQ(ListAll(request, &pages).size(), 2U);
  EXPECT_EQ(pages, 1);
  store.articles[last].article.text += 'x';
  pages = 0;
  EXPECT_EQ(ListAll(request, &pages).size(), 2U);
  EXPECT_EQ(pages, 2);
}

TEST_F(ArticleServiceTest, ADamagedArticleIsLoggedWithItsCause) {
  const std::string log = testing::TempDir() + "/read_failed.log";
  std::remove(log.c_str());
  ASSERT_TRUE(OpenLog("info", log).ok());
  LogIfOurFault(Reject(Reason::kNotFound, "the client's fault"));
  LogIfOurFault(Reject(Reason::kReadOnly, "logged when it began"));
  LogIfOurFault(Reject(Reason::kStoreCorrupt, "checksum mismatch"));
  LogIfOurFault(Reject(Reason::kStoreCorrupt, "within the same second"));
  FlushLog();
  std::stringstream lines;
  lines << std::ifstream(log).rdbuf();
  EXPECT_THAT(lines.str(),
              testing::EndsWith("error read_failed reason=STORE_CORRUPT message=\"checksum "
                                "mismatch\"\n"));
  EXPECT_EQ(std::count(std::istreambuf_iterator<char>(lines), {}, '\n'), 1);
  ASSERT_TRUE(OpenLog("info", "").ok());
}

}  // namespace
}  // namespace wirefold
