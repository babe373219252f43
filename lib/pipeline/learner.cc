#include "lib/pipeline/learner.h"

#include <optional>
#include <utility>

#include "lib/base/reason.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;

}  // namespace

LearntArticle MakeLearntArticle(Learning learning, int64_t at_ms, const Origin& origin,
                                std::string_view matching_text) {
  return {.learning = learning,
          .domain = DomainKey(origin.registrable_domain, origin.host, origin.source),
          .day = at_ms / kDayMs,
          .paragraphs = ParagraphKeys(matching_text)};
}

absl::Status Learner::Recall() {
  first_event_ = store_.NextEvent();
  const absl::StatusOr<std::optional<Checkpoint>> checkpoint =
      store_.ReadCheckpoint(kCheckpointName);
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->has_value() && (*checkpoint)->next_event <= first_event_) {
    const absl::Status restored = boilerplate_.Restore((*checkpoint)->bytes);
    if (ReasonOf(restored) == Reason::kStoreTooNew) return restored;
    if (restored.ok()) {
      epoch_event_ = written_event_ = (*checkpoint)->next_event;
      written_articles_ = boilerplate_.version();
    }
  }
  return store_.ScanLearnt(epoch_event_, [this](const LearntFile& file) {
    LearntArticle article = MakeLearntArticle(file.learning, file.at_ms,
                                              {file.host, file.registrable_domain, file.source},
                                              ToMatching(file.text).text);
    if (boilerplate_.Learn(std::move(article))) epoch_event_ = file.event + 1;
    return true;
  });
}

std::shared_ptr<const Checkpoint> Learner::Learn(uint64_t sequence, LearntArticle article) {
  if (!boilerplate_.Learn(std::move(article))) return nullptr;
  epoch_event_ = first_event_ + sequence;
  if (boilerplate_.version() - written_articles_ < kCheckpointArticles) return nullptr;
  written_articles_ = boilerplate_.version();
  return std::make_shared<const Checkpoint>(Checkpoint{epoch_event_, boilerplate_.Serialize()});
}

absl::Status Learner::Write(const Checkpoint& checkpoint) {
  absl::Status status = store_.WriteCheckpoint(kCheckpointName, checkpoint);
  if (status.ok()) written_event_ = checkpoint.next_event;
  return status;
}

absl::Status Learner::WriteLast() {
  if (epoch_event_ == written_event_) return absl::OkStatus();
  return Write({epoch_event_, boilerplate_.Serialize()});
}

}  // namespace wirefold
