#include "server/article_service.h"

#include <memory>
#include <optional>
#include <utility>

#include "grpcpp/impl/codegen/proto_utils.h"
#include "server/answer.h"
#include "server/unary.h"

namespace wirefold {
namespace {

// A call whose request comes, and whose answer goes, as bytes.
template <typename Request>
struct BytesCall {
  Request request;
  Answer answer;
};

// The request; false for bytes that are none. gRPC answers for null reactors then, as it does where
// it reads the request itself.
template <typename Request>
bool Read(const grpc::ByteBuffer& bytes, Request& request) {
  grpc::ByteBuffer same = bytes;  // shares them
  return grpc::SerializationTraits<Request>::Deserialize(&same, &request).ok();
}

// `work` fills the answer and returns an absl::Status. gRPC keeps the request's bytes, `received`,
// for as long as the call lasts.
template <typename Request, typename Work>
grpc::ServerUnaryReactor* AnswerBytesOn(ReadPool& pool, grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer& received,
                                        std::shared_ptr<BytesCall<Request>> call,
                                        grpc::ByteBuffer* response, Work work) {
  const size_t request_bytes = received.Length() + call->request.SpaceUsedLong();
  return AnswerOn(pool, context, request_bytes, [call, response, work = std::move(work)] {
    absl::Status status = work(call->request, call->answer);
    if (status.ok()) *response = call->answer.Take();
    return status;
  });
}

}  // namespace

grpc::ServerUnaryReactor* ArticleServiceImpl::GetArticle(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  auto call = std::make_shared<BytesCall<v1::GetArticleRequest>>();
  if (!Read(*request, call->request)) return nullptr;
  if (const std::optional<absl::Status> status = reader_.TryGet(call->request, call->answer)) {
    if (status->ok()) *response = call->answer.Take();
    return AnswerAtOnce(context, *status);
  }
  return AnswerBytesOn(pool_, context, *request, std::move(call), response,
                       [this](const auto& asked, Answer& out) { return reader_.Get(asked, out); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::BatchGetArticles(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  auto call = std::make_shared<BytesCall<v1::BatchGetArticlesRequest>>();
  if (!Read(*request, call->request)) return nullptr;
  return AnswerBytesOn(
      pool_, context, *request, std::move(call), response,
      [this](const auto& asked, Answer& out) { return reader_.BatchGet(asked, out); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::ListArticles(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  auto call = std::make_shared<BytesCall<v1::ListArticlesRequest>>();
  if (!Read(*request, call->request)) return nullptr;
  return AnswerBytesOn(pool_, context, *request, std::move(call), response,
                       [this](const auto& asked, Answer& out) { return reader_.List(asked, out); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::GetStory(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  auto call = std::make_shared<BytesCall<v1::GetStoryRequest>>();
  if (!Read(*request, call->request)) return nullptr;
  if (const std::optional<absl::Status> status = reader_.TryGetStory(call->request, call->answer)) {
    if (status->ok()) *response = call->answer.Take();
    return AnswerAtOnce(context, *status);
  }
  return AnswerBytesOn(
      pool_, context, *request, std::move(call), response,
      [this](const auto& asked, Answer& out) { return reader_.GetStory(asked, out); });
}

grpc::ServerUnaryReactor* ArticleServiceImpl::GetRaw(grpc::CallbackServerContext* context,
                                                     const v1::GetRawRequest* request,
                                                     v1::RawFile* response) {
  return AnswerOn(pool_, context, *request,
                  [=, this] { return reader_.GetRaw(*request, *response); });
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
