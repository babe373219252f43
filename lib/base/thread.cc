#include "lib/base/thread.h"

#include <pthread.h>
#include <time.h>

namespace wirefold {
namespace {

uint64_t Read(clockid_t clock) {
  struct timespec now {};
  if (clock_gettime(clock, &now) != 0) return 0;
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

void NameThread(const char* name) { pthread_setname_np(pthread_self(), name); }

uint64_t ThreadCpuNs(const std::thread& thread) {
  clockid_t clock{};
  if (!thread.joinable()) return 0;
  // A const handle is the same pthread_t.
  const pthread_t handle = const_cast<std::thread&>(thread).native_handle();
  return pthread_getcpuclockid(handle, &clock) == 0 ? Read(clock) : 0;
}

uint64_t ThreadCpuNs() { return Read(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace wirefold
