#include "server/page_token.h"

#include "gtest/gtest.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

const Ulid kId = Ulid::Make(123, HashBytes128("a"));

TEST(PageToken, ComesBackAsThePositionItWasMadeOf) {
  const std::string token = MakePageToken({kId, 70}, "filters");
  EXPECT_EQ(*ParsePageToken(token, "filters"), (PagePosition{kId, 70}));
  // It may stand in a URL.
  EXPECT_EQ(token.find_first_of("+/ &?"), std::string::npos);
}

TEST(PageToken, IsRefusedWithOtherFilters) {
  const absl::StatusOr<PagePosition> position =
      ParsePageToken(MakePageToken({kId}, "host=a"), "host=b");
  EXPECT_EQ(ReasonOf(position.status()), Reason::kInvalidPageToken);
}

TEST(PageToken, IsRefusedWhenItWasChanged) {
  const std::string token = MakePageToken({kId}, "f");
  for (size_t i = 0; i < token.size() - 1; ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(ParsePageToken(changed, "f").ok()) << changed;
  }
  for (const std::string& other : {std::string("x"), std::string("%%%"), token + "AAAA",
                                   token.substr(4), std::string(34, '\0')}) {
    EXPECT_EQ(ReasonOf(ParsePageToken(other, "f").status()), Reason::kInvalidPageToken);
  }
}

}  // namespace
}  // namespace wirefold
