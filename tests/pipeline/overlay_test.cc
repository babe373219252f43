#include "lib/pipeline/overlay.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace wirefold {
namespace {

Hash128 H(uint64_t n) { return Hash128{n, n}; }
KnownUrl Known(uint64_t n) {
  KnownUrl known;
  known.state.id = known.state.story_id = Ulid::Make(static_cast<int64_t>(n), H(n));
  return known;
}

TEST(Overlay, FindsWhatWasPut) {
  Overlay overlay;
  overlay.Put(1, H(1), Known(1), H(100));
  ASSERT_TRUE(overlay.FindUrl(H(1)).has_value());
  EXPECT_EQ(overlay.FindUrl(H(1))->state, Known(1).state);
  ASSERT_NE(overlay.FindText(H(100)), nullptr);
  EXPECT_EQ(overlay.FindText(H(100))->id, Known(1).state.id);
  EXPECT_FALSE(overlay.FindUrl(H(2)).has_value());
  EXPECT_EQ(overlay.FindText(H(2)), nullptr);
}

TEST(Overlay, TheFirstToCarryATextKeepsIt) {
  Overlay overlay;
  overlay.Put(1, H(1), Known(1), H(100));
  overlay.Put(2, H(2), Known(2), H(100));
  EXPECT_EQ(overlay.FindText(H(100))->id, Known(1).state.id);
}

TEST(Overlay, ForgetsOnlyWhatIsCommittedAndOld) {
  Overlay overlay;
  const uint64_t count = Overlay::kRemembered + 10;
  for (uint64_t i = 1; i <= count; ++i) overlay.Put(i, H(i), Known(i), H(100000 + i));
  overlay.Trim(0);
  EXPECT_EQ(overlay.size(), count) << "nothing is committed yet";
  overlay.Trim(4);
  EXPECT_EQ(overlay.size(), count - 4);
  overlay.Trim(count);
  EXPECT_EQ(overlay.size(), Overlay::kRemembered);
  EXPECT_FALSE(overlay.FindUrl(H(10)).has_value());
  EXPECT_EQ(overlay.FindText(H(100010)), nullptr);
  EXPECT_EQ(overlay.FindUrl(H(11))->state, Known(11).state);
  // Who looked at the store before decision 10 was committed may have missed what is gone.
  EXPECT_FALSE(overlay.Covers(9));
  EXPECT_TRUE(overlay.Covers(10));
}

TEST(Overlay, HasARecordForAsLongAsSomebodyHoldsIt) {
  Overlay overlay;
  auto first = std::make_shared<const std::string>("the first");
  auto second = std::make_shared<const std::string>("the second");
  const auto known_with = [](const EncodedRecord& record) {
    KnownUrl known = Known(1);
    known.newest = {record, {Relation::kNear, Known(9).state.id, {}}};
    return known;
  };
  overlay.Put(1, H(1), known_with(first), std::nullopt);
  EXPECT_EQ(overlay.FindUrl(H(1))->newest.record, first);
  EXPECT_EQ(overlay.FindUrl(H(1))->newest.match.relation, Relation::kNear);
  overlay.Put(2, H(1), known_with(second), std::nullopt);
  first.reset();
  EXPECT_EQ(overlay.FindUrl(H(1))->newest.record, second);
  second.reset();
  EXPECT_EQ(overlay.FindUrl(H(1))->newest.record, nullptr);
  EXPECT_EQ(overlay.FindUrl(H(1))->state, Known(1).state);
}

TEST(Overlay, ALaterDecisionOnAUrlOutlivesTheEarlierOne) {
  Overlay overlay;
  overlay.Put(1, H(1), Known(1), H(100));
  KnownUrl revised = Known(1);
  revised.state.newest_at_ms = 77;
  const uint64_t last = Overlay::kRemembered + 1;
  for (uint64_t i = 2; i < last; ++i) overlay.Put(i, H(i), Known(i), std::nullopt);
  overlay.Put(last, H(1), revised, std::nullopt);
  overlay.Trim(last);
  ASSERT_TRUE(overlay.FindUrl(H(1)).has_value());
  EXPECT_EQ(overlay.FindUrl(H(1))->state.newest_at_ms, 77);
  EXPECT_EQ(overlay.FindText(H(100)), nullptr) << "its own decision has been forgotten";
}

}  // namespace
}  // namespace wirefold
