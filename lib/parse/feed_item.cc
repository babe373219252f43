#include "lib/parse/feed_item.h"

#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/reason.h"
#include "lib/parse/markup_escape.h"

namespace wirefold {
namespace {

// ` name="value"`, unless the value is empty.
void AppendAttribute(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  out.append(" ").append(name).append("=\"");
  AppendMarkupEscaped(value, out);
  out += '"';
}

// `<start>text</name>` and a line end, unless the text is empty.
void AppendElement(std::string_view start, std::string_view name, std::string_view text,
                   std::string& out) {
  if (text.empty()) return;
  out.append("<").append(start).append(">");
  AppendMarkupEscaped(text, out);
  out.append("</").append(name).append(">\n");
}

void AppendLink(std::string_view rel, std::string_view type, std::string_view href,
                std::string& out) {
  if (href.empty()) return;
  out += "<link";
  AppendAttribute("rel", rel, out);
  AppendAttribute("type", type, out);
  AppendAttribute("href", href, out);
  out += "/>\n";
}

// As CDATA, so that HTML does not grow.
void AppendContent(std::string_view html, std::string& out) {
  if (html.empty()) return;
  constexpr std::string_view kEnd = "]]>";
  out += "<content type=\"html\"><![CDATA[";
  while (true) {
    const size_t end = html.find(kEnd);
    if (end == std::string_view::npos) break;
    out.append(html.substr(0, end + 2)).append("]]><![CDATA[");
    html.remove_prefix(end + 2);
  }
  out.append(html).append("]]></content>\n");
}

}  // namespace

absl::StatusOr<std::string> WriteFeedItem(const Feed& feed, const FeedItem& item) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed";
  AppendAttribute("xmlns", "http://www.w3.org/2005/Atom", out);
  AppendAttribute("xml:base", feed.base, out);
  AppendAttribute("xml:lang", feed.language, out);
  out += ">\n";
  AppendElement("title type=\"text\"", "title", feed.title, out);
  AppendLink("alternate", "", feed.link, out);
  out += "<entry";
  AppendAttribute("xml:base", item.base, out);
  AppendAttribute("xml:lang", item.language, out);
  out += ">\n";
  AppendElement("title type=\"text\"", "title", item.title, out);
  AppendLink("alternate", "", item.link, out);
  // Without a link an id that looks like a URL would be taken for one.
  if (!item.link.empty()) AppendElement("id", "id", item.id, out);
  if (item.published_ms.has_value()) {
    const std::string_view name = item.published_is_update ? "updated" : "published";
    AppendElement(name, name, FormatRfc3339(*item.published_ms), out);
  }
  for (const std::string& author : item.authors) {
    out += "<author>";
    AppendElement("name", "name", author, out);
    out += "</author>\n";
  }
  for (const std::string& category : item.categories) {
    out += "<category";
    AppendAttribute("term", category, out);
    out += "/>\n";
  }
  for (const std::string& image : item.images) AppendLink("enclosure", "image/*", image, out);
  for (const std::string& other : item.enclosures) {
    AppendLink("enclosure", "application/octet-stream", other, out);
  }
  AppendContent(item.body_html, out);
  out += "</entry>\n</feed>\n";
  if (out.size() > kMaxDocumentBytes) {
    return Reject(
        Reason::kDocumentTooLarge,
        "the item has more than " + std::to_string(kMaxDocumentBytes) + " bytes; leave it out");
  }
  return out;
}

}  // namespace wirefold
