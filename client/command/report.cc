#include "client/command/report.h"

#include <utility>

namespace wirefold {
namespace {

void Count(v1::Outcome outcome, ReportCounts& counts) {
  ++counts.files;
  switch (outcome) {
    case v1::OUTCOME_NEW:
      ++counts.created;
      break;
    case v1::OUTCOME_DUPLICATE:
      ++counts.duplicate;
      break;
    case v1::OUTCOME_REVISION:
      ++counts.revision;
      break;
    case v1::OUTCOME_UNCHANGED:
      ++counts.unchanged;
      break;
    default:
      ++counts.rejected;
      break;
  }
}

}  // namespace

uint64_t Report::Add(Place place) {
  const std::lock_guard lock(mutex_);
  slots_.push_back({std::move(place), std::nullopt});
  return told_ + slots_.size() - 1;
}

void Report::Complete(uint64_t index, const v1::IngestResult& result) {
  const std::lock_guard lock(mutex_);
  Count(result.outcome(), counts_);
  if (index != told_) {
    slots_[index - told_].result = result;
    return;
  }
  Tell(slots_.front().place, result);
  slots_.pop_front();
  ++told_;
  while (!slots_.empty() && slots_.front().result.has_value()) {
    Tell(slots_.front().place, *slots_.front().result);
    slots_.pop_front();
    ++told_;
  }
}

void Report::Tell(const Place& place, const v1::IngestResult& result) {
  line_.clear();
  if (options_.json) {
    JsonWriter json(line_);
    json.BeginObject();
    AppendResultMembers(place, result, json);
    json.EndObject();
    line_ += '\n';
    output_.Append(line_);
    return;
  }
  const bool rejected = result.outcome() == v1::OUTCOME_REJECTED;
  const bool wanted = rejected || (!options_.quiet && (options_.verbose || held_.has_value()));
  if (!wanted) return;
  AppendResultLine(place, result, line_);
  if (options_.verbose || !held_.has_value()) {
    output_.Append(line_);
    return;
  }
  if (told_ + 1 < kMaxLinesUnasked) {
    *held_ += line_;
    return;
  }
  // Too many for a person to read: from here on, and of those held, the rejected ones alone.
  std::string kept;
  size_t start = 0;
  while (start < held_->size()) {
    const size_t end = held_->find('\n', start) + 1;
    if (held_->compare(start, 8, "REJECTED") == 0) kept.append(*held_, start, end - start);
    start = end;
  }
  if (rejected) kept += line_;
  output_.Append(kept);
  held_.reset();
}

void Report::Finish() {
  const std::lock_guard lock(mutex_);
  if (held_.has_value()) output_.Append(*held_);
  held_ = std::string();
  for (const Slot& slot : slots_) {
    if (slot.result.has_value()) Tell(slot.place, *slot.result);
  }
  if (held_.has_value()) output_.Append(*held_);
  held_.reset();
  told_ += slots_.size();
  slots_.clear();
}

ReportCounts Report::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

uint64_t Report::added() const {
  const std::lock_guard lock(mutex_);
  return told_ + slots_.size();
}

}  // namespace wirefold
