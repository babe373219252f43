// The header of every real file against the mirror's own index.
#include <gtest/gtest.h>

#include <cctype>
#include <nlohmann/json.hpp>

#include "lib/parse/dump_format.h"
#include "lib/parse/html_entities.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"
#include "tests/text/real_data.h"

namespace wirefold {
namespace {

// The index has lost dots and escaped signs in some titles; what is left has to agree.
std::string Comparable(std::string_view title) {
  std::string once;
  AppendDecoded(title, false, once);
  std::string twice;
  AppendDecoded(once, false, twice);
  std::string out;
  for (const char c : StoredLine(twice)) {
    if (c != '.' && c != '\\' && c != '"' && c != ' ') out.push_back(c);
  }
  return out;
}

// The index has some URLs percent-encoded that stand raw in the file.
std::string PercentDecoded(std::string_view url) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; };
  std::string out;
  for (size_t i = 0; i < url.size(); ++i) {
    if (url[i] == '%' && i + 2 < url.size() && std::isxdigit(url[i + 1]) != 0 &&
        std::isxdigit(url[i + 2]) != 0) {
      out.push_back(static_cast<char>(digit(url[i + 1]) * 16 + digit(url[i + 2])));
      i += 2;
    } else {
      out.push_back(url[i]);
    }
  }
  return out;
}

TEST(SplitDump, AgreesWithTheManifestOnEveryFile) {
  WIREFOLD_NEEDS_REAL_DATA();
  std::ifstream manifest(RealData() / "news_zh_manifest.jsonl");
  ASSERT_TRUE(manifest.good());
  int files = 0;
  int equal_titles = 0;
  for (std::string line; std::getline(manifest, line);) {
    const auto row = nlohmann::json::parse(line);
    const std::string name = row["file"];
    const std::string bytes = ReadFile(RealData() / "news_zh" / name);
    std::string storage;
    const auto text = RepairUtf8(bytes, storage);
    ASSERT_TRUE(text.ok());
    const DumpFile file = SplitDump(text->text);
    EXPECT_TRUE(file.has_link_line) << name;
    EXPECT_EQ(file.time_ms, row["epoch_ms"].get<int64_t>()) << name;
    EXPECT_EQ(PercentDecoded(file.url), PercentDecoded(row["url"].get<std::string>())) << name;
    EXPECT_EQ(Comparable(file.title), Comparable(row["title"].get<std::string>())) << name;
    equal_titles += StoredLine(file.title) == StoredLine(row["title"].get<std::string>()) ? 1 : 0;
    ++files;
  }
  EXPECT_EQ(files, 34219);
  RecordProperty("titles_equal_as_they_stand", equal_titles);
  EXPECT_GE(equal_titles, 34219 - 150);
}

}  // namespace
}  // namespace wirefold
