#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include "gmock/gmock.h"
#include "lib/base/limits.h"
#include "lib/url/canonicalize.h"
#include "server/convert.h"
#include "server/log.h"
#include "server/unary.h"
#include "tests/server/server_fixture.h"

namespace wirefold {
namespace {

class ArticleServiceTest : public ServerFixture {
 protected:
  // A unique article observed at `time_ms`; a copy of `story` if that is given.
  Ulid Add(int64_t time_ms, const std::string& name, Ulid story = {}) {
    StoredArticle stored;
    stored.id = Ulid::Make(time_ms, HashBytes128(name));
    stored.story_id = stored.representative_id = story.IsZero() ? stored.id : story;
    stored.article.title = name;
    stored.article.text = "text of " + name;
    stored.article.host = "host" + std::to_string(time_ms % 2);
    stored.article.observed_at_ms = time_ms;
    if (!story.IsZero()) stored.match = {Relation::kNear, story, {}};
    store.articles[stored.id] = stored;
    return stored.id;
  }

  // Gives the articles of the store, `count` of them, texts with which they have `bytes` in all as
  // messages.
  void FillTo(size_t bytes, int count) {
    size_t total = 0;
    for (auto& [id, stored] : store.articles) {
      stored.article.text.assign(bytes / static_cast<size_t>(count) - 1000, 'x');
      v1::Article message;
      ToProto(StoredArticle(stored), v1::ARTICLE_VIEW_FULL, message);
      message.set_boilerplate_version(pipeline.ReaderTextOf(stored.article).version);
      total += message.ByteSizeLong();
    }
    store.articles.rbegin()->second.article.text.append(bytes - total, 'x');
  }

  // Follows page tokens to the end.
  std::vector<std::string> ListAll(v1::ListArticlesRequest request, int* pages = nullptr) {
    std::vector<std::string> ids;
    do {
      grpc::ClientContext context;
      v1::ListArticlesResponse response;
      const grpc::Status status = articles->ListArticles(&context, request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const v1::Article& article : response.articles()) ids.push_back(article.id());
      request.set_page_token(response.next_page_token());
      if (pages != nullptr) ++*pages;
    } while (!request.page_token().empty());
    return ids;
  }

  template <typename Request, typename Response>
  std::string ReasonOfCall(grpc::Status (v1::ArticleService::Stub::*call)(grpc::ClientContext*,
                                                                          const Request&,
                                                                          Response*),
                           const Request& request) {
    grpc::ClientContext context;
    Response response;
    return GrpcReasonOf((articles.get()->*call)(&context, request, &response));
  }
};

TEST_F(ArticleServiceTest, GetsByIdAndByAnySpellingOfTheUrl) {
  const Ulid id = Add(5, "a");
  const absl::StatusOr<CanonicalUrl> url = CanonicalizeUrl("https://www.rfi.fr/cn/a");
  ASSERT_TRUE(url.ok());
  store.identities[HashBytes128(url->url_key, 1)] = id;
  StartServer();
  v1::GetArticleRequest request;
  request.set_id(id.ToString());
  request.set_view(v1::ARTICLE_VIEW_FULL);
  {
    grpc::ClientContext context;
    v1::Article article;
    ASSERT_TRUE(articles->GetArticle(&context, request, &article).ok());
    EXPECT_EQ(article.id(), id.ToString());
    EXPECT_EQ(article.text(), "text of a");
  }
  request.set_url("http://www.rfi.fr//cn/a#top");
  request.set_view(v1::ARTICLE_VIEW_UNSPECIFIED);
  grpc::ClientContext context;
  v1::Article article;
  ASSERT_TRUE(articles->GetArticle(&context, request, &article).ok());
  EXPECT_EQ(article.id(), id.ToString());
  EXPECT_EQ(article.text(), "");
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

TEST_F(ArticleServiceTest, ListsEveryArticleOnceInOrderWhateverThePageSize) {
  std::vector<std::string> expected;
  for (int i = 0; i < 150; ++i) expected.push_back(Add(i, "a" + std::to_string(i)).ToString());
  StartServer();
  for (const int page_size : {0, 1, 7, 32, 33, 150, 1000, 100'000}) {
    v1::ListArticlesRequest request;
    request.set_page_size(page_size);
    EXPECT_EQ(ListAll(request), expected);
  }
  v1::ListArticlesRequest request;
  request.set_descending(true);
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(ListAll(request), expected);
}

TEST_F(ArticleServiceTest, APageHasFiftyArticlesUnlessToldAndAThousandAtMost) {
  for (int i = 0; i < 1001; ++i) Add(i, "a" + std::to_string(i));
  StartServer();
  for (const auto& [asked, got] : std::vector<std::pair<int, int>>{
           {0, kDefaultPageSize}, {kMaxPageSize, kMaxPageSize}, {kMaxPageSize + 1, kMaxPageSize}}) {
    v1::ListArticlesRequest request;
    request.set_page_size(asked);
    grpc::ClientContext context;
    v1::ListArticlesResponse response;
    ASSERT_TRUE(articles->ListArticles(&context, request, &response).ok());
    EXPECT_EQ(response.articles_size(), got);
  }
}

TEST_F(ArticleServiceTest, ListTakesTimesAndFilters) {
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(Add(i * 1000, "a" + std::to_string(i)).ToString());
  StartServer();
  v1::ListArticlesRequest request;
  request.mutable_start_time()->set_seconds(3);
  request.mutable_end_time()->set_seconds(5);
  EXPECT_EQ(ListAll(request), (std::vector<std::string>{ids[3], ids[4]}));
  request.set_host("host1");
  EXPECT_TRUE(ListAll(request).empty());
}

TEST_F(ArticleServiceTest, ListErrorsAreNamed) {
  for (int i = 0; i < 3; ++i) Add(i, "a" + std::to_string(i));
  StartServer();
  const auto call = &v1::ArticleService::Stub::ListArticles;
  v1::ListArticlesRequest request;
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_ARGUMENT");
  request.set_page_size(1);
  request.mutable_start_time()->set_seconds(3);
  request.mutable_end_time()->set_seconds(2);
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_ARGUMENT");
  request.Clear();
  request.set_page_token("nonsense");
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_PAGE_TOKEN");
  request.Clear();
  request.set_page_size(1);
  grpc::ClientContext context;
  v1::ListArticlesResponse response;
  ASSERT_TRUE(articles->ListArticles(&context, request, &response).ok());
  request.set_page_token(response.next_page_token());
  request.set_page_size(2);
  request.set_view(v1::ARTICLE_VIEW_FULL);
  EXPECT_EQ(ReasonOfCall(call, request), "");  // neither size nor view is a filter
  request.set_source("other");
  EXPECT_EQ(ReasonOfCall(call, request), "INVALID_PAGE_TOKEN");
}

TEST_F(ArticleServiceTest, PagesEndEarlyBeforeTheyExceedWhatClientsAccept) {
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    const Ulid id = Add(i, "a" + std::to_string(i));
    // The last is alone too large for a page: it comes all the same.
    store.articles[id].article.text = std::string(i == 19 ? 5'000'000 : 900'000, 'x');
    expected.push_back(id.ToString());
  }
  StartServer();
  v1::ListArticlesRequest request;
  request.set_view(v1::ARTICLE_VIEW_FULL);
  int pages = 0;
  EXPECT_EQ(ListAll(request, &pages), expected);
  EXPECT_EQ(pages, 8);  // 19 by threes, and the large one
}

TEST_F(ArticleServiceTest, AStoryHasItsRepresentativeAndItsCopiesInPages) {
  const Ulid first = Add(10, "first");
  std::vector<std::string> copies;
  for (int i = 0; i < 70; ++i) {
    copies.push_back(Add(20 + i, "copy" + std::to_string(i), first).ToString());
  }
  Add(15, "unrelated");
  StartServer();
  v1::GetStoryRequest request;
  request.set_id(copies[5]);  // any member names the story
  request.set_page_size(40);
  std::vector<std::string> seen;
  do {
    grpc::ClientContext context;
    v1::Story story;
    const grpc::Status status = articles->GetStory(&context, request, &story);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(story.story_id(), first.ToString());
    EXPECT_EQ(story.representative().id(), first.ToString());
    EXPECT_EQ(story.sighting_count(), 70U);
    for (const v1::Article& sighting : story.sightings()) seen.push_back(sighting.id());
    request.set_page_token(story.next_page_token());
    request.set_id(first.ToString());  // the token holds for the story, whichever member asks
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, copies);
  request.set_page_token("nonsense");
  EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::GetStory, request), "INVALID_PAGE_TOKEN");
  request.clear_page_token();
  request.set_id(Ulid::Make(99, {}).ToString());
  EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::GetStory, request), "NOT_FOUND");
}

TEST_F(ArticleServiceTest, CheckSaysWhatWouldBecomeOfAFile) {
  StartServer();
  v1::CheckDocumentRequest request;
  request.mutable_document()->set_content("bytes");
  grpc::ClientContext context;
  v1::CheckDocumentResponse response;
  ASSERT_TRUE(articles->CheckDocument(&context, request, &response).ok());
  EXPECT_EQ(response.result().outcome(), v1::OUTCOME_NEW);
  EXPECT_EQ(response.article().text(), "bytes");
  EXPECT_EQ(response.article().id(), response.result().id());
  EXPECT_EQ(response.article().letters(), 7U);
  ASSERT_EQ(response.candidates_size(), 1);
  EXPECT_EQ(response.candidates(0).title(), "other");
  const v1::Candidate& candidate = response.candidates(0);
  EXPECT_EQ(candidate.explanation(), "compared in words");
  EXPECT_EQ(candidate.bands(), 3U);
  EXPECT_EQ(candidate.anchors(), 5U);
  EXPECT_EQ(candidate.reason(), "no copy");
  ASSERT_EQ(candidate.shared_size(), 1);
  EXPECT_EQ(candidate.shared(0).document(), "甲。");
  EXPECT_EQ(candidate.shared(0).candidate(), "甲.");
  ASSERT_EQ(candidate.only_document_size(), 1);
  EXPECT_EQ(candidate.only_document(0), "ours");
  ASSERT_EQ(candidate.only_candidate_size(), 2);
  EXPECT_EQ(candidate.only_candidate(1), "more");
  EXPECT_EQ(candidate.shared_count(), 7U);
  EXPECT_EQ(candidate.only_document_count(), 8U);
  EXPECT_EQ(candidate.only_candidate_count(), 9U);
  request.mutable_document()->set_source(std::string(kMaxSourceBytes + 1, 's'));
  EXPECT_EQ(ReasonOfCall(&v1::ArticleService::Stub::CheckDocument, request), "INVALID_ARGUMENT");
}

TEST_F(ArticleServiceTest, StatisticsComeFromTheStoreThePipelineAndTheStreams) {
  Add(1, "a");
  StartServer();
  pipeline.Hold();
  grpc::ClientContext stream_context;
  const auto stream = ingest->Ingest(&stream_context);
  stream->Write(File(1, std::string(1000, 'x')));
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 1; }));
  grpc::ClientContext context;
  v1::Stats stats;
  ASSERT_TRUE(admin->GetStats(&context, {}, &stats).ok());
  EXPECT_EQ(stats.stored().articles(), 1U);
  EXPECT_EQ(stats.stored().commits(), 3U);
  EXPECT_EQ(stats.disk_bytes(), 4096U);
  EXPECT_EQ(stats.pipeline().streams(), 1U);
  EXPECT_EQ(stats.pipeline().files_in_flight(), 1U);
  EXPECT_GE(stats.pipeline().bytes_in_flight(), 1000U);
  EXPECT_EQ(stats.start_time().seconds(), 1'700'000'000);
  EXPECT_NE(stats.version(), "");
  EXPECT_FALSE(stats.read_only());
  pipeline.Resume();
  stream->WritesDone();
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace wirefold
