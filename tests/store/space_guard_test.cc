#include "lib/store/space_guard.h"

#include <gtest/gtest.h>

#include "lib/base/reason.h"
#include "lib/store/rocksdb_options.h"

namespace wirefold {
namespace {

class FakeProbe final : public SpaceProbe {
 public:
  absl::StatusOr<DiskSpace> Read() const override { return space; }
  absl::StatusOr<DiskSpace> space = DiskSpace{};
};

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(SpaceGuard, HoldsAtTheReserveAndOneByteBelow) {
  FakeProbe probe;
  const SpaceGuard guard(probe, {.min_free_bytes = 512 * kMiB, .min_free_ppm = 20'000});
  probe.space = DiskSpace{512 * kMiB, 1024 * kMiB};
  EXPECT_TRUE(guard.Check().ok());
  probe.space = DiskSpace{512 * kMiB - 1, 1024 * kMiB};
  const absl::Status full = guard.Check();
  EXPECT_EQ(ReasonOf(full), Reason::kReadOnly);
  EXPECT_NE(full.ToString().find("511 MiB are free and 512 MiB are needed"), std::string::npos)
      << full;
}

TEST(SpaceGuard, TheShareOfALargeDiskCounts) {
  FakeProbe probe;
  const SpaceGuard guard(probe, {.min_free_bytes = kMiB, .min_free_ppm = 20'000});
  probe.space = DiskSpace{20'000, 1'000'000};
  EXPECT_FALSE(guard.Check().ok());
  probe.space = DiskSpace{20'000 * kMiB, 1'000'000 * kMiB};
  EXPECT_TRUE(guard.Check().ok());
  probe.space = DiskSpace{20'000 * kMiB - 1, 1'000'000 * kMiB};
  EXPECT_FALSE(guard.Check().ok());
  probe.space = DiskSpace{uint64_t{1} << 62, uint64_t{1} << 63};
  EXPECT_TRUE(guard.Check().ok());
}

TEST(SpaceGuard, CountsWhatIsAboutToBeWrittenAndRecoversByItself) {
  FakeProbe probe;
  const SpaceGuard guard(probe, {.min_free_bytes = 10 * kMiB, .min_free_ppm = 0});
  probe.space = DiskSpace{12 * kMiB, 100 * kMiB};
  EXPECT_TRUE(guard.Check(2 * kMiB).ok());
  EXPECT_FALSE(guard.Check(2 * kMiB + 1).ok());
  probe.space = absl::UnavailableError("gone");
  EXPECT_EQ(ReasonOf(guard.Check()), Reason::kReadOnly);
  probe.space = DiskSpace{12 * kMiB, 100 * kMiB};
  EXPECT_TRUE(guard.Check().ok());
}

TEST(SpaceGuard, AStoreIsOpenedWithRoomForItsLogsAndNotOneByteBelow) {
  FakeProbe probe;
  for (const uint64_t log_bytes : {uint64_t{0}, 300 * kMiB}) {
    probe.space = DiskSpace{kMinFreeBytesToOpen + log_bytes, 1024 * kMiB};
    EXPECT_TRUE(CheckRoomToOpen(probe, log_bytes).ok());
    probe.space = DiskSpace{kMinFreeBytesToOpen + log_bytes - 1, 1024 * kMiB};
    EXPECT_EQ(ReasonOf(CheckRoomToOpen(probe, log_bytes)), Reason::kReadOnly);
  }
  EXPECT_NE(
      CheckRoomToOpen(probe, 300 * kMiB).ToString().find("may write 316 MiB, and 315 MiB are free"),
      std::string::npos);
}

// A store that filled the disk up to the reserve can be opened again.
TEST(SpaceGuard, TheReserveHasRoomForTheLogs) {
  EXPECT_LT(kMinFreeBytesToOpen + RocksDbOptions().max_log_bytes, SpaceReserve().min_free_bytes);
}

TEST(SpaceGuard, ReadsARealFileSystem) {
  const StatvfsProbe probe("/");
  const absl::StatusOr<DiskSpace> space = probe.Read();
  ASSERT_TRUE(space.ok());
  EXPECT_GT(space->total_bytes, 0U);
  EXPECT_LE(space->free_bytes, space->total_bytes);
  EXPECT_FALSE(StatvfsProbe("/no/such/folder").Read().ok());
}

}  // namespace
}  // namespace wirefold
