#include "lib/parse/feed_elements.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <array>
#include <memory>

#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/parse/markup_escape.h"

namespace wirefold {
namespace {

// libxml2 takes pieces of so many bytes.
constexpr size_t kPieceBytes = size_t{64} << 10;

std::string_view View(const xmlChar* text) {
  return text == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(text));
}

struct Space {
  std::string_view uri;
  std::string_view prefix;  // for feeds that do not declare it
  FeedNamespace space;
};

// Of URIs, the part that their versions and spellings share.
constexpr std::array kSpaces = {
    Space{"purl.org/dc/", "dc", FeedNamespace::kDublinCore},
    Space{"purl.org/dc/terms", "dcterms", FeedNamespace::kDublinCore},
    Space{"purl.org/rss/1.0/modules/content", "content", FeedNamespace::kContent},
    Space{"search.yahoo.com/mrss", "media", FeedNamespace::kMedia},
    Space{"www.itunes.com/dtds/", "itunes", FeedNamespace::kItunes},
    Space{"www.w3.org/1999/xhtml", "xhtml", FeedNamespace::kXhtml},
    Space{"www.w3.org/2005/Atom", "atom", FeedNamespace::kFeed},
    Space{"purl.org/atom/", "atom10", FeedNamespace::kFeed},
    Space{"my.netscape.com/rdf/simple", "", FeedNamespace::kFeed},
    Space{"backend.userland.com/", "", FeedNamespace::kFeed},
};

FeedNamespace FindSpace(std::string_view uri, std::string_view prefix) {
  if (uri.empty() && prefix.empty()) return FeedNamespace::kFeed;
  for (const Space& space : kSpaces) {
    if (uri.empty() ? prefix == space.prefix : uri.find(space.uri) != std::string_view::npos) {
      return space.space;
    }
  }
  if (uri == "http://purl.org/rss/1.0/") return FeedNamespace::kFeed;
  // A default namespace that nobody knows: some feeds make one up.
  return prefix.empty() || prefix == "rss" ? FeedNamespace::kFeed : FeedNamespace::kOther;
}

bool IsVoid(std::string_view name) {
  return name == "br" || name == "img" || name == "hr" || name == "wbr" || name == "input" ||
         name == "col" || name == "area" || name == "embed";
}

class Reader {
 public:
  explicit Reader(int depth) : wanted_depth_(depth) {}

  std::vector<FeedElement> Take() { return std::move(elements_); }

  void Start(std::string_view name, std::string_view prefix, std::string_view uri, int count,
             const xmlChar** attributes) {
    ++depth_;
    const FeedNamespace space = FindSpace(uri, prefix);
    const std::string lower = LowerAscii(name);
    if (current_ == kNone) {
      if (depth_ != wanted_depth_ || elements_.size() >= kMaxFeedElements) return;
      current_ = Add(space, lower, count, attributes);
      return;
    }
    if (space == FeedNamespace::kMedia && (lower == "content" || lower == "thumbnail")) {
      if (elements_.size() < kMaxFeedElements) Add(space, lower, count, attributes);
      return;
    }
    if (depth_ == wanted_depth_ + 1 && (lower == "name" || lower == "url")) child_depth_ = depth_;
    has_markup_ = true;
    markup_.append("<").append(lower);
    for (int i = 0; i < count; ++i) {
      const auto [attribute, value] = AttributeAt(attributes, i);
      markup_.append(" ").append(attribute).append("=\"");
      AppendMarkupEscaped(value, markup_);
      markup_.append("\"");
    }
    markup_.append(">");
  }

  void End(std::string_view name) {
    if (current_ != kNone) {
      if (depth_ == wanted_depth_) {
        FeedElement& element = elements_[current_];
        if (has_markup_) element.markup = std::move(markup_);
        markup_.clear();
        has_markup_ = false;
        current_ = kNone;
      } else {
        const std::string lower = LowerAscii(name);
        if (has_markup_ && !IsVoid(lower)) markup_.append("</").append(lower).append(">");
        if (depth_ == child_depth_) child_depth_ = 0;
      }
    }
    --depth_;
  }

  void Text(std::string_view text) {
    if (current_ == kNone) return;
    elements_[current_].text.append(text);
    if (child_depth_ != 0) elements_[current_].child_name.append(text);
    AppendMarkupEscaped(text, markup_);
  }

 private:
  static constexpr size_t kNone = ~size_t{0};

  struct NameValue {
    std::string name;
    std::string_view value;
  };
  // libxml2 gives five pointers an attribute: local name, prefix, URI, and the value's two ends.
  static NameValue AttributeAt(const xmlChar** attributes, int i) {
    const xmlChar** at = attributes + 5 * i;
    const std::string_view prefix = View(at[1]);
    std::string name = LowerAscii(View(at[0]));
    if (!prefix.empty()) name = std::string(prefix) + ":" + name;
    return {std::move(name), std::string_view(reinterpret_cast<const char*>(at[3]),
                                              static_cast<size_t>(at[4] - at[3]))};
  }

  size_t Add(FeedNamespace space, const std::string& name, int count, const xmlChar** attributes) {
    FeedElement element;
    element.space = space;
    element.name = name;
    for (int i = 0; i < count; ++i) {
      auto [attribute, value] = AttributeAt(attributes, i);
      element.attributes.emplace(std::move(attribute), value);
    }
    elements_.push_back(std::move(element));
    return elements_.size() - 1;
  }

  const int wanted_depth_;
  int depth_ = 0;
  int child_depth_ = 0;
  size_t current_ = kNone;  // the element that is being read
  bool has_markup_ = false;
  std::string markup_;
  std::vector<FeedElement> elements_;
};

void OnStart(void* reader, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri,
             int /*namespaces*/, const xmlChar** /*namespace_pairs*/, int attributes,
             int /*defaulted*/, const xmlChar** values) {
  static_cast<Reader*>(reader)->Start(View(name), View(prefix), View(uri), attributes, values);
}
void OnEnd(void* reader, const xmlChar* name, const xmlChar* /*prefix*/, const xmlChar* /*uri*/) {
  static_cast<Reader*>(reader)->End(View(name));
}
void OnText(void* reader, const xmlChar* text, int length) {
  static_cast<Reader*>(reader)->Text(
      {reinterpret_cast<const char*>(text), static_cast<size_t>(length)});
}
// What was wrong was put right before; what is left is no one's to see.
#if LIBXML_VERSION >= 21200
void OnError(void* /*reader*/, const xmlError* /*error*/) {}
#else
void OnError(void* /*reader*/, xmlError* /*error*/) {}
#endif

xmlSAXHandler MakeHandler() {
  xmlInitParser();
  xmlSAXHandler handler = {};
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = &OnStart;
  handler.endElementNs = &OnEnd;
  handler.characters = &OnText;
  handler.ignorableWhitespace = &OnText;
  handler.cdataBlock = &OnText;
  handler.serror = &OnError;
  return handler;
}

}  // namespace

std::string_view FeedElement::Attribute(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? std::string_view() : found->second;
}

absl::StatusOr<std::vector<FeedElement>> ReadFeedElements(std::string_view document, int depth) {
  static const xmlSAXHandler* const handler = new xmlSAXHandler(MakeHandler());  // never destroyed
  Reader reader(depth);
  xmlSAXHandler own = *handler;
  const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(
      xmlCreatePushParserCtxt(&own, &reader, nullptr, 0, nullptr), &xmlFreeParserCtxt);
  if (context == nullptr) {
    return Reject(Reason::kNormalizeFailed, "no memory to read the feed with; send it again");
  }
  // References in attributes come decoded by XML_PARSE_NOENT alone. There is nothing else for it to
  // expand: without a doctype no entity is declared.
  xmlCtxtUseOptions(context.get(), XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
                                       XML_PARSE_NOWARNING | XML_PARSE_NOENT |
                                       XML_PARSE_IGNORE_ENC);
  for (size_t pos = 0; pos <= document.size(); pos += kPieceBytes) {
    const std::string_view piece = document.substr(pos, kPieceBytes);
    const bool last = pos + kPieceBytes > document.size();
    const int result =
        xmlParseChunk(context.get(), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
    if (result == XML_ERR_NO_MEMORY) {
      return Reject(Reason::kNormalizeFailed, "no memory to read the feed with; send it again");
    }
  }
  return reader.Take();
}

}  // namespace wirefold
