// ArticleService: pages of articles and stories, and what is checked; AdminService: statistics.

#include "lib/base/limits.h"
#include "tests/server/article_fixture.h"

namespace wirefold {
namespace {

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
