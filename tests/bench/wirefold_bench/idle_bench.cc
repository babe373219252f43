#include "tests/bench/wirefold_bench/idle_bench.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "client/client.h"
#include "tests/bench/wirefold_bench/feed.h"
#include "tests/bench/wirefold_bench/servers.h"
#include "wirefold/v1/ingest.grpc.pb.h"

namespace wirefold::bench {
namespace {

using Json = nlohmann::ordered_json;
using Stream = grpc::ClientReaderWriter<v1::IngestRequest, v1::IngestResponse>;

// Below the default of max-streams.
constexpr int kIdleStreams = 1000;
// Compaction and what else follows on ingesting is over once this much time brought less than
// kSettledCpuS of CPU time.
constexpr double kSettleS = 2;
constexpr double kSettledCpuS = 0.05;
constexpr int kMaxSettles = 60;

void Sleep(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

double MiB(uint64_t later, uint64_t earlier) {
  return (static_cast<double>(later) - static_cast<double>(earlier)) / (1 << 20);
}

void Settle(const Child& server) {
  for (int i = 0; i < kMaxSettles; ++i) {
    const Usage before = server.ReadUsage();
    Sleep(kSettleS);
    if (server.ReadUsage().cpu_s - before.cpu_s < kSettledCpuS) return;
  }
}

// Streams on one connection that were opened and send nothing.
class IdleStreams {
 public:
  explicit IdleStreams(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::IngestService::NewStub(channel)) {
    for (int i = 0; i < kIdleStreams; ++i) {
      contexts_.push_back(std::make_unique<grpc::ClientContext>());
      streams_.push_back(stub_->Ingest(contexts_.back().get()));
    }
  }
  ~IdleStreams() {
    for (const std::unique_ptr<Stream>& stream : streams_) stream->WritesDone();
    for (const std::unique_ptr<Stream>& stream : streams_) stream->Finish();
  }

 private:
  const std::unique_ptr<v1::IngestService::Stub> stub_;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace

absl::StatusOr<Json> MeasureIdle(const InputFiles& files, const Options& options) {
  const absl::StatusOr<Place> place = Place::Make(options.data_dir);
  if (!place.ok()) return place.status();
  const absl::StatusOr<std::unique_ptr<Child>> server =
      StartWirefold(options, options.wirefoldd, place->path());
  if (!server.ok()) return server.status();
  const absl::StatusOr<FeedResult> fed = Feed(files, {.address = (*server)->address(),
                                                      .streams = options.streams,
                                                      .in_flight = options.in_flight});
  if (!fed.ok()) return fed.status();
  std::fprintf(stderr, "idle: for %.0f s\n", options.idle_seconds);
  Settle(**server);

  Json json;
  const Usage before = (*server)->ReadUsage();
  Sleep(options.idle_seconds);
  const Usage after = (*server)->ReadUsage();
  json["seconds"] = options.idle_seconds;
  json["cpu_share"] = (after.cpu_s - before.cpu_s) / options.idle_seconds;  // of one core
  json["memory_mib"] = MiB(after.memory_bytes, 0);
  json["memory_growth_mib"] = MiB(after.memory_bytes, before.memory_bytes);
  {
    const absl::StatusOr<std::unique_ptr<Client>> client =
        Client::Connect({.server = (*server)->address()});
    if (!client.ok()) return client.status();
    const IdleStreams streams((*client)->channel());
    Settle(**server);
    const absl::StatusOr<v1::Stats> stats = (*client)->GetStats();
    if (!stats.ok()) return stats.status();
    const Usage with = (*server)->ReadUsage();
    Sleep(options.idle_seconds / 10);
    const Usage later = (*server)->ReadUsage();
    json["streams"] = stats->pipeline().streams();
    json["streams_memory_mib"] = MiB(with.memory_bytes, after.memory_bytes);
    json["streams_cpu_share"] = (later.cpu_s - with.cpu_s) / (options.idle_seconds / 10);
  }
  if (absl::Status stopped = (*server)->Stop(); !stopped.ok()) return stopped;
  return json;
}

}  // namespace wirefold::bench
