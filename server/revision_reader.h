// RevisionReader: what ArticleService answers about the texts that an article has had, about what
// copies say otherwise, and about deleting.
//
// Example:
//   RevisionReader reader(store, pipeline, url_rules);
//   absl::Status status = reader.List(request, response);
//
// Reads may wait for the disk, deleting for the files ahead of it. Thread-safe.
#ifndef WIREFOLD_SERVER_REVISION_READER_H_
#define WIREFOLD_SERVER_REVISION_READER_H_

#include <string_view>

#include "absl/status/status.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"
#include "lib/url/rules.h"
#include "server/article_reader.h"
#include "wirefold/v1/articles.pb.h"

namespace wirefold {

// What the later of two texts (in stored form) says otherwise than the earlier.
void SetChanges(std::string_view earlier, std::string_view later, v1::Changes& changes);

class RevisionReader {
 public:
  // All must outlive the reader. `url_rules` are the pipeline's.
  RevisionReader(const ArticleReader& articles, const Store& store, Pipeline& pipeline,
                 const UrlRules& url_rules = UrlRules::BuiltIn())
      : articles_(articles), store_(store), pipeline_(pipeline), url_rules_(url_rules) {}

  // kInvalidArgument without a key, kInvalidId, kInvalidUrl and its kin, kInvalidPageToken,
  // kNotFound.
  [[nodiscard]] absl::Status List(const v1::ListRevisionsRequest& request,
                                  v1::ListRevisionsResponse& out) const;
  // The same but for page tokens, and what Pipeline::Delete answers.
  [[nodiscard]] absl::Status Delete(const v1::DeleteArticleRequest& request,
                                    v1::DeleteArticleResponse& out) const;

 private:
  const ArticleReader& articles_;
  const Store& store_;
  Pipeline& pipeline_;
  const UrlRules& url_rules_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_REVISION_READER_H_
