#include "lib/dedup/postings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace wirefold {
namespace {

std::vector<uint32_t> EntriesOf(const PostingTable& table, uint64_t key) {
  std::vector<uint32_t> entries;
  table.Visit(key, [&](uint32_t entry) {
    entries.push_back(entry);
    return true;
  });
  std::sort(entries.begin(), entries.end());
  return entries;
}

TEST(PostingTable, AgreesWithAMultimap) {
  PostingTable table;
  std::map<uint64_t, std::vector<uint32_t>> plain;
  std::mt19937_64 random(3);
  std::vector<uint64_t> keys;
  for (int i = 0; i < 60'000; ++i) keys.push_back(random() >> (64 - PostingTable::kKeyBits));
  keys.insert(keys.end(), {0u, 1u, (uint64_t{1} << PostingTable::kKeyBits) - 1});
  constexpr uint32_t kEntries = 3000;
  constexpr uint32_t kOfEntry = 40;  // postings, as articles have
  for (uint32_t i = 0; i < kOfEntry * kEntries; ++i) {
    const uint32_t entry = i / kOfEntry;
    const uint64_t key = keys[random() % keys.size()];
    table.Add(key, entry, /*cap=*/1000);
    plain[key].push_back(entry);
  }
  std::vector<PostingTable::Shard> shards;
  for (const PostingTable::Shard& shard : table.shards()) {
    shards.push_back(PostingTable::Packed(shard, kEntries));
  }
  const PostingTable packed(std::move(shards));
  EXPECT_LT(packed.memory_bytes(), table.memory_bytes());
  for (const uint64_t key : keys) {
    EXPECT_EQ(EntriesOf(table, key), plain[key]);
    EXPECT_EQ(EntriesOf(packed, key), plain[key]);
  }
  for (int i = 0; i < 1000; ++i) {
    const uint64_t key = random() >> (64 - PostingTable::kKeyBits);
    EXPECT_EQ(EntriesOf(table, key), plain[key]);
    EXPECT_EQ(EntriesOf(packed, key), plain[key]);
  }
  // Every third entry stays.
  std::vector<uint32_t> new_numbers(kEntries, PostingTable::kGone);
  for (uint32_t entry = 0; entry < kEntries; entry += 3) new_numbers[entry] = entry / 3;
  const size_t before = table.memory_bytes();
  table.Renumber(new_numbers);
  EXPECT_LT(table.memory_bytes(), before / 2);
  for (const uint64_t key : keys) {
    std::vector<uint32_t> kept;
    for (const uint32_t entry : plain[key]) {
      if (entry % 3 == 0) kept.push_back(entry / 3);
    }
    EXPECT_EQ(EntriesOf(table, key), kept);
  }
}

TEST(PostingTable, TakesNineBytesAPosting) {
  PostingTable table;
  std::mt19937_64 random(4);
  constexpr size_t kPostings = 2'500'000;
  for (uint32_t i = 0; i < kPostings; ++i) {
    table.Add(random() >> (64 - PostingTable::kKeyBits), i / 40, /*cap=*/48);
    // A small table may have room for twice as many.
    if (i >= 800'000 && i % 1000 == 0) {
      ASSERT_LT(table.memory_bytes(), size_t{i} * 13) << i;
    }
  }
  EXPECT_LT(table.memory_bytes(), kPostings * 9);
}

TEST(PostingTable, AKeyKeepsItsNewestPostingsUpToTheCap) {
  PostingTable table;
  const uint64_t key = PostingTable::KeyOf(PostingTable::Kind::kBand, 7);
  for (uint32_t entry = 0; entry < 5000; ++entry) table.Add(key, entry, /*cap=*/48);
  std::vector<uint32_t> newest;
  for (uint32_t entry = 5000 - 48; entry < 5000; ++entry) newest.push_back(entry);
  EXPECT_EQ(EntriesOf(table, key), newest);
  EXPECT_NE(key, PostingTable::KeyOf(PostingTable::Kind::kAnchor, 7));
}

// Boilerplate that a table keeps up to a cap comes from several together, hundreds of postings a
// key.
TEST(PostingTable, KeysOfManyPostingsBecomeOneAsTheyAre) {
  constexpr uint32_t kEntries = 4000;
  constexpr size_t kTables = 3;
  std::mt19937_64 random(5);
  const auto any_key = [&] { return random() >> (64 - PostingTable::kKeyBits); };
  std::vector<uint64_t> hot;
  for (int i = 0; i < 300; ++i) hot.push_back(any_key());
  // Those of the last places of a shard go on at its beginning.
  for (uint64_t i = 0; i < 40; ++i) hot.push_back((uint64_t{1} << PostingTable::kKeyBits) - 1 - i);
  std::map<uint64_t, std::vector<uint32_t>> plain;
  std::vector<PostingTable> tables(kTables);
  const auto lives = [](uint32_t entry) { return entry % 7 != 0; };
  for (size_t t = 0; t < kTables; ++t) {
    const auto add = [&](uint64_t key, uint32_t entry) {
      tables[t].Add(key, entry, /*cap=*/1000);
      if (lives(entry)) plain[key].push_back(static_cast<uint32_t>(t) * kEntries + entry);
    };
    for (uint32_t entry = 0; entry < kEntries; ++entry) {
      for (int i = 0; i < 10; ++i) add(any_key(), entry);
      // Each at another step, so that some have a dozen and some hundreds.
      for (size_t i = 0; i < hot.size(); ++i) {
        if (entry % (5 + i) == 0) add(hot[i], entry);
      }
    }
  }
  std::vector<PostingTable::Shard> shards;
  size_t stashed = 0;
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    std::vector<PostingTable::Source> sources;
    for (size_t t = 0; t < kTables; ++t) {
      sources.push_back({&tables[t].shards()[i], static_cast<uint32_t>(t) * kEntries, lives});
    }
    shards.push_back(
        PostingTable::Merged(sources, kTables * kEntries, [](uint32_t) { return kEntries * 10; }));
    stashed += shards.back().stashed;
    uint64_t told = 0;
    PostingTable::ForAll(shards.back(), [&](uint32_t, uint32_t) { ++told; });
    EXPECT_EQ(told, shards.back().postings);
    EXPECT_EQ(static_cast<size_t>(std::ranges::count_if(shards.back().stash,
                                                        [](uint64_t one) { return one != 0; })),
              shards.back().stashed);
  }
  EXPECT_GT(stashed, 10'000u);
  PostingTable merged(std::move(shards));
  const auto expect_all = [&](const PostingTable& table) {
    for (const auto& [key, entries] : plain) ASSERT_EQ(EntriesOf(table, key), entries);
    for (int i = 0; i < 5000; ++i) {
      const uint64_t key = any_key();
      if (plain.contains(key)) continue;
      ASSERT_TRUE(EntriesOf(table, key).empty());
    }
  };
  expect_all(merged);
  // A table whose stash was made at once takes more, one by one.
  std::vector<uint32_t> same(kTables * kEntries);
  for (uint32_t i = 0; i < same.size(); ++i) same[i] = i;
  merged.Renumber(same);
  expect_all(merged);
  for (uint32_t entry = kTables * kEntries; entry < kTables * kEntries + 200; ++entry) {
    for (const uint64_t key : hot) {
      merged.Add(key, entry, /*cap=*/100'000);
      plain[key].push_back(entry);
    }
  }
  expect_all(merged);
}

// What says no more than that there are too many is not kept for good.
TEST(PostingTable, OfKeysOfTooManyPostingsTheNewestStayWhereTablesBecomeOne) {
  constexpr uint32_t kEntries = 5000;
  constexpr size_t kTables = 2;
  constexpr size_t kMostOfEven = 40;
  constexpr size_t kMostOfOdd = 90;
  std::mt19937_64 random(6);
  const auto any_key = [&] { return random() >> (64 - PostingTable::kKeyBits); };
  std::vector<uint64_t> crowded;
  for (int i = 0; i < 200; ++i) crowded.push_back(any_key());
  const auto lives = [](uint32_t entry) { return entry % 5 != 0; };
  std::map<uint64_t, std::vector<uint32_t>> plain;
  std::vector<PostingTable> tables(kTables);
  for (size_t t = 0; t < kTables; ++t) {
    for (uint32_t entry = 0; entry < kEntries; ++entry) {
      const auto add = [&](uint64_t key) {
        tables[t].Add(key, entry, /*cap=*/1000);
        if (lives(entry)) plain[key].push_back(static_cast<uint32_t>(t) * kEntries + entry);
      };
      for (int i = 0; i < 10; ++i) add(any_key());
      // Some 20 to 300 in a table.
      for (size_t i = 0; i < crowded.size(); ++i) {
        if ((entry + i) % (16 + i) == 0) add(crowded[i]);
      }
    }
  }
  const auto most_of = [](uint32_t rest) { return rest % 2 == 0 ? kMostOfEven : kMostOfOdd; };
  std::vector<PostingTable::Shard> shards;
  uint64_t postings = 0;
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    std::vector<PostingTable::Source> sources;
    for (size_t t = 0; t < kTables; ++t) {
      sources.push_back({&tables[t].shards()[i], static_cast<uint32_t>(t) * kEntries, lives});
    }
    shards.push_back(PostingTable::Merged(sources, kTables * kEntries, most_of));
    postings += shards.back().postings;
  }
  const PostingTable merged(std::move(shards));
  size_t cut = 0;
  uint64_t expected = 0;
  for (auto& [key, entries] : plain) {
    const size_t most = most_of(PostingTable::RestOf(key));
    // Entries ascend, so the newest stand at the end. 60 in lines alone: nobody has stashed any.
    if (entries.size() > 60 && entries.size() > most) {
      entries.erase(entries.begin(), entries.end() - static_cast<ptrdiff_t>(most));
      ++cut;
    }
    if (entries.size() > most) continue;
    expected += entries.size();
    ASSERT_EQ(EntriesOf(merged, key), entries);
  }
  EXPECT_GT(cut, 80u);
  EXPECT_GE(postings, expected);
}

TEST(PostingTable, AKeySaysWhatKindItIsOf) {
  std::mt19937 random(7);
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<uint32_t>(random());
    for (const auto kind : {PostingTable::Kind::kBand, PostingTable::Kind::kAnchor}) {
      ASSERT_EQ(PostingTable::KindOf(PostingTable::KeyOf(kind, value)), kind);
    }
  }
}

}  // namespace
}  // namespace wirefold
