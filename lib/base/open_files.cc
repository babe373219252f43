#include "lib/base/open_files.h"

#include <sys/resource.h>

namespace wirefold {

void AllowManyOpenFiles() {
  struct rlimit limit {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace wirefold
