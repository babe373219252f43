#include "lib/parse/xml_repair.h"

#include <gtest/gtest.h>

#include <string>

namespace wirefold {
namespace {

std::string Repair(std::string_view markup) {
  XmlRepair repair;
  repair.Append(markup);
  return repair.Finish();
}

struct Case {
  const char* markup;
  const char* repaired;
};

TEST(XmlRepair, PutsRightWhatFeedsGetWrong) {
  constexpr Case kCases[] = {
      {"<a>text</a>", "<a>text</a>"},
      {"<a>x & y</a>", "<a>x &amp; y</a>"},
      {"<a>x &amp; y &lt;p&gt;</a>", "<a>x &amp; y &lt;p&gt;</a>"},
      {"<a>&nbsp;&eacute;&#x4E2D;&unknown;</a>", "<a>\u00A0é中&amp;unknown;</a>"},
      {"<a>?a=1&copy=2&amp</a>", "<a>?a=1&amp;copy=2&amp;amp</a>"},
      {"<a>1 < 2 <3></a>", "<a>1 &lt; 2 &lt;3&gt;</a>"},
      {"<a>x<br>y</a>", "<a>x<br/>y</a>"},
      {"<a>x</br>y</a>", "<a>xy</a>"},
      {"<a><b>x</a>", "<a><b>x</b></a>"},
      {"<a></b>x</a>", "<a>x</a>"},
      {"<a><b", "<a>&lt;b</a>"},
      {"<a><b <c/></a>", "<a><b><c/></b></a>"},
      {"<a b=c d e='1 & 2' b=\"f\"/>", "<a b=\"c\" d=\"\" e=\"1 &amp; 2\"/>"},
      {"<a b=\"x/></a>", "&lt;a b=&quot;x/&gt;"},
      {"<a 1=x x:=y ok=z />", "<a ok=\"z\"/>"},
      {"<a><![CDATA[<p>&amp;]]></a>", "<a>&lt;p&gt;&amp;amp;</a>"},
      {"<a><![CDATA[cut", "<a>cut</a>"},
      {"<a><!-- x -->y<!-- z</a>", "<a>y&lt;!-- z</a>"},
      {"<?xml version='1.0'?><!DOCTYPE a><a/>", "<a/>"},
      {"<a>\x01\x0B\xEF\xBF\xBEx</a>", "<a>  x</a>"},
      {"<a>&#1;&#xFFFE;&#0;</a>", "<a> \uFFFD</a>"},
      {"]]>", "]]&gt;"},
      {"", ""},
  };
  for (const Case& c : kCases) EXPECT_EQ(Repair(c.markup), c.repaired) << c.markup;
}

TEST(XmlRepair, HoldsTheDepthLimit) {
  for (const bool past : {false, true}) {
    std::string markup;
    for (size_t i = 0; i < kMaxFeedDepth + (past ? 1 : 0); ++i) markup += "<a>";
    markup += "x";  // it has to outlive the repair
    XmlRepair repair;
    repair.Append(markup);
    EXPECT_EQ(repair.too_deep(), past);
    const std::string repaired = repair.Finish();
    EXPECT_EQ(repaired.size(), kMaxFeedDepth * 7 + 1);
  }
}

TEST(XmlRepair, HoldsTheLimitOfAttributes) {
  std::string markup = "<a";
  for (size_t i = 0; i <= kMaxXmlAttributes; ++i) markup += " a" + std::to_string(i) + "=''";
  const std::string repaired = Repair(markup + "/>");
  EXPECT_NE(repaired.find(" a" + std::to_string(kMaxXmlAttributes - 1) + "="), std::string::npos);
  EXPECT_EQ(repaired.find(" a" + std::to_string(kMaxXmlAttributes) + "="), std::string::npos);
}

TEST(XmlRepair, StaysLinearOnWhatDoesNotEnd) {
  for (const std::string piece : {"<a x='", "<a x=\"", "<!--", "<![CDATA[", "<?", "<", "&", "<a ",
                                  "</a", "<a x='<a x=\"", "<a><", "<!a"}) {
    std::string markup;
    while (markup.size() < 2'000'000) markup += piece;
    EXPECT_LE(Repair(markup).size(), markup.size() * 6) << piece;
  }
}

}  // namespace
}  // namespace wirefold
