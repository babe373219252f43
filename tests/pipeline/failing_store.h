// A store whose reads fail when they are told to; everything else goes to the real one.
#ifndef WIREFOLD_TESTS_PIPELINE_FAILING_STORE_H_
#define WIREFOLD_TESTS_PIPELINE_FAILING_STORE_H_

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "lib/base/reason.h"
#include "lib/store/store.h"

namespace wirefold {

class FailingStore final : public Store {
 public:
  explicit FailingStore(Store& real) : real_(real) {}

  std::atomic<bool> fail_lookups = false;
  std::atomic<bool> fail_comparison_texts = false;
  std::atomic<bool> fail_sketches = false;
  bool forget_newest = false;  // as if the article had been deleted since its URL was looked up
  bool hide_sketches = false;
  bool fail_checkpoints = false;
  bool hide_checkpoints = false;

  absl::Status Commit(std::span<const Mutation> mutations) override {
    return real_.Commit(mutations);
  }
  absl::StatusOr<std::vector<Found>> LookupAll(std::span<const Sought> sought) const override {
    if (fail_lookups) return Damaged();
    return real_.LookupAll(sought);
  }
  absl::StatusOr<NewestRecord> ReadNewest(const UrlState& state) const override {
    if (forget_newest) return Reject(Reason::kNotFound, "there is no such article");
    return real_.ReadNewest(state);
  }
  absl::StatusOr<bool> IsTaken(const Ulid& id) const override { return real_.IsTaken(id); }
  std::vector<absl::StatusOr<StoredRecord>> GetRecords(std::span<const Ulid> ids) const override {
    return real_.GetRecords(ids);
  }
  std::optional<absl::StatusOr<StoredRecord>> TryGetRecord(const Ulid& id) const override {
    return real_.TryGetRecord(id);
  }
  absl::StatusOr<StoredArticle> GetByIdentity(const Hash128& identity) const override {
    return real_.GetByIdentity(identity);
  }
  absl::StatusOr<std::vector<std::optional<ComparisonText>>> GetComparisonTexts(
      std::span<const Ulid> ids) const override {
    if (fail_comparison_texts) return Damaged();
    return real_.GetComparisonTexts(ids);
  }
  absl::StatusOr<std::vector<std::optional<Sketch>>> GetSketches(
      std::span<const Ulid> ids) const override {
    if (fail_sketches) return Damaged();
    if (hide_sketches) return std::vector<std::optional<Sketch>>(ids.size());
    return real_.GetSketches(ids);
  }
  absl::StatusOr<ListRecordPage> ListRecords(const ListQuery& query) const override {
    return real_.ListRecords(query);
  }
  absl::StatusOr<SightingRecordPage> ListSightingRecords(const Ulid& story,
                                                         std::optional<Ulid> after,
                                                         size_t limit) const override {
    return real_.ListSightingRecords(story, after, limit);
  }
  std::optional<absl::StatusOr<SightingRecordPage>> TryListSightingRecords(
      const Ulid& story, size_t limit) const override {
    return real_.TryListSightingRecords(story, limit);
  }
  absl::StatusOr<std::vector<StoredArticle>> ListRevisions(const Ulid& id,
                                                           const std::optional<Hash128>& after,
                                                           size_t limit) const override {
    return real_.ListRevisions(id, after, limit);
  }
  absl::StatusOr<StoredArticle> GetText(const Ulid& id, const Hash128& hash) const override {
    return real_.GetText(id, hash);
  }
  absl::Status WriteCheckpoint(std::string_view name, const Checkpoint& checkpoint) override {
    if (fail_checkpoints) return Damaged();
    return real_.WriteCheckpoint(name, checkpoint);
  }
  absl::StatusOr<std::optional<Checkpoint>> ReadCheckpoint(std::string_view name) const override {
    if (hide_checkpoints) return std::nullopt;
    return real_.ReadCheckpoint(name);
  }
  absl::Status ScanLearnt(uint64_t first,
                          const std::function<bool(const LearntFile&)>& visit) const override {
    return real_.ScanLearnt(first, visit);
  }
  uint64_t NextEvent() const override { return real_.NextEvent(); }
  absl::StatusOr<StoredRaw> GetRaw(const Ulid& id,
                                   const std::optional<Hash128>& text_hash) const override {
    return real_.GetRaw(id, text_hash);
  }
  absl::StatusOr<std::shared_ptr<const ZstdDictionary>> NewestRawDictionary() const override {
    return real_.NewestRawDictionary();
  }
  absl::StatusOr<std::shared_ptr<const ZstdDictionary>> AddRawDictionary(
      std::string bytes) override {
    return real_.AddRawDictionary(std::move(bytes));
  }
  absl::Status ScanSketches(const std::function<bool(const Ulid&, const Sketch&)>& visit,
                            const TimeRange& range) const override {
    return real_.ScanSketches(visit, range);
  }
  absl::Status ScanSketchChanges(
      uint64_t first, const std::function<bool(const SketchChange&)>& visit) const override {
    return real_.ScanSketchChanges(first, visit);
  }
  absl::Status ForgetSketches(int64_t before_ms) override {
    return real_.ForgetSketches(before_ms);
  }
  absl::Status ScanElected(const std::function<void(const ElectedStory&)>& visit) const override {
    return real_.ScanElected(visit);
  }
  StoreCounts Counts() const override { return real_.Counts(); }
  absl::Status Remove(const Removal& removal) override { return real_.Remove(removal); }
  absl::Status Rebase(size_t batch) override { return real_.Rebase(batch); }
  absl::Status Compact() override { return real_.Compact(); }
  void EndCompactions() override { real_.EndCompactions(); }
  std::vector<PartSize> PartSizes() const override { return real_.PartSizes(); }
  uint64_t DiskBytes() const override { return real_.DiskBytes(); }

 private:
  static absl::Status Damaged() { return Reject(Reason::kStoreCorrupt, "a block is damaged"); }

  Store& real_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_PIPELINE_FAILING_STORE_H_
