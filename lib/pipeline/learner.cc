#include "lib/pipeline/learner.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "lib/base/reason.h"
#include "lib/base/thread.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;

}  // namespace

int64_t DayOf(int64_t time_ms) { return time_ms / kDayMs; }

LearntArticle MakeLearntArticle(int64_t at_ms, int64_t ingested_at_ms, const ComparisonDoc& doc) {
  LearntArticle article;
  article.domain = doc.domain;
  article.at_ms = at_ms;
  article.day = DayOf(at_ms);
  article.ahead = at_ms > ingested_at_ms + kDayMs;
  article.paragraphs.reserve(doc.paragraphs.size());
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) {
    article.paragraphs.push_back(paragraph.key);
  }
  article.distinct = doc.distinct;
  for (const uint32_t shingle : doc.set) {
    if (RarityTable::UsesShingle(shingle, doc.distinct)) article.shingles.push_back(shingle);
  }
  return article;
}

uint64_t Learner::CheckpointAfter(uint64_t learnt) {
  return std::clamp(learnt / 16, kCheckpointArticles, kMaxCheckpointArticles);
}

absl::Status Learner::Recall() {
  first_event_ = store_.NextEvent();
  epochs_ = {Epoch()};
  const absl::StatusOr<std::optional<Checkpoint>> checkpoint =
      store_.ReadCheckpoint(kCheckpointName);
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->has_value() && (*checkpoint)->next_event <= first_event_) {
    const absl::Status restored = statistics_.Restore((*checkpoint)->bytes);
    if (ReasonOf(restored) == Reason::kStoreTooNew) return restored;
    if (restored.ok()) epochs_ = {{statistics_.version(), (*checkpoint)->next_event}};
  }
  return store_.ScanLearnt(epochs_.front().next_event, [this](const LearntFile& file) {
    const ComparisonDoc doc = MakeComparisonDoc(
        ToMatching(file.text).text, {file.host, file.registrable_domain, file.source, {}});
    LearntArticle article = MakeLearntArticle(file.at_ms, file.ingested_at_ms, doc);
    article.learning = file.learning;
    if (statistics_.Learn(std::move(article))) {
      // Of those at start, only the last can become a checkpoint.
      if (epochs_.size() > 1) epochs_.pop_back();
      epochs_.push_back({statistics_.version(), file.event + 1});
    }
    return true;
  });
}

void Learner::Start() {
  writer_ = std::thread([this] {
    NameThread("wf-learn");
    WriteCheckpoints();
  });
}

void Learner::Learn(uint64_t sequence, LearntArticle article) {
  if (!statistics_.Learn(std::move(article))) return;
  const uint64_t version = statistics_.version();
  const std::lock_guard lock(mutex_);
  epochs_.push_back({version, first_event_ + sequence});
  epoch_ended_ = true;
  const uint64_t last = std::max(asked_, epochs_.front().version);
  if (version - last >= CheckpointAfter(version)) asked_ = version;
  changed_.notify_all();
}

void Learner::Committed(uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  committed_ = sequence;
  changed_.notify_all();
}

// Behind deciding: makes room for what is learnt next, and writes the checkpoints that are due.
void Learner::WriteCheckpoints() {
  for (;;) {
    bool writes = false;
    {
      std::unique_lock lock(mutex_);
      const auto asked = [this] { return asked_ > epochs_.front().version; };
      changed_.wait(lock, [&] { return stopping_ || epoch_ended_ || asked(); });
      if (stopping_) return;
      epoch_ended_ = false;
      writes = asked();
    }
    statistics_.MakeRoom();
    if (writes) WriteOne();
  }
}

// Writes what the table is now, once all of it has been committed.
void Learner::WriteOne() {
  uint64_t version = 0;
  std::string bytes = statistics_.Serialize(&version);
  Epoch epoch;
  {
    std::unique_lock lock(mutex_);
    // The epoch may have ended just now, and be noted in a moment.
    const auto committed = [&] {
      const auto found = std::find_if(epochs_.begin(), epochs_.end(),
                                      [&](const Epoch& one) { return one.version == version; });
      if (found == epochs_.end()) return false;
      epoch = *found;
      return epoch.next_event <= first_event_ + committed_;
    };
    changed_.wait(lock, [&] { return stopping_ || committed(); });
    if (!committed()) return;
  }
  const absl::Status written =
      store_.WriteCheckpoint(kCheckpointName, {epoch.next_event, std::move(bytes)});
  const std::lock_guard lock(mutex_);
  if (!written.ok()) {
    asked_ = 0;  // the next one will do
    return;
  }
  while (epochs_.front().version != epoch.version) epochs_.pop_front();
}

void Learner::Stop(bool write_last) {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  writer_.join();
  if (write_last && epochs_.size() > 1) WriteOne();
}

}  // namespace wirefold
