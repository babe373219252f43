// Threads that can be told apart, and what each has cost.
//
// Example:
//   std::thread worker([] { NameThread("wf-prepare"); … });
//   ThreadCpuNs(worker);
//
// Thread-safe.
#ifndef WIREFOLD_LIB_BASE_THREAD_H_
#define WIREFOLD_LIB_BASE_THREAD_H_

#include <cstdint>
#include <thread>

namespace wirefold {

// Names the calling thread, for top, perf and debuggers. At most 15 characters.
void NameThread(const char* name);

// Nanoseconds of CPU time that a running thread has taken; 0 of one that was joined or never began.
uint64_t ThreadCpuNs(const std::thread& thread);
// … that the calling thread has.
uint64_t ThreadCpuNs();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_THREAD_H_
