// ArticleWriter: a stored article's record written as the message wirefold.v1.Article, from bytes
// to bytes. Reads answer with it: nearly all of a record goes into the answer as it is, without
// objects of it on the way (docs/benchmarks.md has what reads cost before and with it).
//
// Example:
//   ArticleWriter writer(pipeline, show);
//   const absl::StatusOr<size_t> size = writer.Take(stored);
//   writer.WriteTo(buffer);                      // *size bytes
//
// The bytes are those that ToProto (convert.h) and protobuf's serializer make of the same article;
// tests hold it to that. Belongs to one thread.
#ifndef WIREFOLD_SERVER_ARTICLE_WRITER_H_
#define WIREFOLD_SERVER_ARTICLE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/record_view.h"
#include "lib/store/store.h"
#include "wirefold/v1/article.pb.h"

namespace wirefold {

// What is to be seen of an article.
struct Show {
  v1::ArticleView view = v1::ARTICLE_VIEW_UNSPECIFIED;
  bool without_boilerplate = false;
};
// `Request` has the fields view and pure_text.
template <typename Request>
Show ShowOf(const Request& request) {
  return {request.view(), request.view() == v1::ARTICLE_VIEW_FULL && !request.pure_text()};
}

class ArticleWriter {
 public:
  // `pipeline` must outlive the writer.
  ArticleWriter(const Pipeline& pipeline, const Show& show) : pipeline_(pipeline), show_(show) {}

  // The next article, which must outlive its writing; the size of its message. kStoreCorrupt,
  // kStoreTooNew.
  [[nodiscard]] absl::StatusOr<size_t> Take(const StoredRecord& stored);
  // Writes the message of the article taken last; returns the byte behind it.
  [[nodiscard]] uint8_t* WriteTo(uint8_t* to) const;

  // The stored text of the article taken last.
  [[nodiscard]] std::string_view text() const { return record_.text; }

 private:
  template <typename Out>
  void Encode(Out& out) const;

  const Pipeline& pipeline_;
  const Show show_;
  const StoredRecord* stored_ = nullptr;
  RecordView record_;
  Pipeline::ReaderEdges reader_;
  // In letters.
  std::string id_;
  std::string story_id_;
  std::string representative_id_;
  std::string matched_id_;
  std::string text_hash_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ARTICLE_WRITER_H_
