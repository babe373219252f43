// wirefoldd: parse, log, open the store, start the pipeline, serve, wait, drain, close.

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/reason.h"
#include "lib/base/standard_streams.h"
#include "lib/base/strings.h"
#include "lib/store/rocksdb_store.h"
#include "server/boot.h"
#include "server/config.h"
#include "server/log.h"
#include "server/signals.h"
#include "server/version.h"

namespace wirefold {
namespace {

// Before the log is open there is standard error alone.
int FailEarly(const absl::Status& status) {
  std::fprintf(stderr, "wirefoldd: %s\n", std::string(status.message()).c_str());
  return 1;
}

int Fail(std::string_view what, const absl::Status& status) {
  Log(LogLevel::kError, what,
      {{"reason", ReasonName(ReasonOf(status))}, {"message", ToStd(status.message())}});
  return 1;
}

int Main(int argc, char** argv) {
  OpenStandardStreams();
  const absl::StatusOr<Invocation> invocation = ParseInvocation(argc, argv, ProcessEnvironment());
  if (!invocation.ok()) return FailEarly(invocation.status());
  if (invocation->action == Invocation::Action::kPrint) {
    return std::fputs(invocation->output.c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
  }
  const Config& config = invocation->config;

  if (absl::Status status = OpenLog(config.log_level, config.log_file); !status.ok()) {
    return FailEarly(status);
  }
  Signals signals;
  Log(LogLevel::kInfo, "starting", {{"version", kVersion}, {"data_dir", config.data_dir}});

  const SystemClock clock;
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store = RocksDbStore::Open(StoreOptions(config));
  if (!store.ok()) return Fail("store_refused", store.status());
  const StatvfsProbe disk(config.data_dir);
  const SpaceGuard guard(disk, ReserveOptions(config));
  const SpaceCheck space_check = [&guard] { return guard.Check(); };

  // The budget outlives the pipeline, which holds the streams whose files it has.
  FairBudget budget(BudgetOptions(config));
  absl::StatusOr<std::unique_ptr<Pipeline>> pipeline =
      Pipeline::Open(PipelineOptionsOf(config), **store, clock, space_check);
  if (!pipeline.ok()) return Fail("pipeline_refused", pipeline.status());

  absl::StatusOr<std::unique_ptr<RpcServer>> server =
      RpcServer::Open(ServerOptions(config), **store, **pipeline, budget, clock);
  if (!server.ok()) return Fail("listen_refused", server.status());
  Log(LogLevel::kInfo, "ready",
      {{"address", (*server)->address()},
       {"data_dir", config.data_dir},
       {"articles", (*store)->Counts().articles},
       {"pid", getpid()}});

  const std::string_view signal = signals.Await();
  Log(LogLevel::kInfo, "draining", {{"signal", signal}, {"streams", (*server)->streams()}});
  if (!(*server)->Shutdown(std::chrono::milliseconds(config.drain_timeout_ms))) {
    Log(LogLevel::kWarn, "streams_cut_off", {{"drain_timeout_ms", config.drain_timeout_ms}});
  }
  server->reset();
  pipeline->reset();
  store->reset();
  Log(LogLevel::kInfo, "stopped");
  return 0;
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::Main(argc, argv); }
