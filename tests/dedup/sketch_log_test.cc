#include "lib/dedup/sketch_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;

Ulid IdOf(uint64_t n) { return Ulid::Make(static_cast<int64_t>(n), Hash128{n, n}); }
// Of nothing that others have.
Sketch SketchOf(uint64_t n) {
  return MakeSketch(MakeShingles(HanText(static_cast<uint32_t>(1'000 + n), 300)));
}
// What is asked about, which has nothing in common with those.
const Sketch& Sought() {
  static const Sketch sketch = MakeSketch(MakeShingles(HanText(7, 300)));
  return sketch;
}

class SketchLogTest : public testing::Test {
 protected:
  using Changes = std::set<uint64_t>;

  SketchLogTest()
      : folder_(fs::temp_directory_path() / ("wirefold-sketches-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
  }
  ~SketchLogTest() override { fs::remove_all(folder_); }

  std::unique_ptr<SketchLog> Make() { return std::make_unique<SketchLog>(folder_.string(), room_); }
  static void Add(SketchLog& log, uint64_t first, uint64_t end) {
    for (uint64_t n = first; n < end; ++n) {
      log.Append(n, IdOf(n), SketchOf(n), static_cast<int64_t>(n));
    }
  }
  // The same articles, of the text that is asked about.
  static void AddLike(SketchLog& log, uint64_t first, uint64_t end) {
    for (uint64_t n = first; n < end; ++n) {
      log.Append(n, IdOf(n), Sought(), static_cast<int64_t>(n));
    }
  }
  // Of which of these changes that is the answer.
  static Changes Answered(const SketchLog& log, CoarseAnswer answer, uint64_t first, uint64_t end) {
    std::vector<SketchLog::Asked> asked;
    for (uint64_t n = first; n < end; ++n) asked.push_back({IdOf(n), n});
    log.Ask(CoarseProbe(Sought()), asked);
    Changes answered;
    for (const SketchLog::Asked& one : asked) {
      if (one.answer == answer) answered.insert(one.change);
    }
    return answered;
  }
  static Changes Unlike(const SketchLog& log, uint64_t first, uint64_t end) {
    return Answered(log, CoarseAnswer::kTooLittle, first, end);
  }
  static Changes Like(const SketchLog& log, uint64_t first, uint64_t end) {
    return Answered(log, CoarseAnswer::kPerhaps, first, end);
  }
  static Changes Range(uint64_t first, uint64_t end) {
    Changes range;
    for (uint64_t n = first; n < end; ++n) range.insert(n);
    return range;
  }
  // As a checkpoint at this change has them.
  static std::vector<SketchLog::Era> ErasAt(const SketchLog& log, uint64_t next_change) {
    std::vector<SketchLog::Era> eras = log.Eras();
    for (SketchLog::Era& era : eras) era.end = std::min(era.end, next_change);
    return eras;
  }
  std::vector<fs::path> Files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }
  // The changes that the files begin with.
  Changes Firsts() const {
    Changes firsts;
    for (const fs::path& file : Files()) firsts.insert(std::stoull(file.filename().string()));
    return firsts;
  }

  const fs::path folder_;
  std::function<absl::Status()> room_;
};

TEST_F(SketchLogTest, TellsWhatSharesTooLittle) {
  const auto log = Make();
  Add(*log, 1, 60);
  AddLike(*log, 60, 70);
  EXPECT_EQ(Unlike(*log, 1, 100), Range(1, 60));
  EXPECT_EQ(Like(*log, 1, 100), Range(60, 70));
}

TEST_F(SketchLogTest, TakesNothingForAnother) {
  const auto log = Make();
  Add(*log, 1, 60);
  log->Append(100, IdOf(20), Sought(), 0);
  std::vector<SketchLog::Asked> asked = {
      {IdOf(20), 20}, {IdOf(21), 20}, {IdOf(20), 21}, {IdOf(20), 100}, {IdOf(20), 200}};
  asked[4].answer = CoarseAnswer::kTooLittle;  // of another probe
  log->Ask(CoarseProbe(Sought()), asked);
  EXPECT_EQ(asked[0].answer, CoarseAnswer::kTooLittle);
  EXPECT_EQ(asked[1].answer, CoarseAnswer::kUnknown);
  EXPECT_EQ(asked[2].answer, CoarseAnswer::kUnknown);
  EXPECT_EQ(asked[3].answer, CoarseAnswer::kPerhaps);
  EXPECT_EQ(asked[4].answer, CoarseAnswer::kUnknown);
}

TEST_F(SketchLogTest, TellsTheSameBeforeAndAfterItIsWritten) {
  constexpr uint64_t kMany = 5'000;
  const auto log = Make();
  Add(*log, 1, kMany);
  ASSERT_GT(log->disk_bytes(), 2 * SketchLog::kBufferBytes);
  EXPECT_LT(log->memory_bytes(), 4 * SketchLog::kBufferBytes);
  EXPECT_EQ(Unlike(*log, 1, kMany), Range(1, kMany));
  log->Close();
  EXPECT_EQ(Unlike(*log, 1, kMany), Range(1, kMany));
  ASSERT_EQ(Files().size(), 1u);
  EXPECT_EQ(log->disk_bytes() + 4 * (kMany / 16 + 2) + 32, fs::file_size(Files().front()));
  Add(*log, kMany, kMany + 20);
  EXPECT_TRUE(Unlike(*log, kMany, kMany + 20).empty()) << "closed";
}

TEST_F(SketchLogTest, GoesOnAfterACleanEnd) {
  for (const uint64_t next : {uint64_t{100}, uint64_t{112}, uint64_t{73}, uint64_t{300}}) {
    SCOPED_TRACE(next);
    const Changes kept = Range(1, std::min<uint64_t>(next, 100));
    std::vector<SketchLog::Era> eras;
    {
      const auto log = Make();
      log->Clear();
      Add(*log, 1, 100);
      eras = ErasAt(*log, next);
      log->Close();
    }
    for (int starts = 0; starts < 3; ++starts) {
      const auto log = Make();
      log->Restore(eras);
      EXPECT_EQ(Unlike(*log, 1, 400), kept);
      eras = ErasAt(*log, next);
      log->Close();
    }
    {
      // What came behind the checkpoint comes again, with other texts.
      const auto log = Make();
      log->Restore(eras);
      AddLike(*log, next, next + 50);
      EXPECT_EQ(Unlike(*log, 1, 400), kept);
      EXPECT_EQ(Like(*log, 1, 400), Range(next, next + 50));
      eras = ErasAt(*log, next + 50);
      log->Close();
    }
    const auto log = Make();
    log->Restore(eras);
    EXPECT_EQ(Unlike(*log, 1, 400), kept);
    EXPECT_EQ(Like(*log, 1, 400), Range(next, next + 50));
    EXPECT_EQ(Firsts(), (Changes{1, next}));
    EXPECT_EQ(log->Eras().size(), 3u);
  }
}

TEST_F(SketchLogTest, AfterACrashHasWhatWasWrittenBeforeTheCheckpoint) {
  constexpr uint64_t kMany = 5'000;
  std::vector<SketchLog::Era> eras;
  {
    const auto log = Make();
    log->Clear();
    Add(*log, 1, kMany);
    eras = ErasAt(*log, 2'000);
  }  // without Close
  {
    const auto log = Make();
    log->Restore(eras);
    EXPECT_EQ(Unlike(*log, 1, kMany), Range(1, 2'000));
    AddLike(*log, 2'000, kMany);
    EXPECT_EQ(Unlike(*log, 1, kMany), Range(1, 2'000));
    EXPECT_EQ(Like(*log, 1, kMany), Range(2'000, kMany));
  }
  {
    // Before there was another checkpoint: once more from the first.
    const auto log = Make();
    log->Restore(eras);
    EXPECT_EQ(Unlike(*log, 1, kMany), Range(1, 2'000));
    EXPECT_TRUE(Like(*log, 1, kMany).empty());
    AddLike(*log, 2'000, kMany);
    eras = ErasAt(*log, kMany);
  }
  const auto log = Make();
  log->Restore(eras);
  EXPECT_EQ(Unlike(*log, 1, kMany), Range(1, 2'000));
  const Changes like = Like(*log, 1, kMany);
  EXPECT_GT(like.size(), 1'000u);
  EXPECT_EQ(like, Range(2'000, *like.rbegin() + 1));
  EXPECT_LT(*like.rbegin() + 1, kMany) << "its end was not written";
}

TEST_F(SketchLogTest, BelievesNothingOfAnotherEra) {
  std::vector<fs::path> old;
  {
    const auto log = Make();
    log->Clear();
    Add(*log, 1, 3'000);
    log->Close();
    old = Files();
  }
  ASSERT_EQ(old.size(), 1u);
  const fs::path aside = folder_.string() + "-aside";
  fs::copy_file(old[0], aside, fs::copy_options::overwrite_existing);
  std::vector<SketchLog::Era> eras;
  {
    const auto log = Make();
    log->Clear();
    EXPECT_TRUE(Files().empty());
    AddLike(*log, 1, 3'000);
    eras = ErasAt(*log, 3'000);
    log->Close();
  }
  // As if it could not be deleted; and with the bytes of the one under the other's name.
  fs::copy_file(aside, old[0]);
  {
    const auto log = Make();
    log->Restore(eras);
    EXPECT_EQ(Like(*log, 1, 3'000), Range(1, 3'000));
    EXPECT_EQ(Files().size(), 1u) << "it goes";
  }
  fs::copy_file(aside, Files().front(), fs::copy_options::overwrite_existing);
  const auto log = Make();
  log->Restore(eras);
  EXPECT_EQ(Answered(*log, CoarseAnswer::kUnknown, 1, 3'000), Range(1, 3'000));
  fs::remove(aside);
}

TEST_F(SketchLogTest, PassesOverWhatIsDamaged) {
  constexpr uint64_t kMany = 200;
  std::vector<SketchLog::Era> eras;
  {
    const auto log = Make();
    log->Clear();
    AddLike(*log, 1, kMany);
    eras = ErasAt(*log, kMany);
    log->Close();
  }
  const fs::path path = Files().front();
  const auto size = static_cast<std::streamoff>(fs::file_size(path));
  const auto flip = [&](std::streamoff at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 0x55));
  };
  for (std::streamoff at = 0; at < size; at += 7) {
    SCOPED_TRACE(at);
    flip(at);
    const auto log = Make();
    log->Restore(eras);
    EXPECT_TRUE(Unlike(*log, 1, kMany).empty());
    EXPECT_GE(Like(*log, 1, kMany).size(), kMany - 1 - SketchLog::kGroup);
    flip(at);
  }
  // Cut off: what is in front is there.
  for (const int part : {3, 2}) {
    fs::resize_file(path, static_cast<uintmax_t>(size) * part / 4);
    const auto log = Make();
    log->Restore(eras);
    const Changes like = Like(*log, 1, kMany);
    ASSERT_FALSE(like.empty());
    EXPECT_EQ(like, Range(1, *like.rbegin() + 1));
    EXPECT_GT(like.size(), kMany * (part - 1) / 4);
  }
}

TEST_F(SketchLogTest, KeepsNothingThatThereIsNoRoomFor) {
  bool has_room = true;
  room_ = [&] { return has_room ? absl::OkStatus() : absl::ResourceExhaustedError("full"); };
  const auto log = Make();
  Add(*log, 1, 3'000);
  const uint64_t before = log->disk_bytes();
  ASSERT_GT(before, 0u);
  has_room = false;
  Add(*log, 3'000, 6'000);
  EXPECT_EQ(log->disk_bytes(), before);
  has_room = true;
  const uint64_t again = 200'000;
  Add(*log, again, again + 2'000);
  const Changes unlike = Unlike(*log, 1, 6'000);
  EXPECT_EQ(unlike, Range(1, *unlike.rbegin() + 1));
  EXPECT_GT(unlike.size(), 900u);
  EXPECT_EQ(Unlike(*log, again, again + 2'000), Range(again, again + 2'000));
  const std::vector<SketchLog::Era> eras = ErasAt(*log, again + 2'000);
  log->Close();
  const auto later = Make();
  later->Restore(eras);
  EXPECT_EQ(Unlike(*later, 1, 6'000), unlike);
  EXPECT_EQ(Unlike(*later, again, again + 2'000), Range(again, again + 2'000));
}

TEST_F(SketchLogTest, NeedsNoFolderThatCanBeWrittenTo) {
  std::ofstream(folder_.string()) << "a file";
  const auto log = Make();
  log->Clear();
  Add(*log, 5, 50);
  EXPECT_TRUE(Unlike(*log, 1, 50).empty());
  log->Close();
  SketchLog none("", {});
  none.Clear();
  Add(none, 5, 50);
  EXPECT_TRUE(Unlike(none, 1, 50).empty());
  none.Close();
}

// The folder goes while it grows: what is open is written to, and no file can be made.
TEST_F(SketchLogTest, LosesItsFolder) {
  const auto log = Make();
  Add(*log, 1, 2'000);
  fs::remove_all(folder_);
  std::ofstream(folder_.string()) << "a file";
  const uint64_t second = 2 * SketchLog::kFileChanges;
  Add(*log, second, second + 2'000);
  EXPECT_EQ(Unlike(*log, 1, 2'000), Range(1, 2'000));
  EXPECT_TRUE(Unlike(*log, second, second + 2'000).empty());
  fs::remove(folder_);
  Add(*log, 2 * second, 2 * second + 100);
  EXPECT_EQ(Unlike(*log, 2 * second, 2 * second + 100).size(), 100u);
  log->Close();
}

TEST_F(SketchLogTest, LetsFilesGoThatTheWindowHasLeft) {
  const uint64_t second = SketchLog::kFileChanges + 3 * SketchLog::kGroup + 5;
  const uint64_t third = second + SketchLog::kFileChanges;
  const auto log = Make();
  Add(*log, 1, 40);
  Add(*log, second, second + 40);
  Add(*log, third, third + 40);
  EXPECT_EQ(Firsts(), (Changes{1, second, third}));
  log->Forget(39);
  log->Sweep();
  EXPECT_EQ(Firsts().size(), 3u);
  log->Forget(40);
  EXPECT_TRUE(Unlike(*log, 1, 40).empty());
  EXPECT_EQ(Firsts().size(), 3u);
  log->Sweep();
  EXPECT_EQ(Firsts(), (Changes{second, third}));
  EXPECT_EQ(Unlike(*log, second, second + 40).size(), 40u);
  const std::vector<SketchLog::Era> eras = ErasAt(*log, third + 40);
  log->Close();
  const auto later = Make();
  later->Restore(eras);
  EXPECT_EQ(Unlike(*later, second, second + 40).size(), 40u);
  EXPECT_EQ(Unlike(*later, third, third + 40).size(), 40u);
  AddLike(*later, third + 40, third + 41);
  // The one that is appended to stays, and eras without files are not needed.
  EXPECT_EQ(later->Eras().size(), 2u);
  later->Forget(static_cast<int64_t>(2 * third));
  later->Sweep();
  EXPECT_EQ(Firsts(), Changes{third + 40});
  EXPECT_EQ(Like(*later, third, third + 100), Changes{third + 40});
  EXPECT_EQ(later->Eras().size(), 1u);
}

TEST_F(SketchLogTest, ClearsItsOwnFilesAlone) {
  {
    const auto log = Make();
    Add(*log, 1, 40);
    log->Close();
  }
  std::ofstream(folder_ / "notes.sketches") << "somebody's";
  std::ofstream(folder_ / "01-00000000000000ff.sketches") << "somebody's";
  std::ofstream(folder_ / "5.run") << "the index's";
  const auto log = Make();
  log->Clear();
  EXPECT_EQ(Files().size(), 3u);
  EXPECT_TRUE(Unlike(*log, 1, 40).empty());
}

TEST_F(SketchLogTest, IsReadWhileItGrowsAndFilesGo) {
  constexpr uint64_t kMany = 12'000;
  constexpr uint64_t kStep = 500;  // so that files become full
  const auto log = Make();
  std::vector<Sketch> sketches;
  for (uint64_t n = 0; n < 64; ++n) sketches.push_back(SketchOf(n));
  std::atomic<uint64_t> next = 1;
  std::thread adds([&] {
    for (uint64_t n = 1; n < kMany; ++n) {
      log->Append(n * kStep, IdOf(n * kStep), sketches[n % sketches.size()],
                  static_cast<int64_t>(n));
      if (n % 1'000 == 0) log->Forget(static_cast<int64_t>(n) - 4'000);
      next = n + 1;
    }
  });
  std::thread sweeps([&] {
    while (next < kMany) log->Sweep();
  });
  bool is_over = false;
  do {
    is_over = next == kMany;
    const uint64_t end = next;
    const uint64_t first = end > 300 ? end - 300 : 1;
    std::vector<SketchLog::Asked> asked;
    for (uint64_t n = first; n < end; ++n) asked.push_back({IdOf(n * kStep), n * kStep});
    log->Ask(CoarseProbe(Sought()), asked);
    for (const SketchLog::Asked& one : asked) {
      ASSERT_EQ(one.answer, CoarseAnswer::kTooLittle) << one.change << " of " << end;
    }
  } while (!is_over);
  adds.join();
  sweeps.join();
  log->Sweep();
  EXPECT_GT(Firsts().size(), 1u);
  EXPECT_FALSE(Firsts().contains(kStep)) << "the first has gone";
}

}  // namespace
}  // namespace wirefold
