#include "tests/bench/kernel_twins.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/postings.h"
#include "lib/text/matching.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"
#include "tests/bench/synth/stream.h"
#include "tests/text/matching_twin.h"

namespace wirefold {
namespace {

constexpr uint64_t kFiles = 300;

// Texts of every kind and script that is written by wirefold-synth, and some by hand.
const std::vector<std::string>& Texts() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> made = {
        "",
        "a",
        "  Cafe\u0301 \t noir\u200B\u3000x\u00A0 ",
        "３月７日，ＡＢＣ公司的2,000名員工\n第二段：后來｡",
        "Don't stop: 1.5 and 2,000 – it’s 5% of U.S. sales\nพฤษภาคม 한국어 문장 12명",
        "می\u200Cخواهم 👩\u200D💻 \uFEFF中\u00AD文"};
    const auto corpus = SynthCorpus::Make({.seed = 11, .articles = kFiles, .outlets = 20});
    EXPECT_TRUE(corpus.ok());
    SynthStream stream(**corpus, 0, kFiles);
    while (const auto file = stream.Next()) {
      const auto article = Normalize({.bytes = file->bytes, .source = {}, .hints = {}});
      if (article.ok()) made.push_back(article->article.text);
    }
    return made;
  }();
  return texts;
}

TEST(KernelTwins, Utf8) {
  for (const std::string& text : Texts()) {
    EXPECT_EQ(ValidUtf8Prefix(text), PlainUtf8Prefix(text));
    for (size_t at = 0; at < text.size(); at += 997) {
      for (const char byte : {'\x80', '\xC0', '\xED', '\xF5', 'x'}) {
        std::string broken = text;
        broken[at] = byte;
        ASSERT_EQ(ValidUtf8Prefix(broken), PlainUtf8Prefix(broken)) << at;
      }
    }
  }
}

TEST(KernelTwins, StoredAndMatchingText) {
  const MatchingTwin matching;
  for (const std::string& text : Texts()) {
    EXPECT_EQ(StoredLine(text), PlainStoredLine(text));
    EXPECT_EQ(ToMatching(text).text, matching(text));
  }
}

TEST(KernelTwins, ShinglesAndSketches) {
  for (const std::string& text : Texts()) {
    const Tokens tokens = Tokenize(ToMatching(text).text);
    const Tokens plain_tokens = PlainTokens(ToMatching(text).text);
    EXPECT_EQ(tokens.tokens, plain_tokens.tokens);
    EXPECT_EQ(tokens.paragraph_ends, plain_tokens.paragraph_ends);
    EXPECT_EQ(tokens.mostly_cjk, plain_tokens.mostly_cjk);
    const Shingles shingles = MakeShingles(tokens);
    const Shingles plain = PlainShingles(tokens);
    EXPECT_EQ(shingles.hashes, plain.hashes);
    EXPECT_EQ(shingles.set, plain.set);
    EXPECT_EQ(MakeSketch(shingles), PlainSketch(plain));
  }
}

TEST(KernelTwins, SortingSharingAndComparing) {
  const auto doc = [](const std::string& text) {
    return MakeComparisonDoc(ToMatching(text).text, {});
  };
  for (size_t i = 1; i < Texts().size(); ++i) {
    const std::vector<uint32_t> a = MakeShingles(ToMatching(Texts()[i - 1]).text).set;
    const std::vector<uint32_t> b = MakeShingles(ToMatching(Texts()[i] + Texts()[i - 1]).text).set;
    EXPECT_EQ(CountShared(a, b), PlainShared(a, b));
    std::vector<uint32_t> both = b;
    both.insert(both.begin(), a.begin(), a.end());
    std::vector<uint32_t> plain = both;
    SortDistinct(both);
    PlainSortDistinct(plain);
    EXPECT_EQ(both, plain);
    const Scores scores = CompareTexts(doc(Texts()[i - 1]), doc(Texts()[i] + Texts()[i - 1]));
    const Scores plain_scores =
        PlainScores(MakeShingles(ToMatching(Texts()[i - 1]).text),
                    MakeShingles(ToMatching(Texts()[i] + Texts()[i - 1]).text));
    EXPECT_EQ(scores.jaccard_ppm, plain_scores.jaccard_ppm);
    EXPECT_EQ(scores.containment_ppm, plain_scores.containment_ppm);
  }
}

TEST(KernelTwins, Postings) {
  PostingTable table;
  PlainPostings plain;
  constexpr size_t kCap = 5;
  std::vector<uint64_t> keys;
  for (size_t i = 0; i < Texts().size(); ++i) {
    for (const uint32_t anchor : MakeSketch(MakeShingles(ToMatching(Texts()[i]).text)).anchors) {
      keys.push_back(PostingTable::KeyOf(PostingTable::Kind::kAnchor, anchor));
      table.Add(keys.back(), static_cast<uint32_t>(i), kCap);
      plain.Add(keys.back(), static_cast<uint32_t>(i), kCap);
    }
  }
  ASSERT_FALSE(keys.empty());
  for (const uint64_t key : keys) {
    std::vector<uint32_t> entries;
    table.Visit(key, [&](uint32_t entry) {
      entries.push_back(entry);
      return true;
    });
    std::sort(entries.begin(), entries.end());
    std::vector<uint32_t> expected = plain.Of(key);
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(entries, expected);
  }
}

TEST(KernelTwins, Candidates) {
  CandidateIndex index;
  PlainIndex plain;
  size_t found = 0;
  uint32_t number = 0;
  const auto step = [&](const std::string& text) {
    const Sketch sketch = MakeSketch(MakeShingles(ToMatching(text).text));
    const std::vector<IndexHit> hits = index.Find(sketch, {.max_hits = 64});
    const std::vector<IndexHit> expected = plain.Find(sketch, 64);
    ASSERT_EQ(hits.size(), expected.size());
    for (size_t i = 0; i < hits.size(); ++i) {
      EXPECT_EQ(std::tuple(hits[i].id, hits[i].bands, hits[i].anchors_shared,
                           hits[i].anchor_containment_ppm),
                std::tuple(expected[i].id, expected[i].bands, expected[i].anchors_shared,
                           expected[i].anchor_containment_ppm));
    }
    found += hits.size();
    const Ulid id = Ulid::Make(1000, HashBytes128(std::to_string(number++)));
    index.Add(id, sketch, /*is_new=*/true);
    plain.Add(id, sketch);
  };
  // Each by itself, with another one behind it, and its halves.
  for (size_t i = 1; i < Texts().size(); ++i) {
    const std::string& text = Texts()[i];
    step(text);
    step(text + Texts()[i - 1]);
    const size_t half = ValidUtf8Prefix(std::string_view(text).substr(0, text.size() / 2));
    step(text.substr(0, half));
    step(text.substr(half));
  }
  EXPECT_GT(found, Texts().size());
}

TEST(KernelTwins, Rarity) {
  RarityTable table;
  PlainRarity plain;
  size_t sought = 0;
  size_t forgotten = 0;
  for (size_t i = 0; i < 3 * Texts().size(); ++i) {
    const Shingles shingles = MakeShingles(ToMatching(Texts()[i * 7 % Texts().size()]).text);
    const auto distinct = static_cast<uint32_t>(shingles.set.size());
    const auto day = static_cast<int64_t>(18'000 + i / 5);
    for (const uint32_t shingle : shingles.set) {
      const RarityTable::Counts counts = table.Of(shingle, day);
      const RarityTable::Counts expected = plain.Of(shingle, day);
      ++sought;
      // A bucket that is full loses what few days have shown.
      ASSERT_LE(counts.days, expected.days);
      if (counts.days < expected.days) {
        ++forgotten;
      } else if (counts.days > 0) {
        EXPECT_EQ(counts.days_since, expected.days_since);
      }
    }
    table.Learn(shingles.set, distinct, day);
    table.GrowIfDue();
    plain.Learn(shingles.set, distinct, day);
  }
  RecordProperty("forgotten", static_cast<int>(forgotten));
  EXPECT_GT(sought, 100'000u);
  EXPECT_LT(forgotten, sought / 100);
}

}  // namespace
}  // namespace wirefold
