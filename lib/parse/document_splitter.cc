#include "lib/parse/document_splitter.h"

#include <algorithm>
#include <utility>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/parse/feed_item.h"
#include "lib/parse/format.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

bool EndsLower(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && EqualsLower(text.substr(text.size() - lower.size()), lower);
}

// The content type that a file's name speaks for; empty where it says little.
std::string_view ContentTypeOfName(std::string_view name) {
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (EndsLower(name, packed)) name.remove_suffix(packed.size());
  }
  struct Row {
    std::string_view ending;
    std::string_view content_type;
  };
  for (const Row& row :
       {Row{".html", "text/html"}, Row{".htm", "text/html"}, Row{".xhtml", "application/xhtml+xml"},
        Row{".xml", "application/xml"}, Row{".rss", "application/rss+xml"},
        Row{".atom", "application/atom+xml"}}) {
    if (EndsLower(name, row.ending)) return row.content_type;
  }
  return {};
}

// A header's value as it may travel: one line of ASCII.
std::string CleanHeader(std::string_view value, size_t max_bytes) {
  std::string clean;
  for (const char c : value.substr(0, max_bytes)) {
    if (c >= 0x20 && c < 0x7F) clean.push_back(c);
  }
  return clean;
}

// A URL as it may travel: what is not UTF-8 is percent-encoded, as servers mean such bytes.
std::string CleanUrl(std::string url) {
  if (ValidUtf8Prefix(url) == url.size()) return url;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string clean;
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      clean.push_back(c);
    } else {
      clean += '%';
      clean += kHex[byte >> 4];
      clean += kHex[byte & 15];
    }
  }
  return clean;
}

// The beginning of what `packed` unpacks to, as much as tells its format.
std::string UnpackedProbe(std::string_view packed) {
  std::string probe;
  Unpacker unpacker(RecognizeCompression(packed));
  while (probe.size() < 2 * kFormatProbeBytes) {
    const absl::StatusOr<Unpacker::Step> step = unpacker.Next(packed);
    if (!step.ok() || (step->output.empty() && !step->member_ended)) break;
    probe.append(step->output);
  }
  return probe;
}

}  // namespace

DocumentSplitter::DocumentSplitter(SplitHints hints) : hints_(std::move(hints)) {
  content_type_ = CleanHeader(
      hints_.content_type.empty() ? ContentTypeOfName(hints_.name) : hints_.content_type,
      kMaxContentTypeBytes);
}

DocumentSplitter::~DocumentSplitter() = default;

void DocumentSplitter::Push(std::string_view chunk) { input_ = chunk; }

std::optional<SplitDocument> DocumentSplitter::Next() {
  while (!ready_.has_value()) {
    if (feed_.has_value()) {
      NextFeedItem();
      continue;
    }
    if (finished_) {
      input_ = {};
      return std::nullopt;
    }
    if (input_.empty() && !ended_ && !(decided_ && warc_ != nullptr)) return std::nullopt;
    if (!decided_) {
      Decide();
    } else if (warc_ != nullptr) {
      ReadRecords();
      if (!ready_.has_value() && !feed_.has_value() && !finished_) return std::nullopt;
    } else {
      Collect();
    }
  }
  return std::exchange(ready_, std::nullopt);
}

// Reads until it can be told what the file is.
void DocumentSplitter::Decide() {
  const size_t missing = std::min(kSplitterProbeBytes - buffer_.size(), input_.size());
  buffer_.append(input_.substr(0, missing));
  input_.remove_prefix(missing);
  if (buffer_.size() < kSplitterProbeBytes && !ended_) return;
  decided_ = true;
  const FormatHints hints{.content_type = content_type_, .name = {}};
  Format format = RecognizeFormat(buffer_, hints);
  const bool packed = format == Format::kGzip || format == Format::kZstd;
  if (packed) format = RecognizeFormat(UnpackedProbe(buffer_), hints);
  is_feed_ = format == Format::kFeed;
  if (format == Format::kWarc) {
    warc_ = std::make_unique<WarcReader>();
    warc_->Push(buffer_);
  } else if (packed) {
    packed_probe_ = std::move(buffer_);
    buffer_.clear();
    packed_probe_left_ = packed_probe_;
    unpacker_ = std::make_unique<Unpacker>(RecognizeCompression(packed_probe_));
  }
}

void DocumentSplitter::ReadRecords() {
  std::optional<WarcItem> item = warc_->Next();
  if (!item.has_value()) {
    // The probe is used up before what follows it.
    if (!buffer_.empty()) {
      buffer_.clear();
      warc_->Push(input_);
      item = warc_->Next();
    } else if (!input_.empty()) {
      warc_->Push(input_);
      item = warc_->Next();
    }
    input_ = {};
    if (!item.has_value() && ended_) {
      warc_->End();
      item = warc_->Next();
    }
  }
  if (!item.has_value()) {
    if (!ended_) return;
    finished_ = true;
    if (next_item_ == 0) {
      FailFile(Reject(Reason::kNoContent,
                      "the WARC file holds no page (a response of status 2xx that is HTML, a feed "
                      "or text); there is nothing to store"));
    }
    return;
  }
  SplitDocument document;
  document.error = std::move(item->error);
  document.offset = item->offset;
  document.url = CleanUrl(std::move(item->url));
  document.observed_at_ms = item->date_ms;
  document.content_type = CleanHeader(item->content_type, kMaxContentTypeBytes);
  document.content_language = CleanHeader(item->content_language, kMaxLanguageTagBytes);
  document.truncated = item->truncated;
  if (document.error.ok() && RecognizeFormat(item->payload, {.content_type = document.content_type,
                                                             .name = {}}) == Format::kFeed) {
    StartFeed(item->payload, std::move(document));
    return;
  }
  document.bytes = std::move(item->payload);
  Add(std::move(document));
}

// Takes in what there is of a file that is no WARC file.
void DocumentSplitter::Collect() {
  if (unpacker_ == nullptr) {
    if (Keep(input_) && ended_) FinishCollecting();
    input_ = {};
    return;
  }
  while (true) {
    std::string_view& packed = packed_probe_left_.empty() ? input_ : packed_probe_left_;
    const absl::StatusOr<Unpacker::Step> step = unpacker_->Next(packed);
    if (!step.ok()) return FailFile(step.status());
    if (!Keep(step->output)) return;
    if (step->output.empty() && !step->member_ended && packed_probe_left_.empty() &&
        input_.empty()) {
      break;
    }
  }
  packed_probe_.clear();
  if (!ended_) return;
  if (absl::Status whole = unpacker_->Finish(); !whole.ok()) return FailFile(whole);
  FinishCollecting();
}

// False, and the file is an error, if it is too large.
bool DocumentSplitter::Keep(std::string_view bytes) {
  const size_t limit = is_feed_ ? kMaxFeedBytes : kMaxDocumentBytes;
  if (bytes.size() <= limit - std::min(limit, buffer_.size())) {
    buffer_.append(bytes);
    return true;
  }
  FailFile(Reject(Reason::kDocumentTooLarge, std::string("the ") + (is_feed_ ? "feed" : "file") +
                                                 " has more than " + std::to_string(limit) +
                                                 " bytes; split it"));
  return false;
}

void DocumentSplitter::FinishCollecting() {
  finished_ = true;
  SplitDocument document;
  document.content_type = content_type_;
  if (is_feed_) {
    const std::string bytes = std::move(buffer_);
    StartFeed(bytes, std::move(document));
    return;
  }
  document.bytes = std::move(buffer_);
  Add(std::move(document));
}

void DocumentSplitter::StartFeed(std::string_view bytes, SplitDocument hints) {
  absl::StatusOr<Feed> feed = ReadFeed(bytes, {.content_type = hints.content_type});
  if (!feed.ok()) return Fail(feed.status(), hints.offset);
  if (feed->items.empty()) {
    return Fail(Reject(Reason::kNoContent, "the feed has no items; there is nothing to store"),
                hints.offset);
  }
  feed_ = *std::move(feed);
  next_feed_item_ = 0;
  feed_hints_ = std::move(hints);
  feed_hints_.content_type = "application/atom+xml";
}

void DocumentSplitter::NextFeedItem() {
  if (next_feed_item_ == feed_->items.size()) {
    const bool cut = feed_->cut;
    feed_.reset();
    if (cut) {
      Fail(Reject(Reason::kDocumentTooLarge,
                  "the feed has more than " + std::to_string(kMaxFeedItems) + " items; split it"),
           feed_hints_.offset);
    }
    return;
  }
  FeedItem& item = feed_->items[next_feed_item_++];
  SplitDocument document = feed_hints_;
  if (is_feed_) document.offset = item.offset;
  document.truncated &= next_feed_item_ == feed_->items.size();
  if (item.error.ok()) {
    absl::StatusOr<std::string> bytes = WriteFeedItem(*feed_, item);
    if (bytes.ok()) {
      document.bytes = *std::move(bytes);
    } else {
      document.error = bytes.status();
    }
  } else {
    document.error = std::move(item.error);
  }
  item = FeedItem();  // for its memory
  Add(std::move(document));
}

void DocumentSplitter::Add(SplitDocument document) {
  document.item = next_item_++;
  ready_ = std::move(document);
}

void DocumentSplitter::Fail(const absl::Status& error, uint64_t offset) {
  SplitDocument document;
  document.error = error;
  document.offset = offset;
  Add(std::move(document));
}

void DocumentSplitter::FailFile(const absl::Status& error) {
  finished_ = true;
  input_ = {};
  buffer_ = std::string();
  Fail(error, 0);
}

}  // namespace wirefold
