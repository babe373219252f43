#include "lib/parse/html_entities.h"

#include <gtest/gtest.h>

namespace wirefold {
namespace {

std::string Text(std::string_view html) {
  std::string out;
  AppendDecoded(html, false, out);
  return out;
}
std::string Attribute(std::string_view html) {
  std::string out;
  AppendDecoded(html, true, out);
  return out;
}

TEST(AppendDecoded, DecodesNames) {
  EXPECT_EQ(Text("&lt;a&gt; &amp;&nbsp;&hellip;"), "<a> &\u00A0…");
  EXPECT_EQ(Text("&NotEqualTilde;"), "\u2242\u0338");
  EXPECT_EQ(Text("&copy 2020 &notit; &notin;"), "© 2020 ¬it; ∉");
}

TEST(AppendDecoded, DecodesNumbers) {
  EXPECT_EQ(Text("&#20013;&#x4e2d;&#X4E2D"), "中中中");
  EXPECT_EQ(Text("&#0;&#xD800;&#x110000;&#99999999999999999999;"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(Text("&#150;&#x80;"), "–€");
}

TEST(AppendDecoded, LeavesAloneWhatIsNone) {
  EXPECT_EQ(Text("AT&T & a&b; &; &#; &#x; &unknown; &"), "AT&T & a&b; &; &#; &#x; &unknown; &");
}

TEST(AppendDecoded, OldNamesInAttributesNeedAnEnd) {
  EXPECT_EQ(Attribute("?a=1&copy=2&lt=3&amp;b"), "?a=1&copy=2&lt=3&b");
  EXPECT_EQ(Attribute("x&copy"), "x©");
}

}  // namespace
}  // namespace wirefold
