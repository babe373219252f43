#include "server/rpc_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server_builder.h"
#include "lib/base/limits.h"
#include "lib/base/strings.h"
#include "lib/base/thread.h"
#include "server/log.h"

namespace wirefold {
namespace {

// How long reads may take after the last stream has ended.
constexpr std::chrono::milliseconds kReadGrace{2000};
// A client that vanished without a word is noticed after these two.
constexpr int kKeepaliveTimeMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
// Clients may ping so often.
constexpr int kMinPingIntervalMs = 5'000;

// "HOST" of "HOST:PORT", with the port that was taken.
std::string WithPort(const std::string& listen, int port) {
  if (listen.starts_with("unix:")) return listen;
  return absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Open(const Options& options, Store& store,
                                                           Pipeline& pipeline, FairBudget& budget,
                                                           const Clock& clock) {
  auto server = std::unique_ptr<RpcServer>(new RpcServer(options, store, pipeline, budget, clock));
  if (absl::Status status = server->Start(options); !status.ok()) return status;
  server->health_ = std::thread([s = server.get(), period = options.health_period] {
    NameThread("wf-health");
    s->RunHealth(period);
  });
  return server;
}

RpcServer::RpcServer(const Options& options, Store& store, Pipeline& pipeline, FairBudget& budget,
                     const Clock& clock)
    : pipeline_(pipeline),
      hub_(options.ingest, pipeline, budget),
      pool_(options.read_threads),
      reader_(store, pipeline, *options.url_rules),
      revisions_(reader_, store, pipeline, *options.url_rules),
      ingest_(hub_),
      articles_(reader_, revisions_, pool_),
      admin_(store, pipeline, hub_, clock, pool_) {}

RpcServer::~RpcServer() { Shutdown(std::chrono::milliseconds(0)); }

absl::Status RpcServer::Start(const Options& options) {
  const std::string& listen = options.listen;
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxMessageBytes));
  builder.SetMaxSendMessageSize(-1);
  grpc::ResourceQuota quota("wirefoldd");
  quota.Resize(options.receive_bytes);
  builder.SetResourceQuota(quota);
  // With it a second daemon could listen on the same port and silently share the clients.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.RegisterService(&ingest_);
  builder.RegisterService(&articles_);
  builder.RegisterService(&admin_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        "can't listen on ", listen,
        "; another program may have the port, or the host is not this machine's: set --listen"));
  }
  address_ = WithPort(listen, port);
  UpdateHealth();
  return absl::OkStatus();
}

void RpcServer::RunHealth(std::chrono::milliseconds period) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, period, [this] { return draining_; })) {
    lock.unlock();
    UpdateHealth();
    lock.lock();
  }
}

void RpcServer::LogChange(const absl::Status& accepting) {
  const Reason reason = ReasonOf(accepting);
  if (reason == logged_) return;
  logged_ = reason;
  if (accepting.ok()) {
    Log(LogLevel::kInfo, "read_write");
  } else if (reason == Reason::kReadOnly) {
    Log(LogLevel::kWarn, "read_only", {{"message", ToStd(accepting.message())}});
  } else {
    Log(LogLevel::kError, "store_failed",
        {{"reason", ReasonName(reason)}, {"message", ToStd(accepting.message())}});
  }
}

void RpcServer::LogIndexProblem(const std::string& problem) {
  if (problem.empty() == logged_index_problem_.empty()) return;
  logged_index_problem_ = problem;
  if (problem.empty()) {
    Log(LogLevel::kInfo, "index_on_disk");
  } else {
    Log(LogLevel::kWarn, "index_in_memory", {{"message", problem}});
  }
}

void RpcServer::UpdateHealth() {
  const PipelineStats stats = pipeline_.GetStats();
  const absl::Status& accepting = stats.read_only;
  LogChange(accepting);
  LogIndexProblem(stats.index_problem);
  const bool failed = !accepting.ok() && ReasonOf(accepting) != Reason::kReadOnly;
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  const std::lock_guard lock(mutex_);
  if (draining_) return;
  health->SetServingStatus("", !failed);
  health->SetServingStatus(v1::IngestService::service_full_name(), accepting.ok());
  health->SetServingStatus(v1::ArticleService::service_full_name(), true);
  health->SetServingStatus(v1::AdminService::service_full_name(), true);
}

bool RpcServer::Shutdown(std::chrono::milliseconds drain_timeout) {
  if (server_ == nullptr) return true;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    server_->GetHealthCheckService()->SetServingStatus(false);  // every service
    changed_.notify_all();
  }
  if (health_.joinable()) health_.join();
  admin_.BeginDrain();
  hub_.BeginDrain();
  const bool drained = hub_.AwaitStreams(drain_timeout);
  if (!drained) hub_.CutOffAll();
  server_->Shutdown(std::chrono::system_clock::now() + kReadGrace);
  server_->Wait();
  server_.reset();
  pipeline_.Drain();
  LogChange(pipeline_.GetStats().read_only);  // the last commits may have failed
  return drained;
}

}  // namespace wirefold
