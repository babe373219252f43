// wirefoldd: parse, log, read the URL rules, open the store, start the pipeline, serve, wait,
// drain, close.

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/open_files.h"
#include "lib/base/reason.h"
#include "lib/base/standard_streams.h"
#include "lib/base/strings.h"
#include "lib/store/rekey.h"
#include "lib/store/rocksdb_store.h"
#include "lib/url/rules_file.h"
#include "server/boot.h"
#include "server/config.h"
#include "server/heap.h"
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

// The daemon. Returns the exit code.
int Serve(const Config& config, const UrlRules& url_rules) {
  Signals signals;
  Log(LogLevel::kInfo, "starting",
      {{"version", kVersion}, {"data_dir", config.data_dir}, {"url_rules", url_rules.version()}});

  const SystemClock clock;
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store =
      RocksDbStore::Open(StoreOptions(config, url_rules));
  if (!store.ok()) return Fail("store_refused", store.status());
  const StatvfsProbe disk(config.data_dir);
  const SpaceGuard guard(disk, ReserveOptions(config));
  const SpaceCheck space_check = [&guard] { return guard.Check(); };

  // The budget outlives the pipeline, which holds the streams whose files it has.
  FairBudget budget(BudgetOptions(config));
  absl::StatusOr<std::unique_ptr<Pipeline>> pipeline =
      Pipeline::Open(PipelineOptionsOf(config, url_rules), **store, clock, space_check);
  if (!pipeline.ok()) return Fail("pipeline_refused", pipeline.status());
  if (const std::string why = (*pipeline)->GetStats().index_rebuilt; !why.empty()) {
    Log(LogLevel::kWarn, "index_rebuilt", {{"message", why}});
  }

  absl::StatusOr<std::unique_ptr<RpcServer>> server =
      RpcServer::Open(ServerOptions(config, url_rules), **store, **pipeline, budget, clock);
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

// `wirefoldd rekey`. Returns the exit code.
int Rekey(const Config& config, const UrlRules& url_rules, bool dry_run) {
  const absl::StatusOr<RekeyReport> report =
      RekeyStore(StoreOptions(config, url_rules), url_rules, dry_run);
  if (!report.ok()) return Fail("rekey_failed", report.status());
  return std::fputs(DescribeRekey(*report, dry_run).c_str(), stdout) < 0 || std::fflush(stdout) != 0
             ? 1
             : 0;
}

int Main(int argc, char** argv) {
  OpenStandardStreams();
  AllowManyOpenFiles();
  const absl::StatusOr<Invocation> invocation = ParseInvocation(argc, argv, ProcessEnvironment());
  if (!invocation.ok()) return FailEarly(invocation.status());
  if (invocation->action == Invocation::Action::kPrint) {
    return std::fputs(invocation->output.c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
  }
  const Config& config = invocation->config;
  if (absl::Status status = OpenLog(config.log_level, config.log_file); !status.ok()) {
    return FailEarly(status);
  }
  const absl::StatusOr<UrlRules> url_rules = ReadUrlRulesFile(config.url_rules);
  if (!url_rules.ok()) return Fail("url_rules_refused", url_rules.status());
  return invocation->action == Invocation::Action::kRekey
             ? Rekey(config, *url_rules, invocation->dry_run)
             : Serve(config, *url_rules);
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
#ifdef WIREFOLD_TCMALLOC
  wirefold::UseHugePagesForHeap();
#endif
  return wirefold::Main(argc, argv);
}
