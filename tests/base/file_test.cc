#include "lib/base/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace wirefold {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  FileTest() {
    std::string pattern = (fs::temp_directory_path() / "wirefold_file_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FileTest() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string Path(const char* name) const { return folder_ + "/" + name; }

  std::string folder_;
};

TEST_F(FileTest, WhatIsCommittedIsReadAtAnyPlace) {
  absl::StatusOr<FileWriter> writer = FileWriter::Create(Path("a"));
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->Append("0123456789").ok());
  ASSERT_TRUE(writer->WriteAt(2, "ab").ok());
  EXPECT_FALSE(fs::exists(Path("a"))) << "not before Commit";
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_FALSE(fs::exists(Path("a.tmp")));
  const auto reader = FileReader::Open(Path("a"));
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->size(), 10u);
  std::string four(4, ' ');
  EXPECT_TRUE((*reader)->ReadAt(1, four));
  EXPECT_EQ(four, "1ab4");
  EXPECT_TRUE((*reader)->ReadAt(6, four));
  EXPECT_EQ(four, "6789");
  EXPECT_FALSE((*reader)->ReadAt(7, four)) << "past the end";
  EXPECT_FALSE((*reader)->ReadAtOnce(7, four));
}

TEST_F(FileTest, WithoutCommitNothingIsLeftAndWhatWasThereStays) {
  for (const char* text : {"old", "new"}) {
    absl::StatusOr<FileWriter> writer = FileWriter::Create(Path("a"));
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(writer->Append(text).ok());
    if (std::string_view(text) == "new") continue;
    ASSERT_TRUE(writer->Commit().ok());
  }
  EXPECT_FALSE(fs::exists(Path("a.tmp")));
  const auto reader = FileReader::Open(Path("a"));
  ASSERT_TRUE(reader.ok());
  std::string bytes(3, ' ');
  EXPECT_TRUE((*reader)->ReadAt(0, bytes));
  EXPECT_EQ(bytes, "old");
}

TEST_F(FileTest, WhatIsAppendedIsReadAtOnce) {
  absl::StatusOr<FileAppender> appender = FileAppender::Create(Path("a"));
  ASSERT_TRUE(appender.ok());
  const auto reader = FileReader::Open(Path("a"));
  ASSERT_TRUE(reader.ok());
  std::string bytes(4, ' ');
  EXPECT_FALSE((*reader)->ReadAt(0, bytes));
  ASSERT_TRUE(appender->Append("012").ok());
  ASSERT_TRUE(appender->Append("345").ok());
  EXPECT_TRUE((*reader)->ReadAt(1, bytes));
  EXPECT_EQ(bytes, "1234");
  EXPECT_EQ(FileAppender::Create(Path("a")).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(FileAppender::Create(Path("none/a")).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(FileTest, SaysWhatIsWrong) {
  EXPECT_EQ(FileReader::Open(Path("none")).status().code(), absl::StatusCode::kNotFound);
  const absl::Status folder = FileReader::Open(folder_).status();
  EXPECT_EQ(folder.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(folder.message().find("is no file"), absl::string_view::npos) << folder.message();
  EXPECT_EQ(FileWriter::Create(Path("none/a")).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace wirefold
