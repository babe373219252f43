#include "lib/dedup/boilerplate.h"

#include <gtest/gtest.h>

#include <random>

#include "lib/base/reason.h"
#include "lib/dedup/boilerplate_view.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

using Table = BoilerplateTable;

const uint64_t kHere = DomainKey("example.org", "www.example.org", "");
const uint64_t kThere = DomainKey("example.net", "", "");
constexpr char kFooter[] = "更多新闻请关注我们的频道";

uint64_t Key(std::string_view paragraph) { return ParagraphKeys(ToMatching(paragraph).text).at(0); }

// Learns `count` articles of `domain` with this paragraph, each on a day of its own from `day` on.
void Learn(Table& table, uint64_t domain, std::string_view paragraph, int count, int64_t day = 1) {
  for (int i = 0; i < count; ++i) {
    table.Learn(Learning::kFull, domain, day + i, {Key(paragraph)});
  }
}

TEST(Boilerplate, ParagraphsAreKnownByTheirLetters) {
  const auto keys =
      ParagraphKeys(ToMatching("第一段，話。\n\n—— * ——\nSecond One\nsecond one!\n").text);
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0], Key("第一段话"));
  EXPECT_EQ(keys[1], keys[2]);
  EXPECT_NE(keys[0], keys[1]);
  EXPECT_TRUE(ParagraphKeys("").empty());
}

TEST(Boilerplate, DomainsAreKnownByTheFirstNameThereIs) {
  EXPECT_EQ(kHere, DomainKey("example.org", "m.example.org", "other"));
  EXPECT_NE(DomainKey("", "a.test", ""), DomainKey("", "b.test", ""));
  EXPECT_NE(DomainKey("", "", "rfi"), DomainKey("", "rfi", ""));
}

TEST(Boilerplate, NeedsArticlesAndDaysOfOneDomain) {
  struct Case {
    int articles;
    int days;
    bool expected;
  };
  for (const Case& c : {Case{4, 3, true}, Case{3, 3, false}, Case{4, 2, false}, Case{40, 1, false},
                        Case{9, 9, true}}) {
    Table table;
    for (int i = 0; i < c.articles; ++i) {
      table.Learn(Learning::kFull, kHere, i % c.days, {Key(kFooter)});
    }
    EXPECT_EQ(table.IsBoilerplate(kHere, Key(kFooter)), c.expected)
        << c.articles << " articles on " << c.days << " days";
    EXPECT_FALSE(table.IsBoilerplate(kThere, Key(kFooter)));
    EXPECT_FALSE(table.IsBoilerplate(kHere, Key("别的一段")));
  }
}

TEST(Boilerplate, WhatStandsTwiceInAnArticleCountsOnce) {
  Table table;
  for (int day = 0; day < 3; ++day) {
    table.Learn(Learning::kFull, kHere, day, {Key(kFooter), Key(kFooter)});
  }
  EXPECT_FALSE(table.IsBoilerplate(kHere, Key(kFooter)));
}

TEST(Boilerplate, OfThreeDomainsIsOfAll) {
  Table table;
  Learn(table, DomainKey("a.test", "", ""), kFooter, 2);
  Learn(table, DomainKey("b.test", "", ""), kFooter, 2, 5);
  EXPECT_FALSE(table.IsBoilerplate(kHere, Key(kFooter)));
  Learn(table, DomainKey("c.test", "", ""), kFooter, 2, 2);
  EXPECT_TRUE(table.IsBoilerplate(kHere, Key(kFooter)));
}

TEST(Boilerplate, AStoryThatEachDomainRunsOnceIsNone) {
  Table table;
  for (int domain = 0; domain < 50; ++domain) {
    Learn(table, DomainKey("d" + std::to_string(domain) + ".test", "", ""), kFooter, 1, domain);
  }
  EXPECT_FALSE(table.IsBoilerplate(kHere, Key(kFooter)));
}

TEST(Boilerplate, ACopyTeachesItsDomainAlone) {
  Table table;
  for (int domain = 0; domain < 5; ++domain) {
    for (int day = 0; day < 3; ++day) {
      table.Learn(Learning::kDomain, DomainKey("d" + std::to_string(domain) + ".test", "", ""), day,
                  {Key(kFooter)});
    }
  }
  EXPECT_FALSE(table.IsBoilerplate(kHere, Key(kFooter)));
  Learn(table, DomainKey("d1.test", "", ""), kFooter, 1, 3);
  EXPECT_TRUE(table.IsBoilerplate(DomainKey("d1.test", "", ""), Key(kFooter)));
}

TEST(Boilerplate, IsBoundedAndKeepsWhatComesAgain) {
  Table table(1024);
  std::mt19937_64 random(2);
  const size_t bytes = table.memory_bytes();
  for (int i = 0; i < 20'000; ++i) {
    std::vector<uint64_t> paragraphs;
    for (int p = 0; p < 10; ++p) paragraphs.push_back(random());
    if (i % 50 == 0) paragraphs.push_back(Key(kFooter));
    table.Learn(Learning::kFull, kHere, i / 100, std::move(paragraphs));
  }
  EXPECT_EQ(table.memory_bytes(), bytes);
  EXPECT_LE(table.CountEntries(), 1024u);
  EXPECT_TRUE(table.IsBoilerplate(kHere, Key(kFooter)));
}

TEST(Boilerplate, ForgetsWhatComesNoMore) {
  Table table(64);
  Learn(table, kHere, kFooter, 4);
  ASSERT_TRUE(table.IsBoilerplate(kHere, Key(kFooter)));
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    table.Learn(Learning::kFull, kThere, i, {random(), random()});
  }
  EXPECT_FALSE(table.IsBoilerplate(kHere, Key(kFooter)));
}

std::string BytesOf(const Table& table) {
  std::string bytes;
  table.AppendTo(bytes);
  return bytes;
}

TEST(Boilerplate, IsTheSameInItsBytes) {
  Table table(256);
  std::mt19937_64 random(1);
  for (int i = 0; i < 500; ++i) {
    table.Learn(Learning::kFull, random() % 3, i % 40, {random() % 64, random() % 64, random()});
  }
  const std::string bytes = BytesOf(table);
  Table taken(256);
  std::string_view rest = bytes;
  ASSERT_TRUE(taken.TakeFrom(rest).ok());
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(BytesOf(taken), bytes);
  for (int i = 0; i < 500; ++i) {
    const uint64_t paragraph = random() % 96;
    table.Learn(Learning::kFull, 1, i, {paragraph});
    taken.Learn(Learning::kFull, 1, i, {paragraph});
  }
  EXPECT_EQ(BytesOf(taken), BytesOf(table));
}

TEST(Boilerplate, TakesNoBytesThatAreNoTable) {
  Table table(64);
  Learn(table, kHere, kFooter, 5);
  const std::string good = BytesOf(table);
  std::string no_articles = good;
  no_articles[12 + 12] = no_articles[12 + 13] = 0;
  std::string many_days = good;
  many_days[12 + 14] = 5;
  for (const std::string& bad : {std::string(), good.substr(0, 11), good.substr(0, good.size() - 1),
                                 no_articles, many_days}) {
    std::string_view rest = bad;
    EXPECT_EQ(ReasonOf(table.TakeFrom(rest)), Reason::kStoreCorrupt);
    EXPECT_EQ(table.CountEntries(), 0u);
  }
  Table smaller(8);
  std::string_view rest = good;
  EXPECT_TRUE(smaller.TakeFrom(rest).ok());
  EXPECT_TRUE(smaller.IsBoilerplate(kHere, Key(kFooter)));
}

// --- the view

TEST(BoilerplateView, LeavesOutWhatStandsAtAnEdge) {
  Table table(1024);
  Learn(table, kHere, "本台消息", 6);
  Learn(table, kHere, kFooter, 6);
  struct Case {
    const char* text;
    const char* expected;
    std::vector<std::string> left_out;
  };
  const std::string footer = kFooter;
  for (const Case& c : std::vector<Case>{
           {"正文\n更多新闻请关注我们的频道", "正文", {footer}},
           {"本台消息\n正文一\n正文二\n更多新闻请关注我们的频道",
            "正文一\n正文二",
            {"本台消息", footer}},
           // In the middle it is part of the text.
           {"正文一\n更多新闻请关注我们的频道\n正文二",
            "正文一\n更多新闻请关注我们的频道\n正文二",
            {}},
           // What has no letters goes with what is left out beyond it, not on its own.
           {"正文\n***\n更多新闻，请关注我们的频道！\n---",
            "正文",
            {"***", "更多新闻，请关注我们的频道！", "---"}},
           {"正文\n---", "正文\n---", {}},
           // A text of nothing else stays.
           {"更多新闻请关注我们的频道", "更多新闻请关注我们的频道", {}},
           {"本台消息\n更多新闻请关注我们的频道", "本台消息\n更多新闻请关注我们的频道", {}},
           {"本台消息\n***", "本台消息\n***", {}},
           {"", "", {}},
       }) {
    const TextView view = LeaveOutBoilerplate(c.text, kHere, table);
    EXPECT_EQ(view.text, c.expected) << c.text;
    EXPECT_EQ(view.left_out, c.left_out) << c.text;
    const TextView elsewhere = LeaveOutBoilerplate(c.text, kThere, table);
    EXPECT_EQ(elsewhere.text, c.text);
  }
}

TEST(BoilerplateView, ALongParagraphNeedsMoreArticles) {
  std::string background;
  for (int i = 0; i < 10; ++i) background += "背景段落说明事件的来龙去脉";  // 130 letters
  const uint32_t needed = 130 / kLettersPerArticle;
  Table table(1024);
  Learn(table, kHere, background, static_cast<int>(needed) - 1);
  EXPECT_TRUE(table.IsBoilerplate(kHere, Key(background)));
  EXPECT_TRUE(LeaveOutBoilerplate("正文\n" + background, kHere, table).left_out.empty());
  Learn(table, kHere, background, 1);
  EXPECT_EQ(LeaveOutBoilerplate("正文\n" + background, kHere, table).text, "正文");
}

}  // namespace
}  // namespace wirefold
