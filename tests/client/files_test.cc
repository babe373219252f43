#include "client/command/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/documents.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "wirefold_files_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& bytes = "x") {
    fs::create_directories(fs::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path, std::ios::binary) << bytes;
  }

  // Paths below root_, and "!" before one that has an error.
  std::vector<std::string> List(FileLister lister) const {
    std::vector<std::string> paths;
    while (std::optional<ListedFile> file = lister.Next()) {
      std::string path = file->path;
      if (path.starts_with(root_ + "/")) path = path.substr(root_.size() + 1);
      paths.push_back(file->error.ok() ? path : absl::StrCat("!", path));
    }
    return paths;
  }

  std::string root_;
};

using Paths = std::vector<std::string>;

TEST_F(FilesTest, WalksInBytewiseOrderOfFullPaths) {
  for (const char* path : {"a/b", "a.txt", "a/c/d", "a0", "B", "a/c.x", "\xe4\xb8\xad"}) {
    Write(path);
  }
  EXPECT_EQ(List(FileLister(Paths{root_})),
            (Paths{"B", "a.txt", "a/b", "a/c.x", "a/c/d", "a0", "\xe4\xb8\xad"}));
}

// The twin: list everything, sort the paths.
TEST_F(FilesTest, AgreesWithSortingAllPaths) {
  std::mt19937 random(3);
  const std::string letters = "a./0-_z";
  for (int i = 0; i < 300; ++i) {
    std::string path = "f";
    for (int j = 0; j < 6; ++j) {
      const char c = letters[random() % letters.size()];
      // No hidden and no empty names; a folder's name ends in d, a file's in f: they never clash.
      path += c == '/' ? "d/f" : c == '.' && path.back() == '/' ? "x" : std::string(1, c);
    }
    Write(path + "f");
  }
  Paths expected;
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    if (entry.is_regular_file()) expected.push_back(entry.path().string().substr(root_.size() + 1));
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(List(FileLister(Paths{root_})), expected);
}

TEST_F(FilesTest, PassesOverHiddenEntriesLinksAndPipes) {
  Write("kept");
  Write(".hidden");
  Write(".git/config");
  fs::create_symlink("kept", root_ + "/link");
  ASSERT_EQ(mkfifo((root_ + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(List(FileLister(Paths{root_})), Paths{"kept"});
  EXPECT_EQ(List(FileLister(Paths{root_ + "/link", root_ + "/.hidden"})),
            (Paths{"link", ".hidden"}));
}

TEST_F(FilesTest, KeepsTheOrderOfArgumentsAndJoinsWithOneSlash) {
  Write("a/1");
  Write("b");
  EXPECT_EQ(List(FileLister(Paths{root_ + "/b", "-", root_ + "/a/", root_ + "/a"})),
            (Paths{"b", "-", "a/1", "a/1"}));
}

TEST_F(FilesTest, NamesWhatIsMissingAndGoesOn) {
  Write("b");
  EXPECT_EQ(List(FileLister(Paths{root_ + "/none", root_ + "/b"})), (Paths{"!none", "b"}));
}

TEST_F(FilesTest, TakesPathsFromAList) {
  Write("a");
  Write("b c");
  std::istringstream list(root_ + "/b c\n\n" + root_ + "/a");
  EXPECT_EQ(List(FileLister(list)), (Paths{"b c", "a"}));
}

TEST_F(FilesTest, TakesLinesOfAListUpToTheLimitAndNamesTheNumberOfALongerOne) {
  Write("a");
  Write("b");
  // As long as a path may be, by slashes that change nothing.
  const auto padded = [this](const std::string& name, size_t bytes) {
    return root_ + std::string(bytes - root_.size() - name.size(), '/') + name;
  };
  const std::string longest = padded("a", kMaxListLineBytes);
  for (const char* end : {"", "\n", "\n\n"}) {
    std::istringstream list("\n" + longest + "\n" + padded("b", kMaxListLineBytes + 1) + "\n" +
                            root_ + "/b\n" + std::string(1'000'000, 'x') + end);
    FileLister lister(list);
    EXPECT_EQ(lister.Next()->path, longest);
    std::optional<ListedFile> file = lister.Next();
    EXPECT_EQ(file->path, "--files-from:3");
    EXPECT_EQ(file->error.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(file->error.message()), HasSubstr("line 3 of the list"));
    EXPECT_THAT(std::string(file->error.message()), HasSubstr("4095 bytes"));
    EXPECT_EQ(lister.Next()->path, root_ + "/b");
    file = lister.Next();
    EXPECT_EQ(file->path, "--files-from:5");
    EXPECT_FALSE(file->error.ok());
    EXPECT_FALSE(lister.Next().has_value());
  }
  struct stat info {};
  EXPECT_EQ(stat(longest.c_str(), &info), 0);
}

// A list that ends its paths with NUL (find -print0) is one line.
TEST_F(FilesTest, RefusesALineWithANulByteInsteadOfItsBeginning) {
  Write("a");
  Write("b");
  const std::string a = root_ + "/a";
  const std::string b = root_ + "/b";
  std::istringstream list(a + "\n" + a + '\0' + b + '\0');
  FileLister lister(list);
  EXPECT_EQ(lister.Next()->path, a);
  const std::optional<ListedFile> file = lister.Next();
  EXPECT_EQ(file->path, "--files-from:2");
  EXPECT_THAT(std::string(file->error.message()), HasSubstr("line 2 of the list holds a NUL"));
  EXPECT_FALSE(lister.Next().has_value());
}

// "path item offset size-or-reason", a line a document.
std::string Documents(const std::string& path) {
  DocumentReader reader;
  if (absl::Status opened = reader.Open(path); !opened.ok()) {
    return std::string(RejectionName(opened));
  }
  std::string lines;
  while (const auto document = reader.Next()) {
    const Place place = reader.PlaceOf(*document);
    lines += std::to_string(place.item) + ' ' +
             (place.offset.has_value() ? std::to_string(*place.offset) : "-") + ' ' +
             (document->error.ok() ? std::to_string(document->bytes.size())
                                   : std::string(RejectionName(document->error))) +
             '\n';
  }
  return lines;
}

TEST_F(FilesTest, AnOrdinaryFileIsOneDocument) {
  Write("a", std::string(1000, 'x'));
  EXPECT_EQ(Documents(root_ + "/a"), "0 - 1000\n");
  Write("chunks", std::string(3 * kFileChunkBytes + 1, 'x'));
  EXPECT_EQ(Documents(root_ + "/chunks"), "0 - 786433\n");
  Write("empty", "");
  EXPECT_EQ(Documents(root_ + "/empty"), "0 - 0\n");
  EXPECT_EQ(Documents(root_ + "/none"), "UNREADABLE");
  EXPECT_EQ(Documents(root_), "UNREADABLE");
}

TEST_F(FilesTest, AFileThatDoesNotEndIsNotReadToItsEnd) {
  EXPECT_EQ(Documents("/dev/zero"), "0 - DOCUMENT_TOO_LARGE\n");
  EXPECT_THAT(Documents("/proc/self/status"), testing::StartsWith("0 - "));
}

TEST_F(FilesTest, AFileOfManyGivesEachItsPlace) {
  const std::string head = "<rss><channel>";
  const std::string item = "<item><title>T</title></item>";
  Write("feed", head + item + "<item></item>" + item);
  const std::string lines = Documents(root_ + "/feed");
  EXPECT_THAT(lines, testing::StartsWith("0 14 "));
  EXPECT_THAT(lines, testing::HasSubstr("\n1 43 FEED_BROKEN\n2 56 "));
}

TEST_F(FilesTest, RefusesArgumentsThatContradictEachOther) {
  std::unique_ptr<std::ifstream> list;
  EXPECT_FALSE(OpenLister({.paths = {}, .files_from = ""}, list).ok());
  EXPECT_FALSE(OpenLister({.paths = {"-", "-"}, .files_from = ""}, list).ok());
  EXPECT_FALSE(OpenLister({.paths = {"a"}, .files_from = "b"}, list).ok());
  EXPECT_EQ(OpenLister({.paths = {}, .files_from = root_ + "/none"}, list).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenLister({.paths = {}, .files_from = root_}, list).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(FilesTest, SaysThatAListBrokeOff) {
  std::ifstream list(root_);  // a folder opens and can't be read
  FileLister lister(list);
  const std::optional<ListedFile> file = lister.Next();
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->path, "--files-from");
  EXPECT_FALSE(file->error.ok());
  EXPECT_FALSE(lister.Next().has_value());
}

}  // namespace
}  // namespace wirefold
