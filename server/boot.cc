#include "server/boot.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>

#include "lib/article/versions.h"
#include "lib/dedup/sketch.h"
#include "lib/url/canonicalize.h"
#include "server/version.h"

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;
// Received messages that wait for their turn may have as many bytes as those in flight, within:
constexpr size_t kMinHeldBytes = size_t{64} << 20;
constexpr size_t kMaxHeldBytes = std::numeric_limits<size_t>::max() / 4;

}  // namespace

RocksDbOptions StoreOptions(const Config& config, const UrlRules& url_rules) {
  RocksDbOptions options;
  options.path = config.data_dir;
  options.block_cache_bytes = static_cast<size_t>(config.block_cache_bytes);
  options.key_rules_fingerprint = UrlKeyRulesFingerprint(url_rules);
  if (!config.url_rules.empty()) options.key_rules_flags = " --url-rules " + config.url_rules;
  options.versions = NormalizerVersions(url_rules);
  options.versions["sketch"] = std::to_string(kSketchVersion);
  options.versions["wirefoldd"] = kVersion;
  return options;
}

SpaceReserve ReserveOptions(const Config& config) {
  SpaceReserve reserve;
  reserve.min_free_bytes = static_cast<uint64_t>(config.min_free_bytes);
  reserve.min_free_ppm = static_cast<uint32_t>(config.min_free_ppm);
  return reserve;
}

FairBudget::Options BudgetOptions(const Config& config) {
  FairBudget::Options options;
  options.total_bytes = static_cast<size_t>(config.max_inflight_bytes);
  options.stream_bytes = static_cast<size_t>(config.max_stream_inflight_bytes);
  return options;
}

PipelineOptions PipelineOptionsOf(const Config& config, const UrlRules& url_rules) {
  PipelineOptions options;
  options.workers = static_cast<int>(config.workers);
  options.window_ms = config.window_days * kDayMs;
  options.comparison_cache_bytes = static_cast<size_t>(config.comparison_cache_bytes);
  options.index_memory_bytes = static_cast<size_t>(config.index_memory);
  options.index_folder = config.data_dir + "/index";
  // The table's size is a power of two, of at most so much.
  options.statistics.rarity_entries =
      std::bit_floor(static_cast<size_t>(config.rarity_memory) / sizeof(uint64_t));
  options.url_rules = &url_rules;
  options.raw.keep = config.keep_raw;
  return options;
}

RpcServer::Options ServerOptions(const Config& config, const UrlRules& url_rules) {
  RpcServer::Options options;
  options.listen = config.listen;
  options.read_threads = static_cast<size_t>(config.read_threads);
  options.url_rules = &url_rules;
  options.ingest.max_streams = static_cast<size_t>(config.max_streams);
  options.ingest.unread_ack_timeout = std::chrono::milliseconds(config.unread_ack_timeout_ms);
  options.ingest.idle_timeout = std::chrono::milliseconds(config.idle_timeout_ms);
  options.ingest.max_held_bytes =
      std::max(static_cast<size_t>(config.max_inflight_bytes), kMinHeldBytes);
  // Messages that wait, and as much again for those that are on their way in.
  options.receive_bytes = std::min(options.ingest.max_held_bytes, kMaxHeldBytes) * 2;
  return options;
}

}  // namespace wirefold
