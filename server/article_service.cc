#include "server/article_service.h"

#include "server/unary.h"

namespace wirefold {

grpc::ServerUnaryReactor* ArticleServiceImpl::GetArticle(grpc::CallbackServerContext* context,
                                                         const v1::GetArticleRequest* request,
                                                         v1::Article* response) {
  return AnswerOn(pool_, context, *request, [=, this] { return reader_.Get(*request, *response); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::GetRaw(grpc::CallbackServerContext* context,
                                                     const v1::GetRawRequest* request,
                                                     v1::RawFile* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return reader_.GetRaw(*request, *response); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::BatchGetArticles(
    grpc::CallbackServerContext* context, const v1::BatchGetArticlesRequest* request,
    v1::BatchGetArticlesResponse* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return reader_.BatchGet(*request, *response); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::ListArticles(grpc::CallbackServerContext* context,
                                                           const v1::ListArticlesRequest* request,
                                                           v1::ListArticlesResponse* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return reader_.List(*request, *response); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::GetStory(grpc::CallbackServerContext* context,
                                                       const v1::GetStoryRequest* request,
                                                       v1::Story* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return reader_.GetStory(*request, *response); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::ListRevisions(grpc::CallbackServerContext* context,
                                                            const v1::ListRevisionsRequest* request,
                                                            v1::ListRevisionsResponse* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return revisions_.List(*request, *response); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::DeleteArticle(grpc::CallbackServerContext* context,
                                                            const v1::DeleteArticleRequest* request,
                                                            v1::DeleteArticleResponse* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return revisions_.Delete(*request, *response); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::CheckDocument(grpc::CallbackServerContext* context,
                                                            const v1::CheckDocumentRequest* request,
                                                            v1::CheckDocumentResponse* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return reader_.Check(*request, *response); });
}

}  // namespace wirefold
