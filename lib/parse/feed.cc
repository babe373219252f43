#include "lib/parse/feed.h"

#include <algorithm>
#include <array>

#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/parse/charset.h"
#include "lib/parse/feed_dates.h"
#include "lib/parse/feed_elements.h"
#include "lib/parse/html_entities.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/http_message.h"
#include "lib/parse/xml_repair.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

// White space folded to single blanks, cut at kMaxTitleBytes.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : TrimAscii(text)) {
    const bool blank = kWhiteSpace.find(c) != std::string_view::npos;
    if (!blank) {
      line += c;
    } else if (line.back() != ' ') {
      line += ' ';
    }
    if (line.size() > kMaxTitleBytes + 4) break;
  }
  return std::string(CutAtCharacter(line, kMaxTitleBytes));
}

// The text of HTML.
std::string TextOfHtml(std::string_view html) {
  std::string text;
  HtmlTokenizer tokens(html);
  while (tokens.Next()) {
    if (tokens.kind() == HtmlTokenizer::Kind::kText) AppendDecoded(tokens.text(), false, text);
  }
  return text;
}

std::string EscapeHtml(std::string_view text) {
  std::string html;
  for (const char c : text) {
    if (c == '&') {
      html += "&amp;";
    } else if (c == '<') {
      html += "&lt;";
    } else {
      html += c;
    }
  }
  return html;
}

bool IsHttpUrl(std::string_view text) {
  return (text.size() > 7 && EqualsLower(text.substr(0, 7), "http://")) ||
         (text.size() > 8 && EqualsLower(text.substr(0, 8), "https://"));
}

bool NamesAnImage(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  constexpr std::array<std::string_view, 6> kEndings = {".jpg", ".jpeg", ".png",
                                                        ".gif", ".webp", ".avif"};
  return std::any_of(kEndings.begin(), kEndings.end(), [url](std::string_view ending) {
    return url.size() > ending.size() &&
           EqualsLower(url.substr(url.size() - ending.size()), ending);
  });
}

void AddOnce(std::string_view value, size_t max_bytes, std::vector<std::string>& values) {
  value = TrimAscii(value);
  if (value.empty() || value.size() > max_bytes || values.size() == kMaxFeedValues ||
      std::find(values.begin(), values.end(), value) != values.end()) {
    return;
  }
  values.emplace_back(value);
}

void SetOnce(std::string_view value, size_t max_bytes, std::string& out) {
  value = TrimAscii(value);
  if (out.empty() && value.size() <= max_bytes) out = value;
}

// How an element holds its text: Atom says so by `type` (RFC 4287, section 3.1), its draft by
// `mode`, and RSS has escaped HTML.
enum class TextKind : uint8_t { kPlain, kHtml, kMarkup, kOther };

TextKind KindOf(const FeedElement& element, bool atom) {
  const std::string type = MediaType(element.Attribute("type"));
  if (!atom || element.space != FeedNamespace::kFeed) {
    return element.markup.empty() ? TextKind::kHtml : TextKind::kMarkup;
  }
  const std::string_view mode = element.Attribute("mode");
  if (type == "xhtml" || type == "application/xhtml+xml" || mode == "xml") return TextKind::kMarkup;
  if (type == "html" || mode == "escaped") return TextKind::kHtml;
  if (type == "text/html") return element.markup.empty() ? TextKind::kHtml : TextKind::kMarkup;
  if (type.empty() || type == "text" || type == "text/plain") {
    return element.markup.empty() ? TextKind::kPlain : TextKind::kMarkup;
  }
  return TextKind::kOther;  // media, base64
}

std::string HtmlOf(const FeedElement& element, bool atom) {
  switch (KindOf(element, atom)) {
    case TextKind::kPlain:
      return EscapeHtml(TrimAscii(element.text));
    case TextKind::kHtml:
      return std::string(TrimAscii(element.text));
    case TextKind::kMarkup: {
      const std::string_view markup = TrimAscii(element.markup);
      return std::string(markup.empty() ? TrimAscii(element.text) : markup);
    }
    case TextKind::kOther:
      return {};
  }
  return {};
}

std::string TitleOf(const FeedElement& element, bool atom) {
  switch (KindOf(element, atom)) {
    case TextKind::kHtml:
      return OneLine(TextOfHtml(element.text));
    case TextKind::kPlain:
    case TextKind::kMarkup:
      return OneLine(element.text);
    case TextKind::kOther:
      return {};
  }
  return {};
}

// "mail@host (Name)" is the name, and so is "Name <mail@host>"; a lone address is none.
std::string_view AuthorOf(std::string_view text) {
  text = TrimAscii(text);
  if (text.find('@') == std::string_view::npos) return text;
  const size_t open = text.find('(');
  if (open != std::string_view::npos) {
    const size_t close = std::min(text.find(')', open), text.size());
    return TrimAscii(text.substr(open + 1, close - open - 1));
  }
  const size_t bracket = text.find('<');
  return bracket == std::string_view::npos ? std::string_view()
                                           : TrimAscii(text.substr(0, bracket));
}

// Collects one item's fields with their ranks; the lower rank is taken.
class ItemBuilder {
 public:
  ItemBuilder(bool atom, FeedItem& item) : atom_(atom), item_(item) {}

  void Add(const FeedElement& element) {
    if (element.space == FeedNamespace::kMedia) {
      AddMedia(element);
    } else if (element.space == FeedNamespace::kItunes) {
      AddItunes(element);
    } else if (element.space == FeedNamespace::kDublinCore) {
      AddDublinCore(element);
    } else if (element.space == FeedNamespace::kContent) {
      if (element.name == "encoded") Body(element, 0);
    } else if (element.space == FeedNamespace::kXhtml) {
      if (element.name == "body" || element.name == "div") Body(element, 2);
    } else if (element.space == FeedNamespace::kFeed) {
      AddOwn(element);
    }
  }

  void Finish() {
    if (item_.authors.empty() && !fallback_author_.empty()) {
      AddOnce(fallback_author_, kMaxFeedValueBytes, item_.authors);
    }
    if (item_.title.empty()) item_.title = fallback_title_;
  }

 private:
  void AddOwn(const FeedElement& element) {
    const std::string_view name = element.name;
    if (name == "title") {
      if (item_.title.empty()) item_.title = TitleOf(element, atom_);
    } else if (name == "link") {
      AddLink(element);
    } else if (name == "guid" || name == "id") {
      SetOnce(element.text, kMaxFeedValueBytes, item_.id);
      const std::string_view url = TrimAscii(element.text);
      if (!EqualsLower(element.Attribute("ispermalink"), "false") && IsHttpUrl(url)) Link(url, 2);
    } else if (name == "published" || name == "pubdate" || name == "issued") {
      Date(element, name == "published" ? 0 : name == "pubdate" ? 1 : 2);
    } else if (name == "updated" || name == "modified") {
      Date(element, kFirstUpdate + (name == "updated" ? 0 : 1));
    } else if (name == "author") {
      const std::string& text = element.child_name.empty() ? element.text : element.child_name;
      AddOnce(OneLine(TextOfHtml(AuthorOf(text))), kMaxFeedValueBytes, item_.authors);
    } else if (name == "content") {
      if (element.Attribute("src").empty()) Body(element, 1);
    } else if (name == "description") {
      Body(element, 3);
    } else if (name == "summary") {
      Body(element, 4);
    } else if (name == "category") {
      const std::string_view term = element.Attribute("term");
      AddOnce(term.empty() ? OneLine(TextOfHtml(element.text)) : OneLine(term), kMaxFeedValueBytes,
              item_.categories);
    } else if (name == "enclosure") {
      Media(element.Attribute("url"), element.Attribute("type"), "");
    } else if (name == "image") {
      const std::string& text = element.child_name.empty() ? element.text : element.child_name;
      AddOnce(text, kMaxUrlBytes, item_.images);
    }
  }

  void AddLink(const FeedElement& element) {
    const std::string_view href = element.Attribute("href");
    if (href.empty()) {
      Link(element.text, 1);
      return;
    }
    const std::string_view rel = element.Attribute("rel");
    if (rel.empty() || EqualsLower(rel, "alternate")) {
      Link(href, 0);
    } else if (EqualsLower(rel, "enclosure")) {
      Media(href, element.Attribute("type"), "");
    }
  }

  void AddDublinCore(const FeedElement& element) {
    const std::string_view name = element.name;
    if (name == "creator" || name == "author") {
      AddOnce(OneLine(TextOfHtml(AuthorOf(element.text))), kMaxFeedValueBytes, item_.authors);
    } else if (name == "date" || name == "issued") {
      Date(element, 3);
    } else if (name == "created") {
      Date(element, 4);
    } else if (name == "modified") {
      Date(element, kFirstUpdate + 2);
    } else if (name == "subject") {
      AddOnce(OneLine(element.text), kMaxFeedValueBytes, item_.categories);
    } else if (name == "language") {
      SetOnce(element.text, kMaxFeedValueBytes, item_.language);
    }
  }

  void AddItunes(const FeedElement& element) {
    if (element.name == "author") {
      SetOnce(OneLine(element.text), kMaxFeedValueBytes, fallback_author_);
    } else if (element.name == "image") {
      AddOnce(element.Attribute("href"), kMaxUrlBytes, item_.images);
    }
  }

  void AddMedia(const FeedElement& element) {
    if (element.name == "content") {
      Media(element.Attribute("url"), element.Attribute("type"), element.Attribute("medium"));
    } else if (element.name == "thumbnail") {
      AddOnce(element.Attribute("url"), kMaxUrlBytes, item_.images);
    } else if (element.name == "title" && fallback_title_.empty()) {
      fallback_title_ = OneLine(TextOfHtml(element.text));
    }
  }

  void Media(std::string_view url, std::string_view type, std::string_view medium) {
    const bool image = medium == "image" || MediaType(type).starts_with("image/") ||
                       (type.empty() && medium.empty() && NamesAnImage(TrimAscii(url)));
    AddOnce(url, kMaxUrlBytes, image ? item_.images : item_.enclosures);
  }

  void Link(std::string_view url, int rank) {
    url = TrimAscii(url);
    if (url.empty() || url.size() > kMaxUrlBytes || rank >= link_rank_) return;
    link_rank_ = rank;
    item_.link = url;
  }

  void Date(const FeedElement& element, int rank) {
    if (rank >= date_rank_) return;
    const std::optional<int64_t> date = ParseFeedDate(TrimAscii(element.text));
    if (!date.has_value()) return;
    date_rank_ = rank;
    item_.published_ms = date;
    item_.published_is_update = rank >= kFirstUpdate;
  }

  void Body(const FeedElement& element, int rank) {
    if (rank >= body_rank_) return;
    std::string html = HtmlOf(element, atom_);
    if (html.empty()) return;
    body_rank_ = rank;
    item_.body_html = std::move(html);
    if (const std::string_view base = element.Attribute("xml:base"); !base.empty()) {
      item_.base = base.substr(0, kMaxUrlBytes);
    }
  }

  static constexpr int kFirstUpdate = 10;
  static constexpr int kWorst = 100;

  const bool atom_;
  FeedItem& item_;
  int link_rank_ = kWorst;
  int date_rank_ = kWorst;
  int body_rank_ = kWorst;
  std::string fallback_author_;
  std::string fallback_title_;
};

class FeedReader {
 public:
  FeedReader(std::string_view text, FeedParts parts, Feed& feed)
      : text_(text), parts_(std::move(parts)), feed_(feed), atom_(parts_.kind == FeedKind::kAtom) {}

  absl::Status Run() {
    feed_.kind = parts_.kind;
    feed_.cut = parts_.cut;
    if (absl::Status status = ReadHead(); !status.ok()) return status;
    feed_.items.reserve(parts_.items.size());
    for (const FeedPart& part : parts_.items) {
      FeedItem item;
      const absl::Status status = ReadItem(part, item);
      if (ReasonOf(status) == Reason::kNormalizeFailed) return status;
      if (!status.ok()) item = FeedItem();
      item.error = status;
      item.index = feed_.items.size();
      item.offset = part.begin;
      feed_.items.push_back(std::move(item));
    }
    return absl::OkStatus();
  }

 private:
  [[nodiscard]] std::string_view Part(const FeedPart& part) const {
    return text_.substr(part.begin, part.end - part.begin);
  }

  // The root's own attributes, and what stands outside the items.
  absl::Status ReadHead() {
    XmlRepair repair;
    repair.Append("<f>");
    repair.Append(Part(parts_.root));
    size_t left = kMaxFeedHeadBytes;
    for (const FeedPart& part : parts_.rest) {
      const std::string_view markup = CutAtCharacter(Part(part), left);
      left -= markup.size();
      repair.Append(markup);
    }
    const std::string document = repair.Finish();
    // The root lies in <f> at 2; RSS and RDF have their fields in <channel>.
    const absl::StatusOr<std::vector<FeedElement>> roots = ReadFeedElements(document, 2);
    if (!roots.ok()) return roots.status();
    if (!roots->empty()) {
      SetOnce(roots->front().Attribute("xml:base"), kMaxUrlBytes, feed_.base);
      SetOnce(roots->front().Attribute("xml:lang"), kMaxFeedValueBytes, root_language_);
    }
    const absl::StatusOr<std::vector<FeedElement>> fields =
        ReadFeedElements(document, atom_ ? 3 : 4);
    if (!fields.ok()) return fields.status();
    bool alternate = false;
    for (const FeedElement& field : *fields) {
      const bool own = field.space == FeedNamespace::kFeed;
      if (own && field.name == "title" && feed_.title.empty()) {
        feed_.title = TitleOf(field, atom_);
      } else if (own && field.name == "link") {
        const std::string_view href = field.Attribute("href");
        const std::string_view rel = field.Attribute("rel");
        if (href.empty()) {
          SetOnce(field.text, kMaxUrlBytes, feed_.link);
        } else if ((rel.empty() || EqualsLower(rel, "alternate")) && !alternate) {
          alternate = true;
          SetOnce(href, kMaxUrlBytes, feed_.link);
        }
      } else if (field.name == "language" && (own || field.space == FeedNamespace::kDublinCore)) {
        SetOnce(field.text, kMaxFeedValueBytes, feed_.language);
      }
    }
    if (feed_.language.empty()) feed_.language = root_language_;
    return absl::OkStatus();
  }

  absl::Status ReadItem(const FeedPart& part, FeedItem& item) {
    if (part.end - part.begin > kMaxFeedItemBytes) {
      return Reject(
          Reason::kDocumentTooLarge,
          "the item has more than " + std::to_string(kMaxFeedItemBytes) + " bytes; leave it out");
    }
    // The root's start tag declares the namespaces.
    XmlRepair repair;
    if (parts_.root.end - parts_.root.begin <= kMaxRootTagBytes) {
      repair.Append(Part(parts_.root));
    } else {
      repair.Append("<f>");
    }
    repair.Append(Part(part));
    const std::string document = repair.Finish();
    if (repair.too_deep()) {
      return Reject(Reason::kFeedBroken, "the item is nested more than " +
                                             std::to_string(kMaxFeedDepth) +
                                             " elements deep; check what its publisher serves");
    }
    // The item's own attributes stand in its start tag, at 2; its fields at 3.
    const std::string_view start =
        std::string_view(document).substr(0, document.find('>', document.find('>') + 1) + 1);
    if (start.find(" xml:") != std::string_view::npos) {
      const absl::StatusOr<std::vector<FeedElement>> own = ReadFeedElements(start, 2);
      if (!own.ok()) return own.status();
      if (!own->empty()) {
        item.base = std::string(own->front().Attribute("xml:base").substr(0, kMaxUrlBytes));
        SetOnce(own->front().Attribute("xml:lang"), kMaxFeedValueBytes, item.language);
      }
    }
    const absl::StatusOr<std::vector<FeedElement>> fields = ReadFeedElements(document, 3);
    if (!fields.ok()) return fields.status();
    ItemBuilder builder(atom_, item);
    for (const FeedElement& field : *fields) builder.Add(field);
    builder.Finish();
    if (item.title.empty() && item.link.empty() && item.body_html.empty()) {
      return Reject(Reason::kFeedBroken,
                    "the item has neither title nor link nor text; check what its publisher "
                    "serves");
    }
    return absl::OkStatus();
  }

  // It is read again for each item.
  static constexpr size_t kMaxRootTagBytes = 4096;

  std::string_view text_;
  const FeedParts parts_;
  Feed& feed_;
  const bool atom_;
  std::string root_language_;
};

}  // namespace

absl::StatusOr<Feed> ReadFeed(std::string_view bytes, const FeedHints& hints) {
  if (bytes.size() > kMaxFeedBytes) {
    return Reject(Reason::kDocumentTooLarge,
                  "the feed has more than " + std::to_string(kMaxFeedBytes) + " bytes; split it");
  }
  std::string storage;
  const absl::StatusOr<DecodedText> text =
      DecodeText(bytes, {.content_type = hints.content_type}, storage);
  if (!text.ok()) return text.status();
  std::optional<FeedParts> parts = SplitFeed(text->text);
  if (!parts.has_value()) {
    return Reject(Reason::kFeedBroken,
                  "it is no RSS or Atom feed; check what its publisher serves");
  }
  Feed feed;
  feed.charset = text->charset;
  feed.replaced_bytes = text->replaced_bytes;
  const absl::Status status = FeedReader(text->text, *std::move(parts), feed).Run();
  if (!status.ok()) return status;
  return feed;
}

}  // namespace wirefold
