#include "client/command/output.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <iostream>
#include <system_error>
#include <utility>

namespace wirefold {
namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;
constexpr size_t kMaxBufferedBytes = size_t{4} << 20;
constexpr std::chrono::milliseconds kMaxDelay{100};

}  // namespace

Output::Output(int fd, std::function<void()> before_write)
    : fd_(fd), terminal_(isatty(fd) != 0), before_write_(std::move(before_write)) {
  thread_ = std::thread([this] { Run(); });
}

Output::~Output() { Finish(); }

void Output::Append(std::string_view text) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    const size_t before = buffer_.size();
    buffer_ += text;
    wake = before == 0 || (before < kPieceBytes && buffer_.size() >= kPieceBytes);
  }
  if (wake) work_.notify_one();
}

void Output::WaitForRoom() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return failed_ || buffer_.size() <= kMaxBufferedBytes; });
}

bool Output::Finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
  return !failed_;
}

void Output::Run() {
  std::string piece;
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return finishing_ || !buffer_.empty(); });
    if (!terminal_) {
      work_.wait_for(lock, kMaxDelay,
                     [this] { return finishing_ || buffer_.size() >= kPieceBytes; });
    }
    if (buffer_.empty()) return;
    piece.clear();
    piece.swap(buffer_);
    lock.unlock();
    room_.notify_all();
    if (before_write_) before_write_();
    const bool written = Write(piece);
    lock.lock();
    if (!written) {
      failed_ = true;
      buffer_.clear();
      room_.notify_all();
      return;
    }
  }
}

bool Output::Write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t count = write(fd_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      std::cerr << "wirefold: cannot write the output: " << std::generic_category().message(errno)
                << "\n";
      return false;
    }
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace wirefold
