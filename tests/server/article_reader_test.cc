#include "server/article_reader.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "tests/server/fakes.h"

namespace wirefold {
namespace {

// What is answered on the thread that received the call, and what is left to the read pool.
class QuickReads : public ::testing::Test {
 protected:
  Ulid Add(const std::string& name, Ulid story = {}) {
    StoredArticle stored;
    stored.id = Ulid::Make(1, HashBytes128(name));
    stored.story_id = stored.representative_id = story.IsZero() ? stored.id : story;
    store_.articles[stored.id] = stored;
    return stored.id;
  }
  // Gives the article a text with which its record has `bytes`.
  void FillTo(const Ulid& id, size_t bytes) {
    StoredArticle& stored = store_.articles[id];
    stored.article.text.assign(bytes / 2, 'x');  // its size has as many bytes then
    stored.article.text.append(bytes - RecordOf(stored).record.size(), 'x');
    ASSERT_EQ(RecordOf(stored).record.size(), bytes);
  }
  bool GetsAtOnce(const Ulid& id) {
    v1::GetArticleRequest request;
    request.set_id(id.ToString());
    return IsOk(reader_.TryGet(request, answer_));
  }
  bool GetsStoryAtOnce(const Ulid& id, int page_size = 0) {
    v1::GetStoryRequest request;
    request.set_id(id.ToString());
    request.set_page_size(page_size);
    return IsOk(reader_.TryGetStory(request, answer_));
  }

  FakeStore store_;
  FakePipeline pipeline_;
  const ArticleReader reader_{store_, pipeline_};
  Answer answer_;

 private:
  static bool IsOk(const std::optional<absl::Status>& status) {
    if (status.has_value()) {
      EXPECT_TRUE(status->ok()) << *status;
    }
    return status.has_value();
  }
};

TEST_F(QuickReads, AreOfRecordsUpToABound) {
  const Ulid id = Add("a");
  FillTo(id, kMaxQuickRecordBytes);
  EXPECT_TRUE(GetsAtOnce(id));
  EXPECT_TRUE(GetsStoryAtOnce(id));
  FillTo(id, kMaxQuickRecordBytes + 1);
  EXPECT_FALSE(GetsAtOnce(id));
  EXPECT_FALSE(GetsStoryAtOnce(id));
}

TEST_F(QuickReads, OfAStoryAreBoundedAllTogether) {
  const Ulid id = Add("a");
  const Ulid copy = Add("b", id);
  FillTo(id, kMaxQuickRecordBytes / 2);
  FillTo(copy, kMaxQuickRecordBytes / 2);
  EXPECT_TRUE(GetsStoryAtOnce(id));
  FillTo(copy, kMaxQuickRecordBytes / 2 + 1);
  EXPECT_FALSE(GetsStoryAtOnce(id));
  EXPECT_TRUE(GetsAtOnce(copy));
}

TEST_F(QuickReads, AreOfStoriesUpToABoundOfCopies) {
  const Ulid id = Add("a");
  for (size_t i = 0; i < kMaxQuickCopies; ++i) Add("copy" + std::to_string(i), id);
  EXPECT_TRUE(GetsStoryAtOnce(id));
  EXPECT_FALSE(GetsStoryAtOnce(id, static_cast<int>(kMaxQuickCopies) - 1)) << "more than a page";
  Add("one more", id);
  EXPECT_FALSE(GetsStoryAtOnce(id));
}

TEST_F(QuickReads, AreNotOfWhatLiesOnDisk) {
  const Ulid id = Add("a");
  store_.on_disk = true;
  EXPECT_FALSE(GetsAtOnce(id));
  EXPECT_FALSE(GetsStoryAtOnce(id));
}

TEST_F(QuickReads, AreNotOfWhatTakesMoreLookUps) {
  const Ulid id = Add("a");
  v1::GetArticleRequest older;
  older.set_id(id.ToString());
  older.set_text_hash(std::string(32, '0'));
  EXPECT_FALSE(reader_.TryGet(older, answer_).has_value());
  v1::GetArticleRequest by_url;
  by_url.set_url("https://example.org/");
  EXPECT_FALSE(reader_.TryGet(by_url, answer_).has_value());
  v1::GetStoryRequest changes;
  changes.set_id(id.ToString());
  changes.set_changes(true);
  EXPECT_FALSE(reader_.TryGetStory(changes, answer_).has_value());
  v1::GetStoryRequest next;
  next.set_id(id.ToString());
  next.set_page_token("token");
  EXPECT_FALSE(reader_.TryGetStory(next, answer_).has_value());
}

}  // namespace
}  // namespace wirefold
