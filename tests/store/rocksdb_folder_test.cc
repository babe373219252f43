// Who may open which folder, and what a crash leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/db.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;
using testing::FolderBytes;
using ::testing::HasSubstr;
using testing::MakeArticle;
using testing::New;
using testing::OpenOrDie;
using testing::OptionsFor;

class FolderTest : public ::testing::Test {
 protected:
  // A store with articles in tables and in the log.
  void Fill(int articles = 300) {
    RocksDbOptions options = OptionsFor(path_);
    {
      const auto store = OpenOrDie(options);
      for (int i = 0; i < articles; ++i) {
        ASSERT_TRUE(store->Commit(std::vector{New(Article(i))}).ok());
      }
    }
    OpenOrDie(options);  // recovery writes tables
    const auto store = OpenOrDie(options);
    ASSERT_TRUE(store->Commit(std::vector{New(Article(articles))}).ok());
  }
  static NormalizedArticle Article(int i) {
    std::string text;
    for (int word = 0; word < 100; ++word) text += std::to_string(HashBytes64("x", i + word));
    return MakeArticle("a.org/" + std::to_string(i), i, text);
  }
  fs::path Find(const std::string& pattern, bool largest = false) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(path_)) {
      const std::string name = entry.path().filename().string();
      if (name.find(pattern) == std::string::npos) continue;
      if (found.empty() || (fs::file_size(entry) > fs::file_size(found)) == largest) {
        found = entry.path();
      }
    }
    return found;
  }
  void Flip(const fs::path& file, uintmax_t at) {
    std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
    io.seekg(static_cast<std::streamoff>(at));
    const int byte = io.get();
    io.seekp(static_cast<std::streamoff>(at));
    io.put(static_cast<char>(byte ^ 0x55));
  }
  // Opening must fail with `reason` and leave every byte as it is.
  std::string ExpectRefused(Reason reason, const RocksDbOptions& options) {
    const auto before = FolderBytes(path_);
    const auto store = RocksDbStore::Open(options);
    EXPECT_EQ(ReasonOf(store.status()), reason) << store.status();
    EXPECT_TRUE(before == FolderBytes(path_)) << "the folder was changed";
    return store.status().ToString();
  }
  std::string ExpectRefused(Reason reason) { return ExpectRefused(reason, OptionsFor(path_)); }
  // Does something to the database behind the store's back.
  using Handles = std::vector<rocksdb::ColumnFamilyHandle*>;
  void Meddle(const std::function<rocksdb::Status(rocksdb::DB&, const Handles&)>& meddle) {
    const RocksDbOptions options = OptionsFor(path_);
    Handles handles;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(MakeDbOptions(options), path_,
                                  MakeFamilies(options, rocksdb::NewLRUCache(1 << 20)), &handles,
                                  &db)
                    .ok());
    const rocksdb::Status status = meddle(*db, handles);
    EXPECT_TRUE(status.ok()) << status.ToString();
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
  }
  void PutMeta(std::string_view key, const std::string& value, bool remove = false) {
    Meddle([&](rocksdb::DB& db, const Handles& handles) {
      const rocksdb::Slice name(key.data(), key.size());
      return remove ? db.Delete({}, handles[kMeta], name) : db.Put({}, handles[kMeta], name, value);
    });
  }
  void DropFamily(Family family) {
    Meddle([&](rocksdb::DB& db, const Handles& handles) {
      return db.DropColumnFamily(handles[family]);
    });
  }
  static std::string Number(uint64_t number) {
    std::string bytes;
    AppendBigEndian64(number, bytes);
    return bytes;
  }
  std::set<std::string> FamiliesOnDisk() {
    std::vector<std::string> names;
    EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, path_, &names).ok());
    return {names.begin(), names.end()};
  }
  std::string FormatOnDisk() {
    std::string format;
    Meddle([&](rocksdb::DB& db, const Handles& handles) {
      return db.Get({}, handles[kMeta], rocksdb::Slice(kFormatKey.data(), kFormatKey.size()),
                    &format);
    });
    return format;
  }

  testing::TempFolder folder_;
  std::string path_ = folder_.path() + "/data";
};

TEST_F(FolderTest, AMissingAndAnEmptyFolderBecomeAStore) {
  OpenOrDie(OptionsFor(path_ + "/deeper"));
  fs::create_directory(path_ + "/empty");
  OpenOrDie(OptionsFor(path_ + "/empty"));
  EXPECT_TRUE(fs::exists(path_ + "/empty/CURRENT"));
  EXPECT_FALSE(fs::exists(path_ + "/empty/" + kCreatingFile));
}

TEST_F(FolderTest, AFolderOfOtherFilesIsRefused) {
  fs::create_directory(path_);
  std::ofstream(path_ + "/thesis.txt") << "x";
  EXPECT_THAT(ExpectRefused(Reason::kInvalidArgument), HasSubstr("thesis.txt"));
}

TEST_F(FolderTest, AnotherProgramsRocksDbIsRefused) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, path_, &db).ok());
  delete db;
  EXPECT_THAT(ExpectRefused(Reason::kStoreCorrupt), HasSubstr("another program's"));
}

TEST_F(FolderTest, AnInterruptedCreationStartsAnew) {
  Fill();
  std::ofstream(path_ + "/" + kCreatingFile) << "";
  EXPECT_EQ(OpenOrDie(OptionsFor(path_))->Counts(), StoreCounts());
  EXPECT_FALSE(fs::exists(path_ + "/" + kCreatingFile));
}

TEST_F(FolderTest, ASecondOpenerIsToldWhoHasTheFolder) {
  auto store = OpenOrDie(OptionsFor(path_));
  EXPECT_THAT(ExpectRefused(Reason::kStoreLocked),
              HasSubstr("process " + std::to_string(getpid())));
  store.reset();
  OpenOrDie(OptionsFor(path_));
}

TEST_F(FolderTest, AStaleProcessIdIsNoObstacle) {
  Fill();
  std::ofstream(path_ + "/" + kLockFile) << "1\n";
  OpenOrDie(OptionsFor(path_));
}

TEST_F(FolderTest, AFlippedByteAnywhereInATableIsRefused) {
  Fill();
  const fs::path table = Find(".sst", /*largest=*/true);
  ASSERT_FALSE(table.empty());
  const uintmax_t size = fs::file_size(table);
  ASSERT_GT(size, 10'000U);
  for (const uintmax_t at : {uintmax_t{100}, size / 4, size / 2, size - 5}) {
    SCOPED_TRACE(std::to_string(at) + " of " + std::to_string(size));
    Flip(table, at);
    EXPECT_THAT(ExpectRefused(Reason::kStoreCorrupt), HasSubstr("restore it from a backup"));
    Flip(table, at);
  }
  EXPECT_EQ(OpenOrDie(OptionsFor(path_))->Counts().articles, 301U);
}

TEST_F(FolderTest, InAStoreTooLargeToVerifyAFlippedByteIsFoundWhenItIsRead) {
  Fill();
  const fs::path table = Find(".sst", /*largest=*/true);
  Flip(table, fs::file_size(table) / 2);
  RocksDbOptions options = OptionsFor(path_);
  options.verify_bytes_at_open = 0;
  const auto store = RocksDbStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  const Reason listed = ReasonOf((*store)->ListArticles({.limit = 1000}).status());
  const Reason scanned =
      ReasonOf((*store)->ScanSketches([](const Ulid&, const Sketch&) { return true; }));
  EXPECT_TRUE(listed == Reason::kStoreCorrupt || scanned == Reason::kStoreCorrupt);
}

TEST_F(FolderTest, AMissingPartOfTheStoreIsRefused) {
  Fill();
  for (const char* part : {"CURRENT", "MANIFEST-", ".sst"}) {
    const fs::path file = Find(part, /*largest=*/true);
    ASSERT_FALSE(file.empty()) << part;
    const fs::path aside = folder_.path() + "/aside";
    fs::rename(file, aside);
    SCOPED_TRACE(file);
    ExpectRefused(Reason::kStoreCorrupt);
    fs::rename(aside, file);
  }
  EXPECT_EQ(OpenOrDie(OptionsFor(path_))->Counts().articles, 301U);
}

TEST_F(FolderTest, WriteAheadLogsThatWereClearedAwayAreRefused) {
  Fill();
  for (fs::path log = Find(".log"); !log.empty(); log = Find(".log")) fs::remove(log);
  EXPECT_THAT(ExpectRefused(Reason::kStoreCorrupt), HasSubstr("*.log"));
}

TEST_F(FolderTest, AManifestCutOffAnywhereIsRefusedOrLosesNothing) {
  Fill();
  const fs::path manifest = Find("MANIFEST-");
  const uintmax_t size = fs::file_size(manifest);
  const fs::path copy = folder_.path() + "/copy";
  for (uintmax_t cut = 0; cut < size; cut += 13) {
    fs::remove_all(copy);
    fs::copy(path_, copy);
    fs::resize_file(copy / manifest.filename(), cut);
    const auto before = FolderBytes(copy);
    const auto store = RocksDbStore::Open(OptionsFor(copy));
    if (store.ok()) {
      EXPECT_EQ((*store)->Counts().articles, 301U) << cut << " of " << size;
    } else {
      EXPECT_EQ(ReasonOf(store.status()), Reason::kStoreCorrupt) << store.status();
      EXPECT_TRUE(before == FolderBytes(copy)) << cut << " of " << size;
    }
  }
}

TEST_F(FolderTest, DamageInsideOfTheLogIsRefusedAndATornEndIsNot) {
  {
    const auto store = OpenOrDie(OptionsFor(path_));
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(store->Commit(std::vector{New(Article(i))}).ok());
  }
  const fs::path log = Find(".log", /*largest=*/true);
  const uintmax_t size = fs::file_size(log);
  Flip(log, size / 2);
  ExpectRefused(Reason::kStoreCorrupt);
  Flip(log, size / 2);
  fs::resize_file(log, size - 10);
  EXPECT_EQ(OpenOrDie(OptionsFor(path_))->Counts().articles, 49U);
}

TEST_F(FolderTest, ANewerFormatIsRefused) {
  Fill(1);
  PutMeta(kFormatKey, Number(kStoreFormat + 1));
  EXPECT_THAT(ExpectRefused(Reason::kStoreTooNew), HasSubstr("use a newer wirefoldd"));
}

TEST_F(FolderTest, APartThatIsNotKnownIsRefused) {
  Fill(1);
  Meddle([](rocksdb::DB& db, const Handles& /*handles*/) {
    rocksdb::ColumnFamilyHandle* handle = nullptr;
    const rocksdb::Status status = db.CreateColumnFamily({}, "tomorrow", &handle);
    if (status.ok()) db.DestroyColumnFamilyHandle(handle);
    return status;
  });
  EXPECT_THAT(ExpectRefused(Reason::kStoreTooNew), HasSubstr("'tomorrow'"));
}

TEST_F(FolderTest, AMissingColumnFamilyIsRefused) {
  Fill(1);
  DropFamily(kRaw);
  EXPECT_THAT(ExpectRefused(Reason::kStoreCorrupt), HasSubstr("'raw'"));
}

// The layout of format 1, made by RocksDB alone.
TEST_F(FolderTest, AStoreOfFormatOneGetsThePartsThatCameLater) {
  const std::set<std::string> first = {"default",  "meta",      "articles",  "urls",    "texts",
                                       "sketches", "sightings", "revisions", "aliases", "events"};
  const RocksDbOptions options = OptionsFor(path_);
  {
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : first)
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    rocksdb::DBOptions db_options;
    db_options.create_if_missing = db_options.create_missing_column_families = true;
    Handles handles;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(db_options, path_, families, &handles, &db).ok());
    for (auto* handle : handles) {
      if (handle->GetName() == "meta") {
        ASSERT_TRUE(db->Put({}, handle, "format", Number(1)).ok());
        ASSERT_TRUE(db->Put({}, handle, "sketch_version", Number(kSketchVersion)).ok());
        ASSERT_TRUE(db->Put({}, handle, "key_rules", "\x01rules-1").ok());
        ASSERT_TRUE(db->Put({}, handle, "counts", "\x01").ok());
      }
      db->DestroyColumnFamilyHandle(handle);
    }
    delete db;
  }
  EXPECT_EQ(FamiliesOnDisk(), first);
  // Refused for another cause, it stays what it was.
  RocksDbOptions others = options;
  others.key_rules_fingerprint = "rules-2";
  ExpectRefused(Reason::kStoreRulesDiffer, others);
  { ASSERT_TRUE(OpenOrDie(options)->Commit(std::vector{New(Article(1))}).ok()); }
  EXPECT_EQ(FamiliesOnDisk().size(), size_t{kFamilies});
  EXPECT_EQ(FormatOnDisk(), Number(kStoreFormat));
  EXPECT_TRUE(OpenOrDie(options)->GetArticle(Article(1).id).ok());
}

TEST_F(FolderTest, AnOlderStoreKeepsWhatItHasWhenPartsAreAdded) {
  Fill();
  DropFamily(kRaw);
  // Opened without it once, by hand: the number of an older format, and one part less.
  {
    const RocksDbOptions options = OptionsFor(path_);
    auto families = MakeFamilies(options, rocksdb::NewLRUCache(1 << 20));
    families.erase(families.begin() + kRaw);
    Handles handles;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(MakeDbOptions(options), path_, families, &handles, &db).ok());
    ASSERT_TRUE(db->Put({}, handles[kMeta], "format", Number(1)).ok());
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
  }
  const auto store = OpenOrDie(OptionsFor(path_));
  EXPECT_EQ(store->Counts().articles, 301U);
  EXPECT_TRUE(store->GetArticle(Article(300).id).ok());
}

TEST_F(FolderTest, RaisingTheFormatIsTakenUpWhereACrashLeftIt) {
  Fill(1);
  PutMeta(kFormatKey, Number(1));  // every part is there, the number is not
  EXPECT_EQ(OpenOrDie(OptionsFor(path_))->Counts().articles, 2U);
  EXPECT_EQ(FormatOnDisk(), Number(kStoreFormat));
}

TEST_F(FolderTest, DamagedMetaDataIsRefused) {
  Fill(1);
  PutMeta(kFormatKey, "one");
  ExpectRefused(Reason::kStoreCorrupt);
  PutMeta(kFormatKey, "", /*remove=*/true);
  ExpectRefused(Reason::kStoreCorrupt);
  PutMeta(kFormatKey, Number(kStoreFormat));
  OpenOrDie(OptionsFor(path_));
  PutMeta(kCountsKey, "", /*remove=*/true);
  ExpectRefused(Reason::kStoreCorrupt);
  PutMeta(kCountsKey, "\x01\xff");
  ExpectRefused(Reason::kStoreCorrupt);
  PutMeta(kCountsKey, "\x02");
  ExpectRefused(Reason::kStoreTooNew);
}

TEST_F(FolderTest, OtherKeyRulesAreRefusedAndTheMessageNamesRekey) {
  Fill(1);
  RocksDbOptions options = OptionsFor(path_);
  options.key_rules_fingerprint = "rules-2";
  EXPECT_THAT(ExpectRefused(Reason::kStoreRulesDiffer, options), HasSubstr("wirefoldd rekey"));
}

TEST_F(FolderTest, VersionsAreRecordedWithTheCommitTheyCameIntoForce) {
  RocksDbOptions options = OptionsFor(path_);
  options.versions = {{"icu", "72"}};
  { ASSERT_TRUE(OpenOrDie(options)->Commit(std::vector{New(Article(1))}).ok()); }
  OpenOrDie(options);
  options.versions["icu"] = "74";
  const auto store = OpenOrDie(options);
  const RocksDbStore::VersionHistory expected = {{0, {{"icu", "72"}}}, {1, {{"icu", "74"}}}};
  EXPECT_EQ(*store->Versions(), expected);
}

// The process that is killed; started anew by the death test, so that it has threads of its own.
[[noreturn]] void CommitUntilKilled(const std::string& path, const std::string& acknowledged) {
  RocksDbOptions options = OptionsFor(path);
  options.sync = true;
  options.write_buffer_bytes = size_t{256} << 10;
  const auto store = OpenOrDie(options);
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    kill(getpid(), SIGKILL);
  }).detach();
  std::ofstream acks(acknowledged);
  for (int i = 0;; ++i) {
    std::vector<Mutation> group;
    for (int j = 0; j < 5; ++j) {
      group.push_back(New(MakeArticle("a.org/" + std::to_string(5 * i + j), i, "正文")));
    }
    if (!store->Commit(group).ok()) abort();
    acks << i << std::endl;
  }
}

TEST_F(FolderTest, WhatWasAcknowledgedSurvivesKill) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // The child runs this test as well, up to the statement: both need the same folder.
  constexpr const char* kVariable = "WIREFOLD_CRASH_TEST_FOLDER";
  if (getenv(kVariable) == nullptr) setenv(kVariable, folder_.path().c_str(), 1);
  const std::string path = std::string(getenv(kVariable)) + "/data";
  const std::string acks = std::string(getenv(kVariable)) + "/acks";
  EXPECT_EXIT(CommitUntilKilled(path, acks), ::testing::KilledBySignal(SIGKILL), "");
  unsetenv(kVariable);

  int last = -1;
  std::ifstream in(acks);
  for (int i = 0; in >> i;) last = i;
  ASSERT_GE(last, 0);
  const auto store = OpenOrDie(OptionsFor(path));
  const StoreCounts counts = store->Counts();
  // One group may have been written and not yet acknowledged.
  EXPECT_GE(counts.commits, static_cast<uint64_t>(last) + 1);
  EXPECT_LE(counts.commits, static_cast<uint64_t>(last) + 2);
  EXPECT_EQ(counts.articles, 5 * counts.commits);
  uint64_t sketches = 0;
  EXPECT_TRUE(store->ScanSketches([&](const Ulid&, const Sketch&) { return ++sketches > 0; }).ok());
  EXPECT_EQ(sketches, counts.articles);
  for (uint64_t i = 0; i < counts.articles; ++i) {
    const NormalizedArticle article =
        MakeArticle("a.org/" + std::to_string(i), static_cast<int64_t>(i / 5), "正文");
    ASSERT_TRUE(store->GetArticle(article.id).ok()) << i;
    ASSERT_TRUE(store->Lookup(article.identity, article.text_hash)->url.has_value()) << i;
  }
}

}  // namespace
}  // namespace wirefold
