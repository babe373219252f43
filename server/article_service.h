// ArticleServiceImpl: carries unary calls to the read pool and their answers back. What they say is
// made in article_reader.h.
//
// Example:
//   ArticleServiceImpl articles(reader, pool);
//   builder.RegisterService(&articles);
//
// Thread-safe: called by gRPC.
#ifndef WIREFOLD_SERVER_ARTICLE_SERVICE_H_
#define WIREFOLD_SERVER_ARTICLE_SERVICE_H_

#include "server/article_reader.h"
#include "server/read_pool.h"
#include "wirefold/v1/articles.grpc.pb.h"

namespace wirefold {

class ArticleServiceImpl final : public v1::ArticleService::CallbackService {
 public:
  // Both must outlive the service.
  ArticleServiceImpl(const ArticleReader& reader, ReadPool& pool) : reader_(reader), pool_(pool) {}

  grpc::ServerUnaryReactor* GetArticle(grpc::CallbackServerContext* context,
                                       const v1::GetArticleRequest* request,
                                       v1::Article* response) override;
  grpc::ServerUnaryReactor* GetRaw(grpc::CallbackServerContext* context,
                                   const v1::GetRawRequest* request,
                                   v1::RawFile* response) override;
  grpc::ServerUnaryReactor* BatchGetArticles(grpc::CallbackServerContext* context,
                                             const v1::BatchGetArticlesRequest* request,
                                             v1::BatchGetArticlesResponse* response) override;
  grpc::ServerUnaryReactor* ListArticles(grpc::CallbackServerContext* context,
                                         const v1::ListArticlesRequest* request,
                                         v1::ListArticlesResponse* response) override;
  grpc::ServerUnaryReactor* GetStory(grpc::CallbackServerContext* context,
                                     const v1::GetStoryRequest* request,
                                     v1::Story* response) override;
  grpc::ServerUnaryReactor* CheckDocument(grpc::CallbackServerContext* context,
                                          const v1::CheckDocumentRequest* request,
                                          v1::CheckDocumentResponse* response) override;

 private:
  const ArticleReader& reader_;
  ReadPool& pool_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ARTICLE_SERVICE_H_
