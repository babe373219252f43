#include "lib/parse/feed_split.h"

#include <algorithm>

#include "lib/parse/format.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/xml_prolog.h"

namespace wirefold {
namespace {

// Behind the '>' that ends the tag at `pos`, whose quoted values may hold one; npos without one.
size_t TagEnd(std::string_view text, size_t pos) {
  while (true) {
    pos = text.find_first_of(">\"'", pos);
    if (pos == std::string_view::npos) return pos;
    if (text[pos] == '>') return pos + 1;
    const size_t quote = text.find(text[pos], pos + 1);
    if (quote == std::string_view::npos) return quote;
    pos = quote + 1;
  }
}

struct Name {
  std::string_view prefix;
  std::string_view local;
};

Name ReadName(std::string_view text, size_t pos) {
  const size_t end = std::min(text.find_first_of(" \t\r\n\f/><", pos), text.size());
  const std::string_view name = text.substr(pos, end - pos);
  const size_t colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

class Splitter {
 public:
  Splitter(std::string_view text, FeedParts& parts, std::string_view prefix)
      : text_(text), parts_(parts), prefix_(prefix) {}

  void Run() {
    size_t pos = parts_.root.end;
    rest_ = pos;
    while ((pos = text_.find('<', pos)) != std::string_view::npos && !parts_.cut) {
      const size_t behind = SkipDeclaration(pos);
      if (behind != pos) {
        pos = behind;
        continue;
      }
      const bool end_tag = text_.substr(pos + 1, 1) == "/";
      const Name name = ReadName(text_, pos + (end_tag ? 2 : 1));
      if (IsItem(name)) {
        pos = end_tag ? EndItem(pos) : StartItem(pos);
      } else if (end_tag && IsRootOrChannel(name)) {
        CloseItem(pos);
        ++pos;
      } else {
        ++pos;
      }
    }
    CloseItem(text_.size());
    AddRest(text_.size());
  }

 private:
  [[nodiscard]] bool IsItem(const Name& name) const {
    const std::string_view local = parts_.kind == FeedKind::kAtom ? "entry" : "item";
    return EqualsLower(name.local, local) &&
           (name.prefix.empty() || name.prefix == prefix_ || EqualsLower(name.prefix, "rss") ||
            EqualsLower(name.prefix, "atom"));
  }
  [[nodiscard]] static bool IsRootOrChannel(const Name& name) {
    return EqualsLower(name.local, "channel") ||
           IsFeedRoot({.position = 0, .prefix = name.prefix, .local_name = name.local});
  }

  // Behind a comment, a CDATA section or a processing instruction; `pos` if none starts there. One
  // that does not end is passed over by its first two bytes, and sought but once.
  size_t SkipDeclaration(size_t pos) {
    const std::string_view rest = text_.substr(pos);
    bool* unended = nullptr;
    if (rest.starts_with("<!--")) {
      unended = &unended_comment_;
    } else if (rest.starts_with("<![CDATA[")) {
      unended = &unended_cdata_;
    } else if (rest.starts_with("<?")) {
      unended = &unended_instruction_;
    } else {
      return rest.starts_with("<!") ? pos + 2 : pos;
    }
    if (*unended) return pos + 2;
    const size_t behind = SkipMarkupDeclaration(text_, pos);
    *unended = behind == std::string_view::npos;
    return *unended ? pos + 2 : behind;
  }

  size_t StartItem(size_t pos) {
    CloseItem(pos);
    if (parts_.items.size() == kMaxFeedItems) {
      parts_.cut = true;
      return pos;
    }
    AddRest(pos);
    in_item_ = true;
    begin_ = pos;
    // <item/> has no end tag.
    const size_t close = text_.find('>', pos);
    if (close == std::string_view::npos) return text_.size();
    if (text_[close - 1] == '/') CloseItem(close + 1);
    return close + 1;
  }

  size_t EndItem(size_t pos) {
    const size_t close = text_.find('>', pos);
    const size_t end = close == std::string_view::npos ? text_.size() : close + 1;
    CloseItem(end);
    return end;
  }

  void CloseItem(size_t end) {
    if (!in_item_) return;
    in_item_ = false;
    parts_.items.push_back({begin_, end});
    rest_ = end;
  }
  void AddRest(size_t end) {
    if (rest_ < end) parts_.rest.push_back({rest_, end});
    rest_ = end;
  }

  std::string_view text_;
  FeedParts& parts_;
  std::string_view prefix_;
  bool in_item_ = false;
  size_t begin_ = 0;
  size_t rest_ = 0;
  bool unended_comment_ = false;
  bool unended_cdata_ = false;
  bool unended_instruction_ = false;
};

}  // namespace

std::optional<FeedParts> SplitFeed(std::string_view text) {
  size_t pos = 0;
  // What a server says ahead of a declaration is no part of the document.
  const size_t declaration = text.substr(0, kFormatProbeBytes).find("<?xml");
  if (declaration != std::string_view::npos) pos = declaration;
  while (pos < kFormatProbeBytes) {
    FirstElement element = FindFirstElement(text.substr(pos));
    if (element.position == std::string_view::npos) return std::nullopt;
    pos += element.position;
    if (!IsFeedRoot(element)) {
      ++pos;
      continue;
    }
    FeedParts parts;
    parts.kind = EqualsLower(element.local_name, "rss")    ? FeedKind::kRss
                 : EqualsLower(element.local_name, "feed") ? FeedKind::kAtom
                                                           : FeedKind::kRdf;
    const size_t end = TagEnd(text, pos);
    if (end == std::string_view::npos) return std::nullopt;
    parts.root = {pos, end};
    Splitter(text, parts, element.prefix).Run();
    return parts;
  }
  return std::nullopt;
}

}  // namespace wirefold
