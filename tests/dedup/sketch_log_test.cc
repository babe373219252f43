#include "lib/dedup/sketch_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;

Ulid IdOf(uint64_t n) { return Ulid::Make(static_cast<int64_t>(n), Hash128{n, n}); }
// Of nothing that others have.
Sketch SketchOf(uint64_t n) {
  return MakeSketch(MakeShingles(HanText(static_cast<uint32_t>(1'000 + n), 300)));
}

class SketchLogTest : public testing::Test {
 protected:
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
  // Which of these changes are marked by something that has nothing in common with any.
  static std::set<uint64_t> Marked(const SketchLog& log, uint64_t first, uint64_t end) {
    std::vector<SketchLog::Asked> asked;
    for (uint64_t n = first; n < end; ++n) asked.push_back({IdOf(n), n});
    log.Ask(CoarseProbe(MakeSketch(MakeShingles(HanText(7, 300)))), asked);
    std::set<uint64_t> marked;
    for (const SketchLog::Asked& one : asked) {
      if (one.answer == CoarseAnswer::kTooLittle) marked.insert(one.change);
    }
    return marked;
  }
  static std::set<uint64_t> Range(uint64_t first, uint64_t end) {
    std::set<uint64_t> range;
    for (uint64_t n = first; n < end; ++n) range.insert(n);
    return range;
  }
  std::set<std::string> Files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
  fs::path FileOf(uint64_t change) const { return folder_ / (std::to_string(change) + ".sketches"); }

  const fs::path folder_;
  std::function<absl::Status()> room_;
};

TEST_F(SketchLogTest, MarksWhatSharesTooLittleAndNothingElse) {
  const auto log = Make();
  Add(*log, 1, 60);
  EXPECT_EQ(Marked(*log, 1, 60), Range(1, 60));
  EXPECT_TRUE(Marked(*log, 60, 100).empty());
  // Its own text is like it.
  std::vector<SketchLog::Asked> asked = {{IdOf(20), 20}, {IdOf(21), 21}};
  log->Ask(CoarseProbe(SketchOf(20)), asked);
  EXPECT_EQ(asked[0].answer, CoarseAnswer::kPerhaps);
  EXPECT_EQ(asked[1].answer, CoarseAnswer::kTooLittle);
}

TEST_F(SketchLogTest, TakesNothingForAnother) {
  const auto log = Make();
  Add(*log, 1, 60);
  std::vector<SketchLog::Asked> asked = {{IdOf(20), 20}, {IdOf(21), 20}, {IdOf(20), 21}};
  log->Ask(CoarseProbe(MakeSketch(MakeShingles(HanText(7, 300)))), asked);
  EXPECT_EQ(asked[0].answer, CoarseAnswer::kTooLittle);
  EXPECT_EQ(asked[1].answer, CoarseAnswer::kUnknown);
  EXPECT_EQ(asked[2].answer, CoarseAnswer::kUnknown);
}

TEST_F(SketchLogTest, MarksTheSameBeforeAndAfterItIsWritten) {
  constexpr uint64_t kMany = 5'000;
  const auto log = Make();
  Add(*log, 1, kMany);
  ASSERT_GT(log->disk_bytes(), 2 * SketchLog::kBufferBytes);
  EXPECT_LT(log->memory_bytes(), 4 * SketchLog::kBufferBytes);
  EXPECT_EQ(Marked(*log, 1, kMany), Range(1, kMany));
  log->Close();
  EXPECT_EQ(Marked(*log, 1, kMany), Range(1, kMany));
  EXPECT_EQ(log->disk_bytes() + 4 * (kMany / 16 + 2) + 32, fs::file_size(FileOf(0)));
  Add(*log, kMany, kMany + 20);
  EXPECT_TRUE(Marked(*log, kMany, kMany + 20).empty()) << "closed";
}

TEST_F(SketchLogTest, GoesOnAfterACleanEnd) {
  for (const uint64_t next : {uint64_t{100}, uint64_t{112}, uint64_t{73}, uint64_t{300}}) {
    SCOPED_TRACE(next);
    {
      const auto log = Make();
      log->Clear();
      Add(*log, 1, 100);
      log->Close();
    }
    for (int starts = 0; starts < 3; ++starts) {
      const auto log = Make();
      log->Restore(next);
      EXPECT_EQ(Marked(*log, 1, 400), Range(1, std::min<uint64_t>(next, 100)));
      log->Close();
    }
    {
      const auto log = Make();
      log->Restore(next);
      Add(*log, next, next + 50);
      std::set<uint64_t> all = Range(1, std::min<uint64_t>(next, 100));
      all.merge(Range(next, next + 50));
      EXPECT_EQ(Marked(*log, 1, 400), all);
      log->Close();
    }
    const auto log = Make();
    log->Restore(next + 50);
    EXPECT_EQ(Marked(*log, 1, 400).size(), std::min<uint64_t>(next, 100) - 1 + 50);
    EXPECT_EQ(Files(), std::set<std::string>{"0.sketches"});
  }
}

TEST_F(SketchLogTest, AfterACrashHasWhatWasWritten) {
  constexpr uint64_t kMany = 5'000;
  std::set<uint64_t> written;
  {
    const auto log = Make();
    Add(*log, 1, kMany);
  }  // without Close
  {
    const auto log = Make();
    log->Restore(kMany);
    written = Marked(*log, 1, kMany);
    EXPECT_GT(written.size(), 3'000u);
    EXPECT_LT(written.size(), kMany - 1);
    EXPECT_EQ(written, Range(1, *written.rbegin() + 1));
    // What a crash takes back comes again, and not as it was.
    Add(*log, kMany, kMany + 1'500);
  }
  const auto log = Make();
  log->Restore(2'000);
  EXPECT_EQ(Marked(*log, 1, kMany), Range(1, 2'000));
  log->Append(2'000, IdOf(9'999), SketchOf(9'999), 2'000);
  EXPECT_EQ(Marked(*log, 1, kMany), Range(1, 2'000));
}

TEST_F(SketchLogTest, PassesOverWhatIsDamaged) {
  constexpr uint64_t kMany = 3'000;
  {
    const auto log = Make();
    Add(*log, 1, kMany);
    log->Close();
  }
  const auto size = static_cast<std::streamoff>(fs::file_size(FileOf(0)));
  // In the groups, in the directory, in what is behind it; each leaves something, or nothing.
  for (const std::streamoff at :
       {std::streamoff{5}, std::streamoff{30}, std::streamoff{100}, size / 2, size - 100, size - 5}) {
    SCOPED_TRACE(at);
    const fs::path copy = folder_ / "kept";
    fs::copy_file(FileOf(0), copy, fs::copy_options::overwrite_existing);
    {
      std::fstream file(FileOf(0), std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(at);
      const char byte = static_cast<char>(file.get());
      file.seekp(at);
      file.put(static_cast<char>(byte ^ 0x55));
    }
    {
      const auto log = Make();
      log->Restore(kMany);
      const std::set<uint64_t> marked = Marked(*log, 1, kMany);
      EXPECT_GE(marked.size(), kMany - 1 - SketchLog::kGroup);
    }
    fs::copy_file(copy, FileOf(0), fs::copy_options::overwrite_existing);
    fs::remove(copy);
  }
  // Cut off: what is in front is there.
  fs::resize_file(FileOf(0), static_cast<uintmax_t>(size) / 2);
  const auto log = Make();
  log->Restore(kMany);
  const std::set<uint64_t> marked = Marked(*log, 1, kMany);
  EXPECT_EQ(marked, Range(1, *marked.rbegin() + 1));
  EXPECT_GT(marked.size(), kMany / 3);
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
  const std::set<uint64_t> marked = Marked(*log, 1, 6'000);
  EXPECT_EQ(marked, Range(1, *marked.rbegin() + 1));
  EXPECT_GT(marked.size(), 900u);
  EXPECT_EQ(Marked(*log, again, again + 2'000), Range(again, again + 2'000));
  log->Close();
  const auto later = Make();
  later->Restore(again + 2'000);
  EXPECT_EQ(Marked(*later, 1, 6'000), marked);
  EXPECT_EQ(Marked(*later, again, again + 2'000), Range(again, again + 2'000));
}

TEST_F(SketchLogTest, NeedsNoFolderThatCanBeWrittenTo) {
  std::ofstream(folder_.string()) << "a file";
  const auto log = Make();
  log->Restore(5);
  Add(*log, 5, 50);
  EXPECT_TRUE(Marked(*log, 1, 50).empty());
  log->Close();
  SketchLog none("", {});
  none.Restore(5);
  Add(none, 5, 50);
  EXPECT_TRUE(Marked(none, 1, 50).empty());
  none.Clear();
  none.Close();
}

TEST_F(SketchLogTest, LetsFilesGoThatTheWindowHasLeft) {
  const uint64_t second = SketchLog::kFileChanges + 3 * SketchLog::kGroup;
  const uint64_t third = second + SketchLog::kFileChanges;
  const auto log = Make();
  Add(*log, 1, 40);
  Add(*log, second, second + 40);
  Add(*log, third, third + 40);
  const std::string names[] = {"0.sketches", std::to_string(second) + ".sketches",
                               std::to_string(third) + ".sketches"};
  EXPECT_EQ(Files(), (std::set<std::string>{names[0], names[1], names[2]}));
  log->Forget(39);
  EXPECT_EQ(Files().size(), 3u);
  log->Forget(40);
  EXPECT_EQ(Files(), (std::set<std::string>{names[1], names[2]}));
  EXPECT_TRUE(Marked(*log, 1, 40).empty());
  EXPECT_EQ(Marked(*log, second, second + 40).size(), 40u);
  log->Close();
  const auto later = Make();
  later->Restore(third + 40);
  EXPECT_EQ(Marked(*later, second, second + 40).size(), 40u);
  EXPECT_EQ(Marked(*later, third, third + 40).size(), 40u);
  // The one that is appended to stays.
  later->Forget(static_cast<int64_t>(2 * third));
  EXPECT_EQ(Files(), std::set<std::string>{names[2]});
  EXPECT_EQ(Marked(*later, third, third + 40).size(), 40u);
}

TEST_F(SketchLogTest, ClearsItsOwnFilesAlone) {
  {
    const auto log = Make();
    Add(*log, 1, 40);
    log->Close();
  }
  std::ofstream(folder_ / "notes.sketches") << "somebody's";
  std::ofstream(folder_ / "5.run") << "the index's";
  const auto log = Make();
  log->Clear();
  EXPECT_EQ(Files(), (std::set<std::string>{"notes.sketches", "5.run"}));
  EXPECT_TRUE(Marked(*log, 1, 40).empty());
}

TEST_F(SketchLogTest, IsReadWhileItGrows) {
  constexpr uint64_t kMany = 8'000;
  const auto log = Make();
  std::vector<Sketch> sketches;
  for (uint64_t n = 0; n < 64; ++n) sketches.push_back(SketchOf(n));
  std::atomic<uint64_t> next = 1;
  std::thread adds([&] {
    for (uint64_t n = 1; n < kMany; ++n) {
      log->Append(n, IdOf(n), sketches[n % sketches.size()], 0);
      next = n + 1;
    }
  });
  while (next < kMany) {
    const uint64_t end = next;
    const uint64_t first = end > 300 ? end - 300 : 1;
    EXPECT_EQ(Marked(*log, first, end), Range(first, end));
  }
  adds.join();
}

}  // namespace
}  // namespace wirefold
