// When dictionaries are trained, and when not.
#include "lib/pipeline/raw_keeper.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/reason.h"
#include "tests/store/raw_samples.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::OpenOrDie;
using testing::OptionsFor;
using testing::RawOf;
using testing::RawSample;

constexpr size_t kWindow = size_t{128} << 10;

class RawKeeperTest : public ::testing::Test {
 protected:
  // Packs files until `holds`; false if it doesn't within a minute.
  bool FeedUntil(RawKeeper& keeper, const std::function<std::string(int)>& file,
                 const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (int i = 0; std::chrono::steady_clock::now() < end; ++i) {
      EXPECT_TRUE(keeper.Pack(RawOf(file(i)), packer_).ok());
      if (i % 50 == 0 && holds()) return true;
      // Trained beside: it needs some time too.
      if (i % 500 == 499) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  // Some windows of files, with time to train after each.
  void FeedSome(RawKeeper& keeper, const std::function<std::string(int)>& file) {
    for (int i = 0; i < 1000; ++i) {
      EXPECT_TRUE(keeper.Pack(RawOf(file(i)), packer_).ok());
      if (i % 100 == 99) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  uint32_t Newest() {
    const auto newest = store_->NewestRawDictionary();
    return newest.ok() && *newest != nullptr ? (*newest)->number() : 0;
  }

  testing::TempFolder folder_;
  RawPacker packer_;
  std::unique_ptr<RocksDbStore> store_ = OpenOrDie(OptionsFor(folder_.path()));
};

std::string Other(int number) {
  std::string file = RawSample(number);
  for (char& c : file) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>('z' - (c - 'a'));
  }
  return file;
}

TEST_F(RawKeeperTest, TheFirstDictionaryComesWithTheFirstWindowAndNotBefore) {
  RawKeeper keeper(*store_, nullptr, kWindow);
  ASSERT_TRUE(keeper.Start().ok());
  size_t bytes = 0;
  int i = 0;
  for (; bytes + RawSample(i).size() < kWindow; ++i) {
    bytes += RawSample(i).size();
    ASSERT_TRUE(keeper.Pack(RawOf(RawSample(i)), packer_).ok());
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(Newest(), 0U);
  ASSERT_TRUE(keeper.Pack(RawOf(RawSample(i)), packer_).ok());
  EXPECT_TRUE(FeedUntil(keeper, RawSample, [&] { return Newest() == 1; }));
}

TEST_F(RawKeeperTest, FilesOfAnotherKindBringAnotherDictionaryAndOfTheSameKindNone) {
  RawKeeper keeper(*store_, nullptr, kWindow);
  ASSERT_TRUE(keeper.Start().ok());
  ASSERT_TRUE(FeedUntil(keeper, RawSample, [&] { return Newest() == 1; }));
  FeedSome(keeper, [](int i) { return RawSample(i + 20'000); });
  EXPECT_EQ(Newest(), 1U);
  EXPECT_TRUE(FeedUntil(keeper, Other, [&] { return Newest() == 2; }));
}

TEST_F(RawKeeperTest, OnAFullDiskNoDictionaryIsStored) {
  RawKeeper keeper(
      *store_, [] { return Reject(Reason::kReadOnly, "full"); }, kWindow);
  ASSERT_TRUE(keeper.Start().ok());
  FeedSome(keeper, RawSample);
  EXPECT_EQ(Newest(), 0U);
}

TEST_F(RawKeeperTest, AStoreThatHasAllItsDictionariesGetsNoMore) {
  for (uint32_t i = 0; i < kMaxDictionaries; ++i) {
    ASSERT_TRUE(store_->AddRawDictionary("x").ok());
  }
  RawKeeper keeper(*store_, nullptr, kWindow);
  ASSERT_TRUE(keeper.Start().ok());
  FeedSome(keeper, RawSample);
  EXPECT_EQ(Newest(), kMaxDictionaries);
}

TEST_F(RawKeeperTest, FilesThatTellNothingAreNoObstacle) {
  RawKeeper keeper(*store_, nullptr, 1);
  ASSERT_TRUE(keeper.Start().ok());
  for (const std::string& file : {std::string(), std::string("x"), std::string(8 << 20, '\0')}) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(keeper.Pack(RawOf(file), packer_).ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(keeper.Pack(RawOf(RawSample(1)), packer_).ok());
}

TEST_F(RawKeeperTest, ManyThreadsPackWhileItTrains) {
  RawKeeper keeper(*store_, nullptr, kWindow);
  ASSERT_TRUE(keeper.Start().ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      RawPacker packer;
      const RawDictionaries dictionaries = [&](uint32_t) { return store_->NewestRawDictionary(); };
      for (int i = 0; i < 1500; ++i) {
        const std::string file = RawSample(10'000 * t + i);
        const absl::StatusOr<PackedRaw> packed = keeper.Pack(RawOf(file), packer);
        ASSERT_TRUE(packed.ok());
        if (i % 100 == 0) {
          // There is one dictionary at most, so the newest is the one.
          EXPECT_EQ(UnpackRaw(*packed->value, dictionaries)->bytes, file);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace wirefold
