#include "lib/store/space_guard.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"

namespace wirefold {

absl::StatusOr<DiskSpace> StatvfsProbe::Read() const {
  struct statvfs info {};
  if (statvfs(folder_.c_str(), &info) != 0) {
    return absl::UnavailableError(
        absl::StrCat(folder_, ": ", std::generic_category().message(errno)));
  }
  const uint64_t block = info.f_frsize;
  return DiskSpace{info.f_bavail * block, info.f_blocks * block};
}

absl::Status CheckRoomToOpen(const SpaceProbe& probe, uint64_t log_bytes) {
  const uint64_t needed = kMinFreeBytesToOpen + log_bytes;
  const absl::StatusOr<DiskSpace> space = probe.Read();
  if (!space.ok() || space->free_bytes >= needed) return absl::OkStatus();
  return Reject(Reason::kReadOnly,
                ToStd(absl::StrCat("the disk is full: opening the store may write ", needed >> 20,
                                   " MiB, and ", space->free_bytes >> 20,
                                   " MiB are free; free some space and start again")));
}

absl::Status SpaceGuard::Check(uint64_t about_to_write_bytes) const {
  const absl::StatusOr<DiskSpace> space = probe_.Read();
  if (!space.ok()) {
    return Reject(Reason::kReadOnly, ToStd(absl::StrCat("the free disk space can't be read (",
                                                        space.status().message(),
                                                        "); no files are taken until it can")));
  }
  constexpr uint64_t kMillion = 1'000'000;
  // Split, so that no file system is large enough to overflow the product.
  const uint64_t share = space->total_bytes / kMillion * reserve_.min_free_ppm +
                         space->total_bytes % kMillion * reserve_.min_free_ppm / kMillion;
  const uint64_t needed = std::max(reserve_.min_free_bytes, share) + about_to_write_bytes;
  if (space->free_bytes >= needed) return absl::OkStatus();
  return Reject(Reason::kReadOnly,
                ToStd(absl::StrCat("the disk is nearly full: ", space->free_bytes >> 20,
                                   " MiB are free and ", (needed + (1 << 20) - 1) >> 20,
                                   " MiB are needed; free some space, and files are taken again "
                                   "without a restart")));
}

}  // namespace wirefold
