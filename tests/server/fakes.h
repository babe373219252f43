// Fakes: a pipeline that answers as it is told, from a commit thread of its own, and a store in
// memory; so that the services can be tested without either.
//
// Example:
//   FakePipeline pipeline;
//   pipeline.Hold();                 // nothing is answered …
//   pipeline.Resume();               // … until now
#ifndef WIREFOLD_TESTS_SERVER_FAKES_H_
#define WIREFOLD_TESTS_SERVER_FAKES_H_

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lib/base/reason.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"

namespace wirefold {

class Lane {};

class FakePipeline final : public Pipeline {
 public:
  using Judge = std::function<FileOutcome(const IncomingFile&)>;

  FakePipeline() : thread_([this] { Answer(); }) {}
  ~FakePipeline() override {
    Drain();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  // What becomes of a file; NEW under an ID made of its bytes unless this is set.
  void SetJudge(Judge judge) {
    const std::lock_guard lock(mutex_);
    judge_ = std::move(judge);
  }
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Resume() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    changed_.notify_all();
  }
  void SetReadOnly(absl::Status status) {
    const std::lock_guard lock(mutex_);
    stats_.read_only = std::move(status);
  }
  size_t submitted() const {
    const std::lock_guard lock(mutex_);
    return submitted_;
  }

  static FileOutcome New(const IncomingFile& file) {
    FileOutcome outcome;
    outcome.status = FileStatus::kNew;
    outcome.id = Ulid::Make(1, HashBytes128(file.bytes));
    outcome.story_id = outcome.representative_id = outcome.id;
    return outcome;
  }
  static FileOutcome Rejected(Reason reason, std::string message) {
    FileOutcome outcome;
    outcome.reason = reason;
    outcome.message = std::move(message);
    return outcome;
  }

  std::shared_ptr<Lane> OpenLane() override { return std::make_shared<Lane>(); }
  void Submit(const std::shared_ptr<Lane>& /*lane*/, IncomingFile file, FileDone done) override {
    {
      const std::lock_guard lock(mutex_);
      ++submitted_;
      ++in_flight_;
      queue_.push_back({std::move(file), std::move(done), draining_});
    }
    changed_.notify_all();
  }
  CheckResult Check(const IncomingFile& file) override {
    CheckResult result;
    const std::lock_guard lock(mutex_);
    result.outcome = judge_ ? judge_(file) : New(file);
    result.article.article.title = "checked";
    result.article.article.text = file.bytes;
    result.article.matching_letters = 7;
    result.candidates.push_back({result.outcome.id, "other", {}, "compared in words"});
    CheckedCandidate& candidate = result.candidates.back();
    candidate.bands = 3;
    candidate.anchors = 5;
    candidate.reason = "no copy";
    candidate.passages = {{{"甲。", "甲."}}, {"ours"}, {"theirs", "more"}, 7, 8, 9};
    return result;
  }
  absl::StatusOr<DeleteResult> Delete(const DeleteRequest& request) override {
    return DeleteResult{request.id, {}, {request.id}};
  }
  void Drain() override {
    std::unique_lock lock(mutex_);
    draining_ = true;
    held_ = false;
    changed_.notify_all();
    changed_.wait(lock, [this] { return in_flight_ == 0; });
  }
  // Leaves out whatever is called boilerplate.
  ReaderEdges ReaderEdgesOf(std::string_view text, std::string_view, std::string_view,
                            std::string_view) const override {
    constexpr std::string_view kBoilerplate = "\nboilerplate";
    return {{0, text.size() - (text.ends_with(kBoilerplate) ? kBoilerplate.size() : 0)}, 5};
  }
  PipelineStats GetStats() const override {
    const std::lock_guard lock(mutex_);
    PipelineStats stats = stats_;
    stats.files_in_flight = in_flight_;
    return stats;
  }

 private:
  struct Waiting {
    IncomingFile file;
    FileDone done;
    bool late = false;
  };

  void Answer() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || (!held_ && !queue_.empty()); });
      if (queue_.empty()) return;
      std::deque<Waiting> group = std::exchange(queue_, {});
      const Judge judge = judge_;
      lock.unlock();
      for (Waiting& waiting : group) {
        FileOutcome outcome = waiting.late ? Rejected(Reason::kShuttingDown, "drained")
                              : judge      ? judge(waiting.file)
                                           : New(waiting.file);
        waiting.done(std::move(outcome));
      }
      const size_t answered = group.size();
      group.clear();
      lock.lock();
      in_flight_ -= answered;
      changed_.notify_all();
    }
  }

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  Judge judge_;
  PipelineStats stats_;
  size_t submitted_ = 0;
  size_t in_flight_ = 0;
  bool held_ = false;
  bool draining_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// As a store holds it.
inline StoredRecord RecordOf(const StoredArticle& stored) {
  NormalizedArticle normalized;
  normalized.article = stored.article;
  normalized.matching_letters = stored.matching_letters;
  normalized.text_hash = stored.text_hash;
  return {stored.id,    stored.story_id,       stored.representative_id,
          stored.match, stored.revision_count, *EncodeRecord(normalized, stored.ingested_at_ms)};
}

// Filled by the test before the server starts.
class FakeStore final : public Store {
 public:
  std::map<Ulid, StoredArticle> articles;  // copies too
  std::map<Hash128, Ulid> identities;
  std::map<Ulid, StoredRaw> raw;
  bool on_disk = false;                   // whether the disk has to be read for every article
  std::function<void()> before_copies{};  // called ahead of each look for a story's copies
  bool compacts_long = false;             // until EndCompactions
  std::atomic<bool> compacting = false;

  absl::Status Commit(std::span<const Mutation>) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<Found>> LookupAll(std::span<const Sought> sought) const override {
    return std::vector<Found>(sought.size());
  }
  absl::StatusOr<NewestRecord> ReadNewest(const UrlState&) const override { return NotFound(); }
  absl::StatusOr<bool> IsTaken(const Ulid& /*id*/) const override { return false; }
  std::vector<absl::StatusOr<StoredRecord>> GetRecords(std::span<const Ulid> ids) const override {
    std::vector<absl::StatusOr<StoredRecord>> found;
    for (const Ulid& id : ids) {
      const auto it = articles.find(id);
      if (it == articles.end()) {
        found.emplace_back(NotFound());
      } else {
        found.emplace_back(RecordOf(it->second));
      }
    }
    return found;
  }
  std::optional<absl::StatusOr<StoredRecord>> TryGetRecord(const Ulid& id) const override {
    if (on_disk) return std::nullopt;
    return std::move(GetRecords({&id, 1}).front());
  }
  absl::StatusOr<StoredArticle> GetByIdentity(const Hash128& identity) const override {
    const auto it = identities.find(identity);
    if (it == identities.end()) return NotFound();
    return GetArticle(it->second);
  }
  absl::StatusOr<std::vector<std::optional<ComparisonText>>> GetComparisonTexts(
      std::span<const Ulid> ids) const override {
    return std::vector<std::optional<ComparisonText>>(ids.size());
  }
  absl::StatusOr<std::vector<std::optional<Sketch>>> GetSketches(
      std::span<const Ulid> ids) const override {
    return std::vector<std::optional<Sketch>>(ids.size());
  }
  absl::StatusOr<ListRecordPage> ListRecords(const ListQuery& query) const override {
    std::vector<const StoredArticle*> matching;
    for (const auto& [id, stored] : articles) {
      if (id != stored.story_id) continue;
      if (!query.host.empty() && stored.article.host != query.host) continue;
      const int64_t at = stored.article.observed_at_ms;
      if (at >= query.start_ms && at < query.end_ms) matching.push_back(&stored);
    }
    if (query.descending) std::reverse(matching.begin(), matching.end());
    ListRecordPage page;
    for (const StoredArticle* stored : matching) {
      if (query.after &&
          (query.descending ? stored->id >= *query.after : stored->id <= *query.after)) {
        continue;
      }
      if (page.articles.size() == query.limit) {
        page.next_after = page.articles.back().id;
        break;
      }
      page.articles.push_back(RecordOf(*stored));
    }
    return page;
  }
  absl::StatusOr<SightingRecordPage> ListSightingRecords(const Ulid& story_id,
                                                         std::optional<Ulid> after,
                                                         size_t limit) const override {
    if (before_copies) before_copies();
    SightingRecordPage page;
    page.representative_id = story_id;
    for (const auto& [id, stored] : articles) {
      if (stored.story_id != story_id) continue;
      page.representative_id = stored.representative_id;
      if (id == stored.representative_id) continue;
      if (!after) ++page.total;  // as RocksDbStore: on the first page alone
      if (after && id <= *after) continue;
      if (page.sightings.size() == limit) {
        page.next_after = page.sightings.back().id;
      } else {
        page.sightings.push_back(RecordOf(stored));
      }
    }
    return page;
  }
  std::optional<absl::StatusOr<SightingRecordPage>> TryListSightingRecords(
      const Ulid& story_id, size_t limit) const override {
    absl::StatusOr<SightingRecordPage> page = ListSightingRecords(story_id, std::nullopt, limit);
    if (on_disk || page->next_after.has_value()) return std::nullopt;
    return page;
  }
  absl::StatusOr<std::vector<StoredArticle>> ListRevisions(const Ulid&,
                                                           const std::optional<Hash128>&,
                                                           size_t) const override {
    return std::vector<StoredArticle>{};
  }
  absl::StatusOr<StoredArticle> GetText(const Ulid& id, const Hash128&) const override {
    return GetArticle(id);
  }
  absl::StatusOr<StoredRaw> GetRaw(const Ulid& id,
                                   const std::optional<Hash128>& text_hash) const override {
    const auto it = raw.find(id);
    if (!articles.contains(id)) return NotFound();
    if (it == raw.end() || (text_hash.has_value() && *text_hash != it->second.text_hash)) {
      return Reject(Reason::kRawNotKept, "its raw bytes were not kept");
    }
    return it->second;
  }
  absl::StatusOr<std::shared_ptr<const ZstdDictionary>> NewestRawDictionary() const override {
    return nullptr;
  }
  absl::StatusOr<std::shared_ptr<const ZstdDictionary>> AddRawDictionary(std::string) override {
    return NotFound();
  }
  absl::Status ScanSketches(const std::function<bool(const Ulid&, const Sketch&)>&,
                            const TimeRange&) const override {
    return absl::OkStatus();
  }
  absl::Status ScanSketchChanges(uint64_t,
                                 const std::function<bool(const SketchChange&)>&) const override {
    return absl::OkStatus();
  }
  absl::Status ForgetSketches(int64_t) override { return absl::OkStatus(); }
  absl::Status ScanElected(const std::function<void(const ElectedStory&)>&) const override {
    return absl::OkStatus();
  }
  absl::Status WriteCheckpoint(std::string_view, const Checkpoint&) override {
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<Checkpoint>> ReadCheckpoint(std::string_view) const override {
    return std::nullopt;
  }
  absl::Status ScanLearnt(uint64_t, const std::function<bool(const LearntFile&)>&) const override {
    return absl::OkStatus();
  }
  uint64_t NextEvent() const override { return 0; }
  StoreCounts Counts() const override { return {.articles = articles.size(), .commits = 3}; }
  std::vector<PartSize> PartSizes() const override { return {{"articles", 2, 4000}}; }
  absl::Status Remove(const Removal&) override { return NotFound(); }
  absl::Status Rebase(size_t) override { return absl::OkStatus(); }
  absl::Status Compact() override {
    if (!compacts_long) return absl::OkStatus();
    compacting = true;
    compacting.notify_all();
    compactions_ended.wait(false);
    return Reject(Reason::kNotCompacted, "ended");
  }
  void EndCompactions() override {
    compactions_ended = true;
    compactions_ended.notify_all();
  }
  uint64_t DiskBytes() const override { return 4096; }

 private:
  std::atomic<bool> compactions_ended = false;

  static absl::Status NotFound() {
    return Reject(Reason::kNotFound, "no such article; check the ID or the URL");
  }
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_SERVER_FAKES_H_
