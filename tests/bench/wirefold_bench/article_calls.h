// ArticleCalls: the reads of one server as functions that calls.h drives. Answers are parsed, as
// any client would.
//
// Example:
//   ArticleCalls calls(channel, ids);
//   RunClosed(16, 5, calls.GetArticle(v1::ARTICLE_VIEW_FULL));
//
// Thread-safe.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_ARTICLE_CALLS_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_ARTICLE_CALLS_H_

#include <grpcpp/channel.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/wirefold_bench/calls.h"
#include "wirefold/v1/articles.grpc.pb.h"

namespace wirefold::bench {

class ArticleCalls {
 public:
  // Articles are drawn evenly from `ids`, which holds each once, in an order that is the same each
  // time. Both must outlive what is driven.
  ArticleCalls(const std::shared_ptr<grpc::Channel>& channel, const std::vector<std::string>& ids);

  StartCall GetArticle(v1::ArticleView view) const;
  // The same by a call that blocks, for RunBlocking.
  StartCall GetArticleBlocking(v1::ArticleView view) const;
  // So many articles a call, from all over `ids`.
  StartCall BatchGetArticles(size_t articles, v1::ArticleView view) const;
  // A page of so many articles from a time on that is drawn.
  StartCall ListArticles(int page_size, v1::ArticleView view) const;
  StartCall GetStory(v1::ArticleView view) const;

  v1::BatchGetArticlesRequest BatchRequest(size_t n, size_t articles, v1::ArticleView view) const;

 private:
  // The n-th ID that is drawn.
  const std::string& Draw(size_t n) const;

  const std::vector<std::string>& ids_;
  const std::unique_ptr<v1::ArticleService::Stub> stub_;
};

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_ARTICLE_CALLS_H_
