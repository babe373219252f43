// Convert: between the messages of wirefold.v1 and the values of lib/.
//
// Example:
//   IncomingFile file = TakeFile(request);           // moves the bytes out
//   ToProto(sequence, std::move(outcome), *response.add_results());
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_SERVER_CONVERT_H_
#define WIREFOLD_SERVER_CONVERT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"
#include "wirefold/v1/admin.pb.h"
#include "wirefold/v1/articles.pb.h"
#include "wirefold/v1/ingest.pb.h"

namespace wirefold {

// Milliseconds since 1970, rounded down; what does not fit is clamped.
int64_t ToMs(const google::protobuf::Timestamp& time);
// Clamped to the years 1 to 9999, all that a Timestamp may hold.
void SetTimestamp(int64_t time_ms, google::protobuf::Timestamp& time);

// kInvalidArgument where a field breaks its limit (a source over kMaxSourceBytes).
[[nodiscard]] absl::Status CheckRequest(const v1::IngestRequest& request);
// Moves bytes, source and URL out of `request`.
IncomingFile TakeFile(v1::IngestRequest& request);

void ToProto(uint64_t sequence, FileOutcome&& outcome, v1::IngestResult& result);
// Without text, images, links and dropped paragraphs unless `view` is FULL. Moves out of `stored`.
void ToProto(StoredArticle&& stored, v1::ArticleView view, v1::Article& article);
void ToProto(StoredRaw&& stored, v1::RawFile& file);
void ToProto(CheckResult&& checked, v1::CheckDocumentResponse& response);
void ToProto(const PipelineStats& stats, v1::Stats& out);
void ToProto(const StoreCounts& counts, v1::StoredCounts& out);

v1::Outcome ToProto(FileStatus status);
v1::Relation ToProto(Relation relation);
v1::Warning ToProto(Warning warning);
v1::PublishedSource ToProto(PublishedSource source);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_CONVERT_H_
