#include "lib/dedup/stream_statistics.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "lib/base/reason.h"

namespace wirefold {
namespace {

LearntArticle Article(std::mt19937_64& random) {
  LearntArticle article;
  article.learning = static_cast<Learning>(random() % 4);
  article.domain = random() % 20;
  article.day = static_cast<int64_t>(random() % 40);
  for (int i = 0; i < 5; ++i) {
    article.paragraphs.push_back(random() % 2 == 0 ? random() : random() % 64);
  }
  for (int i = 0; i < 30; ++i) article.shingles.push_back(static_cast<uint32_t>(random() % 5000));
  article.distinct = 30;
  return article;
}

TEST(StreamStatistics, AnswersChangeAtTheEndsOfEpochs) {
  EXPECT_EQ(StreamStatistics::EpochLength(0), 1u);
  EXPECT_EQ(StreamStatistics::EpochLength(31), 1u);
  EXPECT_EQ(StreamStatistics::EpochLength(32), 2u);
  EXPECT_EQ(StreamStatistics::EpochLength(4095), 128u);
  EXPECT_EQ(StreamStatistics::EpochLength(4096), 2048u);
  EXPECT_EQ(StreamStatistics::EpochLength(1'000'000), StreamStatistics::kMaxEpoch);
  StreamStatistics statistics;
  std::mt19937_64 random(1);
  for (uint64_t i = 1; i <= 3000; ++i) {
    LearntArticle article = Article(random);
    article.learning = Learning::kFull;
    article.shingles = {static_cast<uint32_t>(1'000'000 + i)};
    const bool ended = statistics.Learn(std::move(article));
    EXPECT_EQ(statistics.learnt(), i);
    EXPECT_EQ(ended, statistics.version() == i);
    EXPECT_LT(i - statistics.version(), StreamStatistics::EpochLength(i));
    const StreamStatistics::View view(statistics);
    EXPECT_EQ(view.rarity().Of(static_cast<uint32_t>(1'000'000 + i), 0).days, ended ? 1u : 0u);
  }
}

TEST(StreamStatistics, CopiesCountTheirShinglesAndTeachParagraphsToTheirDomain) {
  StreamStatistics statistics;
  for (int i = 0; i < 4; ++i) {
    statistics.Learn({Learning::kDomain, 5, i, {77}, {88}, 1});
    statistics.Learn({Learning::kShingles, 6, i, {77}, {99}, 1});
    statistics.Learn({Learning::kNone, 7, i, {77}, {66}, 1});
  }
  const StreamStatistics::View view(statistics);
  EXPECT_TRUE(view.boilerplate().IsBoilerplate(5, 77));
  EXPECT_FALSE(view.boilerplate().IsBoilerplate(6, 77));
  EXPECT_FALSE(view.boilerplate().IsBoilerplate(7, 77));
  EXPECT_EQ(view.rarity().Of(88, 0).days, 4u);
  EXPECT_EQ(view.rarity().Of(99, 0).days, 4u);
  EXPECT_EQ(view.rarity().Of(66, 0).days, 0u);
}

TEST(StreamStatistics, IsTheSameAfterARestart) {
  const StreamStatistics::Sizes sizes{1024, 1 << 13};
  StreamStatistics whole(sizes);
  std::mt19937_64 random(1);
  std::vector<LearntArticle> articles;
  for (int i = 0; i < 3000; ++i) articles.push_back(Article(random));
  std::string saved;
  uint64_t again_from = 0;
  for (size_t i = 0; i < articles.size(); ++i) {
    // Saved in the middle of an epoch: what belongs to it has to be learnt again.
    if (i == 2001) {
      saved = whole.Serialize();
      again_from = whole.version();
    }
    whole.Learn(articles[i]);
  }
  ASSERT_LT(again_from, 2001u);
  StreamStatistics restored(sizes);
  ASSERT_TRUE(restored.Restore(saved).ok());
  EXPECT_EQ(restored.Serialize(), saved);
  for (size_t i = again_from; i < articles.size(); ++i) restored.Learn(articles[i]);
  EXPECT_EQ(restored.version(), whole.version());
  EXPECT_EQ(restored.Serialize(), whole.Serialize());
}

TEST(StreamStatistics, AreTheSameWhoeverMakesRoom) {
  for (const int64_t window_days : {0, 30}) {
    const StreamStatistics::Sizes sizes{1024, 1 << 17, window_days, 64};
    StreamStatistics alone(sizes);
    StreamStatistics helped(sizes);
    std::mt19937_64 random(9);
    for (int i = 0; i < 3000; ++i) {
      LearntArticle article = Article(random);
      for (uint32_t& shingle : article.shingles) shingle = static_cast<uint32_t>(random());
      article.day = 18'000 + i / 200;
      article.at_ms = article.day * 86'400'000;
      alone.Learn(article);
      if (helped.Learn(article) && random() % 4 != 0) helped.MakeRoom();
    }
    EXPECT_GT(helped.memory_bytes(), StreamStatistics(sizes).memory_bytes() + 400'000);
    EXPECT_EQ(alone.Serialize(), helped.Serialize());
  }
}

TEST(StreamStatistics, RestoringRefusesWhatIsDamagedAndStartsAnew) {
  StreamStatistics statistics({1024, 1 << 13});
  std::mt19937_64 random(2);
  for (int i = 0; i < 100; ++i) statistics.Learn(Article(random));
  const std::string good = statistics.Serialize();
  std::string newer = good;
  newer[0] = 4;
  std::string flipped = good;
  flipped[good.size() / 2] ^= 1;
  std::string huge = good;
  huge[1] = 0x7f;
  for (const std::string& bad :
       {std::string(), newer, flipped, huge, good.substr(0, 10), good.substr(0, good.size() - 1),
        good + "x", std::string(1, '\0') + good.substr(1)}) {
    ASSERT_TRUE(statistics.Restore(good).ok());
    EXPECT_EQ(ReasonOf(statistics.Restore(bad)),
              bad == newer ? Reason::kStoreTooNew : Reason::kStoreCorrupt);
    EXPECT_EQ(statistics.version(), 0u);
    EXPECT_EQ(statistics.learnt(), 0u);
  }
}

TEST(StreamStatistics, ManyAskWhileOneLearns) {
  StreamStatistics statistics({1024, 1 << 13});
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      uint64_t last = 0;
      while (!done) {
        const StreamStatistics::View view(statistics);
        EXPECT_GE(view.version(), last);
        last = view.version();
        EXPECT_LE(view.rarity().Of(5, 1).days, RarityTable::kMaxDays);
      }
    });
  }
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) statistics.Learn(Article(random));
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(statistics.version(), 1900u);
}

// Who reads articles waits for a part of an epoch's paragraphs, not for all of them, and each
// answer is that of the articles its version names.
TEST(StreamStatistics, BoilerplateIsAskedForWhileAnEpochIsCounted) {
  constexpr size_t kEntries = 1024;
  constexpr uint64_t kDomain = 3;
  constexpr uint64_t kParagraphs = 64;  // that Article repeats
  constexpr uint64_t kArticles = 400'000;
  StreamStatistics statistics({kEntries, 1 << 13});
  std::set<uint64_t> ends = {0};      // of epochs; the learning thread's
  std::map<uint64_t, uint64_t> seen;  // version: which paragraphs are boilerplate; the reader's
  std::atomic<uint64_t> between = 0;  // the last version seen
  std::atomic<bool> done = false;
  const auto known = [](const BoilerplateTable& table) {
    uint64_t bits = 0;
    for (uint64_t key = 0; key < kParagraphs; ++key) {
      if (table.IsBoilerplate(kDomain, key)) bits |= uint64_t{1} << key;
    }
    return bits;
  };
  std::thread reader([&] {
    while (!done) {
      const StreamStatistics::BoilerplateView view(statistics);
      const uint64_t bits = known(view.boilerplate());
      const auto [at, is_new] = seen.emplace(view.version(), bits);
      EXPECT_EQ(at->second, bits) << "two views of version " << view.version();
      between = view.version();
    }
  });
  uint64_t learnt = 0;
  bool saw = false;
  std::mt19937_64 random(5);
  // The reader gets in sooner or later, however few cores there are.
  while (learnt < kArticles && !saw) {
    if (statistics.Learn(Article(random))) ends.insert(statistics.version());
    ++learnt;
    saw = !ends.contains(between);
  }
  done = true;
  reader.join();
  EXPECT_TRUE(saw) << "in " << learnt << " articles nothing was seen but ends of epochs";

  BoilerplateTable alone(kEntries);
  std::mt19937_64 again(5);
  uint64_t at = 0;
  for (const auto& [version, bits] : seen) {
    for (; at < version; ++at) {
      LearntArticle article = Article(again);
      alone.Learn(article.learning, article.domain, article.day, std::move(article.paragraphs));
    }
    EXPECT_EQ(known(alone), bits) << "version " << version;
  }
}

}  // namespace
}  // namespace wirefold
