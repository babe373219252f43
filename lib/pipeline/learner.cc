#include "lib/pipeline/learner.h"

#include <optional>
#include <utility>

#include "lib/base/reason.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;

}  // namespace

int64_t DayOf(int64_t time_ms) { return time_ms / kDayMs; }

LearntArticle MakeLearntArticle(Learning learning, int64_t at_ms, const ComparisonDoc& doc) {
  LearntArticle article;
  article.learning = learning;
  article.domain = doc.domain;
  article.day = DayOf(at_ms);
  article.paragraphs.reserve(doc.paragraphs.size());
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) {
    article.paragraphs.push_back(paragraph.key);
  }
  article.distinct = doc.distinct;
  for (const uint32_t shingle : doc.shingles) {
    if (RarityTable::UsesShingle(shingle, doc.distinct)) article.shingles.push_back(shingle);
  }
  return article;
}

absl::Status Learner::Recall() {
  first_event_ = store_.NextEvent();
  const absl::StatusOr<std::optional<Checkpoint>> checkpoint =
      store_.ReadCheckpoint(kCheckpointName);
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->has_value() && (*checkpoint)->next_event <= first_event_) {
    const absl::Status restored = statistics_.Restore((*checkpoint)->bytes);
    if (ReasonOf(restored) == Reason::kStoreTooNew) return restored;
    if (restored.ok()) {
      epoch_event_ = written_event_ = (*checkpoint)->next_event;
      written_articles_ = statistics_.version();
    }
  }
  return store_.ScanLearnt(epoch_event_, [this](const LearntFile& file) {
    const ComparisonDoc doc = MakeComparisonDoc(
        ToMatching(file.text).text, {file.host, file.registrable_domain, file.source, {}});
    if (statistics_.Learn(MakeLearntArticle(file.learning, file.at_ms, doc)))
      epoch_event_ = file.event + 1;
    return true;
  });
}

std::shared_ptr<const Checkpoint> Learner::Learn(uint64_t sequence, LearntArticle article) {
  if (!statistics_.Learn(std::move(article))) return nullptr;
  epoch_event_ = first_event_ + sequence;
  if (statistics_.version() - written_articles_ < kCheckpointArticles) return nullptr;
  written_articles_ = statistics_.version();
  return std::make_shared<const Checkpoint>(Checkpoint{epoch_event_, statistics_.Serialize()});
}

absl::Status Learner::Write(const Checkpoint& checkpoint) {
  absl::Status status = store_.WriteCheckpoint(kCheckpointName, checkpoint);
  if (status.ok()) written_event_ = checkpoint.next_event;
  return status;
}

absl::Status Learner::WriteLast() {
  if (epoch_event_ == written_event_) return absl::OkStatus();
  return Write({epoch_event_, statistics_.Serialize()});
}

}  // namespace wirefold
