#include "lib/parse/html_tokenizer.h"

#include <algorithm>
#include <array>

namespace wirefold {
namespace {

constexpr auto kNpos = std::string_view::npos;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Elements whose content is text without markup until their own end tag.
constexpr std::array<std::string_view, 8> kRawTextElements = {
    "script", "style", "iframe", "xmp", "noembed", "noframes", "textarea", "title"};

// Elements that are found joined with their first attribute.
constexpr std::array<std::string_view, 13> kJoinedElements = {
    "section", "article", "figure", "aside", "span", "div", "nav",
    "img",     "ul",      "li",     "p",     "a",    "h2"};

}  // namespace

bool EqualsLower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return Lower(a) == b; });
}

std::string_view HtmlTokenizer::Value(std::string_view lower_name) const {
  for (const Attribute& attribute : attributes_) {
    if (EqualsLower(attribute.name, lower_name)) return attribute.value;
  }
  return {};
}

bool HtmlTokenizer::Has(std::string_view lower_name) const {
  return std::any_of(attributes_.begin(), attributes_.end(), [&](const Attribute& attribute) {
    return EqualsLower(attribute.name, lower_name);
  });
}

bool HtmlTokenizer::StartsMarkup(size_t pos) const {
  if (pos + 1 >= html_.size()) return false;
  const char next = html_[pos + 1];
  return IsLetter(next) || next == '!' || next == '?' || (next == '/' && pos + 2 < html_.size());
}

bool HtmlTokenizer::Next() {
  if (!raw_text_until_.empty() && ReadRawText()) return true;
  while (pos_ < html_.size()) {
    start_ = pos_;
    if (html_[pos_] != '<' || !StartsMarkup(pos_)) {
      size_t end = html_.find('<', pos_ + 1);
      while (end != kNpos && !StartsMarkup(end)) end = html_.find('<', end + 1);
      pos_ = std::min(end, html_.size());
      kind_ = Kind::kText;
      text_ = html_.substr(start_, pos_ - start_);
      return true;
    }
    const char next = html_[pos_ + 1];
    if (IsLetter(next)) {
      pos_ += 1;
      if (ReadTag(/*end=*/false)) return true;
    } else if (next == '!') {
      SkipMarkupDeclaration();
    } else if (next == '/' && IsLetter(html_[pos_ + 2])) {
      pos_ += 2;
      if (ReadTag(/*end=*/true)) return true;
    } else {
      SkipTo(">");  // "<?…>", "</>", "</ …>"
    }
  }
  return false;
}

void HtmlTokenizer::SkipTo(std::string_view end) {
  const size_t found = html_.find(end, pos_);
  pos_ = found == kNpos ? html_.size() : found + end.size();
}

void HtmlTokenizer::SkipMarkupDeclaration() {
  const std::string_view rest = html_.substr(pos_);
  if (rest.starts_with("<!--")) {
    pos_ += 4;
    const std::string_view comment = html_.substr(pos_);
    if (comment.starts_with('>')) {
      pos_ += 1;
    } else if (comment.starts_with("->")) {
      pos_ += 2;
    } else {
      // Ends at "-->" or "--!>", whichever comes first.
      for (size_t dashes = html_.find("--", pos_);; dashes = html_.find("--", dashes + 1)) {
        if (dashes == kNpos) {
          pos_ = html_.size();
          return;
        }
        const std::string_view after = html_.substr(dashes + 2);
        if (after.starts_with('>') || after.starts_with("!>")) {
          pos_ = dashes + (after.starts_with('>') ? 3 : 4);
          return;
        }
      }
    }
    return;
  }
  constexpr std::string_view kCdata = "<![CDATA[";
  if (rest.starts_with(kCdata) && !no_cdata_end_) {
    const size_t found = html_.find("]]>", pos_ + kCdata.size());
    if (found != kNpos) {
      pos_ = found + 3;
      return;
    }
    no_cdata_end_ = true;
  }
  SkipTo(">");
}

bool HtmlTokenizer::ReadTag(bool end) {
  const size_t begin = pos_;
  while (pos_ < html_.size() && !IsSpace(html_[pos_]) && html_[pos_] != '/' && html_[pos_] != '>') {
    ++pos_;
  }
  name_ = html_.substr(begin, pos_ - begin);
  attributes_.clear();
  kind_ = end ? Kind::kEndTag : Kind::kStartTag;
  if (!end) SplitJoinedName();
  ReadAttributes();
  if (pos_ >= html_.size()) return false;  // the input ends within the tag: no tag
  ++pos_;
  if (!end) ExpectRawText();
  return true;
}

void HtmlTokenizer::SplitJoinedName() {
  if (name_.size() < 8) return;
  for (const std::string_view element : kJoinedElements) {
    if (name_.size() <= element.size() || !EqualsLower(name_.substr(0, element.size()), element)) {
      continue;
    }
    const std::string_view rest = name_.substr(element.size());
    const bool attribute = rest.starts_with("data-") || rest.starts_with("class=") ||
                           rest.starts_with("id=") || rest.starts_with("style=") ||
                           rest.starts_with("href=") || rest.starts_with("src=");
    if (!attribute) continue;
    pos_ -= rest.size();
    name_ = name_.substr(0, element.size());
    return;
  }
}

void HtmlTokenizer::ReadAttributes() {
  while (pos_ < html_.size()) {
    const char c = html_[pos_];
    if (c == '>') return;
    if (IsSpace(c) || c == '/') {
      ++pos_;
    } else {
      ReadAttribute();
    }
  }
}

void HtmlTokenizer::ReadAttribute() {
  const size_t name_begin = pos_++;  // a leading '=' belongs to the name
  while (pos_ < html_.size() && !IsSpace(html_[pos_]) && html_[pos_] != '/' && html_[pos_] != '>' &&
         html_[pos_] != '=') {
    ++pos_;
  }
  Attribute attribute{.name = html_.substr(name_begin, pos_ - name_begin), .value = {}};
  size_t after = pos_;
  while (after < html_.size() && IsSpace(html_[after])) ++after;
  if (after < html_.size() && html_[after] == '=') {
    pos_ = after + 1;
    while (pos_ < html_.size() && IsSpace(html_[pos_])) ++pos_;
    if (pos_ < html_.size() && (html_[pos_] == '"' || html_[pos_] == '\'')) {
      const size_t end = html_.find(html_[pos_], pos_ + 1);
      const size_t begin = pos_ + 1;
      pos_ = end == kNpos ? html_.size() : end + 1;
      attribute.value = html_.substr(begin, std::min(end, html_.size()) - begin);
    } else if (pos_ < html_.size() && html_[pos_] != '>') {
      const size_t begin = pos_;
      while (pos_ < html_.size() && !IsSpace(html_[pos_]) && html_[pos_] != '>') ++pos_;
      attribute.value = html_.substr(begin, pos_ - begin);
    }
  }
  if (attributes_.size() < kMaxAttributes) attributes_.push_back(attribute);
}

void HtmlTokenizer::ExpectRawText() {
  for (const std::string_view element : kRawTextElements) {
    if (EqualsLower(name_, element)) raw_text_until_ = element;
  }
}

// Whether the whole name of a tag stands at `pos`.
bool HtmlTokenizer::HasTagNameAt(size_t pos, std::string_view lower) const {
  const std::string_view tag = html_.substr(std::min(pos, html_.size()), lower.size() + 1);
  return tag.size() == lower.size() + 1 && EqualsLower(tag.substr(0, lower.size()), lower) &&
         (IsSpace(tag.back()) || tag.back() == '/' || tag.back() == '>');
}

// Where the end tag of the script stands whose content starts at `pos`. Within "<!--" and "-->" a
// "<script>" and the "</script>" that follows it are a pair, and neither is a tag (sections
// 13.2.5.15 to 13.2.5.31, "script data").
size_t HtmlTokenizer::FindScriptEnd(size_t pos) const {
  enum class Within : uint8_t { kScript, kComment, kPair };
  Within within = Within::kScript;
  while (true) {
    pos = within == Within::kScript ? html_.find('<', pos) : html_.find_first_of("<-", pos);
    if (pos == kNpos) return html_.size();
    if (html_[pos] == '-') {
      if (html_.substr(pos, 3) == "-->") within = Within::kScript;
    } else if (html_.substr(pos, 2) == "</" && HasTagNameAt(pos + 2, "script")) {
      if (within != Within::kPair) return pos;
      within = Within::kComment;
    } else if (within == Within::kScript && html_.substr(pos, 4) == "<!--") {
      within = Within::kComment;
      ++pos;  // its dashes may be those of "-->"
    } else if (within == Within::kComment && HasTagNameAt(pos + 1, "script")) {
      within = Within::kPair;
    }
    ++pos;
  }
}

bool HtmlTokenizer::ReadRawText() {
  const std::string_view element = raw_text_until_;
  raw_text_until_ = {};
  start_ = pos_;
  size_t end = pos_;
  if (element == "script") {
    end = FindScriptEnd(pos_);
  } else {
    end = html_.find("</", pos_);
    while (end != kNpos && !HasTagNameAt(end + 2, element)) end = html_.find("</", end + 2);
    end = std::min(end, html_.size());
  }
  pos_ = end;
  if (end == start_) return false;
  kind_ = Kind::kRawText;
  text_ = html_.substr(start_, end - start_);
  return true;
}

}  // namespace wirefold
