#include "client/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/connection.h"
#include "client/errors.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "wirefold/v1/ingest.grpc.pb.h"

namespace wirefold {
namespace {

// gRPC allows two pings without data in between, so this stays within any server's patience.
constexpr int kKeepaliveTimeMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kInitialReconnectMs = 100;
// How long a call waits for a server that was away: past the longest pause between two attempts.
constexpr std::chrono::milliseconds kReconnectWait{2 * kMaxReconnectMs};

std::chrono::system_clock::time_point After(int64_t timeout_ms) {
  return std::chrono::system_clock::now() + std::chrono::milliseconds(timeout_ms);
}

// gRPC would take 443 for an address without a port, which is never meant here.
absl::Status CheckAddress(const std::string& server) {
  const bool has_scheme = server.starts_with("unix:") || server.find("://") != std::string::npos ||
                          server.find(":///") != std::string::npos;
  if (has_scheme) return absl::OkStatus();
  const size_t colon = server.rfind(':');
  const std::string_view port =
      colon == std::string::npos ? std::string_view() : std::string_view(server).substr(colon + 1);
  const bool digits =
      !port.empty() && port.size() <= 5 &&
      std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (colon == 0 || !digits) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat("\"", server, "\" is no server address; write host:port, e.g. ",
                               kDefaultServer));
  }
  return absl::OkStatus();
}

// HealthCheckResponse.status (field 1, an enum): grpc.health.v1 is two fields in all, and its
// .proto is not among what Debian installs.
int HealthStatus(const grpc::ByteBuffer& response) {
  std::vector<grpc::Slice> slices;
  if (!response.Dump(&slices).ok()) return 0;
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes.size() == 2 && bytes[0] == 0x08 ? bytes[1] : 0;
}

// HealthCheckRequest of a service with a short name (field 1); empty for the whole server.
std::string HealthRequest(std::string_view service) {
  if (service.empty()) return {};
  std::string bytes = "\x0a";
  bytes += static_cast<char>(service.size());
  return bytes.append(service);
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  // An article may be larger than the file it was made of, and an answer holds many of them: the
  // server bounds what it sends.
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(static_cast<int>(kMaxMessageBytes));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kInitialReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs);
  // Despite its name this is how long one attempt to connect may take.
  arguments.SetInt(
      GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
      static_cast<int>(std::clamp<int64_t>(options.connect_timeout_ms, 100, 3'600'000)));
  // An http_proxy meant for the web must not swallow a connection to 127.0.0.1.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(options.server, grpc::InsecureChannelCredentials(), arguments);
}

Client::Client(ClientOptions options, std::shared_ptr<grpc::Channel> channel)
    : options_(std::move(options)),
      channel_(std::move(channel)),
      articles_(v1::ArticleService::NewStub(channel_)),
      admin_(v1::AdminService::NewStub(channel_)) {}

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(ClientOptions options) {
  if (absl::Status status = CheckAddress(options.server); !status.ok()) return status;
  std::shared_ptr<grpc::Channel> channel = MakeChannel(options);
  const auto deadline = After(options.connect_timeout_ms);
  while (true) {
    const grpc_connectivity_state state = channel->GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) break;
    const bool failed = state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN;
    if (failed || !channel->WaitForStateChange(state, deadline)) {
      return absl::UnavailableError(
          absl::StrCat("no server answers at ", options.server, failed ? "" : " in time",
                       "; is wirefoldd running there? Start it with \"wirefoldd --listen ",
                       options.server, "\", or name another with --server or WIREFOLD_SERVER"));
    }
  }
  return std::unique_ptr<Client>(new Client(std::move(options), std::move(channel)));
}

void Client::AwaitServer() {
  if (channel_->GetState(/*try_to_connect=*/false) != GRPC_CHANNEL_TRANSIENT_FAILURE) return;
  const auto now = std::chrono::steady_clock::now();
  // Connected or not, the call that follows says what is.
  static_cast<void>(AwaitConnection(*channel_, now, now + kReconnectWait, [] { return false; }));
}

template <typename Response, typename Call>
absl::StatusOr<Response> Client::Unary(Call call, bool has_deadline) {
  AwaitServer();
  grpc::ClientContext context;
  if (has_deadline) context.set_deadline(After(options_.call_timeout_ms));
  Response response;
  const grpc::Status status = call(&context, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

absl::StatusOr<v1::Article> Client::GetArticle(const v1::GetArticleRequest& request) {
  return Unary<v1::Article>(
      [&](auto* context, auto* out) { return articles_->GetArticle(context, request, out); });
}

absl::StatusOr<v1::RawFile> Client::GetRaw(const v1::GetRawRequest& request) {
  return Unary<v1::RawFile>(
      [&](auto* context, auto* out) { return articles_->GetRaw(context, request, out); });
}

absl::StatusOr<v1::BatchGetArticlesResponse> Client::BatchGetArticles(
    const v1::BatchGetArticlesRequest& request) {
  return Unary<v1::BatchGetArticlesResponse>(
      [&](auto* context, auto* out) { return articles_->BatchGetArticles(context, request, out); });
}

absl::StatusOr<v1::ListArticlesResponse> Client::ListArticles(
    const v1::ListArticlesRequest& request) {
  return Unary<v1::ListArticlesResponse>(
      [&](auto* context, auto* out) { return articles_->ListArticles(context, request, out); });
}

absl::StatusOr<v1::Story> Client::GetStory(const v1::GetStoryRequest& request) {
  return Unary<v1::Story>(
      [&](auto* context, auto* out) { return articles_->GetStory(context, request, out); });
}

absl::StatusOr<v1::ListRevisionsResponse> Client::ListRevisions(
    const v1::ListRevisionsRequest& request) {
  return Unary<v1::ListRevisionsResponse>(
      [&](auto* context, auto* out) { return articles_->ListRevisions(context, request, out); });
}

absl::StatusOr<v1::DeleteArticleResponse> Client::DeleteArticle(
    const v1::DeleteArticleRequest& request) {
  return Unary<v1::DeleteArticleResponse>(
      [&](auto* context, auto* out) { return articles_->DeleteArticle(context, request, out); },
      /*has_deadline=*/false);
}

absl::StatusOr<v1::CheckDocumentResponse> Client::CheckDocument(
    const v1::CheckDocumentRequest& request) {
  return Unary<v1::CheckDocumentResponse>(
      [&](auto* context, auto* out) { return articles_->CheckDocument(context, request, out); });
}

absl::StatusOr<v1::Stats> Client::GetStats() {
  return Unary<v1::Stats>([&](auto* context, auto* out) {
    return admin_->GetStats(context, v1::GetStatsRequest(), out);
  });
}

absl::StatusOr<v1::CompactResponse> Client::Compact() {
  return Unary<v1::CompactResponse>(
      [&](auto* context, auto* out) { return admin_->Compact(context, v1::CompactRequest(), out); },
      /*has_deadline=*/false);
}

absl::Status Client::CheckHealth() {
  for (const std::string_view service :
       {std::string_view(), std::string_view(v1::IngestService::service_full_name())}) {
    if (absl::Status status = CheckHealthOf(service); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Client::CheckHealthOf(std::string_view service) {
  constexpr int kServing = 1;
  AwaitServer();
  grpc::ClientContext context;
  context.set_deadline(After(options_.connect_timeout_ms));
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  const grpc::Slice slice(HealthRequest(service));
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  if (!status.ok()) return FromGrpcStatus(status);
  const int health = HealthStatus(response);
  if (health == kServing) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      "the server at ", options_.server, " answers, but ",
      service.empty() ? "does not serve" : "takes no files; \"wirefold stats\" says why",
      " (health status ", health, ")"));
}

}  // namespace wirefold
