#include "lib/parse/charset_declaration.h"

#include <algorithm>
#include <array>
#include <string>

#include "lib/parse/html_tokenizer.h"

namespace wirefold {
namespace {

constexpr std::string_view kWhiteSpace = "\t\n\f\r ";

bool IsSpace(char c) { return kWhiteSpace.find(c) != std::string_view::npos; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// What a declaration that could be read as ASCII can mean.
const Charset* AsDeclared(const Charset* charset) {
  if (charset != nullptr && charset->kind == CharsetKind::kUtf16) return FindCharset("utf-8");
  return charset;
}

// Where `lower` (lower case) stands in `text` from `pos` on, whatever its case.
size_t FindLower(std::string_view text, std::string_view lower, size_t pos) {
  for (; pos + lower.size() <= text.size(); ++pos) {
    if (EqualsLower(text.substr(pos, lower.size()), lower)) return pos;
  }
  return std::string_view::npos;
}

// HTML standard, section 2.4.3 ("extracting a character encoding from a meta element").
std::string_view ExtractCharset(std::string_view text) {
  constexpr std::string_view kName = "charset";
  size_t pos = 0;
  while (true) {
    pos = FindLower(text, kName, pos);
    if (pos == std::string_view::npos) return {};
    pos += kName.size();
    size_t next = text.find_first_not_of(kWhiteSpace, pos);
    if (next == std::string_view::npos) return {};
    if (text[next] != '=') {
      pos = next;
      continue;
    }
    next = text.find_first_not_of(kWhiteSpace, next + 1);
    if (next == std::string_view::npos) return {};
    if (text[next] == '"' || text[next] == '\'') {
      const size_t end = text.find(text[next], next + 1);
      if (end == std::string_view::npos) return {};
      return text.substr(next + 1, end - next - 1);
    }
    const size_t end = text.find_first_of("\t\n\f\r ;,", next);
    return text.substr(next, end == std::string_view::npos ? end : end - next);
  }
}

// The prescan, over at most kCharsetPrescanBytes.
class Prescan {
 public:
  explicit Prescan(std::string_view bytes) : bytes_(bytes) {}

  const Charset* Run() {
    for (; pos_ < bytes_.size(); ++pos_) {
      const std::string_view rest = bytes_.substr(pos_);
      if (rest.starts_with("<!--")) {
        // The two dashes may be those that open it: "<!-->".
        const size_t end = bytes_.find("-->", pos_ + 2);
        if (end == std::string_view::npos) return nullptr;
        pos_ = end + 2;
      } else if (rest.size() > 5 && EqualsLower(rest.substr(0, 5), "<meta") &&
                 (IsSpace(rest[5]) || rest[5] == '/')) {
        pos_ += 5;
        if (const Charset* charset = ReadMeta()) return charset;
      } else if (rest.size() > 2 && rest[0] == '<' &&
                 (IsLetter(rest[1]) || (rest[1] == '/' && IsLetter(rest[2])))) {
        pos_ = std::min(bytes_.find_first_of("\t\n\f\r >", pos_), bytes_.size());
        while (ReadAttribute()) {
        }
      } else if (rest.starts_with("<!") || rest.starts_with("</") || rest.starts_with("<?")) {
        pos_ = std::min(bytes_.find('>', pos_), bytes_.size());
      }
    }
    return nullptr;
  }

 private:
  // The standard's "get an attribute", into name_ and value_; false at the tag's end. Names that
  // matter are short, values are slices.
  bool ReadAttribute() {
    while (pos_ < bytes_.size() && (IsSpace(bytes_[pos_]) || bytes_[pos_] == '/')) ++pos_;
    if (pos_ >= bytes_.size() || bytes_[pos_] == '>') return false;
    const size_t name = pos_;
    while (pos_ < bytes_.size() && (bytes_[pos_] != '=' || pos_ == name) &&
           !IsSpace(bytes_[pos_]) && bytes_[pos_] != '/' && bytes_[pos_] != '>') {
      ++pos_;
    }
    name_ = bytes_.substr(name, pos_ - name);
    value_ = {};
    size_t next = pos_;
    while (next < bytes_.size() && IsSpace(bytes_[next])) ++next;
    if (next >= bytes_.size() || bytes_[next] != '=') return pos_ < bytes_.size();
    pos_ = std::min(bytes_.find_first_not_of(kWhiteSpace, next + 1), bytes_.size());
    if (pos_ >= bytes_.size()) return false;
    if (bytes_[pos_] == '"' || bytes_[pos_] == '\'') {
      const size_t end = bytes_.find(bytes_[pos_], pos_ + 1);
      if (end == std::string_view::npos) {
        pos_ = bytes_.size();
        return false;
      }
      value_ = bytes_.substr(pos_ + 1, end - pos_ - 1);
      pos_ = end + 1;
      return true;
    }
    const size_t end = std::min(bytes_.find_first_of("\t\n\f\r >", pos_), bytes_.size());
    value_ = bytes_.substr(pos_, end - pos_);
    pos_ = end;
    return pos_ < bytes_.size();
  }

  const Charset* ReadMeta() {
    bool got_pragma = false;
    bool need_pragma = false;
    bool has_charset = false;
    const Charset* charset = nullptr;
    std::array<bool, 3> seen = {};  // only the first attribute of a name counts
    while (ReadAttribute()) {
      if (EqualsLower(name_, "http-equiv") && !seen[0]) {
        seen[0] = true;
        got_pragma = EqualsLower(value_, "content-type");
      } else if (EqualsLower(name_, "content") && !seen[1]) {
        seen[1] = true;
        const std::string_view label = ExtractCharset(value_);
        const Charset* found = label.empty() ? nullptr : Find(label);
        if (found != nullptr && !has_charset) {
          charset = found;
          has_charset = true;
          need_pragma = true;
        }
      } else if (EqualsLower(name_, "charset") && !seen[2]) {
        seen[2] = true;
        charset = Find(value_);
        has_charset = true;
        need_pragma = false;
      }
    }
    if (!has_charset || (need_pragma && !got_pragma)) return nullptr;
    return AsDeclared(charset);
  }

  static const Charset* Find(std::string_view label) {
    if (EqualsLower(label, "x-user-defined")) return FindCharset("windows-1252");
    return FindCharset(label);
  }

  std::string_view bytes_;
  size_t pos_ = 0;
  std::string_view name_;
  std::string_view value_;
};

}  // namespace

ByteOrderMark FindByteOrderMark(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return {FindCharset("utf-8"), 3};
  if (bytes.starts_with("\xFE\xFF")) return {FindCharset("utf-16be"), 2};
  if (bytes.starts_with("\xFF\xFE")) return {FindCharset("utf-16le"), 2};
  return {};
}

const Charset* FindUtf16Pattern(std::string_view bytes) {
  if (bytes.size() < 4) return nullptr;
  const auto starts_text = [](char c) { return c == '<' || c == '[' || IsSpace(c); };
  const auto is_ascii = [](char c) { return c > 0 && c < 0x7F; };
  if (starts_text(bytes[0]) && bytes[1] == '\0' && is_ascii(bytes[2]) && bytes[3] == '\0') {
    return FindCharset("utf-16le");
  }
  if (bytes[0] == '\0' && starts_text(bytes[1]) && bytes[2] == '\0' && is_ascii(bytes[3])) {
    return FindCharset("utf-16be");
  }
  return nullptr;
}

std::string_view CharsetOfContentType(std::string_view content_type) {
  return ExtractCharset(content_type.substr(0, kCharsetPrescanBytes));
}

const Charset* PrescanForMeta(std::string_view bytes) {
  return Prescan(bytes.substr(0, kCharsetPrescanBytes)).Run();
}

const Charset* FindXmlEncoding(std::string_view bytes) {
  bytes = bytes.substr(0, kCharsetPrescanBytes);
  const size_t begin = bytes.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return nullptr;
  bytes.remove_prefix(begin);
  constexpr std::string_view kOpen = "<?xml";
  if (!bytes.starts_with(kOpen) || bytes.size() == kOpen.size() || !IsSpace(bytes[kOpen.size()])) {
    return nullptr;
  }
  const std::string_view declaration = bytes.substr(0, bytes.find('>'));
  size_t pos = declaration.find("encoding");
  if (pos == std::string_view::npos) return nullptr;
  pos = declaration.find_first_not_of(kWhiteSpace, pos + 8);
  if (pos == std::string_view::npos || declaration[pos] != '=') return nullptr;
  pos = declaration.find_first_not_of(kWhiteSpace, pos + 1);
  if (pos == std::string_view::npos || (declaration[pos] != '"' && declaration[pos] != '\'')) {
    return nullptr;
  }
  const size_t end = declaration.find(declaration[pos], pos + 1);
  if (end == std::string_view::npos) return nullptr;
  return AsDeclared(FindCharset(declaration.substr(pos + 1, end - pos - 1)));
}

}  // namespace wirefold
