#include "lib/parse/html_elements.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wirefold {
namespace {

TEST(ElementOf, KnowsNamesInAnyCase) {
  EXPECT_EQ(ElementOf("DIV").element, Element::kDiv);
  EXPECT_EQ(ElementOf("blockquote").element, Element::kBlockquote);
  EXPECT_TRUE(IsHeading(ElementOf("h6").element));
  EXPECT_FALSE(IsHeading(ElementOf("hr").element));
}

TEST(ElementOf, IsNotTakenInByNulBytes) {
  EXPECT_EQ(ElementOf(std::string_view("p\0", 2)).element, Element::kUnknown);
  EXPECT_EQ(ElementOf(std::string_view("\0", 1)).element, Element::kUnknown);
}

TEST(ElementOf, AnUnknownNameIsAnInlineElement) {
  for (const char* name : {"", "o:p", "divdata-article-list", "x"}) {
    EXPECT_EQ(ElementOf(name).element, Element::kUnknown) << name;
    EXPECT_EQ(ElementOf(name).traits, 0) << name;
  }
}

}  // namespace
}  // namespace wirefold
