// Signals: SIGTERM and SIGINT as something to wait for.
//
// Example (in main, before any thread is started):
//   Signals signals;           // from here on a signal during start ends the process at once
//   …
//   signals.Await();           // the first one is returned
//   …                          // a second one ends the process at once
//
// One instance a process. A process that is ended at once loses nothing: what was acknowledged is
// on disk.
#ifndef WIREFOLD_SERVER_SIGNALS_H_
#define WIREFOLD_SERVER_SIGNALS_H_

#include <condition_variable>
#include <mutex>
#include <string_view>

namespace wirefold {

class Signals {
 public:
  // Blocks both signals in this thread and all that it starts, and takes them on one of its own,
  // which lives as long as the process.
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Waits for a signal: "SIGTERM" or "SIGINT".
  std::string_view Await();

 private:
  // Outlives the object, since the thread is never joined.
  struct State {
    std::mutex mutex;  // guards both
    std::condition_variable changed;
    bool awaited = false;
    int signal = 0;
  };
  State* const state_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_SIGNALS_H_
