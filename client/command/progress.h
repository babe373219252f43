// Progress: one line on a terminal that says how far an ingest has come.
//
// Example:
//   Progress progress(report);              // draws four times a second, in its own thread
//   progress.SetTotal(34'000);              // from then on with the time left
//   progress.Hide();                        // before something else is written to the terminal
//   progress.Stop();
//
// Thread-safe.
#ifndef WIREFOLD_CLIENT_COMMAND_PROGRESS_H_
#define WIREFOLD_CLIENT_COMMAND_PROGRESS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "client/command/report.h"

namespace wirefold {

class Progress {
 public:
  // `report` must outlive this.
  explicit Progress(const Report& report);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void SetTotal(uint64_t files);
  // From here on no total is shown: some file holds many articles.
  void ForgetTotal();
  // Takes the line away until it is drawn next.
  void Hide();
  // Takes the line away for good.
  void Stop();

 private:
  void Run();
  void HideLocked();

  const Report& report_;
  const std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;  // guards what follows, and the terminal's line
  std::condition_variable stop_;
  std::optional<uint64_t> total_;
  bool forget_total_ = false;
  bool shown_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

// "1,234 of 34,000 files  5,678/s  new 1  duplicate 2  revision 3  unchanged 4  rejected 5  0:06
// left"; without a total the parts that need one are missing.
std::string FormatProgress(const ReportCounts& counts, std::optional<uint64_t> total,
                           double elapsed_s);

// 1234567 → "1,234,567".
std::string GroupDigits(uint64_t value);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_PROGRESS_H_
