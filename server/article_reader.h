// ArticleReader: what ArticleService answers, as plain calls on the store: arguments checked, pages
// cut, messages filled.
//
// Example:
//   ArticleReader reader(store, pipeline);
//   Answer article;
//   absl::Status status = reader.Get(request, article);
//
// Pages end early once they hold kMaxPagePayloadBytes, so that they pass the 4 MiB that gRPC
// clients accept unless told otherwise; a single article may still be larger. Reads may wait for
// the disk, but for TryGet. After an error what is in the answer means nothing. Thread-safe.
#ifndef WIREFOLD_SERVER_ARTICLE_READER_H_
#define WIREFOLD_SERVER_ARTICLE_READER_H_

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"
#include "lib/url/rules.h"
#include "server/answer.h"
#include "server/article_writer.h"
#include "wirefold/v1/articles.pb.h"

namespace wirefold {

// An article whose record is larger is not answered with on a thread that must not be held up.
inline constexpr size_t kMaxQuickRecordBytes = size_t{64} << 10;
// The same for a story of more copies.
inline constexpr size_t kMaxQuickCopies = 4;
// A story whose representative changes while it is read is read anew, so many times in all.
inline constexpr int kMaxStoryReads = 4;
inline constexpr size_t kMaxPagePayloadBytes = size_t{3} << 20;
// The articles that one BatchGet answers with have at most so many bytes together.
inline constexpr size_t kMaxBatchPayloadBytes = size_t{64} << 20;

class ArticleReader {
 public:
  // All must outlive the reader. `url_rules` are the pipeline's.
  ArticleReader(const Store& store, Pipeline& pipeline,
                const UrlRules& url_rules = UrlRules::BuiltIn())
      : store_(store), pipeline_(pipeline), url_rules_(url_rules) {}

  // kInvalidArgument without a key or for a text_hash that is none, kInvalidId, kInvalidUrl and its
  // kin, kNotFound.
  [[nodiscard]] absl::Status Get(const v1::GetArticleRequest& request, Answer& out) const;
  // The same, if it can be answered from memory in some microseconds; nullopt if that takes Get.
  [[nodiscard]] std::optional<absl::Status> TryGet(const v1::GetArticleRequest& request,
                                                   Answer& out) const;
  // As Get; kRawNotKept.
  [[nodiscard]] absl::Status GetRaw(const v1::GetRawRequest& request, v1::RawFile& out) const;
  // kInvalidArgument over kMaxBatchGet IDs or for one that stands twice, kInvalidId,
  // kReasonAnswerTooLarge over kMaxBatchPayloadBytes. What is not found is named.
  [[nodiscard]] absl::Status BatchGet(const v1::BatchGetArticlesRequest& request,
                                      Answer& out) const;
  // kInvalidPageToken, kInvalidArgument for a negative page size or an inverted time range.
  [[nodiscard]] absl::Status List(const v1::ListArticlesRequest& request, Answer& out) const;
  // kInvalidId, kNotFound, kInvalidPageToken.
  [[nodiscard]] absl::Status GetStory(const v1::GetStoryRequest& request, Answer& out) const;
  // The same of a story of few copies, as TryGet.
  [[nodiscard]] std::optional<absl::Status> TryGetStory(const v1::GetStoryRequest& request,
                                                        Answer& out) const;
  // kInvalidArgument where the document breaks a limit of its fields.
  [[nodiscard]] absl::Status Check(const v1::CheckDocumentRequest& request,
                                   v1::CheckDocumentResponse& out) const;

  // The message of a stored article.
  void Fill(StoredArticle&& stored, const Show& show, v1::Article& article) const;

 private:
  // Who stands for the story of `id`.
  [[nodiscard]] absl::StatusOr<StoredRecord> ReadRepresentative(const Ulid& id) const;
  // The story of `representative`; `found` are the copies from where the request's page begins.
  [[nodiscard]] absl::Status WriteStory(const v1::GetStoryRequest& request,
                                        const StoredRecord& representative,
                                        SightingRecordPage found, Answer& out) const;

  const Store& store_;
  Pipeline& pipeline_;
  const UrlRules& url_rules_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ARTICLE_READER_H_
