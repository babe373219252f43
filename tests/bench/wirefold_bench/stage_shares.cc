#include "tests/bench/wirefold_bench/stage_shares.h"

#include <array>
#include <string_view>

namespace wirefold::bench {
namespace {

// The kernel cuts names off behind 15 characters.
constexpr std::array<std::string_view, 9> kTransportThreads = {
    "wf-flush",        "nexting_thread",  "default-executo", "resolver-execut", "event_engine",
    "grpc_global_tim", "grpcpp_sync_ser", "timer_manager",   "wf-housekeep"};

bool IsTransport(std::string_view thread) {
  for (const std::string_view name : kTransportThreads) {
    if (thread == name) return true;
  }
  return false;
}

}  // namespace

std::map<std::string, double> StageSeconds(const v1::Stats& stats,
                                           const std::map<std::string, double>& threads,
                                           double total_s) {
  std::map<std::string, double> seconds = {{"parse", 0},      {"url", 0},      {"text", 0},
                                           {"sketch", 0},     {"decide", 0},   {"store", 0},
                                           {"candidates", 0}, {"transport", 0}};
  for (const v1::StageCpu& stage : stats.stage_cpu()) {
    const auto known = seconds.find(stage.name());
    if (known != seconds.end()) known->second += static_cast<double>(stage.cpu_us()) / 1e6;
  }
  for (const auto& [name, cpu_s] : threads) {
    if (IsTransport(name)) seconds["transport"] += cpu_s;
    if (name.starts_with("rocksdb:") || name == "wf-learn") seconds["store"] += cpu_s;
  }
  double rest_s = total_s;
  for (const auto& [unused, cpu_s] : seconds) rest_s -= cpu_s;
  seconds["other"] = rest_s;
  return seconds;
}

}  // namespace wirefold::bench
