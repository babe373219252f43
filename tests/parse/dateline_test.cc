#include "lib/parse/dateline.h"

#include <gtest/gtest.h>

namespace wirefold {
namespace {

TEST(FindDateline, ReadsBracketedHeads) {
  EXPECT_EQ(FindDateline("（某某社台北24日電）財政部今天表示"), "某某社台北24日電");
  EXPECT_EQ(FindDateline("(某某之声中文网) 柏林方面说"), "某某之声中文网");
  EXPECT_EQ(FindDateline("【某某日报10月15日讯】记者获悉"), "某某日报10月15日讯");
}

TEST(FindDateline, ReadsHeadsBeforeADash) {
  EXPECT_EQ(FindDateline("路透北京7月2日 - 央行周四"), "路透北京7月2日");
  EXPECT_EQ(FindDateline("NEW YORK, Oct 19 - Stocks fell"), "NEW YORK, Oct 19");
}

TEST(FindDateline, ReadsWireHeads) {
  EXPECT_EQ(FindDateline("某华社北京8月10日电 国家主席"), "某华社北京8月10日电");
}

TEST(FindDateline, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(FindDateline("（图片来自网络平台）这是一条"), "");
  EXPECT_EQ(FindDateline("The report - long awaited - is out"), "");
  EXPECT_EQ(FindDateline("他在2020年7月2日抵达，随后离开 北京"), "");
  EXPECT_EQ(FindDateline(""), "");
  EXPECT_EQ(FindDateline("（"), "");
}

TEST(FindDateline, IsNeverLongerThanItsLimit) {
  const std::string padding(kMaxDatelineBytes, 'x');
  EXPECT_EQ(FindDateline("（" + padding + "7日电）"), "");
}

}  // namespace
}  // namespace wirefold
