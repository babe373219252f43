// What packing a raw file costs and what it comes to, over real files in memory: without a
// dictionary, with one trained from the first 2 MiB in path order, and with one trained from 4 MiB
// spread over all of them; and the same of the articles' records, quickly, tightly, and back.
// `ns` is the processor's time for one in the mean, `share` what the packed values take of the
// bytes.
//
//   WIREFOLD_TEST_DATA=FOLDER build/release/tests/raw_bench
//
// FOLDER holds news_zh/ with files of the dump format.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/store/dictionary_trainer.h"
#include "lib/store/packed_record.h"
#include "lib/store/raw_record.h"
#include "lib/store/store.h"
#include "lib/store/zstd_dictionary.h"
#include "tests/bench/real_inputs.h"

namespace wirefold {
namespace {

using Dictionary = std::shared_ptr<const ZstdDictionary>;

// Trained from every `step`-th file until these have `bytes`.
Dictionary Trained(size_t step, size_t bytes) {
  std::vector<std::string> samples;
  size_t taken = 0;
  for (size_t i = 0; i < RealFiles().size() && taken < bytes; i += step) {
    samples.push_back(RealFiles()[i]);
    taken += RealFiles()[i].size();
  }
  absl::StatusOr<std::string> trained = TrainDictionary(samples);
  if (!trained.ok()) return nullptr;
  return *ZstdDictionary::Make(1, *std::move(trained), kRawCompressionLevel);
}

void PackAll(benchmark::State& state, const Dictionary& dictionary) {
  RawPacker packer;
  uint64_t stored = 0;
  uint64_t raw = 0;
  PerInput(state, RealFiles(), [&](const std::string& file) {
    absl::StatusOr<PackedRaw> packed =
        packer.Pack({.bytes = file, .source = {}, .hints = {}}, dictionary.get());
    raw += file.size();
    if (packed.ok()) stored += packed->value->size();
    return packed;
  });
  state.counters["share"] = static_cast<double>(stored) / static_cast<double>(raw);
}

void BM_WithoutDictionary(benchmark::State& state) { PackAll(state, nullptr); }
void BM_DictionaryOfTheFirst2MiB(benchmark::State& state) {
  PackAll(state, Trained(1, size_t{2} << 20));
}
void BM_DictionaryOf4MiBSpread(benchmark::State& state) {
  size_t all = 0;
  for (const std::string& file : RealFiles()) all += file.size();
  PackAll(state, Trained(std::max<size_t>(all >> 22, 1), size_t{4} << 20));
}
void BM_Train4MiB(benchmark::State& state) {
  size_t all = 0;
  for (const std::string& file : RealFiles()) all += file.size();
  for (auto _ : state) {
    benchmark::DoNotOptimize(Trained(std::max<size_t>(all >> 22, 1), size_t{4} << 20));
  }
}
const std::vector<std::string>& Records() {
  static const auto* const records = [] {
    auto* all = new std::vector<std::string>();
    for (const std::string& file : RealFiles()) {
      const absl::StatusOr<NormalizedArticle> article =
          Normalize({.bytes = file, .source = {}, .hints = {}});
      if (article.ok()) all->push_back(*EncodeRecord(*article, 1));
    }
    return all;
  }();
  return *records;
}

// Trained from every so many-th record until these have `sampled` bytes.
Dictionary OfRecords(size_t sampled, size_t max_bytes) {
  size_t all = 0;
  for (const std::string& record : Records()) all += record.size();
  std::vector<std::string> samples;
  for (size_t i = 0; i < Records().size(); i += std::max<size_t>(all / sampled, 1)) {
    samples.push_back(Records()[i]);
  }
  absl::StatusOr<std::string> trained = TrainDictionary(samples, max_bytes);
  return trained.ok() ? *ZstdDictionary::Make(1, *std::move(trained), kQuickLevel) : nullptr;
}

void PackRecords(benchmark::State& state, Packing packing, const Dictionary& dictionary) {
  RecordCompressor compressor(packing, dictionary);
  uint64_t stored = 0;
  uint64_t plain = 0;
  PerInput(state, Records(), [&](const std::string& record) {
    std::optional<std::string> packed = compressor.Pack(record);
    plain += record.size();
    stored += packed.has_value() ? packed->size() : record.size();
    return packed;
  });
  state.counters["share"] = static_cast<double>(stored) / static_cast<double>(plain);
}

void BM_RecordsQuickly(benchmark::State& state) {
  PackRecords(state, Packing::kQuick, OfRecords(kMaxSampledBytes, kMaxDictionaryBytes));
}
void BM_RecordsTightly(benchmark::State& state) {
  PackRecords(state, Packing::kTight, OfRecords(6 * kMaxSampledBytes, 2 * kMaxDictionaryBytes));
}
void BM_RecordsBack(benchmark::State& state) {
  const Dictionary dictionary = OfRecords(kMaxSampledBytes, kMaxDictionaryBytes);
  RecordCompressor compressor(Packing::kQuick, dictionary);
  std::vector<std::string> packed;
  for (const std::string& record : Records()) {
    packed.push_back(compressor.Pack(record).value_or(""));
  }
  PerInput(state, packed, [&](const std::string& value) {
    const absl::StatusOr<PackedHead> head = HeadOfPacked(value);
    return head.ok() ? UnpackRecord(*head, dictionary.get()) : head.status();
  });
}
BENCHMARK(BM_RecordsQuickly)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_RecordsTightly)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_RecordsBack)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_WithoutDictionary)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_DictionaryOfTheFirst2MiB)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_DictionaryOf4MiBSpread)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Train4MiB)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  if (wirefold::RealFiles().empty()) {
    std::cerr << "WIREFOLD_TEST_DATA names no folder with real files\n";
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
