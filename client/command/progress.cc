#include "client/command/progress.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wirefold {

std::string GroupDigits(uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string FormatProgress(const ReportCounts& counts, std::optional<uint64_t> total,
                           double elapsed_s) {
  const double rate = elapsed_s > 0 ? static_cast<double>(counts.files) / elapsed_s : 0;
  std::string line = GroupDigits(counts.files);
  if (total.has_value()) absl::StrAppend(&line, " of ", GroupDigits(*total));
  absl::StrAppend(&line, " files  ", GroupDigits(static_cast<uint64_t>(rate)), "/s  new ",
                  counts.created, "  duplicate ", counts.duplicate, "  revision ");
  absl::StrAppend(&line, counts.revision, "  unchanged ", counts.unchanged, "  rejected ",
                  counts.rejected);
  if (total.has_value() && rate > 0 && *total >= counts.files) {
    const auto left_s =
        static_cast<uint64_t>(std::ceil(static_cast<double>(*total - counts.files) / rate));
    absl::StrAppendFormat(&line, "  %d:%02d left", left_s / 60, left_s % 60);
  }
  return line;
}

Progress::Progress(const Report& report)
    : report_(report), start_(std::chrono::steady_clock::now()) {
  thread_ = std::thread([this] { Run(); });
}

Progress::~Progress() { Stop(); }

void Progress::SetTotal(uint64_t files) {
  const std::lock_guard lock(mutex_);
  if (!forget_total_) total_ = files;
}

void Progress::ForgetTotal() {
  const std::lock_guard lock(mutex_);
  forget_total_ = true;
  total_.reset();
}

void Progress::HideLocked() {
  if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  shown_ = false;
}

void Progress::Hide() {
  const std::lock_guard lock(mutex_);
  HideLocked();
}

void Progress::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    HideLocked();
  }
  stop_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Progress::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, std::chrono::milliseconds(250), [this] { return stopped_; })) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    // The end of the line is erased after it: the new one may be shorter.
    std::cerr << "\r" << FormatProgress(report_.counts(), total_, elapsed.count()) << "\x1b[K"
              << std::flush;
    shown_ = true;
  }
}

}  // namespace wirefold
