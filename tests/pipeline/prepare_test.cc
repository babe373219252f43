#include "lib/pipeline/prepare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/url/rules.h"
#include "tests/dedup/texts.h"
#include "tests/pipeline/failing_store.h"
#include "tests/pipeline/pipeline_fixture.h"
#include "tests/pipeline/raw_files.h"

namespace wirefold {
namespace {

ScoredCandidate Candidate(int64_t time_ms, Relation relation, uint32_t jaccard, uint32_t score) {
  ScoredCandidate candidate;
  candidate.hit.id = Ulid::Make(time_ms, Hash128{});
  candidate.verdict.relation = relation;
  candidate.verdict.scores = {.jaccard_ppm = jaccard, .score_ppm = score};
  return candidate;
}

TEST(BestCopy, IsWhatMostIsSharedWithAmongWhatItIsACopyOf) {
  const std::vector<ScoredCandidate> candidates = {
      Candidate(1, Relation::kNone, 990'000, 499'999),
      Candidate(2, Relation::kExtended, 200'000, 950'000),  // an excerpt, all of which is shared
      Candidate(3, Relation::kNear, 800'000, 900'000),
      Candidate(4, Relation::kNear, 800'000, 900'000),
  };
  EXPECT_EQ(BestCopy(candidates), &candidates[2]);
  // Of all, the best match is that of the highest score.
  EXPECT_EQ(BestMatch(candidates), &candidates[1]);
  EXPECT_EQ(BestCopy({candidates.data(), 1}), nullptr);
  EXPECT_EQ(BestCopy({}), nullptr);
  EXPECT_EQ(BestMatch({}), nullptr);
}

Sketch SketchOf(const std::string& text) { return MakeSketch(MakeShingles(text)); }

class SampledTest : public PipelineFixture {};

TEST_F(SampledTest, WhatIsToldOfAFileIsOfTheWholeTexts) {
  // A tenth of the shorter text is shared, many anchors among it: enough for a candidate, and for
  // its sketch beside one of a text of six times the length; a sample says that it is no copy.
  const std::string shared = HanText(12, 40);
  const std::string first = shared + HanText(10'012, 340);
  const std::string second = HanText(20'012, 2'200) + shared;
  Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", first));
  const FileOutcome outcome = Ingest(RawFile(kPipelineNowMs, "https://b.example/2", "另", second));
  const ComparisonDoc a = MakeComparisonDoc(first, {});
  const ComparisonDoc b = MakeComparisonDoc(second, {});
  ASSERT_FALSE(ShareTooLittle(SketchOf(first), SketchOf(second)));
  ASSERT_TRUE(Compare(b, a).sampled);
  const Scores whole = CompareTexts(b, a);
  EXPECT_NE(Compare(b, a).scores.jaccard_ppm, whole.jaccard_ppm);
  ASSERT_TRUE(outcome.compared);
  EXPECT_EQ(outcome.status, FileStatus::kNew);
  EXPECT_EQ(outcome.match.scores.jaccard_ppm, whole.jaccard_ppm);
  EXPECT_EQ(outcome.match.scores.containment_ppm, whole.containment_ppm);
  // And so it is where somebody asks.
  const std::string third = second + HanText(4, 50);
  const CheckResult check =
      pipeline_->Check({.bytes = RawFile(kPipelineNowMs, "https://c.example/3", "再", third)});
  const auto of_first = std::ranges::find_if(
      check.candidates, [&](const CheckedCandidate& one) { return one.title == "题"; });
  ASSERT_NE(of_first, check.candidates.end());
  EXPECT_EQ(of_first->match.scores.jaccard_ppm,
            CompareTexts(MakeComparisonDoc(third, {}), a).jaccard_ppm);
}

class UnlikeTest : public PipelineFixture {};

std::vector<CoarseAnswer> KnowsNone(std::span<const size_t> which) {
  return std::vector<CoarseAnswer>(which.size(), CoarseAnswer::kUnknown);
}

// What its sketch says is unlike is not read, from the cache or from the store, whatever is cached.
TEST_F(UnlikeTest, WhatSharesTooLittleByItsSketchIsNotCompared) {
  const std::string shared = HanText(18, 36);
  const std::string first = shared + HanText(118, 344);
  const std::string second = HanText(218, 344) + shared;
  ASSERT_TRUE(ShareTooLittle(SketchOf(first), SketchOf(second)));
  const FileOutcome original = Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", first));
  const FileOutcome outcome = Ingest(RawFile(kPipelineNowMs, "https://b.example/2", "另", second));
  EXPECT_EQ(outcome.status, FileStatus::kNew);
  EXPECT_FALSE(outcome.compared);

  const Sketch sketch = SketchOf(second);
  const std::vector<Ulid> ids = {original.id, outcome.id, Ulid::Make(1, Hash128{1, 1})};
  std::vector<CoarseAnswer> answers;
  const auto coarse = [&](std::span<const size_t> which) {
    std::vector<CoarseAnswer> some;
    for (const size_t i : which) some.push_back(answers[i]);
    return some;
  };
  const auto expect = [&](ComparisonSource& source, const char* where) {
    SCOPED_TRACE(where);
    const auto found = source.GetLike(ids, sketch, coarse);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_TRUE((*found)[0].unlike);
    EXPECT_EQ((*found)[0].doc, nullptr);
    EXPECT_FALSE((*found)[1].unlike);
    ASSERT_NE((*found)[1].doc, nullptr);
    EXPECT_EQ((*found)[1].doc->distinct, sketch.shingles);
    EXPECT_EQ((*found)[1].doc->sketch.shingles, sketch.shingles);
    EXPECT_FALSE((*found)[2].unlike);  // there is none
    EXPECT_EQ((*found)[2].doc, nullptr);
  };
  // What coarse sketches say, if there are any, changes no answer.
  std::vector<std::vector<CoarseAnswer>> said;
  for (const CoarseAnswer of_first :
       {CoarseAnswer::kUnknown, CoarseAnswer::kTooLittle, CoarseAnswer::kPerhaps}) {
    for (const CoarseAnswer of_second : {CoarseAnswer::kUnknown, CoarseAnswer::kPerhaps}) {
      said.push_back({of_first, of_second, of_second});
    }
  }
  for (const std::vector<CoarseAnswer>& what : said) {
    answers = what;
    for (const size_t cache_bytes : {size_t{0}, size_t{1} << 20}) {
      ComparisonSource source(*store_, cache_bytes);
      expect(source, "nothing cached");
      expect(source, "what was read");
      EXPECT_NE(source.Get(ids)->front(), nullptr);
      expect(source, "the text that was unlike, too");
      ComparisonSource texts_first(*store_, cache_bytes);
      EXPECT_NE(texts_first.Get(ids)->front(), nullptr);
      expect(texts_first, "texts that were read without their sketches");
      EXPECT_LE(source.memory_bytes(), std::max<size_t>(cache_bytes, 1));
      EXPECT_EQ(source.memory_bytes() > 2 * sizeof(Sketch), cache_bytes > 0);
    }
    // Where coarse sketches tell, no others are read.
    FailingStore unreadable(*store_);
    unreadable.fail_sketches = true;
    ComparisonSource blind(unreadable, 0);
    if (std::ranges::count(answers, CoarseAnswer::kUnknown) == 0) {
      expect(blind, "sketches can't be read");
    } else {
      EXPECT_FALSE(blind.GetLike(ids, sketch, coarse).ok());
    }
    // A sketch that is missing is made from the text, and says the same.
    FailingStore without_sketches(*store_);
    without_sketches.hide_sketches = true;
    ComparisonSource source(without_sketches, size_t{1} << 20);
    expect(source, "no sketches stored");
    expect(source, "… and the texts cached");
  }
}

// A text that is pinned counts, not the one that the store still has.
TEST_F(UnlikeTest, ThePinnedTextCounts) {
  const std::string old_text = HanText(118, 344);
  const std::string new_text = HanText(518, 344);
  const FileOutcome original =
      Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", old_text));
  ComparisonSource source(*store_, size_t{1} << 20);
  const std::vector<Ulid> ids = {original.id};
  ASSERT_FALSE(source.GetLike(ids, SketchOf(old_text), KnowsNone)->front().unlike);
  ComparisonDoc revised = MakeComparisonDoc(new_text, {});
  revised.sketch = SketchOf(new_text);
  source.Pin(original.id, std::make_shared<const ComparisonDoc>(revised), /*revised=*/true);
  EXPECT_TRUE(source.GetLike(ids, SketchOf(old_text), KnowsNone)->front().unlike);
  EXPECT_NE(source.GetLike(ids, SketchOf(new_text), KnowsNone)->front().doc, nullptr);
  source.Unpin(original.id);
  source.Forget(original.id);
  EXPECT_EQ(source.memory_bytes(), 0u);
  EXPECT_FALSE(source.GetLike(ids, SketchOf(old_text), KnowsNone)->front().unlike);
}

// Files that are looked at by what the test puts into the index.
class LookingTest : public PipelineFixture {
 protected:
  void SetUp() override {
    PipelineFixture::SetUp();
    source_.emplace(*store_, size_t{1} << 20);
  }
  static PreparedFile Prepare(const std::string& url, const std::string& text) {
    return PrepareFile({.bytes = RawFile(kPipelineNowMs, url, "题", text)}, UrlRules::BuiltIn(),
                       kPipelineNowMs);
  }
  void Put(const std::string& url, const std::string& text) {
    PreparedFile file = Prepare(url, text);
    source_->Pin(file.article.id, file.doc, /*revised=*/false);
    index_.Add(file.article.id, file.doc->sketch, /*is_new=*/true);
  }
  StoredView ViewOf(const Store& store) {
    return {store, index_, *source_, statistics_, committed_, comparisons_, 0};
  }
  static std::vector<Ulid> IdsOf(const PreparedFile& file) {
    std::vector<Ulid> ids;
    for (const ScoredCandidate& one : file.outlook.candidates) ids.push_back(one.hit.id);
    return ids;
  }
  static std::vector<Ulid> SortedIdsOf(const std::vector<IndexHit>& hits) {
    std::vector<Ulid> ids;
    for (const IndexHit& one : hits) ids.push_back(one.id);
    std::ranges::sort(ids);
    return ids;
  }
  static void ExpectTheSame(const PreparedFile& a, const PreparedFile& b) {
    ASSERT_EQ(IdsOf(a), IdsOf(b));
    for (size_t i = 0; i < a.outlook.candidates.size(); ++i) {
      const ScoredCandidate& one = a.outlook.candidates[i];
      const ScoredCandidate& other = b.outlook.candidates[i];
      EXPECT_EQ(one.learnt, other.learnt);
      EXPECT_EQ(one.verdict.relation, other.verdict.relation);
      EXPECT_EQ(one.verdict.sum_ppm, other.verdict.sum_ppm);
      EXPECT_EQ(one.verdict.scores.jaccard_ppm, other.verdict.scores.jaccard_ppm);
    }
    EXPECT_EQ(SortedIdsOf(a.outlook.unlike), SortedIdsOf(b.outlook.unlike));
    EXPECT_EQ(SortedIdsOf(a.outlook.more_of_template), SortedIdsOf(b.outlook.more_of_template));
  }

  CandidateIndex index_;
  std::optional<ComparisonSource> source_;
  StreamStatistics statistics_{{.boilerplate_entries = 16, .rarity_entries = 16}};
  std::atomic<uint64_t> committed_ = 0;
  std::atomic<uint64_t> comparisons_ = 0;
};

TEST_F(LookingTest, ManyTogetherAreLookedAtAsOne) {
  const std::string text = HanText(7, 300);
  const std::string own = HanText(9, 300);
  const FileOutcome known = Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", text));
  const auto make = [&] {
    std::vector<PreparedFile> files;
    files.push_back(Prepare("https://a.example/1", text));  // unchanged
    files.push_back(PrepareFile({.bytes = ""}, UrlRules::BuiltIn(), kPipelineNowMs));
    files.push_back(Prepare("https://b.example/2", text));  // the text of another URL
    files.push_back(Prepare("https://a.example/1", own));   // a revision
    files.push_back(Prepare("https://b.example/3", own));   // new
    return files;
  };
  std::vector<PreparedFile> files = make();
  std::vector<PreparedFile*> all;
  for (PreparedFile& file : files) all.push_back(&file);
  Put("https://c.example/4", own);
  LookAhead(ViewOf(*store_), all);
  for (const PreparedFile& file : files) EXPECT_TRUE(file.store_error.ok()) << file.store_error;
  ASSERT_TRUE(files[0].outlook.found.url.has_value());
  EXPECT_EQ(files[0].outlook.found.url->id, known.id);
  EXPECT_TRUE(IsKnown(files[0]));
  EXPECT_FALSE(files[0].outlook.compared);
  EXPECT_FALSE(files[1].error.ok());
  EXPECT_FALSE(files[1].outlook.found.text.has_value());
  EXPECT_FALSE(files[2].outlook.found.url.has_value());
  ASSERT_TRUE(files[2].outlook.found.text.has_value());
  EXPECT_EQ(files[2].outlook.found.text->id, known.id);
  EXPECT_FALSE(files[2].outlook.compared);
  ASSERT_TRUE(files[3].outlook.newest.has_value());
  EXPECT_TRUE(files[3].outlook.follows_unrelated);
  EXPECT_EQ(IdsOf(files[3]).size(), 1u);
  EXPECT_FALSE(files[4].outlook.found.url.has_value());
  EXPECT_FALSE(files[4].outlook.found.text.has_value());
  EXPECT_EQ(IdsOf(files[4]), IdsOf(files[3]));

  // Of a store that can't be read, each that it was asked about.
  FailingStore failing(*store_);
  failing.fail_lookups = true;
  std::vector<PreparedFile> again = make();
  all.clear();
  for (PreparedFile& file : again) all.push_back(&file);
  LookAhead(ViewOf(failing), all);
  for (size_t i = 0; i < again.size(); ++i) {
    EXPECT_EQ(again[i].store_error.ok(), i == 1) << i;
    EXPECT_FALSE(again[i].outlook.compared) << i;
  }

  // An article that is deleted between the two reads is no failure: who decides looks again.
  FailingStore deleting(*store_);
  deleting.forget_newest = true;
  again = make();
  all.clear();
  for (PreparedFile& file : again) all.push_back(&file);
  LookAhead(ViewOf(deleting), all);
  EXPECT_TRUE(again[3].store_error.ok()) << again[3].store_error;
  EXPECT_FALSE(again[3].outlook.newest.has_value());
  EXPECT_EQ(IdsOf(again[3]).size(), 1u);
}

// Articles of one outlet that are half the same.
class TemplateTest : public LookingTest {
 protected:
  static constexpr size_t kInstances = 15;

  static std::string Instance(uint32_t i) {
    static const std::string shared = HanText(77, 250);
    return HanText(1000 + i, 250) + shared;
  }
  void PutInstances(uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; ++i) {
      Put("https://a.example/" + std::to_string(i), Instance(i));
    }
  }
};

TEST_F(TemplateTest, ItsInstancesBehindTheFirstAreNotCompared) {
  PutInstances(0, kInstances);
  PreparedFile file = Prepare("https://a.example/x", Instance(500));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), file).ok());
  EXPECT_EQ(file.outlook.candidates.size(), kTellTemplate);
  for (const ScoredCandidate& one : file.outlook.candidates) {
    EXPECT_EQ(one.verdict.relation, Relation::kNone);
    EXPECT_TRUE(one.verdict.related);
  }
  EXPECT_EQ(file.outlook.more_of_template.size(), kInstances - kTellTemplate);
  EXPECT_EQ(comparisons_, kTellTemplate);
  // Nothing came since.
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), file).ok());
  EXPECT_EQ(comparisons_, kTellTemplate);
}

TEST_F(TemplateTest, AsManyAsTellOfItAreAllCompared) {
  PutInstances(0, kTellTemplate);
  PreparedFile file = Prepare("https://a.example/x", Instance(500));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), file).ok());
  EXPECT_EQ(file.outlook.candidates.size(), kTellTemplate);
  EXPECT_TRUE(file.outlook.more_of_template.empty());
}

TEST_F(TemplateTest, AnotherOutletsFileIsComparedWithAll) {
  PutInstances(0, kInstances);
  PreparedFile file = Prepare("https://b.example/x", Instance(500));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), file).ok());
  EXPECT_EQ(file.outlook.candidates.size(), kInstances);
  EXPECT_TRUE(file.outlook.more_of_template.empty());
}

// Files without a URL and a source are of no outlet.
TEST_F(TemplateTest, OfNoOutletAllAreCompared) {
  for (uint32_t i = 0; i < kInstances; ++i) Put("", Instance(i));
  PreparedFile file = Prepare("", Instance(500));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), file).ok());
  EXPECT_EQ(file.outlook.candidates.size(), kInstances);
  EXPECT_TRUE(file.outlook.candidates.front().verdict.same_domain);
}

// An article that is gone tells of no template, however often it is looked for.
TEST_F(TemplateTest, WhereOneOfTheFirstIsGoneAllAreCompared) {
  PutInstances(0, kInstances);
  PreparedFile first = Prepare("https://a.example/x", Instance(500));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), first).ok());
  const Ulid gone = first.outlook.candidates[2].hit.id;
  source_->Unpin(gone);
  source_->Forget(gone);
  PreparedFile early = Prepare("https://a.example/x", Instance(500));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), early).ok());
  EXPECT_EQ(early.outlook.candidates.size(), kInstances - 1);
  EXPECT_EQ(SortedIdsOf(early.outlook.unlike), std::vector<Ulid>{gone});
  Put("https://a.example/y", Instance(600));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), early).ok());
  EXPECT_EQ(early.outlook.candidates.size(), kInstances);
  PreparedFile late = Prepare("https://a.example/x", Instance(500));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), late).ok());
  ExpectTheSame(early, late);
}

TEST_F(TemplateTest, WhereOneIsACopyAllAreCompared) {
  PutInstances(0, kInstances);
  PreparedFile file = Prepare("https://a.example/x", Edited(Instance(3), 5, 50));
  ASSERT_TRUE(FindAndCompare(ViewOf(*store_), file).ok());
  EXPECT_EQ(file.outlook.candidates.size(), kInstances);
  ASSERT_NE(BestCopy(file.outlook.candidates), nullptr);
  EXPECT_TRUE(file.outlook.more_of_template.empty());
}

// A file that waits while others come is compared with what it would be compared with had it come
// after them.
TEST_F(TemplateTest, LookingEarlyAndAgainComparesWhatLookingOnceDoes) {
  const auto look_again = [&](PreparedFile& early) {
    ASSERT_TRUE(FindAndCompare(ViewOf(*store_), early).ok());
    PreparedFile late = Prepare("https://a.example/x", Instance(500));
    ASSERT_TRUE(FindAndCompare(ViewOf(*store_), late).ok());
    ExpectTheSame(early, late);
  };
  PreparedFile early = Prepare("https://a.example/x", Instance(500));
  for (uint32_t i = 0; i < kInstances; i += 5) {
    PutInstances(i, i + 5);
    look_again(early);
  }
  EXPECT_EQ(early.outlook.candidates.size(), kTellTemplate);
  // What is learnt may be another's reason to be compared again, and tells no other template.
  statistics_.Learn(LearntOf(*early.doc, kPipelineNowMs / 86'400'000));
  look_again(early);
  EXPECT_EQ(early.outlook.candidates.size(), kTellTemplate);
  // A copy ends the template.
  Put("https://b.example/copy", Edited(Instance(500), 5, 50));
  look_again(early);
  EXPECT_EQ(early.outlook.candidates.size(), kInstances + 1);
  EXPECT_TRUE(early.outlook.more_of_template.empty());
}

// Many articles share a little with one long text: some are worth comparing, and those that are not
// take places among the most promising too.
class ManyCandidatesTest : public LookingTest {
 protected:
  static constexpr int kArticles = 180;
  static constexpr uint32_t kSegments = 60;

  void Add(int i) {
    const std::string text = segments_[static_cast<size_t>(i) % kSegments] +
                             HanText(static_cast<uint32_t>(1000 + i), 450);
    Put("https://a.example/" + std::to_string(i), text);
  }
  PreparedFile Probe() {
    std::string text;
    for (const std::string& segment : segments_) text += segment;
    return Prepare("https://b.example/probe", text);
  }

  std::vector<std::string> segments_ = [] {
    std::vector<std::string> segments;
    for (uint32_t i = 0; i < kSegments; ++i) segments.push_back(HanText(i + 1, i % 2 ? 30 : 90));
    return segments;
  }();
};

TEST_F(ManyCandidatesTest, LookingEarlyAndAgainComparesWhatLookingOnceDoes) {
  const StoredView view = ViewOf(*store_);
  PreparedFile early = Probe();
  for (int i = 0; i < kArticles; ++i) {
    Add(i);
    if (i % 30 == 10) {
      ASSERT_TRUE(FindAndCompare(view, early).ok());
    }
  }
  ASSERT_TRUE(FindAndCompare(view, early).ok());
  PreparedFile late = Probe();
  ASSERT_TRUE(FindAndCompare(view, late).ok());
  EXPECT_EQ(late.outlook.candidates.size() + late.outlook.unlike.size(), kMaxCandidates);
  EXPECT_GT(late.outlook.candidates.size(), 5u);
  EXPECT_GT(late.outlook.unlike.size(), 5u);
  ExpectTheSame(early, late);
}

}  // namespace
}  // namespace wirefold
