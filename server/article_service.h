// ArticleServiceImpl: carries unary calls to the read pool and their answers back. What they say is
// made in article_reader.h and revision_reader.h. What is in memory and short is answered with at
// once, on the thread that received the call: handing it over and back takes longer than reading.
//
// Example:
//   ArticleServiceImpl articles(reader, revisions, pool);
//   builder.RegisterService(&articles);
//
// Thread-safe: called by gRPC.
#ifndef WIREFOLD_SERVER_ARTICLE_SERVICE_H_
#define WIREFOLD_SERVER_ARTICLE_SERVICE_H_

#include "server/article_reader.h"
#include "server/read_pool.h"
#include "server/revision_reader.h"
#include "wirefold/v1/articles.grpc.pb.h"

namespace wirefold {

// Reads of stored articles get the request's bytes and give the answer's; the rest goes through
// messages.
template <typename Base>
using ArticleBytesService = v1::ArticleService::WithRawCallbackMethod_GetArticle<
    v1::ArticleService::WithRawCallbackMethod_BatchGetArticles<
        v1::ArticleService::WithRawCallbackMethod_ListArticles<
            v1::ArticleService::WithRawCallbackMethod_GetStory<Base>>>>;
template <typename Base>
using ArticleMessageService = v1::ArticleService::WithCallbackMethod_GetRaw<
    v1::ArticleService::WithCallbackMethod_ListRevisions<
        v1::ArticleService::WithCallbackMethod_DeleteArticle<
            v1::ArticleService::WithCallbackMethod_CheckDocument<Base>>>>;

class ArticleServiceImpl final
    : public ArticleBytesService<ArticleMessageService<v1::ArticleService::Service>> {
 public:
  // All must outlive the service.
  ArticleServiceImpl(const ArticleReader& reader, const RevisionReader& revisions, ReadPool& pool)
      : reader_(reader), revisions_(revisions), pool_(pool) {}

  grpc::ServerUnaryReactor* GetArticle(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchGetArticles(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListArticles(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetStory(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetRaw(grpc::CallbackServerContext* context,
                                   const v1::GetRawRequest* request,
                                   v1::RawFile* response) override;
  grpc::ServerUnaryReactor* ListRevisions(grpc::CallbackServerContext* context,
                                          const v1::ListRevisionsRequest* request,
                                          v1::ListRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteArticle(grpc::CallbackServerContext* context,
                                          const v1::DeleteArticleRequest* request,
                                          v1::DeleteArticleResponse* response) override;
  grpc::ServerUnaryReactor* CheckDocument(grpc::CallbackServerContext* context,
                                          const v1::CheckDocumentRequest* request,
                                          v1::CheckDocumentResponse* response) override;

 private:
  const ArticleReader& reader_;
  const RevisionReader& revisions_;
  ReadPool& pool_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ARTICLE_SERVICE_H_
