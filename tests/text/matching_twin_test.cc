// The fast matching form against its plain twin over real files.
#include "tests/text/matching_twin.h"

#include <gtest/gtest.h>

#include "lib/text/matching.h"
#include "lib/text/utf8.h"
#include "tests/text/real_data.h"

namespace wirefold {
namespace {

TEST(ToMatching, AgreesWithTheTwinOnRealFiles) {
  WIREFOLD_NEEDS_REAL_DATA();
  const MatchingTwin twin;
  int files = 0;
  for (const char* folder : {"news_zh", "news_en"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(RealData() / folder)) {
      if (!entry.is_regular_file() || ++files % 20 != 0) continue;
      const std::string bytes = ReadFile(entry.path());
      std::string storage;
      const auto text = RepairUtf8(bytes, storage);
      ASSERT_TRUE(text.ok());
      ASSERT_EQ(ToMatching(text->text).text, twin(text->text)) << entry.path();
    }
  }
  EXPECT_GT(files, 40000);
}

}  // namespace
}  // namespace wirefold
