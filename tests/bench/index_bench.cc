// index_bench: what the candidate index costs with many articles: memory and disk an article,
// adding one, finding with all runs in memory and with runs on disk, and starting again.
//
// Usage: index_bench [ARTICLES [MEMORY_MIB]]     (1000000, 1024; with a folder of its own
// under the temporary one, which is deleted)
//
// Sketches are made at random, of as many bands and anchors as real articles have; of their anchors
// a fifth come from a pool that others draw from too, some of it often, as phrases do. One article
// in fifty is sought again by a copy that shares half of it.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "lib/dedup/index.h"

namespace wirefold {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int64_t kMs = 259;  // between two articles: 10 million in 30 days

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The sketch of article n, always the same.
Sketch SketchOf(uint64_t n) {
  std::mt19937_64 random(n);
  Sketch sketch;
  for (uint16_t& row : sketch.signature) row = static_cast<uint16_t>(random());
  // From a few to the most, 50 in the mean.
  const size_t anchors =
      4 + static_cast<size_t>(92.0 * static_cast<double>(random() >> 11) * 0x1p-53);
  for (size_t i = 0; i < anchors; ++i) {
    const double share = static_cast<double>(random() >> 11) * 0x1p-53;
    sketch.anchors.push_back(static_cast<uint32_t>(
        random() % 5 == 0 ? 77'777u * static_cast<uint64_t>(share * share * share * 2e6)
                          : random()));
  }
  std::sort(sketch.anchors.begin(), sketch.anchors.end());
  sketch.anchors.erase(std::unique(sketch.anchors.begin(), sketch.anchors.end()),
                       sketch.anchors.end());
  sketch.shingles = static_cast<uint32_t>(16 * sketch.anchors.size() + 20);
  return sketch;
}

// A copy of article n: the half of its anchors and rows.
Sketch CopyOf(uint64_t n) {
  Sketch sketch = SketchOf(n);
  const Sketch other = SketchOf(~n);
  for (size_t row = 0; row < sketch.signature.size(); ++row) {
    if (row / kRowsPerBand % 2 == 0) sketch.signature[row] = other.signature[row];
  }
  for (size_t i = 0; i < sketch.anchors.size() && i < other.anchors.size(); i += 2) {
    sketch.anchors[i] = other.anchors[i];
  }
  std::sort(sketch.anchors.begin(), sketch.anchors.end());
  return sketch;
}

Ulid IdOf(uint64_t n) {
  return Ulid::Make(static_cast<int64_t>(n) * kMs, HashBytes128(std::to_string(n)));
}

double PeakMib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void PrintStats(const CandidateIndex& index) {
  const IndexStats stats = index.stats();
  const double articles = static_cast<double>(std::max<uint64_t>(stats.articles, 1));
  std::printf(
      "  %llu articles, %.0f bytes each in memory (%.0f MiB), %.0f on disk; %llu runs, %llu of "
      "them "
      "in memory, %llu without a filter; peak RSS %.0f MiB\n",
      static_cast<unsigned long long>(stats.articles),
      static_cast<double>(stats.memory_bytes) / articles,
      static_cast<double>(stats.memory_bytes) / 1048576,
      static_cast<double>(stats.disk_bytes) / articles, static_cast<unsigned long long>(stats.runs),
      static_cast<unsigned long long>(stats.resident_runs),
      static_cast<unsigned long long>(stats.bare_runs), PeakMib());
  if (!stats.problem.empty()) std::printf("  problem: %s\n", stats.problem.c_str());
}

void Find(const CandidateIndex& index, uint64_t articles, const char* what) {
  constexpr uint64_t kSought = 20'000;
  for (const bool copies : {false, true}) {
    std::vector<double> times;
    size_t found = 0;
    for (uint64_t i = 0; i < kSought; ++i) {
      const uint64_t n = i * 7919 % articles;
      const Sketch sketch = copies ? CopyOf(n) : SketchOf(articles * 2 + i);
      const auto start = Clock::now();
      const auto hits =
          index.Find(sketch, {.time_ms = static_cast<int64_t>(articles) * kMs, .max_hits = 64});
      times.push_back(SecondsSince(start) * 1e6);
      found += copies ? std::any_of(hits.begin(), hits.end(),
                                    [&](const IndexHit& hit) { return hit.id == IdOf(n); })
                      : !hits.empty();
    }
    std::sort(times.begin(), times.end());
    double sum = 0;
    for (const double time : times) sum += time;
    std::printf("  find %-28s %s: mean %6.1f us, p50 %6.1f, p99 %6.1f; %.4f found something\n",
                what, copies ? "a copy     " : "a new text ",
                sum / static_cast<double>(times.size()), times[times.size() / 2],
                times[times.size() * 99 / 100],
                static_cast<double>(found) / static_cast<double>(kSought));
  }
}

int Main(uint64_t articles, size_t memory_mib) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("index-bench-" + std::to_string(getpid()));
  IndexOptions options;
  options.memory_bytes = memory_mib << 20;
  options.folder = (folder / "index").string();
  {
    CandidateIndex index(options);
    double adding = 0;
    double settling = 0;
    double longest = 0;
    for (uint64_t n = 0; n < articles; ++n) {
      const Sketch sketch = SketchOf(n);
      const auto start = Clock::now();
      index.Add(IdOf(n), sketch, /*is_new=*/true);
      const auto added = Clock::now();
      index.Committed(n + 1);
      index.Settle(n + 1);
      const double settled = SecondsSince(added);
      adding += std::chrono::duration<double>(added - start).count();
      settling += settled;
      longest = std::max(longest, settled);
    }
    std::printf("add: %.2f us an article; settle: %.2f us, %.0f ms at most\n",
                adding * 1e6 / static_cast<double>(articles),
                settling * 1e6 / static_cast<double>(articles), longest * 1e3);
    index.Stop();
    const auto start = Clock::now();
    const absl::Status written = index.WriteCheckpoint(articles);
    std::printf("checkpoint at the end: %.2f s %s\n", SecondsSince(start),
                std::string(written.message()).c_str());
    PrintStats(index);
    Find(index, articles, "as it was made");
  }
  for (const size_t mib : {memory_mib, size_t{1}, size_t{1} << 20}) {
    options.memory_bytes = mib << 20;
    const auto start = Clock::now();
    CandidateIndex index(options);
    std::string why;
    if (!index.Restore(articles, &why).has_value()) {
      std::printf("not restored: %s\n", why.c_str());
      return 1;
    }
    std::printf("restored with %zu MiB in %.2f s\n", mib, SecondsSince(start));
    PrintStats(index);
    Find(index, articles, mib == 1 ? "without filters" : "restored");
  }
  fs::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  const uint64_t articles = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const size_t memory_mib = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1024;
  return wirefold::Main(articles, memory_mib);
}
