// Child: a server in a process of its own, and what that process has cost so far, as the kernel
// counts it.
//
// Example:
//   absl::StatusOr<std::unique_ptr<Child>> server =
//       Child::Start({"build/release/bin/wirefoldd", "--listen", "127.0.0.1:0", …}, "server.log");
//   const Usage before = (*server)->ReadUsage();
//   … (*server)->address() …
//   (*server)->ReadUsage().cpu_s - before.cpu_s;
//
// One thread starts it, reads from it and ends it; the process ends with that thread.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_CHILD_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_CHILD_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirefold::bench {

struct Usage {
  double cpu_s = 0;  // user and system, of all threads, ended ones included
  // Of the threads that live, by name.
  std::map<std::string, double> thread_cpu_s;
  uint64_t memory_bytes = 0;       // VmRSS
  uint64_t peak_memory_bytes = 0;  // VmHWM
  // Sent towards a disk (write_bytes); memory file systems count none.
  uint64_t disk_bytes = 0;
  // Given to write(2) and its like, into whatever; sockets that gRPC writes to are not in it.
  uint64_t written_bytes = 0;
};

// How the usage grew; memory is what it is at the end.
Usage operator-(const Usage& later, const Usage& earlier);

class Child {
 public:
  // Runs `command` with its output in `log_path` until it logs a line "ready … address=HOST:PORT".
  // Variables WIREFOLD_* are kept from it. UNAVAILABLE with the log's end if it doesn't.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const std::vector<std::string>& command,
                                                      const std::string& log_path);
  // Kills it if it was not stopped.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  const std::string& address() const { return address_; }
  Usage ReadUsage() const;
  // SIGTERM, then waits for its end. An error unless it ends with 0.
  [[nodiscard]] absl::Status Stop();

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  absl::Status AwaitReady(const std::string& log_path);

  pid_t pid_ = 0;  // 0: gone
  std::string address_;
};

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_CHILD_H_
