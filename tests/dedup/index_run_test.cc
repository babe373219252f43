// Runs of the candidate index by themselves: what lies in memory of them, and several as one.
#include "lib/dedup/index_run.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

namespace wirefold {
namespace {

namespace fs = std::filesystem;
using Postings = std::set<std::pair<uint64_t, uint32_t>>;  // key, entry

absl::Status GoOn() { return absl::OkStatus(); }
Ulid IdOf(uint32_t n) { return Ulid::Make(1'000 + n, Hash128{n, n}); }

class IndexRunTest : public testing::Test {
 protected:
  IndexRunTest()
      : folder_(fs::temp_directory_path() / ("wirefold-run-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~IndexRunTest() override { fs::remove_all(folder_); }

  static constexpr uint32_t kCrowdedBand = 0;
  static constexpr uint32_t kCrowdedAnchor = 1;
  static uint64_t KeyOf(uint32_t value) {
    return PostingTable::KeyOf(
        value == kCrowdedBand ? PostingTable::Kind::kBand : PostingTable::Kind::kAnchor, value);
  }

  // Articles from `first` on, in a file; their keys are drawn from few, and kCrowdedBand and
  // kCrowdedAnchor are of as many as a segment keeps of a band.
  std::string WriteRun(uint32_t first, uint32_t articles, Postings& postings) {
    IndexSegment segment;
    std::mt19937 random(first);
    for (uint32_t i = 0; i < articles; ++i) {
      const uint32_t entry = segment.Add(IdOf(first + i), first + i + 1, {});
      std::set<uint32_t> values{kCrowdedBand, kCrowdedAnchor};
      while (values.size() < 30) values.insert(random() % 20'000);
      for (const uint32_t value : values) {
        const uint64_t key = KeyOf(value);
        segment.PrefetchPosting(key);
        segment.Post(entry, key, /*is_band=*/true);
      }
    }
    for (size_t s = 0; s < PostingTable::kShards; ++s) {
      PostingTable::ForAll(segment.postings().shards()[s], [&](uint32_t rest, uint32_t entry) {
        postings.emplace(uint64_t{s} << ShardShape::kRestBits | rest, entry);
      });
    }
    segment.Seal();
    const std::string path = (folder_ / (std::to_string(first) + ".run")).string();
    EXPECT_TRUE(IndexRun::Write(path, segment, /*part_key=*/7, GoOn).ok());
    return path;
  }
  static Postings AllOf(const IndexRun& run, const Postings& like) {
    std::set<uint64_t> distinct{PostingTable::KeyOf(PostingTable::Kind::kBand, 1)};  // of none
    for (const auto& [key, entry] : like) distinct.insert(key);
    const std::vector<uint64_t> keys(distinct.begin(), distinct.end());
    std::vector<uint32_t> sought(keys.size());
    for (uint32_t i = 0; i < sought.size(); ++i) sought[i] = i;
    Postings found;
    run.Visit(keys, sought, [&](uint32_t which, uint32_t entry) {
      EXPECT_TRUE(found.emplace(keys[which], entry).second);
      return true;
    });
    return found;
  }

  const fs::path folder_;
};

TEST_F(IndexRunTest, AnswersTheSameWhateverOfItLiesInMemory) {
  Postings postings;
  const std::string path = WriteRun(0, 3000, postings);
  size_t before = 0;
  std::shared_ptr<IndexRun> run;
  for (const IndexRun::Residency residency :
       {IndexRun::Residency{0, false}, {0, true}, {9, true}, {31, true}, IndexRun::kWhole}) {
    SCOPED_TRACE(residency.shards);
    const std::shared_ptr<IndexRun> opened = IndexRun::Open(path, residency).value();
    run = run == nullptr ? opened : run->With(residency).value();
    for (const auto& one : {opened, run}) {
      EXPECT_EQ(one->residency(), residency);
      EXPECT_EQ(AllOf(*one, postings), postings);
      EXPECT_EQ(one->in_memory(), residency == IndexRun::kWhole);
      EXPECT_GT(one->memory_bytes(), before);
      EXPECT_EQ(one->EntryAt(2999)->id, IdOf(2999));
      EXPECT_EQ(one->NumberOf(IdOf(17)), 17U);
      EXPECT_EQ(one->NumberOf(IdOf(3000)), std::nullopt);
    }
    before = run->memory_bytes();
  }
  const std::shared_ptr<IndexRun> less = run->With({3, true}).value();
  less->Kill(17);
  EXPECT_FALSE(run->IsLive(17));
  EXPECT_EQ(run->NumberOf(IdOf(17)), std::nullopt);
  EXPECT_EQ(AllOf(*less, postings), postings);
  EXPECT_LT(less->memory_bytes(), run->memory_bytes());
}

TEST_F(IndexRunTest, SeveralBecomeOneWithoutThePostingsOfTheDead) {
  Postings postings;
  Postings more;
  const std::string first = WriteRun(0, 2000, postings);
  const std::string second = WriteRun(50'000, 500, more);
  const std::vector<std::shared_ptr<IndexRun>> runs{
      IndexRun::Open(first, {5, true}).value(), IndexRun::Open(second, IndexRun::kWhole).value()};
  for (const uint32_t gone : {3U, 1999U}) runs[0]->Kill(gone);
  runs[1]->Kill(0);
  Postings expected;
  for (const auto& [key, entry] : postings) {
    if (entry != 3 && entry != 1999) expected.emplace(key, entry);
  }
  for (const auto& [key, entry] : more) {
    if (entry != 0) expected.emplace(key, entry + 2000);
  }
  // 93 are left of either crowded key. Of anchors as many say nothing, so the oldest go.
  const auto anchors = [&] { return expected.lower_bound({KeyOf(kCrowdedAnchor), 0}); };
  const auto count = [&](uint32_t value) {
    return std::ranges::count_if(expected,
                                 [&](const auto& one) { return one.first == KeyOf(value); });
  };
  ASSERT_GT(count(kCrowdedBand), 90);
  while (count(kCrowdedAnchor) > 64) expected.erase(anchors());
  const std::string path = (folder_ / "merged.run").string();
  ASSERT_TRUE(IndexRun::Merge(path, runs, GoOn).ok());
  const std::shared_ptr<IndexRun> merged = IndexRun::Open(path, {8, true}).value();
  EXPECT_EQ(AllOf(*merged, expected), expected);
  EXPECT_EQ(merged->header().entries, 2500U);
  EXPECT_EQ(merged->header().part_key, 7);
  EXPECT_EQ(merged->header().first_ms, 1'000);
  EXPECT_EQ(merged->header().last_ms, 1'000 + 50'499);
  EXPECT_EQ(merged->header().last_change, 50'500U);
  EXPECT_EQ(merged->EntryAt(2001)->id, IdOf(50'001));
  EXPECT_EQ(merged->NumberOf(IdOf(50'499)), 2499U);
  EXPECT_EQ(merged->live(), 2500U);  // what died is told by whoever puts it in their place
  EXPECT_TRUE(IndexRun::ReadTables(path).ok());
}

TEST_F(IndexRunTest, WhatCanNotBeReadBecomesNoRun) {
  Postings postings;
  const std::string path = WriteRun(0, 1000, postings);
  const auto run = IndexRun::Open(path, {0, true}).value();
  const uint64_t damaged = run->header().shards[20].offset + 5;
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(damaged));
    file.put('!');
  }
  const std::string merged = (folder_ / "merged.run").string();
  EXPECT_TRUE(absl::IsDataLoss(IndexRun::Merge(merged, std::vector{run, run}, GoOn)));
  EXPECT_FALSE(fs::exists(merged));
  EXPECT_TRUE(absl::IsDataLoss(run->With({21, true}).status()));
  EXPECT_TRUE(run->With({20, true}).ok());
  EXPECT_TRUE(absl::IsDataLoss(IndexRun::Open(path, {}).status()));
  const auto stopped = [] { return absl::CancelledError(); };
  EXPECT_TRUE(absl::IsCancelled(IndexRun::Merge(merged, std::vector{run, run}, stopped)));
  EXPECT_FALSE(fs::exists(merged));
}

}  // namespace
}  // namespace wirefold
