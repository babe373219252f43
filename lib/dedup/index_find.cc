// Finding: what is in memory under the lock, then what has to be read from disk without it.
#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <span>
#include <tuple>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "lib/dedup/index.h"
#include "lib/dedup/index_search.h"

namespace wirefold {
namespace {

// A band that agrees tells of resemblance, shared anchors of containment; either may rank first.
uint32_t Promise(const IndexHit& hit) {
  return std::max(hit.bands * (1'000'000 / kBands), hit.anchor_containment_ppm);
}

}  // namespace

bool MorePromising(const IndexHit& a, const IndexHit& b) {
  return std::tuple(Promise(b), b.bands + b.anchors_shared, a.id) <
         std::tuple(Promise(a), a.bands + a.anchors_shared, b.id);
}

std::vector<IndexHit> CandidateIndex::Find(const Sketch& sketch, const FindOptions& options,
                                           FindState* state) const {
  if (sketch.shingles < kMinShingles) return {};
  SketchKeys made(sketch);
  Search search(made.keys);
  search.Reserve();
  uint64_t change = 0;
  const auto finish = [&](const Range& range, const auto& entry_of) {
    const uint32_t rare_anchors = search.RareAnchors();
    const uint32_t capped = search.Capped();
    const uint32_t largest = search.LargestBand();
    if (capped > 0) {
      search.LeaveOutCapped();
      capped_buckets_.fetch_add(capped, std::memory_order_relaxed);
    }
    if (state != nullptr) {
      state->change = change;
      state->found = change;
      state->rare_anchors = rare_anchors;
      state->capped_band = largest > kMaxBandBucket;
      state->entries = search.entries();
      for (size_t k = 0; k < state->seen.size(); ++k) {
        state->seen[k] = static_cast<uint8_t>(std::min<uint32_t>(search.seen(k), 255));
      }
      state->keys = std::move(made);
    }
    if (largest > largest_bucket_.load(std::memory_order_relaxed)) {
      largest_bucket_.store(std::min<uint64_t>(largest, kMaxBandBucket), std::memory_order_relaxed);
    }
    return search.Hits(range, rare_anchors, options.max_hits, entry_of);
  };

  struct OnDisk {
    size_t part;
    uint64_t number;
    std::shared_ptr<IndexRun> run;
  };
  std::vector<OnDisk> on_disk;
  std::vector<std::pair<uint64_t, IndexEntry>> in_memory;  // by part and entry
  Range range{};
  {
    const std::shared_lock lock(mutex_);
    change = next_change_;
    range = RangeOf(options);
    // The newest first, since of a bucket that is too large the newest count.
    absl::InlinedVector<size_t, 16> here;
    for (size_t p = parts_.size(); p-- > 0;) {
      const Part& part = parts_[p];
      if (!range.Touches(TimesOf(part.key))) continue;
      if (part.in_memory()) {
        here.push_back(p);
      } else {
        on_disk.push_back({p, part.number, part.run});
      }
    }
    if (!here.empty()) search.Prefetch(parts_[here.front()]);
    for (size_t i = 0; i < here.size(); ++i) {
      search.PrefetchRest(parts_[here[i]]);
      if (i + 1 < here.size()) search.Prefetch(parts_[here[i + 1]]);
      search.Visit(here[i], parts_[here[i]], unposted_);
    }
    if (on_disk.empty()) {
      return finish(range, [&](size_t p, uint32_t entry) { return &parts_[p].at(entry); });
    }
    // Whatever may become a candidate: what is found on disk can only make it fewer.
    search.LeaveOutFullAnchors();
    search.ForEachArticle([&](uint64_t posting, uint32_t, uint32_t, bool) {
      in_memory.emplace_back(
          Search::PostingOf(Search::PartOf(posting), Search::EntryOf(posting), 0),
          parts_[Search::PartOf(posting)].at(Search::EntryOf(posting)));
    });
  }
  for (const OnDisk& there : on_disk) {
    search.Prefetch(*there.run);
    search.PrefetchRest(*there.run);
    search.Visit(there.part, there.number, *there.run);
  }
  IndexEntry read;
  return finish(range, [&](size_t p, uint32_t entry) -> const IndexEntry* {
    for (const OnDisk& there : on_disk) {
      if (there.part != p) continue;
      const std::optional<IndexEntry> found = there.run->EntryAt(entry);
      if (!found.has_value()) return nullptr;
      read = *found;
      return &read;
    }
    const uint64_t which = Search::PostingOf(p, entry, 0);
    const auto known = std::partition_point(in_memory.begin(), in_memory.end(),
                                            [&](const auto& one) { return one.first < which; });
    return known != in_memory.end() && known->first == which ? &known->second : nullptr;
  });
}

std::optional<std::vector<IndexHit>> CandidateIndex::FindSince(const Sketch& sketch,
                                                               const FindOptions& options,
                                                               FindState& state) const {
  std::vector<IndexHit> hits;
  if (sketch.shingles < kMinShingles) return hits;
  // What went of a run, which may have to be read from disk.
  struct Gone {
    std::shared_ptr<IndexRun> run;
    std::vector<uint32_t> entries;
  };
  std::vector<Gone> gone_of_runs;
  std::shared_lock lock(mutex_);
  if (next_change_ == state.change) return hits;
  if (floor_changed_ >= state.change &&
      (options.window_ms == 0 || options.time_ms - options.window_ms < floor_ms())) {
    return std::nullopt;
  }
  const std::vector<uint64_t>& keys = state.keys.keys;
  Search search(keys);
  const Range range = RangeOf(options);
  const auto counts = [&](size_t k) { return k < kBands || state.seen[k] <= Search::CapOf(k); };
  std::array<uint32_t, kBands + kMaxAnchors> newer{};  // postings that came, gone again or not
  struct Unposted {
    uint32_t key;
    const IndexSegment* segment;
    uint32_t entry;
  };
  absl::InlinedVector<Unposted, 32> unposted;  // by their keys' numbers
  // Nothing of what came since is anywhere else.
  const bool all_unposted = unposted_.size() > 0 && unposted_.first_change() <= state.change;
  // Keys that something may have come to. More of an anchor that is not rare changes nothing, less
  // of it may.
  absl::InlinedVector<uint32_t, 64> changed;
  const std::span<const uint32_t> all = search.sought();
  for (const uint32_t k : all) {
    const size_t before = unposted.size();
    unposted_.Visit(keys[k], [&](const IndexSegment* segment, uint32_t entry) {
      unposted.push_back({k, segment, entry});
    });
    const bool came = all_unposted ? unposted.size() > before
                                   : changed_keys_.MayHaveChanged(keys[k], state.change);
    if (came && counts(k)) changed.push_back(k);
  }
  for (size_t p = 0; p < parts_.size(); ++p) {
    const Part& part = parts_[p];
    if (!range.Touches(TimesOf(part.key))) continue;
    if (part.run != nullptr) {
      // What came to it since can't be told from the rest any more.
      if (part.run->header().last_change >= state.change) return std::nullopt;
      if (part.deaths_known_since > state.change) return std::nullopt;
      if (part.deaths.empty() || part.deaths.back().first < state.change) continue;
      Gone gone{part.run, {}};
      const bool has_later = part.run->header().last_change >= state.found;
      for (const auto& [change, entry] : part.deaths) {
        if (change >= state.change && (has_later || state.entries.MayHave(part.number, entry))) {
          gone.entries.push_back(entry);
        }
      }
      if (!gone.entries.empty()) gone_of_runs.push_back(std::move(gone));
      continue;
    }
    const IndexSegment& segment = *part.segment;
    if (!segment.changed_since(state.change)) continue;
    if (segment.renumbered_since(state.change)) return std::nullopt;
    const uint32_t first_new = segment.FirstSince(state.change);
    // What came since Find may have taken another's place, seen or not.
    const uint32_t first_later =
        state.found == state.change ? first_new : segment.FirstSince(state.found);
    const bool any_gone = segment.AnyGoneSince(state.change, [&](uint32_t entry) {
      return entry >= first_later || state.entries.MayHave(part.number, entry);
    });
    const std::span<const uint32_t> sought = any_gone ? all : std::span<const uint32_t>(changed);
    const bool reads_all = any_gone || !all_unposted;
    if (reads_all) {
      for (const uint32_t k : sought) segment.postings().Prefetch(keys[k]);
    }
    bool gone = false;
    auto next_unposted = unposted.begin();
    for (const uint32_t k : sought) {
      if (gone) break;
      size_t here = 0;
      const auto see = [&](uint32_t entry) {
        ++here;
        if (entry >= first_new && counts(k)) {
          ++newer[k];
          if (segment.IsLive(entry)) search.Note(p, part.number, entry, k);
        } else if (any_gone && segment.GoneSince(entry, state.change)) {
          gone = true;
        }
        return !gone;
      };
      while (next_unposted != unposted.end() && next_unposted->key < k) ++next_unposted;
      for (; next_unposted != unposted.end() && next_unposted->key == k; ++next_unposted) {
        if (next_unposted->segment == &segment) see(next_unposted->entry);
      }
      if (reads_all || newer[k] > 0) segment.postings().Visit(keys[k], see);
      // What came may have taken the place of an older posting.
      if (newer[k] > 0 && here >= IndexSegment::PostingsKept(k < kBands)) {
        return std::nullopt;
      }
    }
    if (gone) return std::nullopt;
  }
  auto now = state.seen;
  if (!search.CountsAsBefore(state, newer, now)) return std::nullopt;
  hits = search.Hits(range, state.rare_anchors, options.max_hits,
                     [&](size_t p, uint32_t entry) { return &parts_[p].at(entry); });
  const uint64_t change = next_change_;
  lock.unlock();
  for (const Gone& gone : gone_of_runs) {
    bool any = false;
    gone.run->Visit(keys, all, [&](uint32_t, uint32_t entry) {
      any = any || std::find(gone.entries.begin(), gone.entries.end(), entry) != gone.entries.end();
      return !any;
    });
    if (any) return std::nullopt;
  }
  state.change = change;
  state.seen = now;
  state.entries.Add(search.entries());
  return hits;
}

}  // namespace wirefold
