#include "lib/parse/xml_prolog.h"

#include <gtest/gtest.h>

#include <string>

namespace wirefold {
namespace {

struct Case {
  const char* text;
  const char* element;  // prefix:name, or "none"
};

TEST(FindFirstElement, PassesOverWhatIsNone) {
  constexpr Case kCases[] = {
      {"<rss>", ":rss"},
      {"\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- <a> --><rdf:RDF x='y'>", "rdf:RDF"},
      {"<!DOCTYPE a [ <!ENTITY b '>'> <!-- ]> --> ]><c/>", ":c"},
      {"<!DOCTYPE a SYSTEM \"x>y\"><c>", ":c"},
      {"text < more <b>", ":b"},
      {"<![CDATA[ <a> ]]><b>", ":b"},
      {"<!-- <a>", "none"},
      {"<!DOCTYPE a [", "none"},
      {"</a><", "none"},
      {"", "none"},
  };
  for (const Case& c : kCases) {
    const FirstElement element = FindFirstElement(c.text);
    EXPECT_EQ(element.position == std::string_view::npos
                  ? "none"
                  : std::string(element.prefix) + ":" + std::string(element.local_name),
              c.element)
        << c.text;
  }
  EXPECT_FALSE(FindFirstElement(" \n<a>").after_text);
  EXPECT_TRUE(FindFirstElement("x<a>").after_text);
}

}  // namespace
}  // namespace wirefold
