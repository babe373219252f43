// Client: a connection to one wirefoldd, with the service's unary calls as typed functions.
//
// Example:
//   absl::StatusOr<std::unique_ptr<Client>> client = Client::Connect({.server = "127.0.0.1:7070"});
//   if (!client.ok()) return client.status();
//   v1::GetArticleRequest request;
//   request.set_id("01EHQ8Z3KD5V9A0C6Q2XJ7N4TB");
//   absl::StatusOr<v1::Article> article = (*client)->GetArticle(request);
//
// A call on a connection that was lost, and could not be made again since, waits up to two seconds
// for it. Errors are those of client/errors.h. Files are sent with client/ingest_stream.h.
// Thread-safe: any thread may call; one Client is enough for a process.
#ifndef WIREFOLD_CLIENT_CLIENT_H_
#define WIREFOLD_CLIENT_CLIENT_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirefold/v1/admin.grpc.pb.h"
#include "wirefold/v1/articles.grpc.pb.h"

namespace wirefold {

// Where a server is sought unless told otherwise.
inline constexpr char kDefaultServer[] = "127.0.0.1:7070";

struct ClientOptions {
  // "host:port", "[v6]:port", or a gRPC target with a scheme such as "unix:/run/wirefold.sock".
  std::string server = kDefaultServer;
  // How long one attempt to connect may take.
  int64_t connect_timeout_ms = 5000;
  // How long a unary call may take, beside the wait for a server that is away.
  int64_t call_timeout_ms = 60'000;
};

class Client {
 public:
  // Connects. UNAVAILABLE, saying what to do, if nobody answers at the address (at once where the
  // connection is refused, else after connect_timeout_ms); INVALID_ARGUMENT if it is no address.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Client>> Connect(ClientOptions options);

  // The calls of wirefold.v1.ArticleService; proto/wirefold/v1/articles.proto says what each does.
  [[nodiscard]] absl::StatusOr<v1::Article> GetArticle(const v1::GetArticleRequest& request);
  [[nodiscard]] absl::StatusOr<v1::RawFile> GetRaw(const v1::GetRawRequest& request);
  [[nodiscard]] absl::StatusOr<v1::BatchGetArticlesResponse> BatchGetArticles(
      const v1::BatchGetArticlesRequest& request);
  [[nodiscard]] absl::StatusOr<v1::ListArticlesResponse> ListArticles(
      const v1::ListArticlesRequest& request);
  [[nodiscard]] absl::StatusOr<v1::Story> GetStory(const v1::GetStoryRequest& request);
  [[nodiscard]] absl::StatusOr<v1::ListRevisionsResponse> ListRevisions(
      const v1::ListRevisionsRequest& request);
  // Waits until it is done, however long that takes.
  [[nodiscard]] absl::StatusOr<v1::DeleteArticleResponse> DeleteArticle(
      const v1::DeleteArticleRequest& request);
  [[nodiscard]] absl::StatusOr<v1::CheckDocumentResponse> CheckDocument(
      const v1::CheckDocumentRequest& request);

  // The calls of wirefold.v1.AdminService.
  [[nodiscard]] absl::StatusOr<v1::Stats> GetStats();
  // Waits until it is done, however long that takes.
  [[nodiscard]] absl::StatusOr<v1::CompactResponse> Compact();

  // OK if the server says SERVING (grpc.health.v1), both of the whole and of IngestService, which
  // takes no files on a full disk; UNAVAILABLE with what it says instead otherwise.
  [[nodiscard]] absl::Status CheckHealth();

  [[nodiscard]] const std::string& server() const { return options_.server; }
  // For IngestStream.
  [[nodiscard]] const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  Client(ClientOptions options, std::shared_ptr<grpc::Channel> channel);

  // Gives a channel whose server was away the time to notice that it is back.
  void AwaitServer();
  absl::Status CheckHealthOf(std::string_view service);
  template <typename Response, typename Call>
  absl::StatusOr<Response> Unary(Call call, bool has_deadline = true);

  const ClientOptions options_;
  const std::shared_ptr<grpc::Channel> channel_;  // shared with streams, as gRPC wants it
  const std::unique_ptr<v1::ArticleService::Stub> articles_;
  const std::unique_ptr<v1::AdminService::Stub> admin_;
};

// A channel to `server` with Wirefold's message sizes, keepalive and reconnection, not connected
// yet. What Connect uses.
std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_CLIENT_H_
