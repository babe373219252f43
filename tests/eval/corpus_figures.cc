#include "tests/eval/corpus_figures.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/article/normalize.h"
#include "lib/dedup/shingles.h"

namespace wirefold {
namespace {

void PrintQuantiles(std::FILE* out, const char* name, std::vector<uint32_t> values) {
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const uint32_t value : values) sum += value;
  std::fprintf(out, "  %-10s mean %8.0f;", name,
               values.empty() ? 0.0 : sum / static_cast<double>(values.size()));
  for (const double q : {0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 0.999}) {
    if (values.empty()) break;
    const auto place = static_cast<size_t>(q * static_cast<double>(values.size() - 1));
    std::fprintf(out, " %g: %u", q, values[place]);
  }
  std::fprintf(out, "\n");
}

}  // namespace

void Histogram::Add(double value) {
  const auto bin = static_cast<size_t>(std::max(0.0, value) * kBins);
  ++counts_[std::min(bin, kBins - 1)];
  ++total_;
}

double Histogram::Share(size_t bin) const {
  return total_ == 0 ? 0 : static_cast<double>(counts_[bin]) / static_cast<double>(total_);
}

double Histogram::Distance(const Histogram& other) const {
  double distance = 0;
  for (size_t bin = 0; bin < kBins; ++bin) {
    distance = std::max(distance, std::abs(Share(bin) - other.Share(bin)));
  }
  return distance;
}

std::string Histogram::ToString() const {
  std::string out;
  for (size_t bin = 0; bin < kBins; ++bin) {
    char share[16];
    std::snprintf(share, sizeof share, " %.3f", Share(bin));
    out += share;
  }
  return out;
}

void PairSpread::Add(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  if (a.empty() || b.empty()) return;
  const double shared = CountShared(a, b);
  jaccard.Add(shared / (static_cast<double>(a.size() + b.size()) - shared));
  containment.Add(shared / static_cast<double>(std::min(a.size(), b.size())));
}

CorpusFigures::CorpusFigures() : seen_(size_t{1} << 31) {}

std::optional<std::vector<uint32_t>> CorpusFigures::Add(std::string_view bytes) {
  file_bytes_.push_back(static_cast<uint32_t>(bytes.size()));
  const absl::StatusOr<NormalizedArticle> article =
      Normalize({.bytes = bytes, .source = {}, .hints = {}});
  if (!article.ok()) return std::nullopt;
  std::vector<uint32_t> set = MakeShingles(article->matching_text).set;
  letters_.push_back(article->matching_letters);
  shingles_.push_back(static_cast<uint32_t>(set.size()));
  size_t repeated = 0;
  for (const uint32_t shingle : set) {
    const size_t bit = shingle >> 1;
    if (seen_[bit]) ++repeated;
    seen_[bit] = true;
  }
  const auto size = static_cast<double>(set.size());
  if (!set.empty()) repeated_.push_back(static_cast<float>(static_cast<double>(repeated) / size));
  Host& host = hosts_[article->article.host];
  for (const std::vector<uint32_t>& other : host.kept) {
    if (set.empty() || other.empty()) continue;
    const double shared = CountShared(set, other);
    const double jaccard = shared / (size + static_cast<double>(other.size()) - shared);
    if (jaccard >= kCopyJaccard) continue;
    background_ += jaccard;
    ++background_pairs_;
  }
  host.kept[host.next++ % kKeptOfHost] = set;
  return set;
}

void CorpusFigures::Print(std::FILE* out) const {
  PrintQuantiles(out, "bytes", file_bytes_);
  PrintQuantiles(out, "letters", letters_);
  PrintQuantiles(out, "shingles", shingles_);
  std::fprintf(out, "  Jaccard of two stories of one host: %.4f (mean of %zu)\n",
               background_pairs_ == 0 ? 0 : background_ / static_cast<double>(background_pairs_),
               background_pairs_);
  std::fprintf(out, "  share of a text's shingles that the stream has shown, by tenths of it:");
  for (size_t tenth = 0; tenth < 10; ++tenth) {
    const size_t begin = repeated_.size() * tenth / 10;
    const size_t end = repeated_.size() * (tenth + 1) / 10;
    double sum = 0;
    for (size_t i = begin; i < end; ++i) sum += repeated_[i];
    std::fprintf(out, " %.3f", end == begin ? 0 : sum / static_cast<double>(end - begin));
  }
  std::fprintf(out, "\n");
}

}  // namespace wirefold
