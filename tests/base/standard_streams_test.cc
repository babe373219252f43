#include "lib/base/standard_streams.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "gtest/gtest.h"

namespace wirefold {
namespace {

// What becomes of a process that closes `closed` and opens a file afterwards; 0 if that file has
// none of the standard streams' numbers, and the closed one can be neither read nor written.
int OpenedAfterClosing(int closed) {
  const pid_t child = fork();
  if (child == 0) {
    close(closed);
    OpenStandardStreams();
    const int next = open("/dev/null", O_RDWR);
    char byte = 0;
    const bool fails = closed == STDIN_FILENO ? read(closed, &byte, 1) == -1 && errno == EBADF
                                              : write(closed, "x", 1) == -1 && errno == EBADF;
    _exit(next > STDERR_FILENO && fails ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(OpenStandardStreams, LeavesNoFreeNumberBelowThree) {
  EXPECT_EQ(OpenedAfterClosing(STDIN_FILENO), 0);
  EXPECT_EQ(OpenedAfterClosing(STDOUT_FILENO), 0);
  EXPECT_EQ(OpenedAfterClosing(STDERR_FILENO), 0);
}

}  // namespace
}  // namespace wirefold
