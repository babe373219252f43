// Limits of what reaches the protocol's messages from below, at the limit and one past.
#include <string>

#include "gtest/gtest.h"
#include "lib/parse/html_blocks.h"

namespace wirefold {
namespace {

struct Label {
  const char* what;
  size_t bytes;
  size_t kept;
};

class Labels : public testing::TestWithParam<Label> {};

TEST_P(Labels, OfImagesAndLinksAreCutAtTheirLimit) {
  const std::string label(GetParam().bytes, 'x');
  const HtmlDocument document = ReadHtml("<p>text <img src=\"https://e.org/a.png\" alt=\"" + label +
                                         "\"> <a href=\"https://e.org/b\">" + label + "</a></p>");
  ASSERT_EQ(document.images.size(), 1U);
  EXPECT_EQ(document.images[0].caption.size(), GetParam().kept);
  ASSERT_EQ(document.links.size(), 1U);
  EXPECT_EQ(document.links[0].text.size(), GetParam().kept);
}

INSTANTIATE_TEST_SUITE_P(Limits, Labels,
                         testing::Values(Label{"below", kMaxLabelBytes - 1, kMaxLabelBytes - 1},
                                         Label{"at", kMaxLabelBytes, kMaxLabelBytes},
                                         Label{"past", kMaxLabelBytes + 1, kMaxLabelBytes}),
                         [](const testing::TestParamInfo<Label>& label) {
                           return std::string(label.param.what);
                         });

}  // namespace
}  // namespace wirefold
