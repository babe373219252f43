// The candidate index with its runs on disk, against one that lies in memory as a whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "lib/dedup/index.h"
#include "lib/dedup/index_folder.h"
#include "tests/dedup/index_disk.h"
#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;

TEST_F(IndexDisk, FindsTheSameWhateverLiesInMemory) {
  for (const int64_t window_ms : {int64_t{0}, 3 * kDay}) {
    // Nothing, about the filters, about the half, everything.
    for (const size_t memory_bytes :
         {size_t{1}, size_t{330'000}, size_t{500'000}, size_t{1} << 30}) {
      SCOPED_TRACE(testing::Message() << window_ms << " " << memory_bytes);
      IndexOptions plain_options = Options(window_ms, 0);
      plain_options.folder.clear();
      CandidateIndex plain(plain_options);
      CandidateIndex index(Options(window_ms, memory_bytes));
      Stream stream(window_ms);
      struct Seen {
        Stream::Step step;
        FindState state;
        std::vector<IndexHit> hits;
      };
      std::deque<Seen> seen;
      int reused = 0;
      for (uint64_t event = 0; event < 3000; ++event) {
        const Stream::Step step = stream.Next();
        Seen one{step, {}, {}};
        one.hits = index.Find(step.sketch, step.options, &one.state);
        ASSERT_TRUE(SameHits(one.hits, plain.Find(step.sketch, step.options))) << event;
        seen.push_back(one);
        Stream::Tell(step, event, plain);
        Stream::Tell(step, event, index);
        if (seen.size() < 30) continue;
        Seen& old = seen.front();
        if (const auto later = index.FindSince(old.step.sketch, old.step.options, old.state)) {
          std::vector<IndexHit> merged = old.hits;
          merged.insert(merged.end(), later->begin(), later->end());
          std::sort(merged.begin(), merged.end(), MorePromising);
          if (merged.size() > old.step.options.max_hits) merged.resize(old.step.options.max_hits);
          ASSERT_TRUE(SameHits(merged, plain.Find(old.step.sketch, old.step.options))) << event;
          ++reused;
        }
        seen.pop_front();
      }
      EXPECT_GT(reused, 100);
      AwaitRuns(index, 2);
      const IndexStats stats = index.stats();
      EXPECT_EQ(stats.problem, "");
      EXPECT_EQ(stats.articles, plain.stats().articles);
      EXPECT_EQ(stats.expired, plain.stats().expired);
      EXPECT_GT(stats.disk_bytes, 0u);
      if (memory_bytes == 1) {
        EXPECT_EQ(stats.bare_runs, stats.runs);
      }
      if (memory_bytes == size_t{1} << 30) {
        // What became one is taken into memory a little later.
        const auto is_whole = [&] { return index.stats().resident_runs == index.stats().runs; };
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!is_whole() && std::chrono::steady_clock::now() < deadline) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        EXPECT_TRUE(is_whole());
      }
    }
  }
}

// Of two days that are of one part's times, the second is all that a look reaches back to.
class IndexDiskAtTheEdge : public IndexDisk,
                           public testing::WithParamInterface<std::pair<uint32_t, size_t>> {};

TEST_P(IndexDiskAtTheEdge, WhatBecameOneIsLookedThroughAsBefore) {
  // So many articles of the first day and fifteen of the second carry two anchors. The first count
  // too: with more than kMaxAnchorBucket none is found, whether both days are one run or not.
  const auto [carriers, found] = GetParam();
  constexpr int64_t kWindow = 20 * kDay;
  IndexOptions plain_options = Options(kWindow, 0);
  plain_options.folder.clear();
  CandidateIndex plain(plain_options);
  CandidateIndex index(Options(kWindow, size_t{1} << 30));
  const auto sketch_of = [](uint32_t n, bool carries) {
    Sketch sketch;
    sketch.shingles = 100;
    std::mt19937 random(n);
    for (uint16_t& row : sketch.signature) row = static_cast<uint16_t>(random());
    sketch.anchors = {carries ? 7 : 1'000'000 + n, carries ? 8 : 1'500'000 + n, 2'000'000 + n};
    return sketch;
  };
  uint64_t event = 0;
  const auto tell = [&](int64_t time_ms, bool carries) {
    const Ulid id = IdOf(time_ms, static_cast<uint32_t>(event));
    for (CandidateIndex* one : {&plain, &index}) {
      one->Advance(time_ms);
      one->Add(id, sketch_of(static_cast<uint32_t>(event), carries));
      one->Committed(event + 1);
      one->Settle(event + 1);
    }
    ++event;
  };
  for (uint32_t i = 0; i < 400; ++i) tell(100 * kDay + i, i < carriers);
  AwaitRuns(index, 1);
  for (uint32_t i = 0; i < 400; ++i) tell(101 * kDay + i, i < 15);
  AwaitRuns(index, 2);
  const FindOptions options{.time_ms = 102 * kDay, .window_ms = kDay + kDay / 2, .max_hits = 1000};
  const Sketch sought = sketch_of(77'777, true);
  FindState state;
  const std::vector<IndexHit> before = index.Find(sought, options, &state);
  EXPECT_EQ(before.size(), found);
  EXPECT_TRUE(SameHits(before, plain.Find(sought, options)));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (index.stats().merged_runs == 0 && std::chrono::steady_clock::now() < deadline) {
    index.Settle(event);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(index.stats().merged_runs, 1u);
  EXPECT_TRUE(SameHits(index.Find(sought, options), before));
  // What was seen goes by other numbers now.
  tell(101 * kDay + 1000, false);
  EXPECT_FALSE(index.FindSince(sought, options, state).has_value());
  // As before for what the window has left.
  for (const int64_t day : {122, 125, 130, 145}) {
    tell(day * kDay, false);
    EXPECT_EQ(index.stats().articles, plain.stats().articles) << day;
    EXPECT_EQ(index.stats().expired, plain.stats().expired) << day;
  }
  EXPECT_GT(plain.stats().expired, 700u);
}
INSTANTIATE_TEST_SUITE_P(All, IndexDiskAtTheEdge,
                         testing::Values(std::pair{10, 15}, std::pair{20, 0}));

TEST_F(IndexDisk, MergesNoMoreThanItsMemoryIsEnoughFor) {
  // A quarter of it is for merging, 60 bytes an article: for 600 articles, and for 1,300.
  for (const auto& [memory_bytes, merges] :
       {std::pair{size_t{144'000}, false}, std::pair{size_t{312'000}, true}}) {
    SCOPED_TRACE(memory_bytes);
    fs::remove_all(folder_);
    CandidateIndex index(Options(0, memory_bytes));
    Stream stream(0);
    uint64_t event = 0;
    for (; event < 2500; ++event) {
      Stream::Tell(stream.Next(), event, index);
      if (event % 400 == 399) AwaitRuns(index, event / 500);
    }
    AwaitRuns(index, 5);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(merges ? 20 : 1);
    while (index.stats().merged_runs == 0 && std::chrono::steady_clock::now() < until) {
      index.Settle(event);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(index.stats().merged_runs > 0, merges);
    EXPECT_EQ(index.stats().problem, "");
  }
}

TEST_F(IndexDisk, GoesOnFromACheckpointAndTheEventsBehindIt) {
  for (const int64_t window_ms : {int64_t{0}, 3 * kDay}) {
    for (const bool clean : {true, false}) {
      SCOPED_TRACE(testing::Message() << window_ms << clean);
      fs::remove_all(folder_);
      IndexOptions plain_options = Options(window_ms, 0);
      plain_options.folder.clear();
      CandidateIndex plain(plain_options);
      Stream stream(window_ms);
      std::vector<Stream::Step> steps;
      constexpr uint64_t kEvents = 2500;
      {
        CandidateIndex index(Options(window_ms, 1));
        for (uint64_t event = 0; event < kEvents; ++event) {
          steps.push_back(stream.Next());
          Stream::Tell(steps.back(), event, plain);
          Stream::Tell(steps.back(), event, index);
        }
        AwaitRuns(index, 1);
        index.Stop();
        if (clean) {
          ASSERT_TRUE(index.WriteCheckpoint(kEvents).ok());
        }
      }
      CandidateIndex index(Options(window_ms, 400'000));
      std::string why;
      const std::optional<uint64_t> from = index.Restore(kEvents, &why);
      ASSERT_TRUE(from.has_value()) << why;
      if (clean) {
        EXPECT_EQ(*from, kEvents);
      } else {
        EXPECT_GT(*from, 300u);
        EXPECT_LT(*from, kEvents);
      }
      for (uint64_t event = *from; event < kEvents; ++event) {
        Stream::Tell(steps[event], event, index);
      }
      for (uint64_t event = kEvents; event < kEvents + 700; ++event) {
        const Stream::Step step = stream.Next();
        ASSERT_TRUE(
            SameHits(index.Find(step.sketch, step.options), plain.Find(step.sketch, step.options)))
            << event;
        Stream::Tell(step, event, plain);
        Stream::Tell(step, event, index);
      }
      EXPECT_EQ(index.stats().articles, plain.stats().articles);
    }
  }
}

TEST_F(IndexDisk, NoCheckpointRunsAheadOfWhatIsCommitted) {
  CandidateIndex index(Options(0, 1));
  Stream stream(0);
  for (uint64_t event = 0; event < 500; ++event) {
    const Stream::Step step = stream.Next();
    index.Add(step.id, step.sketch);
    index.Settle(event + 1);
  }
  AwaitRuns(index, 1);
  index.Stop();
  std::string why;
  EXPECT_EQ(CandidateIndex(Options(0, 1)).Restore(500, &why), std::nullopt);
  EXPECT_EQ(why, "");
}

TEST_F(IndexDisk, WhatIsDamagedOrAnothersIsMadeAgain) {
  const auto write = [&] {
    fs::remove_all(folder_);
    CandidateIndex index(Options(0, 1));
    Stream stream(0);
    for (uint64_t event = 0; event < 900; ++event) Stream::Tell(stream.Next(), event, index);
    AwaitRuns(index, 1);
    ASSERT_TRUE(index.WriteCheckpoint(900).ok());
  };
  const auto restores = [&](size_t memory_bytes) {
    CandidateIndex index(Options(0, memory_bytes));
    std::string why;
    const bool restored = index.Restore(900, &why).has_value();
    EXPECT_EQ(restored, why.empty());
    if (!restored) {
      EXPECT_EQ(index.stats().articles, 0u);
      EXPECT_TRUE(AnyRun().empty());
    }
    return restored;
  };
  for (const size_t memory_bytes : {size_t{1}, size_t{300'000}, size_t{1} << 30}) {
    SCOPED_TRACE(memory_bytes);
    write();
    EXPECT_TRUE(restores(memory_bytes));
    // A bit anywhere, in any file.
    for (const uint64_t share : {0, 5, 20, 50, 80, 99}) {
      write();
      const fs::path run = AnyRun();
      std::fstream file(run, std::ios::in | std::ios::out | std::ios::binary);
      const auto at = static_cast<std::streamoff>(fs::file_size(run) * share / 100);
      file.seekg(at);
      const int old = file.get();
      file.seekp(at);
      file.put(static_cast<char>(old ^ 4));
      file.close();
      // Between shards some bytes are of no meaning.
      if (share != 99) {
        EXPECT_FALSE(restores(memory_bytes)) << share;
      }
    }
    write();
    fs::resize_file(AnyRun(), fs::file_size(AnyRun()) / 2);
    EXPECT_FALSE(restores(memory_bytes));
    write();
    fs::remove(AnyRun());
    EXPECT_FALSE(restores(memory_bytes));
    write();
    fs::resize_file(folder_ / "index" / "manifest", 40);
    EXPECT_FALSE(restores(memory_bytes));
  }
  std::string why;
  write();
  EXPECT_EQ(CandidateIndex(Options(3 * kDay, 1)).Restore(900, &why), std::nullopt);
  write();
  EXPECT_EQ(CandidateIndex(Options(0, 1)).Restore(899, &why), std::nullopt);
  // Not ours.
  std::ofstream(folder_ / "index" / "notes.txt") << "mine";
  EXPECT_EQ(CandidateIndex(Options(0, 1)).Restore(899, &why), std::nullopt);
  EXPECT_TRUE(fs::exists(folder_ / "index" / "notes.txt"));
}

TEST_F(IndexDisk, GoesOnInMemoryWhereNothingCanBeWritten) {
  std::atomic<bool> full = true;
  IndexOptions options = Options(0, 1);
  options.has_room = [&] {
    return full ? absl::ResourceExhaustedError("no room") : absl::OkStatus();
  };
  CandidateIndex index(options);
  Stream stream(0);
  uint64_t event = 0;
  const auto tell = [&](uint64_t until) {
    for (; event < until; ++event) Stream::Tell(stream.Next(), event, index);
  };
  tell(2000);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (index.stats().problem.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(index.stats().problem, "no room");
  EXPECT_EQ(index.stats().runs, 0u);
  EXPECT_GT(index.stats().segments, 3u);
  full = false;
  tell(2500);
  AwaitRuns(index, 5);
  while (!index.stats().problem.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(index.stats().problem, "");

  // The place of the folder is taken.
  std::ofstream(folder_ / "file") << "x";
  options.folder = (folder_ / "file").string();
  CandidateIndex nowhere(options);
  std::string why;
  EXPECT_EQ(nowhere.Restore(0, &why), std::nullopt);
  for (uint64_t i = 0; i < 1500; ++i) Stream::Tell(stream.Next(), i, nowhere);
  EXPECT_GT(nowhere.stats().articles, 1000u);
  EXPECT_FALSE(nowhere.WriteCheckpoint(1500).ok());
}

TEST_F(IndexDisk, FindsBesideSealingAndAdding) {
  CandidateIndex index(Options(0, 1, 1000));
  const Sketch sketch = SketchOf(HanText(1, 300));
  index.Add(IdOf(1, 0), sketch);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (uint32_t i = 1; i < 6000; ++i) {
      index.Add(IdOf(1, i), SketchOf(HanText(i + 1, 60)), /*is_new=*/true);
      if (i % 50 == 0) index.Remove(IdOf(1, i / 2));
      index.Committed(i + 1);
      index.Settle(i + 1);
    }
    done = true;
  });
  while (!done) {
    FindState state;
    index.Post();
    const auto hits = index.Find(sketch, {}, &state);
    ASSERT_FALSE(hits.empty());
    EXPECT_EQ(hits[0].id, IdOf(1, 0));
    (void)index.FindSince(sketch, {}, state);
    EXPECT_GT(index.stats().articles, 0u);
  }
  writer.join();
}

TEST_F(IndexDisk, AnArchiveInAnyOrderIsSealedToo) {
  // Sixty segments of days side by side, none of which has a notable share; nothing is forgotten.
  constexpr int64_t kDays = 60;
  IndexOptions plain_options = Options(2 * kDay, 0);
  plain_options.folder.clear();
  CandidateIndex plain(plain_options);
  CandidateIndex index(Options(2 * kDay, 1));
  std::mt19937 random(5);
  for (uint32_t i = 0; i < 2000; ++i) {
    const int64_t time_ms = static_cast<int64_t>(random()) % (kDays * kDay / 1000) * 1000;
    const Sketch sketch = SketchOf(HanText(random() % 200, 200));
    const FindOptions options{.time_ms = time_ms, .window_ms = 2 * kDay, .max_hits = 64};
    ASSERT_TRUE(SameHits(index.Find(sketch, options), plain.Find(sketch, options))) << i;
    for (CandidateIndex* const one : {&plain, &index}) {
      one->Advance(time_ms, std::nullopt);
      one->Add(IdOf(time_ms, i), sketch, /*is_new=*/true);
      one->Committed(i + 1);
      one->Settle(i + 1);
    }
  }
  // At 400 the largest go, until the half is left: at most 400 are in memory.
  AwaitRuns(index, kDays);
  ASSERT_TRUE(index.WriteCheckpoint(2000).ok());
  const absl::StatusOr<IndexManifest> manifest = IndexFolder(Options(0, 0).folder).Read();
  ASSERT_TRUE(manifest.ok());
  size_t open = 0;
  for (const IndexManifest::Part& part : manifest->parts) {
    if (!part.sealed) open += part.dead.size();
  }
  EXPECT_LT(open, 400u);
}

TEST_F(IndexDisk, ACheckpointIsWrittenBehindWhatIsBeingWritten) {
  std::atomic<int> asked = 0;
  std::atomic<bool> written = false;
  const std::thread::id self = std::this_thread::get_id();
  IndexOptions options = Options(0, 1);
  // The thread that writes pauses in the middle of a file.
  options.has_room = [&] {
    if (std::this_thread::get_id() != self && ++asked == 5) {
      for (int i = 0; i < 50 && !written; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
    return absl::OkStatus();
  };
  {
    CandidateIndex index(options);
    Stream stream(0);
    for (uint32_t i = 0; i < 420; ++i) {
      const Stream::Step step = stream.Next();
      index.Add(step.id, step.sketch);
      index.Settle(std::nullopt);
    }
    while (asked < 5) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const absl::Status status = index.WriteCheckpoint(420);
    EXPECT_TRUE(status.ok()) << status;
    written = true;
    EXPECT_EQ(index.stats().problem, "");
  }
  std::string why;
  EXPECT_EQ(CandidateIndex(Options(0, 1)).Restore(420, &why), 420u) << why;
}

TEST_F(IndexDisk, ACheckpointCanBeAskedForAtAnyTime) {
  {
    CandidateIndex index(Options(0, 1));
    Stream stream(0);
    for (uint32_t i = 0; i < 100; ++i) {
      const Stream::Step step = stream.Next();
      index.Add(step.id, step.sketch);
      index.Settle(std::nullopt);
    }
    index.Committed(100);
    index.Checkpoint(100);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!fs::exists(folder_ / "index" / "manifest")) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  std::string why;
  EXPECT_EQ(CandidateIndex(Options(0, 1)).Restore(100, &why), 100u) << why;
}

TEST_F(IndexDisk, WhatWentBeforeASegmentWasRenumberedIsNotForgottenInItsRun) {
  // What is removed is given back at the 65th of 200; then nothing more comes to these days.
  CandidateIndex index(Options(3 * kDay, 1));
  const Sketch sketch = SketchOf(HanText(1, 300));
  for (uint32_t i = 0; i < 200; ++i) {
    index.Add(IdOf(kDay, i), i == 0 ? sketch : SketchOf(HanText(1000 + i, 100)), /*is_new=*/true);
  }
  FindState state;
  const FindOptions options{.time_ms = kDay, .window_ms = 1000, .max_hits = 16};
  ASSERT_EQ(index.Find(sketch, options, &state).size(), 1u);
  for (uint32_t i = 0; i < 65; ++i) ASSERT_TRUE(index.Remove(IdOf(kDay, i)));
  for (uint32_t i = 0; i < 300; ++i) {
    index.Add(IdOf(4 * kDay, i), SketchOf(HanText(2000 + i, 100)), /*is_new=*/true);
    index.Settle(i + 1);
  }
  AwaitRuns(index, 2);
  EXPECT_FALSE(index.FindSince(sketch, options, state).has_value());
  EXPECT_TRUE(index.Find(sketch, options, &state).empty());
}

}  // namespace
}  // namespace wirefold
