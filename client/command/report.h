// Report: what became of each file, told in the order in which the files were given, whichever
// stream answers first.
//
// Example:
//   Report report(output, {.json = true});
//   uint64_t index = report.Add({.path = "a.txt"});       // in the thread that reads files
//   report.Complete(index, result);             // in any thread, as answers come
//   report.Finish();
//
// Thread-safe.
#ifndef WIREFOLD_CLIENT_COMMAND_REPORT_H_
#define WIREFOLD_CLIENT_COMMAND_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "client/command/output.h"
#include "client/command/render.h"
#include "wirefold/v1/ingest.pb.h"

namespace wirefold {

// Up to so many files a person gets a line for each without asking.
inline constexpr size_t kMaxLinesUnasked = 100;

struct ReportCounts {
  uint64_t files = 0;  // those that have an outcome, the sum of the rest
  uint64_t created = 0;
  uint64_t duplicate = 0;
  uint64_t revision = 0;
  uint64_t unchanged = 0;
  uint64_t rejected = 0;
};

struct ReportOptions {
  bool json = false;     // a JSON line for each file
  bool verbose = false;  // a line for each file, however many there are
  bool quiet = false;    // lines for rejected files only
};

class Report {
 public:
  // `output` must outlive the report.
  Report(Output& output, ReportOptions options) : output_(output), options_(options) {}

  // A file that is on its way. Returns its index: 0, 1, 2 …
  uint64_t Add(Place place);
  // What became of the file with this index. Once for each.
  void Complete(uint64_t index, const v1::IngestResult& result);
  // Prints what was held back. Files without an outcome are left out.
  void Finish();

  [[nodiscard]] ReportCounts counts() const;
  // Files added so far.
  [[nodiscard]] uint64_t added() const;

 private:
  struct Slot {
    Place place;
    std::optional<v1::IngestResult> result;  // waiting for a file before it
  };

  void Tell(const Place& place, const v1::IngestResult& result);

  Output& output_;
  const ReportOptions options_;
  mutable std::mutex mutex_;  // guards what follows
  std::deque<Slot> slots_;    // of the files from told_ on
  uint64_t told_ = 0;
  ReportCounts counts_;
  std::string line_;  // kept for its memory
  // Lines for people, until there are too many of them; nullopt then.
  std::optional<std::string> held_ = "";
};

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_REPORT_H_
