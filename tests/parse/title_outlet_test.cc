#include "lib/parse/title_outlet.h"

#include <gtest/gtest.h>

#include <string>

namespace wirefold {
namespace {

TEST(TitleWithoutOutlet, TakesTheOutletsNameFromTheEndAndNothingElse) {
  const struct {
    std::string_view title;
    OutletNames names;
    std::string_view expected;
  } kCases[] = {
      // The host's label, written out, abbreviated, or a word of the name.
      {"Harbour report - HPN", {.domain = "hpn.example"}, "Harbour report"},
      {"Harbour report | The Harbour", {.domain = "harbour.example"}, "Harbour report"},
      {"Harbour report - Old York Times", {.domain = "oytimes.example"}, "Harbour report"},
      {"Harbour report - HPN News", {.domain = "hpn.example"}, "Harbour report"},
      {"Harbour report · harbour.example", {.domain = "harbour.example"}, "Harbour report"},
      {"Harbour report-HPN", {.domain = "hpn.example"}, "Harbour report"},
      // Two names, in two scripts.
      {"港务局公布报告 – 某国国际广播电台 - HPN", {.domain = "hpn.example"}, "港务局公布报告"},
      {"港務局公布報告 – 某國時報 - HPN", {.domain = "hpn.example"}, "港務局公布報告"},
      {"Report – Harbour Times - HPN", {.domain = "hpn.example"}, "Report"},
      // The site's name, the crawler's, the dateline's.
      {"港务局公布报告_港口网", {.site_name = "港口网"}, "港务局公布报告"},
      {"港务局公布报告 | 港口报", {.source = "港口报"}, "港务局公布报告"},
      {"港务局公布报告 | 港口报", {.source = "港口报@www.hpn.example"}, "港务局公布报告"},
      {"港务局公布报告 - HPN", {.source = "港口报@www.hpn.example"}, "港务局公布报告"},
      {"港务局公布报告 | 某通社", {.dateline = "某通社北京7月2日"}, "港务局公布报告"},
      // What is no outlet stays.
      {"港务局公布报告--某通社", {.dateline = "某通社北京7月2日"}, "港务局公布报告--某通社"},
      {"港务局公布报告--某通社", {.source = "某通社"}, "港务局公布报告--某通社"},
      {"某通社 | 港务局公布报告", {.source = "某通社"}, "某通社 | 港务局公布报告"},
      {"Harbour - a report", {.domain = "hpn.example"}, "Harbour - a report"},
      {"港务局公布报告 - 港口专栏", {.domain = "hpn.example"}, "港务局公布报告 - 港口专栏"},
      {"A – B - HPN", {.domain = "hpn.example"}, "A – B"},
      {"HPN", {.domain = "hpn.example"}, "HPN"},
      {" - HPN", {.domain = "hpn.example"}, " - HPN"},
      {"Harbour report - Times", {}, "Harbour report - Times"},
      {"", {.domain = "hpn.example"}, ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(TitleWithoutOutlet(c.title, c.names), c.expected);
}

TEST(TitleWithoutOutlet, IsLinearInHostileTitles) {
  std::string title;
  while (title.size() < 1 << 20) title += " - a";
  EXPECT_FALSE(TitleWithoutOutlet(title, {.domain = "a.example"}).empty());
  EXPECT_EQ(TitleWithoutOutlet("x - " + std::string(1 << 20, 'a'), {.domain = "aa.example"}).size(),
            (1u << 20) + 4);
}

}  // namespace
}  // namespace wirefold
