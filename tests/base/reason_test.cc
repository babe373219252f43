#include "lib/base/reason.h"

#include <gtest/gtest.h>

namespace wirefold {
namespace {

TEST(Reason, TravelsWithTheStatus) {
  const absl::Status status = Reject(Reason::kUrlTooLong, "too long");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "too long");
  EXPECT_EQ(ReasonOf(status), Reason::kUrlTooLong);
  EXPECT_EQ(ReasonName(ReasonOf(status)), "URL_TOO_LONG");
}

TEST(Reason, OtherStatusesHaveNone) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), Reason::kUnspecified);
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), Reason::kUnspecified);
}

}  // namespace
}  // namespace wirefold
