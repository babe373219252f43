// Raw files through the whole pipeline: what is kept gives the very records that are stored.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/parse/document_splitter.h"
#include "lib/pipeline/pipeline.h"
#include "tests/dedup/texts.h"
#include "tests/parse/packing.h"
#include "tests/pipeline/raw_files.h"
#include "tests/store/raw_samples.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::OptionsFor;
using testing::RawSample;
using testing::TempFolder;

constexpr int64_t kNow = 1'600'000'000'000;

class RawKeepingTest : public ::testing::Test {
 protected:
  void SetUp() override { Open({.keep = true}); }

  void Open(const RawOptions& raw) {
    lane_.reset();
    pipeline_.reset();
    store_.reset();
    store_ = *RocksDbStore::Open(OptionsFor(folder_.path()));
    PipelineOptions options;
    options.workers = 2;
    options.raw = raw;
    pipeline_ = *Pipeline::Open(options, *store_, clock_, nullptr);
    lane_ = pipeline_->OpenLane();
  }

  FileOutcome Ingest(const IncomingFile& file) {
    std::promise<FileOutcome> promise;
    pipeline_->Submit(lane_, file,
                      [&](FileOutcome outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }
  FileOutcome Ingest(const std::string& bytes) { return Ingest(IncomingFile{.bytes = bytes}); }

  // The raw file of an article's newest text is `file`, and Normalize makes the record of it that
  // is stored, to the byte.
  void ExpectSameRecord(const Ulid& id, const IncomingFile& file) {
    const absl::StatusOr<StoredRaw> raw = store_->GetRaw(id, {});
    ASSERT_TRUE(raw.ok()) << raw.status();
    const KeptDocument& kept = raw->document;
    EXPECT_EQ(kept.bytes, file.bytes);
    const absl::StatusOr<StoredArticle> stored = store_->GetArticle(id);
    ASSERT_TRUE(stored.ok()) << stored.status();
    const absl::StatusOr<NormalizedArticle> again =
        Normalize({.bytes = kept.bytes, .source = kept.source, .hints = kept.hints});
    ASSERT_TRUE(again.ok()) << again.status();
    UrlState state;
    state.id = id;
    state.story_id = stored->story_id;
    EXPECT_EQ(*EncodeRecord(*again, stored->ingested_at_ms), *store_->ReadNewest(state)->record);
  }

  // Waits for a dictionary; false after a minute.
  bool HasDictionary(uint32_t number) {
    for (int i = 0; i < 6000; ++i) {
      const auto newest = store_->NewestRawDictionary();
      if (newest.ok() && *newest != nullptr && (*newest)->number() >= number) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  TempFolder folder_;
  ManualClock clock_{kNow};
  std::unique_ptr<RocksDbStore> store_;
  std::unique_ptr<Pipeline> pipeline_;
  std::shared_ptr<Lane> lane_;
};

TEST_F(RawKeepingTest, RawFilesOfEveryFormatGiveTheVeryRecordsThatAreStored) {
  std::vector<IncomingFile> files;
  const Hints page = {.url = "https://p.example/page", .observed_at_ms = kNow, .content_type = ""};
  const std::string dump = RawFile(kNow, "https://a.example/1", "题", HanText(1, 300));
  files.push_back({.bytes = dump, .source = "rfi", .hints = {}});
  files.push_back({.bytes = Gzip(RawFile(kNow, "https://a.example/2", "题", HanText(2, 300)))});
  files.push_back({.bytes = "<!doctype html><title>T</title><p>" + HanText(3, 300), .hints = page});
  files.push_back({.bytes = "<p>\xE0\xF1\xE0\xF1</p>",
                   .source = "\xE6\x96\xB0",
                   .hints = {.url = "https://p.example/cyrillic",
                             .observed_at_ms = 0,
                             .content_type = "text/html; charset=windows-1251"}});
  files.push_back({.bytes = "No URL, no time, mere words that nobody else has written down."});
  files.push_back(
      {.bytes = "x\xff\xfe broken \xc3",
       .hints = {.url = "https://p.example/broken", .observed_at_ms = {}, .content_type = ""}});
  std::set<std::filesystem::path> articles;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::string(WIREFOLD_SOURCE_DIR "/tests/testdata/articles"))) {
    articles.insert(entry.path().filename());
  }
  for (const auto& name : articles) {
    files.push_back({.bytes = ReadTestData("articles/" + name.string())});
  }
  for (const std::string name : {"warc/pages.warc", "feeds/01-rss20.xml", "feeds/08-gb2312.xml"}) {
    const std::string file = ReadTestData(name);  // lent to the splitter
    DocumentSplitter splitter;
    splitter.Push(file);
    splitter.End();
    while (auto document = splitter.Next()) {
      if (!document->error.ok()) continue;
      files.push_back({.bytes = document->bytes,
                       .source = name,
                       .hints = {.url = document->url,
                                 .observed_at_ms = document->observed_at_ms,
                                 .content_type = document->content_type}});
    }
  }
  // The newest text of each ID, as the last file that became it.
  std::map<Ulid, IncomingFile> newest;
  std::map<FileStatus, int> statuses;
  uint64_t bytes = 0;
  for (const IncomingFile& file : files) {
    const FileOutcome outcome = Ingest(file);
    ++statuses[outcome.status];
    if (outcome.status == FileStatus::kRejected || outcome.status == FileStatus::kUnchanged)
      continue;
    bytes += file.bytes.size();
    const absl::StatusOr<StoredArticle> stored = store_->GetArticle(outcome.id);
    const absl::StatusOr<NormalizedArticle> own =
        Normalize({.bytes = file.bytes, .source = file.source, .hints = file.hints});
    ASSERT_TRUE(own.ok() && stored.ok());
    if (stored->text_hash == own->text_hash) newest[outcome.id] = file;
  }
  EXPECT_GT(statuses[FileStatus::kDuplicate], 0);
  EXPECT_GT(statuses[FileStatus::kRevision], 0);
  EXPECT_GT(newest.size(), 12U);
  for (int round = 0; round < 2; ++round, Open({.keep = true})) {
    for (const auto& [id, file] : newest) {
      SCOPED_TRACE(file.bytes.substr(0, 100));
      ExpectSameRecord(id, file);
    }
  }
  EXPECT_EQ(store_->Counts().raw_bytes, bytes);
}

TEST_F(RawKeepingTest, EachStoredTextHasItsFileAndWhatIsNotStoredHasNone) {
  const std::string text = HanText(1, 600);
  const std::string first = RawFile(kNow, "https://a.example/1", "题", text);
  const FileOutcome original = Ingest(first);
  // The same text in other bytes: nothing is written, the first bytes stay.
  EXPECT_EQ(Ingest(first + " ").status, FileStatus::kUnchanged);
  EXPECT_EQ(Ingest("").status, FileStatus::kRejected);
  EXPECT_EQ(store_->GetRaw(original.id, {})->document.bytes, first);
  const std::string copied = RawFile(kNow + 1, "https://b.example/1", "题", Edited(text, 5, 80));
  const FileOutcome copy = Ingest(copied);
  EXPECT_EQ(copy.status, FileStatus::kDuplicate);
  EXPECT_EQ(store_->GetRaw(copy.id, {})->document.bytes, copied);
  const std::string later = RawFile(kNow + 5, "https://a.example/1", "题", HanText(2, 300));
  const std::string earlier = RawFile(kNow - 5, "https://a.example/1", "题", HanText(3, 300));
  const Hash128 first_text = store_->GetArticle(original.id)->text_hash;
  EXPECT_EQ(Ingest(later).status, FileStatus::kRevision);
  EXPECT_EQ(Ingest(earlier).status, FileStatus::kRevision);
  EXPECT_EQ(store_->GetRaw(original.id, {})->document.bytes, later);
  EXPECT_EQ(store_->GetRaw(original.id, first_text)->document.bytes, first);
  EXPECT_EQ(
      store_
          ->GetRaw(original.id, Normalize({.bytes = earlier, .source = {}, .hints = {}})->text_hash)
          ->document.bytes,
      earlier);
  EXPECT_EQ(store_->Counts().raw_files, 4U);
}

TEST_F(RawKeepingTest, TurnedOnAndOffBetweenRestarts) {
  Open({.keep = false});
  const FileOutcome before = Ingest(RawFile(kNow, "https://a.example/1", "题", HanText(1, 300)));
  EXPECT_EQ(ReasonOf(store_->GetRaw(before.id, {}).status()), Reason::kRawNotKept);
  Open({.keep = true});
  const std::string file = RawFile(kNow, "https://a.example/2", "题", HanText(2, 300));
  const FileOutcome kept = Ingest(file);
  Open({.keep = false});
  const FileOutcome after = Ingest(RawFile(kNow, "https://a.example/3", "题", HanText(3, 300)));
  EXPECT_EQ(ReasonOf(store_->GetRaw(before.id, {}).status()), Reason::kRawNotKept);
  EXPECT_EQ(store_->GetRaw(kept.id, {})->document.bytes, file);
  EXPECT_EQ(ReasonOf(store_->GetRaw(after.id, {}).status()), Reason::kRawNotKept);
  EXPECT_EQ(store_->Counts().raw_files, 1U);
}

TEST_F(RawKeepingTest, ADictionaryIsTrainedOnTheWayAndUsedFromThenOnAndAfterARestart) {
  Open({.keep = true, .first_window_bytes = size_t{128} << 10});
  std::map<Ulid, std::string> files;
  const auto ingest = [&](int number) {
    const std::string file = RawSample(number);
    const Ulid id = Ingest(file).id;
    files[id] = file;
    return id;
  };
  for (int i = 0; i < 300; ++i) ingest(i);
  ASSERT_TRUE(HasDictionary(1));
  // The thread that trains hands it out right after it has stored it.
  uint32_t used = 0;
  for (int i = 300; used == 0 && i < 3000; ++i) used = store_->GetRaw(ingest(i), {})->dictionary;
  EXPECT_GE(used, 1U);
  Open({.keep = true});
  EXPECT_GE(store_->GetRaw(ingest(3000), {})->dictionary, 1U);
  uint64_t without = 0;
  for (const auto& [id, file] : files) {
    const absl::StatusOr<StoredRaw> raw = store_->GetRaw(id, {});
    ASSERT_TRUE(raw.ok()) << raw.status();
    EXPECT_EQ(raw->document.bytes, file);
    if (raw->dictionary == 0) ++without;
  }
  EXPECT_GT(without, 0U);
}

}  // namespace
}  // namespace wirefold
