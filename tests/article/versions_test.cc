#include "lib/article/versions.h"

#include <gtest/gtest.h>

namespace wirefold {
namespace {

TEST(NormalizerVersions, NamesEverythingThatAnArticleDependsOn) {
  const std::map<std::string, std::string> versions = NormalizerVersions();
  for (const char* name : {"rules", "url_rules", "icu", "unicode", "cld2", "han_table",
                           "public_suffix_list", "uchardet", "libxml2"}) {
    ASSERT_TRUE(versions.contains(name)) << name;
    EXPECT_FALSE(versions.at(name).empty()) << name;
  }
  EXPECT_EQ(versions.size(), 9u);
  EXPECT_EQ(NormalizerVersions(), versions);
}

}  // namespace
}  // namespace wirefold
