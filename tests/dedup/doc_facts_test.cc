#include "lib/dedup/doc_facts.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/dedup/compare.h"
#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

const Origin kHere = {.host = "www.example.org", .registrable_domain = "example.org"};

void Learn(StreamStatistics& statistics, const ComparisonDoc& doc, int64_t day) {
  statistics.Learn(LearntOf(doc, day));
}

const StreamStatistics::Sizes kSmall = {.boilerplate_entries = 1024, .rarity_entries = 1 << 16};

TEST(DocFacts, SayWhatIsBoilerplateAndWhatStandsThereAlone) {
  const std::string footer = HanText(9, 50);
  const std::string text = HanText(1, 60);
  StreamStatistics statistics(kSmall);
  for (int day = 0; day < 4; ++day) Learn(statistics, MakeComparisonDoc(footer, kHere), day);
  const StreamStatistics::View view(statistics);
  // The footer once, and once more within a paragraph of the article's own.
  const ComparisonDoc once = MakeComparisonDoc(text + "\n" + footer, kHere);
  const ComparisonDoc twice = MakeComparisonDoc(text + footer + "\n" + footer, kHere);
  const DocFacts once_facts = MakeDocFacts(once, 4, view);
  ASSERT_EQ(once_facts.boilerplate.size(), 1u);
  // A shingle has five characters: four before the paragraph reach into it.
  EXPECT_EQ(once_facts.boilerplate[0].begin, 56u);
  EXPECT_EQ(once_facts.boilerplate[0].end, once.shingles.size());
  EXPECT_EQ(once_facts.alone.size(), once.shingles.size() - 56);
  size_t own = 0;
  once_facts.ForOwn(once.shingles.size(), [&](size_t i) {
    EXPECT_EQ(i, own);
    EXPECT_EQ(once_facts.known[own].shingle, once.shingles[i]);
    ++own;
  });
  EXPECT_EQ(own, 56u);
  EXPECT_EQ(once_facts.known.size(), 56u);
  const DocFacts twice_facts = MakeDocFacts(twice, 4, view);
  ASSERT_EQ(twice_facts.boilerplate.size(), 1u);
  // The shingles of the footer itself stand elsewhere; those across the paragraphs' border don't.
  EXPECT_EQ(twice_facts.alone.size(), 4u);
}

TEST(DocFacts, SayHowLongAShingleIsKnown) {
  StreamStatistics statistics(kSmall);
  const ComparisonDoc old = MakeComparisonDoc(HanText(1, 40), kHere);
  const ComparisonDoc fresh = MakeComparisonDoc(HanText(2, 40), kHere);
  for (const int day : {10, 11, 14}) Learn(statistics, old, day);
  Learn(statistics, fresh, 14);
  const StreamStatistics::View view(statistics);
  for (const DocFacts::Known& known : MakeDocFacts(old, 20, view).known) {
    EXPECT_EQ(known.rare, 0u);
    EXPECT_EQ(known.first_day, 10);
  }
  for (const DocFacts::Known& known : MakeDocFacts(fresh, 20, view).known) {
    EXPECT_EQ(known.rare, 1u);
    EXPECT_EQ(known.first_day, 14);
  }
  const ComparisonDoc unknown = MakeComparisonDoc(HanText(3, 40), kHere);
  for (const DocFacts::Known& known : MakeDocFacts(unknown, 20, view).known) {
    EXPECT_EQ(known.rare, 1u);
    EXPECT_EQ(known.first_day, DocFacts::kNever);
  }
}

TEST(DocFacts, AMemoIsOfOneVersionOfOneStream) {
  const ComparisonDoc doc = MakeComparisonDoc(HanText(1, 40), kHere);
  StreamStatistics one(kSmall);
  StreamStatistics other(kSmall);
  Learn(one, doc, 5);
  Learn(other, doc, 7);
  ASSERT_EQ(one.version(), other.version());
  const auto first_day = [&](const StreamStatistics& statistics) {
    return doc.facts.Of(doc, 8, StreamStatistics::View(statistics))->known.front().first_day;
  };
  EXPECT_EQ(first_day(one), 5);
  EXPECT_EQ(first_day(other), 7);
  EXPECT_EQ(first_day(one), 5);
  const auto before = doc.facts.Of(doc, 8, StreamStatistics::View(one));
  EXPECT_EQ(doc.facts.Of(doc, 8, StreamStatistics::View(one)), before) << "kept";
  Learn(one, doc, 3);
  EXPECT_EQ(first_day(one), 3);
  EXPECT_EQ(before->known.front().first_day, 5) << "who has the old ones keeps them";
  // A document's copy has none of its own yet, and makes the same.
  const ComparisonDoc copy = doc;  // NOLINT(performance-unnecessary-copy-initialization)
  const auto of_copy = copy.facts.Of(copy, 8, StreamStatistics::View(one));
  EXPECT_NE(of_copy, doc.facts.Of(doc, 8, StreamStatistics::View(one)));
}

TEST(DocFacts, TakeNoMoreMemoryThanIsSaidAhead) {
  StreamStatistics statistics(kSmall);
  const StreamStatistics::View view(statistics);
  for (const int letters : {40, 250, 2000}) {
    const ComparisonDoc doc = MakeComparisonDoc(HanText(1, letters), kHere);
    const DocFacts facts = MakeDocFacts(doc, 1, view);
    const size_t bytes = sizeof facts + facts.known.capacity() * sizeof(DocFacts::Known);
    EXPECT_LE(bytes, DocFactsMemo::MemoryBytes(doc) * 5 / 4) << letters;
    EXPECT_GE(bytes, DocFactsMemo::MemoryBytes(doc) * 3 / 4) << letters;
    EXPECT_GT(doc.memory_bytes(), DocFactsMemo::MemoryBytes(doc));
  }
}

}  // namespace
}  // namespace wirefold
