#include "lib/base/standard_streams.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace wirefold {

// System calls by number: it also runs before the libraries' own constructors, and with them before
// a sanitizer's wrappers are ready.
void OpenStandardStreams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (syscall(SYS_fcntl, fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number is taken, which is fd: those below it are open by now.
    const int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (syscall(SYS_openat, AT_FDCWD, "/dev/null", mode) != fd) std::abort();
  }
}

namespace {

// gRPC's and other libraries' constructors open files before main; what stands here runs before
// those. (A program has this section if it calls OpenStandardStreams.)
__attribute__((section(".preinit_array"),
               used)) void (*const kBeforeConstructors)() = OpenStandardStreams;

}  // namespace
}  // namespace wirefold
