// FakeServer: an in-process server of the three services that answers as a test tells it, so that
// breaking streams, slow acknowledgements and errors can be brought about at will.
//
// Example:
//   FakeServer server;
//   server.PlanStream({.break_after = 10, .status = {grpc::UNAVAILABLE, "gone"}});
//   IngestStream stream(server.channel(), {}, ...);
//
// Plans are set before the client connects.
#ifndef WIREFOLD_TESTS_CLIENT_FAKE_SERVER_H_
#define WIREFOLD_TESTS_CLIENT_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.h"
#include "wirefold/v1/admin.grpc.pb.h"
#include "wirefold/v1/articles.grpc.pb.h"
#include "wirefold/v1/errors.pb.h"
#include "wirefold/v1/ingest.grpc.pb.h"

namespace wirefold {

// A gRPC status as wirefoldd sends it, with ErrorInfo in its details.
grpc::Status StatusWithReason(grpc::StatusCode code, const std::string& message,
                              const std::string& reason);

// How one ingest stream behaves.
struct StreamPlan {
  // Ends with `status` after reading so many files; -1 never.
  int break_after = -1;
  // Of those that were read, so many at the end are stored and not acknowledged.
  int unacknowledged = 0;
  grpc::Status status;
  // Acknowledgements to a message.
  int ack_batch = 1;
  // Reads so many files before the first acknowledgement is sent; it waits `hold_ms` for them.
  int hold_files = 0;
  int hold_ms = 0;
  // Answers with a wrong sequence from this file on; -1 never.
  int wrong_sequence_at = -1;
};

class FakeServer final : public v1::IngestService::Service,
                         public v1::ArticleService::Service,
                         public v1::AdminService::Service {
 public:
  // `address` as wirefoldd's --listen; port 0 takes a free one.
  explicit FakeServer(const std::string& address = "127.0.0.1:0");
  ~FakeServer() override;

  // For the next stream that has no plan yet; streams beyond the plans acknowledge everything.
  void PlanStream(StreamPlan plan);
  // Every unary call fails with this, unless OK.
  void FailCalls(grpc::Status status);
  // The same for BatchGetArticles alone.
  void FailBatches(grpc::Status status);
  // The content of the file that GetRaw answers with; text_hash is the request's.
  void SetRaw(std::string content);
  // The text of the article that GetArticle answers with.
  void SetText(std::string text);
  // What health says of IngestService.
  void SetTakingFiles(bool taking);
  // Content that is answered with REJECTED and this reason.
  void RejectContent(const std::string& content, const std::string& reason);

  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::shared_ptr<grpc::Channel> channel() const;
  // Contents in the order in which they were first read.
  [[nodiscard]] std::vector<std::string> stored() const;
  [[nodiscard]] std::vector<v1::IngestRequest> requests() const;
  [[nodiscard]] int streams() const { return streams_; }
  [[nodiscard]] size_t max_pending_files() const { return max_pending_files_; }
  [[nodiscard]] size_t max_pending_bytes() const { return max_pending_bytes_; }
  [[nodiscard]] std::vector<v1::ListArticlesRequest> list_requests() const;
  [[nodiscard]] std::vector<v1::BatchGetArticlesRequest> batch_requests() const;
  // Keep no requests and no contents: for measuring.
  void Forget() { forget_ = true; }
  void Stop();

  grpc::Status Ingest(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::IngestResponse, v1::IngestRequest>* stream) override;
  grpc::Status GetArticle(grpc::ServerContext* context, const v1::GetArticleRequest* request,
                          v1::Article* response) override;
  grpc::Status GetRaw(grpc::ServerContext* context, const v1::GetRawRequest* request,
                      v1::RawFile* response) override;
  grpc::Status BatchGetArticles(grpc::ServerContext* context,
                                const v1::BatchGetArticlesRequest* request,
                                v1::BatchGetArticlesResponse* response) override;
  grpc::Status ListArticles(grpc::ServerContext* context, const v1::ListArticlesRequest* request,
                            v1::ListArticlesResponse* response) override;
  grpc::Status GetStory(grpc::ServerContext* context, const v1::GetStoryRequest* request,
                        v1::Story* response) override;
  grpc::Status CheckDocument(grpc::ServerContext* context, const v1::CheckDocumentRequest* request,
                             v1::CheckDocumentResponse* response) override;
  grpc::Status GetStats(grpc::ServerContext* context, const v1::GetStatsRequest* request,
                        v1::Stats* response) override;

 private:
  v1::IngestResult Answer(const v1::IngestRequest& request);

  mutable std::mutex mutex_;  // guards the plans and what was seen
  std::deque<StreamPlan> plans_;
  grpc::Status call_status_;
  grpc::Status batch_status_;
  std::string text_;
  std::string raw_;
  std::vector<v1::BatchGetArticlesRequest> batch_requests_;
  std::set<std::string> seen_;
  std::vector<std::string> stored_;
  std::vector<v1::IngestRequest> requests_;
  std::vector<v1::ListArticlesRequest> list_requests_;
  std::vector<std::pair<std::string, std::string>> rejections_;
  std::atomic<int> streams_{0};
  std::atomic<size_t> max_pending_files_{0};
  std::atomic<size_t> max_pending_bytes_{0};
  std::atomic<bool> forget_{false};
  std::string host_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_CLIENT_FAKE_SERVER_H_
