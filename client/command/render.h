// Render: the service's messages as JSON members and as lines for people.
//
// Example:
//   std::string line;
//   JsonWriter json(line);
//   json.BeginObject();
//   AppendResultMembers(path, result, json);
//   json.EndObject();
//
// Enum values are written without their prefix ("NEW"), times in RFC 3339 with milliseconds, what
// is absent as null. Thread-safe: pure functions.
#ifndef WIREFOLD_CLIENT_COMMAND_RENDER_H_
#define WIREFOLD_CLIENT_COMMAND_RENDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/command/json.h"
#include "google/protobuf/timestamp.pb.h"
#include "wirefold/v1/article.pb.h"
#include "wirefold/v1/ingest.pb.h"

namespace wirefold {

// Where a file, or one of those that it holds, lies.
struct Place {
  std::string path;
  uint64_t item = 0;
  std::optional<uint64_t> offset = std::nullopt;  // set where the file may hold many
};

// The members "path", "item" and, if it is set, "offset".
void AppendPlaceMembers(const Place& place, JsonWriter& json);

// "path", and " item 3" where the file may hold many; on one line.
void AppendPlace(const Place& place, std::string& out);

// "NEW", "EXACT", "NO_TIMESTAMP", "DATE_LINE"; empty for the unspecified value, a number for one
// that this program does not know.
std::string_view OutcomeName(v1::Outcome outcome);
std::string RelationName(v1::Relation relation);
std::string WarningName(v1::Warning warning);
std::string PublishedSourceName(v1::PublishedSource source);

// "GBK, 3 bytes replaced".
std::string DescribeCharset(const std::string& charset, uint64_t replaced_bytes);

// "2023-09-05T10:15:02.000Z".
std::string FormatTimestamp(const google::protobuf::Timestamp& time);

// The members of a line of `wirefold ingest --json`, in the order of the contract (docs/api.md).
void AppendResultMembers(const Place& place, const v1::IngestResult& result, JsonWriter& json);

// {"jaccard":…,"containment":…,"score":…} as members; null each where `present` is false.
void AppendSimilarityMembers(bool present, const v1::Similarity& similarity, JsonWriter& json);

// An article as an object. `full` adds text, images, links and dropped paragraphs.
void AppendArticle(const v1::Article& article, bool full, JsonWriter& json);

// "DUPLICATE  01EHQ…  path  NEAR of 01EHP… (score 0.91)\n".
void AppendResultLine(const Place& place, const v1::IngestResult& result, std::string& out);

// One line on an article: time, ID, language, host and title.
void AppendArticleLine(const v1::Article& article, std::string& out);

// An article as a block: a line a field, then a blank line and the text if there is one.
void AppendArticleBlock(const v1::Article& article, std::string& out);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_RENDER_H_
