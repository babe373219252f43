#include "lib/store/record_packing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lib/base/reason.h"
#include "lib/store/rocksdb_status.h"
#include "rocksdb/compaction_filter.h"
#include "rocksdb/table_properties.h"

namespace wirefold {
namespace {

// Where there is time. Of the real articles twice the size leaves 0.385 of their bytes for 0.397.
constexpr DictionaryGoal kTightGoal = {
    .level = kQuickLevel, .max_bytes = 2 * kMaxDictionaryBytes, .min_gain_ppm = 10'000};

// Of records that are sampled: nothing is packed until a write buffer is full, which takes more,
// and training takes half a second.
constexpr size_t kFirstWindowBytes = size_t{32} << 20;

constexpr DictionaryTable::Kind kKind = {.prefix = kRecordDictionaryPrefix,
                                         .event_prefix = kRecordDictionaryEventPrefix,
                                         .what = "articles",
                                         .level = kQuickLevel};

// Of a table of `articles`: the numbers of the dictionaries that its values need, two bytes each.
constexpr const char* kDictionariesProperty = "wirefold.dictionaries";

// Packs the values of one table that is being written, or of several one after another.
class PackingFilter final : public rocksdb::CompactionFilter {
 public:
  PackingFilter(const RecordPacking& packing, Packing how, DictionaryTrainer::Dictionary dictionary)
      : packing_(packing),
        how_(how),
        number_(dictionary == nullptr ? 0 : dictionary->number()),
        stale_below_(packing.StaleBelow()),
        compressor_(how, std::move(dictionary)) {}

  Decision FilterV2(int /*level*/, const rocksdb::Slice& /*key*/, ValueType type,
                    const rocksdb::Slice& existing, std::string* value,
                    std::string* /*skip_until*/) const override {
    if (type != ValueType::kValue || !IsToBePacked(existing.ToStringView())) {
      return Decision::kKeep;
    }
    // A damaged value stays, for whoever reads it to be told.
    const absl::StatusOr<std::string> record = packing_.Unpack(existing.ToStringView());
    if (!record.ok()) return Decision::kKeep;
    std::optional<std::string> packed = compressor_.Pack(*record);
    if (packed.has_value()) {
      *value = *std::move(packed);
    } else if (IsPackedRecord(existing.ToStringView())) {
      *value = *record;  // it needs its dictionary no longer
    } else {
      return Decision::kKeep;
    }
    return Decision::kChangeValue;
  }

  const char* Name() const override { return "wirefold.packing"; }

 private:
  [[nodiscard]] bool IsToBePacked(std::string_view value) const {
    if (!IsPackedRecord(value)) return true;
    const absl::StatusOr<PackedHead> head = HeadOfPacked(value);
    if (!head.ok()) return false;
    if (how_ == Packing::kTight) return head->packing != how_ || head->dictionary != number_;
    return head->dictionary == 0 ? number_ != 0 : head->dictionary < stale_below_;
  }

  const RecordPacking& packing_;
  const Packing how_;
  const uint32_t number_;
  const uint32_t stale_below_;
  // RocksDB calls a filter from one thread at a time, through a const method.
  mutable RecordCompressor compressor_;
};

class PackingFilters final : public rocksdb::CompactionFilterFactory {
 public:
  explicit PackingFilters(const RecordPacking& packing) : packing_(packing) {}

  bool ShouldFilterTableFileCreation(rocksdb::TableFileCreationReason reason) const override {
    return reason == rocksdb::TableFileCreationReason::kFlush ||
           reason == rocksdb::TableFileCreationReason::kCompaction;
  }

  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context& context) override {
    if (!packing_.IsAttached()) return nullptr;
    // Compact is the only one that compacts by hand.
    const Packing how = context.is_manual_compaction ? Packing::kTight : Packing::kQuick;
    return std::make_unique<PackingFilter>(packing_, how, packing_.InUse());
  }

  const char* Name() const override { return "wirefold.packing"; }

 private:
  const RecordPacking& packing_;
};

// Notes in a table which dictionaries its values need.
class DictionaryCollector final : public rocksdb::TablePropertiesCollector {
 public:
  rocksdb::Status AddUserKey(const rocksdb::Slice& /*key*/, const rocksdb::Slice& value,
                             rocksdb::EntryType type, rocksdb::SequenceNumber /*sequence*/,
                             uint64_t /*file_size*/) override {
    if (type != rocksdb::kEntryPut || !IsPackedRecord(value.ToStringView())) return {};
    const absl::StatusOr<PackedHead> head = HeadOfPacked(value.ToStringView());
    if (!head.ok() || head->dictionary == 0) return {};
    if (std::ranges::find(numbers_, head->dictionary) == numbers_.end()) {
      numbers_.push_back(head->dictionary);
    }
    return {};
  }

  rocksdb::Status Finish(rocksdb::UserCollectedProperties* properties) override {
    std::string& value = (*properties)[kDictionariesProperty];
    for (const uint32_t number : numbers_) {
      value += {static_cast<char>(number >> 8), static_cast<char>(number)};
    }
    return {};
  }

  rocksdb::UserCollectedProperties GetReadableProperties() const override { return {}; }
  const char* Name() const override { return "wirefold.dictionaries"; }

 private:
  std::vector<uint32_t> numbers_;  // few
};

class DictionaryCollectors final : public rocksdb::TablePropertiesCollectorFactory {
 public:
  rocksdb::TablePropertiesCollector* CreateTablePropertiesCollector(
      rocksdb::TablePropertiesCollectorFactory::Context /*context*/) override {
    return new DictionaryCollector();  // RocksDB's from here on
  }
  const char* Name() const override { return "wirefold.dictionaries"; }
};

// The numbers of the dictionaries that the tables of `articles` need, with repetitions.
absl::StatusOr<std::vector<uint32_t>> NeededBy(rocksdb::DB& db,
                                               rocksdb::ColumnFamilyHandle* articles) {
  rocksdb::TablePropertiesCollection tables;
  const rocksdb::Status read = db.GetPropertiesOfAllTables(articles, &tables);
  if (!read.ok()) return FromRocksDb(read, "reading which dictionaries articles need");
  std::vector<uint32_t> needed;
  for (const auto& [name, properties] : tables) {
    const auto property = properties->user_collected_properties.find(kDictionariesProperty);
    if (property == properties->user_collected_properties.end()) continue;
    const std::string& bytes = property->second;
    for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
      needed.push_back(static_cast<uint32_t>(static_cast<uint8_t>(bytes[i]) << 8 |
                                             static_cast<uint8_t>(bytes[i + 1])));
    }
  }
  return needed;
}

// Reads all dictionaries; the newest, or null. Were one missing that a table needs, its number
// would be given to another, with which what needs it is garbage.
absl::StatusOr<DictionaryTrainer::Dictionary> ReadAll(const DictionaryTable& dictionaries,
                                                      rocksdb::DB& db,
                                                      rocksdb::ColumnFamilyHandle* articles) {
  const absl::StatusOr<std::vector<uint32_t>> numbers = dictionaries.Numbers();
  if (!numbers.ok()) return numbers.status();
  DictionaryTrainer::Dictionary newest;
  for (const uint32_t number : *numbers) {
    absl::StatusOr<DictionaryTrainer::Dictionary> read = dictionaries.Read(number);
    if (!read.ok()) return read;
    newest = *std::move(read);
  }
  const absl::StatusOr<std::vector<uint32_t>> needed = NeededBy(db, articles);
  if (!needed.ok()) return needed.status();
  for (const uint32_t number : *needed) {
    if (auto read = dictionaries.Read(number); !read.ok()) return read;
  }
  return newest;
}

}  // namespace

absl::Status CheckRecordDictionaries(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta,
                                     rocksdb::ColumnFamilyHandle* articles) {
  DictionaryTable dictionaries(kKind);
  dictionaries.Attach(db, meta, /*sync=*/true);
  return ReadAll(dictionaries, db, articles).status();
}

RecordPacking::RecordPacking()
    : dictionaries_(kKind),
      trainer_({.first_window_bytes = kFirstWindowBytes, .level = kQuickLevel},
               [this](std::string bytes, uint64_t event) { return Add(std::move(bytes), event); }) {
}

void RecordPacking::SetUp(rocksdb::ColumnFamilyOptions& articles) {
  // Or RocksDB would merge everything once a month, for the filter's sake.
  articles.periodic_compaction_seconds = 0;
  articles.compaction_filter_factory = std::make_shared<PackingFilters>(*this);
  articles.table_properties_collector_factories.push_back(std::make_shared<DictionaryCollectors>());
}

absl::Status RecordPacking::Attach(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta,
                                   rocksdb::ColumnFamilyHandle* articles, bool sync) {
  dictionaries_.Attach(db, meta, sync);
  absl::StatusOr<DictionaryTrainer::Dictionary> newest = ReadAll(dictionaries_, db, articles);
  if (!newest.ok()) return newest.status();
  trainer_.Start(*std::move(newest));
  attached_.store(true);
  return absl::OkStatus();
}

void RecordPacking::Stop() { trainer_.Stop(); }

absl::StatusOr<std::string> RecordPacking::Unpack(std::string_view value) const {
  if (!IsPackedRecord(value)) return std::string(value);
  const absl::StatusOr<PackedHead> head = HeadOfPacked(value);
  if (!head.ok()) return head.status();
  if (head->dictionary == 0) return UnpackRecord(*head, nullptr);
  const absl::StatusOr<DictionaryTrainer::Dictionary> dictionary =
      dictionaries_.Read(head->dictionary);
  if (!dictionary.ok()) return dictionary.status();
  return UnpackRecord(*head, dictionary->get());
}

absl::StatusOr<RecordPacking::Renewed> RecordPacking::Renew(rocksdb::DB& db,
                                                            const std::vector<std::string>& samples,
                                                            const Age& age) {
  trainer_.Stop();
  DictionaryTrainer::Dictionary in_use = trainer_.InUse();
  const auto renew = [&]() -> absl::StatusOr<Renewed> {
    if (in_use != nullptr) {
      const absl::StatusOr<uint64_t> event = dictionaries_.EventOf(in_use->number());
      if (!event.ok()) return event.status();
      if (*event < age.last_removal) in_use = nullptr;
    }
    std::optional<std::string> bytes = TrainBetterDictionary(samples, in_use.get(), kTightGoal);
    if (bytes.has_value()) {
      absl::StatusOr<DictionaryTrainer::Dictionary> added =
          dictionaries_.Add(*std::move(bytes), age.sampled_from);
      if (added.ok()) {
        in_use = *std::move(added);
      } else if (!absl::IsFailedPrecondition(added.status())) {
        return added.status();
      }
    }
    Renewed renewed{.last_removal = age.last_removal};
    if (in_use != nullptr) {
      renewed.first_kept = in_use->number();
      return renewed;
    }
    const absl::StatusOr<uint32_t> next = dictionaries_.NextNumber();
    if (!next.ok()) return next.status();
    renewed.first_kept = *next;
    return renewed;
  };
  absl::StatusOr<Renewed> renewed = renew();
  trainer_.Start(std::move(in_use));
  if (!renewed.ok()) return renewed;
  const absl::StatusOr<bool> any_stale = AnyStale(*renewed);
  if (!any_stale.ok()) return any_stale.status();
  if (*any_stale) {
    stale_below_.store(renewed->first_kept);
    // Those that were begun ahead of this know nothing of it.
    rocksdb::Status status = db.PauseBackgroundWork();
    if (status.ok()) status = db.ContinueBackgroundWork();
    if (!status.ok()) return FromRocksDb(status, "waiting for tables to be written");
  }
  return renewed;
}

absl::StatusOr<bool> RecordPacking::AnyStale(const Renewed& renewed) const {
  const absl::StatusOr<std::vector<uint32_t>> numbers = dictionaries_.Numbers();
  if (!numbers.ok()) return numbers.status();
  for (const uint32_t number : *numbers) {
    if (number >= renewed.first_kept) break;
    const absl::StatusOr<uint64_t> event = dictionaries_.EventOf(number);
    if (!event.ok()) return event.status();
    if (*event < renewed.last_removal) return true;
  }
  return false;
}

absl::StatusOr<bool> RecordPacking::RemoveUnused(rocksdb::DB& db,
                                                 rocksdb::ColumnFamilyHandle* articles,
                                                 const Renewed& renewed) {
  // With no table being written, what will be written needs what tables need now, or the dictionary
  // that is in use or a later one.
  const rocksdb::Status paused = db.PauseBackgroundWork();
  if (!paused.ok()) return FromRocksDb(paused, "waiting for tables to be written");
  const absl::StatusOr<std::vector<uint32_t>> needed = NeededBy(db, articles);
  const rocksdb::Status resumed = db.ContinueBackgroundWork();
  if (!needed.ok()) return needed.status();
  if (!resumed.ok()) return FromRocksDb(resumed, "going on with writing tables");
  const absl::StatusOr<std::vector<uint32_t>> numbers = dictionaries_.Numbers();
  if (!numbers.ok()) return numbers.status();
  std::vector<uint32_t> unused;
  for (const uint32_t number : *numbers) {
    if (number >= renewed.first_kept) break;
    if (std::ranges::find(*needed, number) == needed->end()) unused.push_back(number);
  }
  if (absl::Status status = dictionaries_.Remove(unused); !status.ok()) return status;
  const absl::StatusOr<bool> any_stale = AnyStale(renewed);
  if (!any_stale.ok()) return any_stale.status();
  return !*any_stale;
}

DictionaryTrainer::Dictionary RecordPacking::Add(std::string bytes, uint64_t event) {
  absl::StatusOr<DictionaryTrainer::Dictionary> added = dictionaries_.Add(std::move(bytes), event);
  // If the store has failed the next commit says so.
  return added.ok() ? *std::move(added) : nullptr;
}

}  // namespace wirefold
