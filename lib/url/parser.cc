// The standard's basic URL parser. The standard walks a state machine over code points; this one
// cuts the input at its delimiters, which gives the same result because "#" ends every state after
// the scheme, and then "?" ends every state of what is left. Functions are named after the states.
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "lib/base/reason.h"
#include "lib/url/host.h"
#include "lib/url/percent_encode.h"
#include "lib/url/url.h"

namespace wirefold {
namespace {

struct SpecialScheme {
  std::string_view name;
  int default_port;  // -1 for none
};

constexpr std::array<SpecialScheme, 6> kSpecialSchemes = {
    {{"https", 443}, {"http", 80}, {"ws", 80}, {"wss", 443}, {"ftp", 21}, {"file", -1}}};

const SpecialScheme* FindSpecialScheme(std::string_view scheme) {
  for (const SpecialScheme& special : kSpecialSchemes) {
    if (special.name == scheme) return &special;
  }
  return nullptr;
}

absl::Status Invalid(std::string_view message) { return Reject(Reason::kInvalidUrl, message); }

absl::Status NoHost() { return Invalid("the URL has no host; write https://host/path"); }

// "C:" or "C|".
bool IsDriveLetter(std::string_view text) {
  return text.size() == 2 && IsAsciiAlpha(text[0]) && (text[1] == ':' || text[1] == '|');
}

// `text` ends where its path does, so that only slashes have to be looked for.
bool StartsWithDriveLetter(std::string_view text) {
  return IsDriveLetter(text.substr(0, 2)) &&
         (text.size() == 2 || text[2] == '/' || text[2] == '\\');
}

// 1 for "." and "%2e", 2 for "..", ".%2e" and so on, 0 for anything else.
int CountDots(std::string_view segment) {
  if (segment.size() > 6) return 0;
  int dots = 0;
  while (!segment.empty()) {
    if (segment[0] == '.') {
      segment.remove_prefix(1);
    } else if (segment[0] == '%' && DecodeEscapeAt(segment, 0) == '.') {
      segment.remove_prefix(3);
    } else {
      return 0;
    }
    ++dots;
  }
  return dots <= 2 ? dots : 0;
}

class Parser {
 public:
  // `input` without what surrounds it, and without tabs and line ends.
  Parser(std::string_view input, const Url* base) : input_(input), base_(base) {}

  absl::StatusOr<Url> Parse() {
    absl::Status status = ParseParts();
    if (!status.ok()) return status;
    return std::move(url_);
  }

 private:
  absl::Status ParseParts() {
    const bool has_scheme = TakeScheme();
    if (const size_t hash = input_.find('#'); hash != std::string_view::npos) {
      url_.fragment.emplace();
      AppendPercentEncoded(input_.substr(hash + 1), EncodeSet::kFragment, *url_.fragment);
      input_ = input_.substr(0, hash);
    }
    const std::string_view before_query = input_.substr(0, input_.find('?'));
    std::optional<std::string_view> query;
    if (before_query.size() < input_.size()) query = input_.substr(before_query.size() + 1);
    input_ = before_query;

    absl::Status status = has_scheme ? AfterScheme() : NoScheme(query.has_value());
    if (!status.ok() || !query.has_value()) return status;
    // It replaces a query that came from the base.
    url_.query.emplace();
    AppendPercentEncoded(*query, special_ ? EncodeSet::kSpecialQuery : EncodeSet::kQuery,
                         *url_.query);
    return absl::OkStatus();
  }

  // Scheme start and scheme state: takes "HTTPS:" off the input if it begins so.
  bool TakeScheme() {
    if (input_.empty() || !IsAsciiAlpha(input_[0])) return false;
    size_t end = 1;
    while (end < input_.size() &&
           (IsAsciiAlpha(input_[end]) || IsAsciiDigit(input_[end]) || input_[end] == '+' ||
            input_[end] == '-' || input_[end] == '.')) {
      ++end;
    }
    if (end == input_.size() || input_[end] != ':') return false;
    url_.scheme.assign(input_, 0, end);
    for (char& c : url_.scheme) c = AsciiLower(c);
    special_ = FindSpecialScheme(url_.scheme);
    input_.remove_prefix(end + 1);
    return true;
  }

  [[nodiscard]] bool IsFile() const { return url_.scheme == "file"; }
  [[nodiscard]] bool IsSlash(char c) const { return c == '/' || (special_ && c == '\\'); }
  [[nodiscard]] bool AtSlash() const { return !input_.empty() && IsSlash(input_[0]); }

  absl::Status AfterScheme() {
    if (IsFile()) return File();
    if (special_) {
      if (base_ != nullptr && base_->scheme == url_.scheme && !input_.starts_with("//")) {
        return Relative();
      }
      return SpecialAuthority();
    }
    if (input_.starts_with("//")) {
      input_.remove_prefix(2);
      return Authority();
    }
    if (input_.starts_with('/')) {
      Path();
    } else {
      OpaquePath();
    }
    return absl::OkStatus();
  }

  // `has_query` stands for the "?" that was cut off with all after it.
  absl::Status NoScheme(bool has_query) {
    if (base_ == nullptr) {
      return Invalid("the URL is relative and there is no base; write https://host/path");
    }
    url_.scheme = base_->scheme;
    special_ = FindSpecialScheme(url_.scheme);
    if (base_->has_opaque_path) {
      if (!input_.empty() || has_query || !url_.fragment.has_value()) {
        return Invalid(
            "the base is no URL that others can be relative to; write https://host/path");
      }
      url_.path = base_->path;
      url_.has_opaque_path = true;
      url_.query = base_->query;
      return absl::OkStatus();
    }
    return IsFile() ? File() : Relative();
  }

  absl::Status Relative() {
    if (AtSlash()) {
      if (input_.size() > 1 && IsSlash(input_[1])) {
        if (special_) return SpecialAuthority();
        input_.remove_prefix(2);
        return Authority();
      }
      CopyAuthority();
      Path();
      return absl::OkStatus();
    }
    CopyAuthority();
    url_.path = base_->path;
    if (input_.empty()) {
      url_.query = base_->query;
      return absl::OkStatus();
    }
    Shorten();
    Path();
    return absl::OkStatus();
  }

  void CopyAuthority() {
    url_.username = base_->username;
    url_.password = base_->password;
    url_.host = base_->host;
    url_.port = base_->port;
  }

  absl::Status SpecialAuthority() {
    while (AtSlash()) input_.remove_prefix(1);
    return Authority();
  }

  // Takes what stands before the next slash.
  std::string_view TakeUntilSlash() {
    size_t end = 0;
    while (end < input_.size() && !IsSlash(input_[end])) ++end;
    const std::string_view taken = input_.substr(0, end);
    input_.remove_prefix(taken.size());
    return taken;
  }

  absl::Status Authority() {
    std::string_view authority = TakeUntilSlash();
    if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
      const std::string_view credentials = authority.substr(0, at);
      authority.remove_prefix(at + 1);
      if (authority.empty()) return NoHost();
      const size_t colon = credentials.find(':');
      AppendPercentEncoded(credentials.substr(0, colon), EncodeSet::kUserinfo, url_.username);
      if (colon != std::string_view::npos) {
        AppendPercentEncoded(credentials.substr(colon + 1), EncodeSet::kUserinfo, url_.password);
      }
    }
    const size_t colon = FindPort(authority);
    const std::string_view host = authority.substr(0, colon);
    if (host.empty() && (special_ || colon != std::string_view::npos)) return NoHost();
    url_.host.emplace();
    if (!host.empty()) {
      absl::StatusOr<std::string> parsed = ParseHost(host, special_ != nullptr);
      if (!parsed.ok()) return parsed.status();
      url_.host = *std::move(parsed);
    }
    if (colon != std::string_view::npos) {
      absl::Status status = Port(authority.substr(colon + 1));
      if (!status.ok()) return status;
    }
    if (special_ || !input_.empty()) Path();
    return absl::OkStatus();
  }

  // The first colon that is not between brackets.
  static size_t FindPort(std::string_view authority) {
    bool in_brackets = false;
    for (size_t i = 0; i < authority.size(); ++i) {
      if (authority[i] == '[') in_brackets = true;
      if (authority[i] == ']') in_brackets = false;
      if (authority[i] == ':' && !in_brackets) return i;
    }
    return std::string_view::npos;
  }

  absl::Status Port(std::string_view digits) {
    int port = 0;
    for (const char c : digits) {
      if (!IsAsciiDigit(c))
        return Invalid("the URL's port is no number; leave it out, or write 443");
      port = port * 10 + (c - '0');
      if (port > 65535) return Invalid("the URL's port is over 65535; leave it out, or write 443");
    }
    if (!digits.empty() && (!special_ || special_->default_port != port)) {
      url_.port = static_cast<uint16_t>(port);
    }
    return absl::OkStatus();
  }

  // File state. The base counts only if it is a file URL too.
  absl::Status File() {
    const Url* base = base_ != nullptr && base_->scheme == "file" ? base_ : nullptr;
    url_.host.emplace();
    if (AtSlash()) {
      if (input_.size() > 1 && IsSlash(input_[1])) {
        input_.remove_prefix(2);
        return FileHost();
      }
      input_.remove_prefix(1);
      if (base != nullptr) {
        url_.host = base->host;
        const std::string_view first = std::string_view(base->path).substr(0, 3);
        const bool has_drive = first.size() == 3 && IsDriveLetter(first.substr(1)) &&
                               first[2] == ':' && (base->path.size() == 3 || base->path[3] == '/');
        if (has_drive && !StartsWithDriveLetter(input_)) url_.path = first;
      }
      PathWithoutSlash();
      return absl::OkStatus();
    }
    if (base == nullptr) {
      Path();
      return absl::OkStatus();
    }
    url_.host = base->host;
    url_.path = base->path;
    if (input_.empty()) {
      url_.query = base->query;
      return absl::OkStatus();
    }
    if (StartsWithDriveLetter(input_)) {
      url_.path.clear();
    } else {
      Shorten();
    }
    Path();
    return absl::OkStatus();
  }

  absl::Status FileHost() {
    const std::string_view rest = input_;
    const std::string_view host = TakeUntilSlash();
    if (IsDriveLetter(host)) {
      input_ = rest;
    } else if (!host.empty()) {
      absl::StatusOr<std::string> parsed = ParseHost(host, true);
      if (!parsed.ok()) return parsed.status();
      if (*parsed != "localhost") url_.host = *std::move(parsed);
    }
    Path();
    return absl::OkStatus();
  }

  void OpaquePath() {
    url_.has_opaque_path = true;
    AppendPercentEncoded(input_, EncodeSet::kC0Control, url_.path);
    // A space at the very end of the path would be lost if what follows it were taken away.
    if (url_.path.ends_with(' ')) url_.path.replace(url_.path.size() - 1, 1, "%20");
  }

  // Removes the last segment; a file URL keeps its drive.
  void Shorten() {
    std::string& path = url_.path;
    if (IsFile() && path.size() == 3 && IsDriveLetter(std::string_view(path).substr(1)) &&
        path[2] == ':') {
      return;
    }
    if (!path.empty()) path.resize(path.rfind('/'));
  }

  // Path start and path state.
  void Path() {
    if (AtSlash()) input_.remove_prefix(1);
    PathWithoutSlash();
  }

  void PathWithoutSlash() {
    std::string& path = url_.path;
    path.reserve(path.size() + input_.size() + 1);
    if (IsPlainPath()) {
      path.push_back('/');
      path += input_;
      return;
    }
    for (;;) {
      const std::string_view segment = TakeUntilSlash();
      const bool is_last = input_.empty();
      const int dots = CountDots(segment);
      if (dots == 2) Shorten();
      if (dots == 0) {
        const bool is_drive = IsFile() && path.empty() && IsDriveLetter(segment);
        path.push_back('/');
        AppendPercentEncoded(segment, EncodeSet::kPath, path);
        if (is_drive) path.back() = ':';
      } else if (is_last) {
        path.push_back('/');
      }
      if (is_last) return;
      input_.remove_prefix(1);
    }
  }

  // Whether no segment needs anything done to it; most are so.
  [[nodiscard]] bool IsPlainPath() const {
    if (IsFile()) return false;
    char previous = '/';
    for (size_t i = 0; i < input_.size(); ++i) {
      const char c = input_[i];
      if (InEncodeSet(c, EncodeSet::kPath) || c == '\\') return false;
      if (previous == '/' && (c == '.' || (c == '%' && DecodeEscapeAt(input_, i) == '.'))) {
        return false;
      }
      previous = c;
    }
    return true;
  }

  std::string_view input_;  // what is left of it
  const Url* const base_;
  const SpecialScheme* special_ = nullptr;  // of url_.scheme
  Url url_;
};

bool IsC0OrSpace(char c) { return static_cast<unsigned char>(c) <= 0x20; }
bool IsTabOrNewline(char c) { return c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

bool IsSpecialScheme(std::string_view scheme) { return FindSpecialScheme(scheme) != nullptr; }

absl::StatusOr<Url> ParseUrl(std::string_view input, const Url* base) {
  while (!input.empty() && IsC0OrSpace(input.front())) input.remove_prefix(1);
  while (!input.empty() && IsC0OrSpace(input.back())) input.remove_suffix(1);
  bool has_newline = false;
  for (const char c : input) has_newline |= IsTabOrNewline(c);
  if (!has_newline) return Parser(input, base).Parse();
  std::string cleaned(input);
  std::erase_if(cleaned, IsTabOrNewline);
  return Parser(cleaned, base).Parse();
}

}  // namespace wirefold
