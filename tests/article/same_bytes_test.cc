// The same input gives the same bytes: against digests that are checked in, in every build, by
// whatever compiler, under whatever sanitizer; and from one run to the next.
//
// tests/testdata/golden.tsv holds them for sets of the libraries' data (ICU, OpenCC, cld2, the
// Public Suffix List, uchardet, libxml2), for which the same bytes are promised. Where this build
// has other data, the digests of what no data decides are compared, and the test that compares
// everything is skipped and says so. After a change of rules write them anew, with
//   WIREFOLD_WRITE_GOLDEN=1 build/release/tests/same_bytes_test
// which drops the other sets, and =add on a system of each of them, which adds its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lib/article/versions.h"
#include "tests/article/digest.h"
#include "tests/article/golden_inputs.h"

namespace wirefold {
namespace {

constexpr char kPath[] = WIREFOLD_SOURCE_DIR "/tests/testdata/golden.tsv";
constexpr char kNone[] = "-";

using Digests = std::map<std::string, FileDigest>;

Digests Compute(const std::vector<GoldenInput>& inputs) {
  Digests digests;
  for (const GoldenInput& input : inputs) {
    FileDigest digest =
        input.is_url_list ? DigestUrls(input.bytes) : DigestFile(input.bytes, input.name);
    // Characters that are assigned in one version of Unicode and not in another.
    if (input.name.starts_with("made/characters/")) digest.stable.clear();
    if (digest.stable.empty()) digest.stable = kNone;
    EXPECT_TRUE(digests.emplace(input.name, std::move(digest)).second) << input.name;
  }
  return digests;
}

const Digests& Computed() {
  static const Digests digests = Compute(GoldenInputs());
  return digests;
}

// The data that the bytes are promised for, on one line; our own rules are not among it, for they
// are what the digests hold in place.
std::string DataVersions() {
  std::string text;
  for (const auto& [name, version] : NormalizerVersions()) {
    if (name == "rules" || name == "url_rules") continue;
    text += (text.empty() ? "" : " ") + name + "=" + version;
  }
  return text;
}

struct Golden {
  std::vector<std::string> sets;  // as DataVersions says
  struct Row {
    std::string stable;
    std::vector<std::string> all;  // for each set
  };
  std::map<std::string, Row> rows;

  [[nodiscard]] size_t Find(const std::string& set) const {
    return static_cast<size_t>(std::find(sets.begin(), sets.end(), set) - sets.begin());
  }
};

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
  return fields;
}

Golden ReadGolden() {
  Golden golden;
  std::ifstream file(kPath);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> fields = Fields(line);
    if (fields[0] == "set") {
      golden.sets.push_back(fields.at(1));
    } else {
      golden.rows[fields[0]] = {fields.at(1), {fields.begin() + 2, fields.end()}};
    }
  }
  return golden;
}

void WriteGolden(bool keep_others) {
  Golden golden = ReadGolden();
  if (!keep_others) golden = {};
  const size_t set = golden.Find(DataVersions());
  if (set == golden.sets.size()) golden.sets.push_back(DataVersions());
  std::map<std::string, Golden::Row> rows;
  for (const auto& [name, digest] : Computed()) {
    Golden::Row& row = rows[name];
    if (keep_others && golden.rows.contains(name)) row = golden.rows[name];
    row.stable = digest.stable;
    row.all.resize(golden.sets.size(), kNone);
    row.all[set] = digest.all;
  }
  std::ofstream file(kPath);
  file << "# Digests of what Wirefold makes of each input; see tests/article/same_bytes_test.cc.\n"
          "# A line 'set' a set of versions of the libraries' data; then a line an input: its "
          "name,\n"
          "# the digest of what no such data decides, and the digest of everything for each set.\n";
  for (const std::string& each : golden.sets) file << "set\t" << each << "\n";
  for (const auto& [name, row] : rows) {
    file << name << '\t' << row.stable;
    for (const std::string& all : row.all) file << '\t' << all;
    file << '\n';
  }
  ASSERT_TRUE(file.flush().good());
}

std::string Names(const std::vector<std::string>& names) {
  std::string text = std::to_string(names.size()) + " of " + std::to_string(Computed().size());
  for (size_t i = 0; i < names.size() && i < 20; ++i) text += "\n  " + names[i];
  return text;
}

TEST(SameBytes, OfWhatNoDataDecides) {
  const Golden golden = ReadGolden();
  ASSERT_FALSE(golden.sets.empty()) << "no digests in " << kPath;
  std::vector<std::string> differ;
  for (const auto& [name, row] : golden.rows) {
    const auto found = Computed().find(name);
    if (found == Computed().end() || found->second.stable != row.stable) differ.push_back(name);
  }
  for (const auto& [name, digest] : Computed()) {
    if (!golden.rows.contains(name)) differ.push_back(name);
  }
  EXPECT_TRUE(differ.empty()) << Names(differ);
}

TEST(SameBytes, OfEverythingForTheseVersionsOfTheData) {
  const Golden golden = ReadGolden();
  const size_t set = golden.Find(DataVersions());
  if (set == golden.sets.size()) {
    std::string sets;
    for (const std::string& each : golden.sets) sets += "\n  " + each;
    GTEST_SKIP() << "no digests are checked in for the data of this system,\n  " << DataVersions()
                 << "\nbut for" << sets;
  }
  std::vector<std::string> differ;
  for (const auto& [name, digest] : Computed()) {
    const auto row = golden.rows.find(name);
    if (row == golden.rows.end() || row->second.all.at(set) != digest.all) differ.push_back(name);
  }
  EXPECT_TRUE(differ.empty()) << Names(differ);
}

TEST(SameBytes, FromOneRunToTheNextInAnyOrderAndOnAnyThread) {
  std::vector<GoldenInput> inputs = GoldenInputs();
  std::reverse(inputs.begin(), inputs.end());
  Digests again[2];
  {
    std::thread other([&] { again[0] = Compute(inputs); });
    again[1] = Compute(inputs);
    other.join();
  }
  EXPECT_EQ(again[0], Computed());
  EXPECT_EQ(again[1], Computed());
}

// Most of them read, that is, and not refused for one and the same reason.
TEST(SameBytes, OfHundredsOfInputsThatAreNotAlike) {
  std::set<std::string> digests;
  for (const auto& [name, digest] : Computed()) digests.insert(digest.all);
  EXPECT_GT(digests.size(), 200U);
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (const char* write = std::getenv("WIREFOLD_WRITE_GOLDEN"); write != nullptr) {
    wirefold::WriteGolden(std::string(write) == "add");
  }
  return RUN_ALL_TESTS();
}
