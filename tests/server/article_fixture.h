// What the tests of ArticleService share: a server over articles made by hand.
#ifndef WIREFOLD_TESTS_SERVER_ARTICLE_FIXTURE_H_
#define WIREFOLD_TESTS_SERVER_ARTICLE_FIXTURE_H_

#include <string>
#include <vector>

#include "server/convert.h"
#include "tests/server/server_fixture.h"

namespace wirefold {

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

  // In the view FULL.
  v1::Article Get(const Ulid& id) {
    v1::GetArticleRequest request;
    request.set_id(id.ToString());
    request.set_view(v1::ARTICLE_VIEW_FULL);
    grpc::ClientContext context;
    v1::Article article;
    const grpc::Status status = articles->GetArticle(&context, request, &article);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return article;
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

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_SERVER_ARTICLE_FIXTURE_H_
