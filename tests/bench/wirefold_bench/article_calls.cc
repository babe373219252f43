#include "tests/bench/wirefold_bench/article_calls.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "lib/base/ulid.h"

namespace wirefold::bench {
namespace {

// One call's messages, which live until it is done.
template <typename Request, typename Response>
struct Call {
  grpc::ClientContext context;
  Request request;
  Response response;
};

// Empty if there is none.
std::string ErrorOf(const grpc::Status& status) {
  if (status.ok()) return "";
  return std::to_string(status.error_code()) + ": " + status.error_message();
}

// Starts `method` of the stub's asynchronous half; `count` says how many items an answer holds.
template <typename Request, typename Response, typename Method, typename Count>
void Start(Request request, Method method, Count count, CallDone done) {
  auto* const call = new Call<Request, Response>();  // deleted by its answer, below
  call->request = std::move(request);
  method(&call->context, &call->request, &call->response,
         [call, count, done = std::move(done)](const grpc::Status& status) {
           const uint64_t items = status.ok() ? count(call->response) : 0;
           delete call;
           done(ErrorOf(status), items);
         });
}

// splitmix64 (Steele, Lea, Flood 2014): numbers that look drawn, the same in each run.
uint64_t Mix(uint64_t n) {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

constexpr auto kOne = [](const auto& /*response*/) -> uint64_t { return 1; };
constexpr auto kArticles = [](const auto& response) -> uint64_t {
  return static_cast<uint64_t>(response.articles_size());
};

}  // namespace

ArticleCalls::ArticleCalls(const std::shared_ptr<grpc::Channel>& channel,
                           const std::vector<std::string>& ids)
    : ids_(ids), stub_(v1::ArticleService::NewStub(channel)) {}

const std::string& ArticleCalls::Draw(size_t n) const { return ids_[Mix(n) % ids_.size()]; }

StartCall ArticleCalls::GetArticle(v1::ArticleView view) const {
  return [this, view](size_t n, CallDone done) {
    v1::GetArticleRequest request;
    request.set_id(Draw(n));
    request.set_view(view);
    Start<v1::GetArticleRequest, v1::Article>(
        std::move(request),
        [this](auto... arguments) { stub_->async()->GetArticle(std::move(arguments)...); }, kOne,
        std::move(done));
  };
}

v1::BatchGetArticlesRequest ArticleCalls::BatchRequest(size_t n, size_t articles,
                                                       v1::ArticleView view) const {
  v1::BatchGetArticlesRequest request;
  articles = std::min(articles, ids_.size());
  const size_t first = Mix(n) % ids_.size();
  const size_t step = ids_.size() / articles;  // so that none comes twice
  for (size_t i = 0; i < articles; ++i) request.add_ids(ids_[(first + i * step) % ids_.size()]);
  request.set_view(view);
  return request;
}

StartCall ArticleCalls::GetArticleBlocking(v1::ArticleView view) const {
  return [this, view](size_t n, const CallDone& done) {
    Call<v1::GetArticleRequest, v1::Article> call;
    call.request.set_id(Draw(n));
    call.request.set_view(view);
    const grpc::Status status = stub_->GetArticle(&call.context, call.request, &call.response);
    done(ErrorOf(status), status.ok() ? 1 : 0);
  };
}

StartCall ArticleCalls::BatchGetArticles(size_t articles, v1::ArticleView view) const {
  return [this, articles, view](size_t n, CallDone done) {
    Start<v1::BatchGetArticlesRequest, v1::BatchGetArticlesResponse>(
        BatchRequest(n, articles, view),
        [this](auto... arguments) { stub_->async()->BatchGetArticles(std::move(arguments)...); },
        kArticles, std::move(done));
  };
}

StartCall ArticleCalls::ListArticles(int page_size, v1::ArticleView view) const {
  return [this, page_size, view](size_t n, CallDone done) {
    v1::ListArticlesRequest request;
    request.set_page_size(page_size);
    request.set_view(view);
    if (const auto id = Ulid::Parse(Draw(n)); id.ok()) {
      request.mutable_start_time()->set_seconds(id->TimeMs() / 1000);
    }
    Start<v1::ListArticlesRequest, v1::ListArticlesResponse>(
        std::move(request),
        [this](auto... arguments) { stub_->async()->ListArticles(std::move(arguments)...); },
        kArticles, std::move(done));
  };
}

StartCall ArticleCalls::GetStory(v1::ArticleView view) const {
  return [this, view](size_t n, CallDone done) {
    v1::GetStoryRequest request;
    request.set_id(Draw(n));
    request.set_view(view);
    Start<v1::GetStoryRequest, v1::Story>(
        std::move(request),
        [this](auto... arguments) { stub_->async()->GetStory(std::move(arguments)...); }, kOne,
        std::move(done));
  };
}

}  // namespace wirefold::bench
