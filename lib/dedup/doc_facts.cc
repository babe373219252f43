#include "lib/dedup/doc_facts.h"

#include <algorithm>
#include <bitset>
#include <utility>

#include "lib/dedup/compare.h"
#include "lib/dedup/shingles.h"

namespace wirefold {
namespace {

// Those of `shingles` that stand at none of the other positions; `shingles` are sorted for it.
std::vector<uint32_t> FindAlone(const ComparisonDoc& doc, const DocFacts& facts,
                                std::vector<uint32_t> shingles) {
  // There are few of them; most of the others are told by a bit of the upper ones.
  constexpr int kBits = 12;
  constexpr int kShift = 32 - kBits;
  std::bitset<size_t{1} << kBits> maybe;
  for (const uint32_t shingle : shingles) maybe.set(shingle >> kShift);
  SortDistinct(shingles);
  std::vector<bool> elsewhere(shingles.size());
  facts.ForOwn(doc.shingles.size(), [&](size_t i) {
    if (!maybe.test(doc.shingles[i] >> kShift)) return;
    const auto at = std::lower_bound(shingles.begin(), shingles.end(), doc.shingles[i]);
    if (at != shingles.end() && *at == doc.shingles[i]) {
      elsewhere[static_cast<size_t>(at - shingles.begin())] = true;
    }
  });
  size_t kept = 0;
  for (size_t i = 0; i < shingles.size(); ++i) {
    if (!elsewhere[i]) shingles[kept++] = shingles[i];
  }
  shingles.resize(kept);
  return shingles;
}

void FindBoilerplate(const ComparisonDoc& doc, const BoilerplateTable& table, DocFacts& facts) {
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) {
    table.Prefetch(doc.domain, paragraph.key);
  }
  std::vector<uint32_t> shingles;
  const uint32_t reach = static_cast<uint32_t>(doc.shingle_length) - 1;
  const auto positions = static_cast<uint32_t>(doc.shingles.size());
  uint32_t begin = 0;
  uint32_t done = 0;
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) {
    const uint32_t first = std::max(begin - std::min(begin, reach), done);
    const uint32_t last = std::min(paragraph.end, positions);
    begin = paragraph.end;
    if (first >= last || !table.IsBoilerplate(doc.domain, paragraph.key)) continue;
    shingles.insert(shingles.end(), doc.shingles.begin() + first, doc.shingles.begin() + last);
    if (!facts.boilerplate.empty() && facts.boilerplate.back().end == first) {
      facts.boilerplate.back().end = last;
    } else {
      facts.boilerplate.push_back({first, last});
    }
    done = last;
  }
  if (!shingles.empty()) facts.alone = FindAlone(doc, facts, std::move(shingles));
}

void LookUp(const ComparisonDoc& doc, int64_t day, const RarityTable& rarity, DocFacts& facts) {
  facts.ForOwn(doc.shingles.size(), [&](size_t i) {
    const uint32_t shingle = doc.shingles[i];
    if (!RarityTable::UsesShingle(shingle, doc.distinct)) return;
    rarity.Prefetch(shingle);
    facts.known.push_back({.shingle = shingle});
  });
  facts.known.shrink_to_fit();
  for (DocFacts::Known& known : facts.known) {
    const RarityTable::Counts counts = rarity.Of(known.shingle, day);
    known.rare = counts.days <= CompareRules::kRareDays ? 1 : 0;
    if (counts.days != 0) {
      known.first_day = static_cast<int32_t>(
          std::clamp<int64_t>(day - counts.days_since, -DocFacts::kNever, DocFacts::kNever - 1));
    }
  }
}

}  // namespace

DocFacts MakeDocFacts(const ComparisonDoc& doc, int64_t day, const StreamStatistics::View& view) {
  DocFacts facts;
  facts.stamp = view.stamp();
  facts.day = day;
  FindBoilerplate(doc, view.boilerplate(), facts);
  LookUp(doc, day, view.rarity(), facts);
  return facts;
}

std::shared_ptr<const DocFacts> DocFactsMemo::Of(const ComparisonDoc& doc, int64_t day,
                                                 const StreamStatistics::View& view) const {
  {
    const std::lock_guard lock(mutex_);
    if (facts_ != nullptr && facts_->stamp == view.stamp() && facts_->day == day) return facts_;
  }
  auto made = std::make_shared<const DocFacts>(MakeDocFacts(doc, day, view));
  const std::lock_guard lock(mutex_);
  facts_ = made;
  return made;
}

size_t DocFactsMemo::MemoryBytes(const ComparisonDoc& doc) {
  return sizeof(DocFacts) +
         doc.shingles.size() / RarityTable::RateOf(doc.distinct) * sizeof(DocFacts::Known);
}

}  // namespace wirefold
