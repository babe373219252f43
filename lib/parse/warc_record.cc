#include "lib/parse/warc_record.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "lib/base/reason.h"
#include "lib/parse/format.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/http_message.h"

namespace wirefold {
namespace {

using Document = absl::StatusOr<std::optional<WarcItem>>;

bool IsDocumentType(std::string_view media_type) {
  constexpr std::array<std::string_view, 9> kTypes = {"text/html",
                                                      "application/xhtml+xml",
                                                      "text/plain",
                                                      "application/rss+xml",
                                                      "application/atom+xml",
                                                      "application/rdf+xml",
                                                      "application/xml",
                                                      "text/xml",
                                                      "application/x-rss+xml"};
  return std::find(kTypes.begin(), kTypes.end(), media_type) != kTypes.end();
}

// Whether a resource was fetched from somewhere. Tools keep their own settings and logs as
// resources with made-up schemes (wget: metadata:).
bool HasFetchedScheme(std::string_view url) {
  constexpr std::array<std::string_view, 4> kSchemes = {"http", "https", "ftp", "file"};
  const size_t colon = url.find(':');
  return colon == std::string_view::npos ||
         std::any_of(kSchemes.begin(), kSchemes.end(), [&](std::string_view scheme) {
           return EqualsLower(url.substr(0, colon), scheme);
         });
}

// Whether a body without a content type is one of a document.
bool LooksLikeDocument(std::string_view body) {
  switch (RecognizeFormat(body)) {
    case Format::kHtmlPage:
    case Format::kFeed:
    case Format::kDump:
      return true;
    default:
      return false;
  }
}

// What is passed over, for the reason that `count` counts.
Document PassOver(uint64_t& count) {
  ++count;
  return std::nullopt;
}

// `item` with its payload, unless that is none of a document.
Document Accept(WarcItem item, bool oversized, WarcCounts& counts) {
  if (oversized || item.payload.size() > kMaxDocumentBytes) {
    return Reject(
        Reason::kDocumentTooLarge,
        "the page has more than " + std::to_string(kMaxDocumentBytes) + " bytes; leave it out");
  }
  if (item.payload.empty()) return PassOver(counts.empty_bodies);
  if (item.content_type.empty() && !LooksLikeDocument(item.payload)) {
    return PassOver(counts.other_content);
  }
  return item;
}

Document ReadResponse(WarcItem item, const WarcHeader& header, std::string_view block,
                      bool oversized, WarcCounts& counts) {
  const std::string media_type = MediaType(header.content_type);
  if (!media_type.empty() && media_type != "application/http") {
    return PassOver(counts.other_records);  // DNS answers, FTP
  }
  const absl::StatusOr<HttpHead> head = ReadHttpHead(block);
  if (!head.ok()) return head.status();
  if (head->status / 100 != 2) return PassOver(counts.other_status);
  const std::string type = MediaType(head->content_type);
  if (!type.empty() && !IsDocumentType(type)) return PassOver(counts.other_content);
  item.http_status = head->status;
  item.content_type = head->content_type;
  item.content_language = head->content_language;
  if (!oversized) {
    absl::StatusOr<HttpBody> body = ReadHttpBody(*head, block.substr(head->bytes));
    if (!body.ok()) return body.status();
    item.truncated |= body->truncated;
    item.payload = std::move(body->bytes);
  }
  return Accept(std::move(item), oversized, counts);
}

Document ReadResource(WarcItem item, const WarcHeader& header, std::string block, bool oversized,
                      WarcCounts& counts) {
  if (!HasFetchedScheme(header.target_uri)) return PassOver(counts.other_records);
  const std::string type = MediaType(header.content_type);
  if (!type.empty() && !IsDocumentType(type)) return PassOver(counts.other_content);
  item.content_type = header.content_type;
  if (!oversized) item.payload = std::move(block);
  return Accept(std::move(item), oversized, counts);
}

}  // namespace

absl::StatusOr<std::optional<WarcItem>> ReadWarcRecord(const WarcHeader& header, std::string block,
                                                       bool oversized, WarcCounts& counts) {
  WarcItem item;
  item.url = header.target_uri;
  item.date_ms = header.date_ms;
  item.truncated = header.truncated;
  const std::string_view type = header.type;
  if (type == "response") return ReadResponse(std::move(item), header, block, oversized, counts);
  if (type == "resource") {
    return ReadResource(std::move(item), header, std::move(block), oversized, counts);
  }
  if (type == "warcinfo") return PassOver(counts.warcinfo);
  if (type == "request") return PassOver(counts.requests);
  if (type == "metadata") return PassOver(counts.metadata);
  if (type == "revisit") return PassOver(counts.revisits);
  return PassOver(counts.other_records);
}

}  // namespace wirefold
