#include "lib/parse/xml_repair.h"

#include <algorithm>
#include <utility>

#include "lib/parse/html_entities.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/markup_escape.h"
#include "lib/parse/xml_prolog.h"

namespace wirefold {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\f";

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
// Names beyond ASCII occur in no feed's vocabulary.
bool IsName(std::string_view name) {
  if (name.empty() || !IsNameStart(name[0]) || name.back() == ':') return false;
  size_t colons = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == ':') {
      if (++colons > 1 || !IsNameStart(name[i + 1])) return false;
    } else if (!IsNameStart(c) && !(c >= '0' && c <= '9') && c != '-' && c != '.') {
      return false;
    }
  }
  return true;
}

// HTML's elements without content, but for those whose names feeds use otherwise.
bool IsVoid(std::string_view name) {
  constexpr std::array<std::string_view, 8> kVoid = {"br",    "hr",  "img",  "wbr",
                                                     "input", "col", "area", "embed"};
  return std::any_of(kVoid.begin(), kVoid.end(),
                     [name](std::string_view lower) { return EqualsLower(name, lower); });
}

// Appends a character's bytes unless XML forbids it (XML 1.0, section 2.2).
void AppendEscaped(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (const std::string_view reference = MarkupReference(c); !reference.empty()) {
      out += reference;
      continue;
    }
    switch (c) {
      case '\t':
      case '\n':
        out += c;
        break;
      case '\r':
        out += "&#13;";
        break;
      case '\xEF':
        // U+FFFE and U+FFFF
        if (text.substr(i, 2) == "\xEF\xBF" && i + 2 < text.size() &&
            (text[i + 2] == '\xBE' || text[i + 2] == '\xBF')) {
          i += 2;
        } else {
          out += c;
        }
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
}

}  // namespace

void XmlRepair::AppendText(std::string_view text, bool references) {
  while (!text.empty()) {
    const size_t ampersand = references ? std::min(text.find('&'), text.size()) : text.size();
    AppendEscaped(text.substr(0, ampersand), out_);
    text.remove_prefix(ampersand);
    if (text.empty()) return;
    std::string decoded;
    // XML's references end with ';'; "&copy=" in a link is none.
    const size_t length = DecodeReference(text, /*in_attribute=*/true, decoded);
    if (length > 0 && text[length - 1] == ';') {
      AppendEscaped(decoded, out_);
      text.remove_prefix(length);
    } else {
      out_ += "&amp;";
      text.remove_prefix(1);
    }
  }
}

size_t XmlRepair::FindQuote(char quote, size_t from) {
  size_t& none_from = no_quote_from_[quote == '"' ? 0 : 1];
  if (from >= none_from) return std::string_view::npos;
  const size_t found = in_.find(quote, from);
  if (found == std::string_view::npos) none_from = from;
  return found;
}

// At "<!" or "<?".
bool XmlRepair::SkipDeclaration() {
  const std::string_view rest = in_.substr(pos_);
  const bool cdata = rest.starts_with("<![CDATA[");
  const bool comment = rest.starts_with("<!--");
  if (!cdata && !comment && !rest.starts_with("<?")) {
    // A doctype has no place within a feed; what it may hold is text then.
    if (rest.size() < 3 || !IsNameStart(rest[2])) return false;
    pos_ = std::min(in_.find('>', pos_), in_.size() - 1) + 1;
    return true;
  }
  bool& unended = cdata ? unended_cdata_ : comment ? unended_comment_ : unended_instruction_;
  const size_t behind = unended ? std::string_view::npos : SkipMarkupDeclaration(in_, pos_);
  unended |= behind == std::string_view::npos;
  if (unended && !cdata) return false;
  const size_t end = unended ? in_.size() : behind;
  if (cdata) AppendText(in_.substr(pos_ + 9, end - pos_ - 9 - (unended ? 0 : 3)), false);
  pos_ = end;
  return true;
}

bool XmlRepair::AppendEndTag() {
  const size_t end = std::min(in_.find_first_of(" \t\r\n\f/><", pos_ + 2), in_.size());
  const std::string_view name = in_.substr(pos_ + 2, end - pos_ - 2);
  if (!IsName(name)) return false;
  const size_t close = in_.find_first_of("<>", end);
  pos_ = close == std::string_view::npos ? in_.size() : in_[close] == '>' ? close + 1 : close;
  if (IsVoid(name)) return true;
  if (dropped_ > 0) {
    --dropped_;
    return true;
  }
  const auto found = std::find(open_.rbegin(), open_.rend(), name);
  if (found == open_.rend()) return true;  // nothing to close
  // What is open within it ends with it.
  const auto keep = static_cast<size_t>(open_.rend() - found) - 1;
  while (open_.size() > keep) {
    out_.append("</").append(open_.back()).append(">");
    open_.pop_back();
  }
  return true;
}

// From behind the name to behind the '>'. False if the tag does not end.
bool XmlRepair::AppendAttributes() {
  std::vector<std::string_view> names;
  while (true) {
    pos_ = std::min(in_.find_first_not_of(kWhiteSpace, pos_), in_.size());
    if (pos_ == in_.size()) return false;
    if (in_[pos_] == '>' || in_[pos_] == '<' || in_.substr(pos_, 2) == "/>") return true;
    if (in_[pos_] == '/' || in_[pos_] == '=' || in_[pos_] == '"' || in_[pos_] == '\'') {
      ++pos_;
      continue;
    }
    size_t end = std::min(in_.find_first_of(" \t\r\n\f/=><\"'", pos_), in_.size());
    const std::string_view name = in_.substr(pos_, end - pos_);
    pos_ = end;
    std::string_view value;
    end = std::min(in_.find_first_not_of(kWhiteSpace, end), in_.size());
    if (end < in_.size() && in_[end] == '=') {
      pos_ = std::min(in_.find_first_not_of(kWhiteSpace, end + 1), in_.size());
      if (pos_ == in_.size()) return false;
      if (in_[pos_] == '"' || in_[pos_] == '\'') {
        const size_t quote = FindQuote(in_[pos_], pos_ + 1);
        if (quote == std::string_view::npos) return false;
        value = in_.substr(pos_ + 1, quote - pos_ - 1);
        pos_ = quote + 1;
      } else {
        end = std::min(in_.find_first_of(" \t\r\n\f><", pos_), in_.size());
        value = in_.substr(pos_, end - pos_);
        pos_ = end;
      }
    }
    if (!IsName(name) || names.size() == kMaxXmlAttributes ||
        std::find(names.begin(), names.end(), name) != names.end()) {
      continue;
    }
    names.push_back(name);
    out_.append(" ").append(name).append("=\"");
    AppendText(value, true);
    out_.append("\"");
  }
}

// At '<'. False if no tag starts there; then nothing is taken.
bool XmlRepair::AppendTag() {
  const std::string_view rest = in_.substr(pos_);
  if (rest.starts_with("<!") || rest.starts_with("<?")) return SkipDeclaration();
  if (rest.starts_with("</")) return AppendEndTag();
  const size_t end = std::min(rest.find_first_of(" \t\r\n\f/><"
                                                 "\"'=",
                                                 1),
                              rest.size());
  const std::string_view name = rest.substr(1, end - 1);
  if (!IsName(name) || lost_ > in_.size()) return false;
  const size_t start = pos_;
  const size_t written = out_.size();
  out_.append("<").append(name);
  pos_ += end;
  if (!AppendAttributes()) {
    lost_ += pos_ - start;
    pos_ = start;
    out_.resize(written);
    return false;
  }
  const bool empty = in_[pos_] == '/';
  pos_ += empty ? 2 : in_[pos_] == '>' ? 1 : 0;
  if (open_.size() >= kMaxFeedDepth) {
    out_.resize(written);
    too_deep_ = true;
    if (!empty && !IsVoid(name)) ++dropped_;
    return true;
  }
  if (empty || IsVoid(name)) {
    out_.append("/>");
  } else {
    out_.append(">");
    open_.push_back(name);
  }
  return true;
}

void XmlRepair::Append(std::string_view markup) {
  in_ = markup;
  pos_ = 0;
  lost_ = 0;
  no_quote_from_ = {in_.size(), in_.size()};
  unended_comment_ = unended_cdata_ = unended_instruction_ = false;
  while (pos_ < in_.size()) {
    const size_t next = std::min(in_.find('<', pos_), in_.size());
    AppendText(in_.substr(pos_, next - pos_), true);
    pos_ = next;
    if (pos_ == in_.size() || AppendTag()) continue;
    out_ += "&lt;";
    ++pos_;
  }
}

std::string XmlRepair::Finish() {
  while (!open_.empty()) {
    out_.append("</").append(open_.back()).append(">");
    open_.pop_back();
  }
  return std::move(out_);
}

}  // namespace wirefold
