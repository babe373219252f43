// Output: standard output behind a buffer that never makes the one who appends wait.
//
// Whoever reads acknowledgements must not be held up by a slow terminal or pipe (the server closes
// streams whose client does not read). So a thread of its own writes; the side that reads files
// waits for room instead, before it sends more.
//
// Example:
//   Output output(STDOUT_FILENO);
//   output.WaitForRoom();          // in the thread that produces work
//   output.Append(line);           // in any thread
//   bool written = output.Finish();
//
// Thread-safe.
#ifndef WIREFOLD_CLIENT_COMMAND_OUTPUT_H_
#define WIREFOLD_CLIENT_COMMAND_OUTPUT_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace wirefold {

class Output {
 public:
  // Writes to `fd`: at once where that is a terminal, otherwise in large pieces, after 100 ms at
  // the latest. `before_write`, if set, is called before each piece (a progress line makes room).
  explicit Output(int fd, std::function<void()> before_write = nullptr);
  // Finishes.
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void Append(std::string_view text);
  // Waits while more than 4 MiB are not written. Returns at once after a failed write.
  void WaitForRoom();
  // Writes what is left. False, with errno's meaning on standard error, if anything failed.
  bool Finish();

 private:
  void Run();
  bool Write(std::string_view text) const;

  const int fd_;
  const bool terminal_;
  const std::function<void()> before_write_;
  std::mutex mutex_;  // guards what follows, up to thread_
  std::condition_variable work_;
  std::condition_variable room_;
  std::string buffer_;
  bool finishing_ = false;
  bool failed_ = false;
  std::thread thread_;
};

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_OUTPUT_H_
