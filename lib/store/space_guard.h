// SpaceGuard: says whether there is room on disk for more, before anything is written.
//
// RocksDB must never meet a full disk (Debian's build aborts the process on one), so new files are
// refused while less than a reserve is free, and taken again as soon as there is more.
//
// Example:
//   StatvfsProbe probe("wirefold-data");
//   SpaceGuard guard(probe, {});
//   if (absl::Status room = guard.Check(); !room.ok()) return room;   // kReadOnly
//
// Thread-safe.
#ifndef WIREFOLD_LIB_STORE_SPACE_GUARD_H_
#define WIREFOLD_LIB_STORE_SPACE_GUARD_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirefold {

struct DiskSpace {
  uint64_t free_bytes = 0;  // what this user may still write
  uint64_t total_bytes = 0;
};

class SpaceProbe {
 public:
  virtual ~SpaceProbe() = default;
  [[nodiscard]] virtual absl::StatusOr<DiskSpace> Read() const = 0;
};

// The file system that holds `folder`, as statvfs(3) reports it.
class StatvfsProbe final : public SpaceProbe {
 public:
  explicit StatvfsProbe(std::string folder) : folder_(std::move(folder)) {}
  [[nodiscard]] absl::StatusOr<DiskSpace> Read() const override;

 private:
  const std::string folder_;
};

// What opening a store may write beside its tables: a manifest, options and messages.
inline constexpr uint64_t kMinFreeBytesToOpen = uint64_t{16} << 20;

// OK if there is room for opening a store whose logs have `log_bytes`: tables are made out of them,
// and without room RocksDB refuses or, as Debian's build does, aborts. kReadOnly otherwise. OK as
// well where the space can't be read: opening the folder says more.
[[nodiscard]] absl::Status CheckRoomToOpen(const SpaceProbe& probe, uint64_t log_bytes);

struct SpaceReserve {
  uint64_t min_free_bytes = uint64_t{512} << 20;
  // Of the file system's size, in millionths. The larger of the two holds.
  uint32_t min_free_ppm = 20'000;
};

class SpaceGuard {
 public:
  // `probe` is borrowed and must outlive the guard.
  SpaceGuard(const SpaceProbe& probe, const SpaceReserve& reserve)
      : probe_(probe), reserve_(reserve) {}

  // OK while at least the reserve is free, counting `about_to_write_bytes` as gone. Otherwise, and
  // if the space can't be read, kReadOnly with a message for the person on call. Looks anew at
  // every call (one system call), so it recovers by itself.
  [[nodiscard]] absl::Status Check(uint64_t about_to_write_bytes = 0) const;

 private:
  const SpaceProbe& probe_;
  const SpaceReserve reserve_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_SPACE_GUARD_H_
