// The standard's basic URL parser. The standard walks a state machine over code points; this one
// cuts the input at its delimiters, which gives the same result because "#" ends every state after
// the scheme, and then "?" ends every state of what is left. Functions are named after the states.
#include <algorithm>
#include <array>
#include <charconv>
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

}  // namespace

class UrlParser {
 public:
  // `input` without what surrounds it, and without tabs and line ends.
  UrlParser(std::string_view input, const Url* base) : input_(input), base_(base) {}

  absl::StatusOr<Url> Parse() {
    absl::Status status = ParseParts();
    if (!status.ok()) return status;
    return std::move(url_);
  }

 private:
  absl::Status ParseParts() {
    // What ASCII input becomes, and a slash that it may lack.
    constexpr size_t kMargin = 4;
    const bool has_scheme = TakeScheme(input_.size() + kMargin);
    std::optional<std::string_view> fragment;
    if (const size_t hash = input_.find('#'); hash != std::string_view::npos) {
      fragment = input_.substr(hash + 1);
      input_ = input_.substr(0, hash);
    }
    std::optional<std::string_view> query;
    if (const size_t mark = input_.find('?'); mark != std::string_view::npos) {
      query = input_.substr(mark + 1);
      input_ = input_.substr(0, mark);
    }

    absl::Status status =
        has_scheme ? AfterScheme() : NoScheme(query.has_value(), fragment.has_value());
    if (!status.ok()) return status;
    EndPath();
    if (query.has_value()) {
      url_.href_.push_back('?');
      AppendPercentEncoded(*query, special_ ? EncodeSet::kSpecialQuery : EncodeSet::kQuery,
                           url_.href_);
    } else if (keeps_query_ && base_->query().has_value()) {
      url_.href_.push_back('?');
      url_.href_ += *base_->query();
    }
    url_.query_end_ = url_.href_.size();
    if (fragment.has_value()) {
      url_.href_.push_back('#');
      AppendPercentEncoded(*fragment, EncodeSet::kFragment, url_.href_);
    }
    return absl::OkStatus();
  }

  // Scheme start and scheme state: takes "HTTPS:" off the input if it begins so.
  bool TakeScheme(size_t expected_bytes) {
    if (input_.empty() || !IsAsciiAlpha(input_[0])) return false;
    size_t end = 1;
    while (end < input_.size() &&
           (IsAsciiAlpha(input_[end]) || IsAsciiDigit(input_[end]) || input_[end] == '+' ||
            input_[end] == '-' || input_[end] == '.')) {
      ++end;
    }
    if (end == input_.size() || input_[end] != ':') return false;
    url_.href_.reserve(expected_bytes);
    for (const char c : input_.substr(0, end)) url_.href_.push_back(AsciiLower(c));
    input_.remove_prefix(end + 1);
    EndScheme();
    return true;
  }

  // href_ holds the scheme.
  void EndScheme() {
    special_ = FindSpecialScheme(url_.href_);
    url_.scheme_end_ = url_.href_.size();
    url_.href_.push_back(':');
    url_.path_begin_ = url_.href_.size();
  }

  [[nodiscard]] bool IsFile() const { return special_ != nullptr && special_->name == "file"; }
  [[nodiscard]] bool IsSlash(char c) const { return c == '/' || (special_ && c == '\\'); }
  [[nodiscard]] bool AtSlash() const { return !input_.empty() && IsSlash(input_[0]); }

  absl::Status AfterScheme() {
    if (IsFile()) return File();
    if (special_) {
      if (base_ != nullptr && base_->scheme() == url_.scheme() && !input_.starts_with("//")) {
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

  // The flags stand for what was cut off behind "?" and "#".
  absl::Status NoScheme(bool has_query, bool has_fragment) {
    if (base_ == nullptr) {
      return Invalid("the URL is relative and there is no base; write https://host/path");
    }
    url_.href_.reserve(base_->href_.size() + input_.size());
    url_.href_ = base_->scheme();
    EndScheme();
    if (base_->has_opaque_path()) {
      if (!input_.empty() || has_query || !has_fragment) {
        return Invalid(
            "the base is no URL that others can be relative to; write https://host/path");
      }
      url_.has_opaque_path_ = true;
      url_.href_ += base_->path();
      keeps_query_ = true;
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
    url_.href_ += base_->path();
    if (input_.empty()) {
      keeps_query_ = true;
      return absl::OkStatus();
    }
    Shorten();
    Path();
    return absl::OkStatus();
  }

  // The base's scheme is ours, so that its parts stand at the same places.
  void CopyAuthority() {
    url_.username_ = base_->username_;
    url_.password_ = base_->password_;
    url_.host_ = base_->host_;
    url_.has_host_ = base_->has_host_;
    url_.port_ = base_->port_;
    if (!base_->has_host_) return;
    const size_t begin = url_.href_.size();
    url_.href_.append(base_->href_, begin, base_->path_begin_ - begin);
    url_.path_begin_ = url_.href_.size();
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
    url_.href_ += "//";
    std::string_view authority = TakeUntilSlash();
    if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
      Credentials(authority.substr(0, at));
      authority.remove_prefix(at + 1);
      if (authority.empty()) return NoHost();
    }
    const size_t colon = FindPort(authority);
    const std::string_view host = authority.substr(0, colon);
    if (host.empty() && (special_ || colon != std::string_view::npos)) return NoHost();
    if (absl::Status status = Host(host); !status.ok()) return status;
    if (colon != std::string_view::npos) {
      absl::Status status = Port(authority.substr(colon + 1));
      if (!status.ok()) return status;
    }
    url_.path_begin_ = url_.href_.size();
    if (special_ || !input_.empty()) Path();
    return absl::OkStatus();
  }

  void Credentials(std::string_view credentials) {
    const size_t colon = std::min(credentials.find(':'), credentials.size());
    const std::string_view username = credentials.substr(0, colon);
    const std::string_view password = credentials.substr(std::min(colon + 1, credentials.size()));
    if (username.empty() && password.empty()) return;
    url_.username_ = Append(username, EncodeSet::kUserinfo);
    if (!password.empty()) {
      url_.href_.push_back(':');
      url_.password_ = Append(password, EncodeSet::kUserinfo);
    }
    url_.href_.push_back('@');
  }

  Url::Range Append(std::string_view text, EncodeSet set) {
    const size_t begin = url_.href_.size();
    AppendPercentEncoded(text, set, url_.href_);
    return {begin, url_.href_.size()};
  }

  // `host` may be empty.
  absl::Status Host(std::string_view host) {
    const size_t begin = url_.href_.size();
    if (!host.empty()) {
      absl::Status status = AppendHost(host, special_ != nullptr, url_.href_);
      if (!status.ok()) return status;
    }
    url_.has_host_ = true;
    url_.host_ = {begin, url_.href_.size()};
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
    if (digits.empty() || (special_ && special_->default_port == port)) return absl::OkStatus();
    url_.port_ = static_cast<uint16_t>(port);
    char buffer[8];
    const auto result = std::to_chars(buffer, buffer + sizeof(buffer), port);
    url_.href_.push_back(':');
    url_.href_.append(buffer, result.ptr);
    return absl::OkStatus();
  }

  // File state. The base counts only if it is a file URL too.
  absl::Status File() {
    const Url* base = base_ != nullptr && base_->scheme() == "file" ? base_ : nullptr;
    if (AtSlash()) {
      if (input_.size() > 1 && IsSlash(input_[1])) {
        input_.remove_prefix(2);
        return FileHost();
      }
      input_.remove_prefix(1);
      CopyFileHost(base);
      if (base != nullptr) {
        const std::string_view first = base->path().substr(0, 3);
        const bool has_drive = first.size() == 3 && IsDriveLetter(first.substr(1)) &&
                               first[2] == ':' &&
                               (base->path().size() == 3 || base->path()[3] == '/');
        if (has_drive && !StartsWithDriveLetter(input_)) url_.href_ += first;
      }
      PathWithoutSlash();
      return absl::OkStatus();
    }
    CopyFileHost(base);
    if (base == nullptr) {
      Path();
      return absl::OkStatus();
    }
    if (input_.empty()) {
      url_.href_ += base->path();
      keeps_query_ = true;
      return absl::OkStatus();
    }
    if (!StartsWithDriveLetter(input_)) {
      url_.href_ += base->path();
      Shorten();
    }
    Path();
    return absl::OkStatus();
  }

  // `base`'s host, the empty one without a base.
  void CopyFileHost(const Url* base) {
    url_.href_ += "//";
    const size_t begin = url_.href_.size();
    if (base != nullptr) url_.href_ += base->host();
    url_.has_host_ = true;
    url_.host_ = {begin, url_.href_.size()};
    url_.path_begin_ = url_.href_.size();
  }

  absl::Status FileHost() {
    url_.href_ += "//";
    const std::string_view rest = input_;
    std::string_view host = TakeUntilSlash();
    if (IsDriveLetter(host)) {
      input_ = rest;
      host = {};
    }
    if (absl::Status status = Host(host); !status.ok()) return status;
    if (url_.host() == "localhost") {
      url_.href_.resize(url_.host_.begin);
      url_.host_.end = url_.host_.begin;
    }
    url_.path_begin_ = url_.href_.size();
    Path();
    return absl::OkStatus();
  }

  void OpaquePath() {
    url_.has_opaque_path_ = true;
    AppendPercentEncoded(input_, EncodeSet::kC0Control, url_.href_);
    // A space at the very end of the path would be lost if what follows it were taken away.
    if (url_.href_.ends_with(' ')) url_.href_.replace(url_.href_.size() - 1, 1, "%20");
  }

  // The path that has been written so far.
  [[nodiscard]] std::string_view Written() const {
    return std::string_view(url_.href_).substr(url_.path_begin_);
  }

  // Removes the last segment; a file URL keeps its drive.
  void Shorten() {
    const std::string_view path = Written();
    if (IsFile() && path.size() == 3 && IsDriveLetter(path.substr(1)) && path[2] == ':') return;
    if (!path.empty()) url_.href_.resize(url_.path_begin_ + path.rfind('/'));
  }

  // Path start and path state.
  void Path() {
    if (AtSlash()) input_.remove_prefix(1);
    PathWithoutSlash();
  }

  void PathWithoutSlash() {
    std::string& out = url_.href_;
    if (IsPlainPath()) {
      out.push_back('/');
      out += input_;
      return;
    }
    for (;;) {
      const std::string_view segment = TakeUntilSlash();
      const bool is_last = input_.empty();
      const int dots = CountDots(segment);
      if (dots == 2) Shorten();
      if (dots == 0) {
        const bool is_drive = IsFile() && Written().empty() && IsDriveLetter(segment);
        out.push_back('/');
        AppendPercentEncoded(segment, EncodeSet::kPath, out);
        if (is_drive) out.back() = ':';
      } else if (is_last) {
        out.push_back('/');
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

  void EndPath() {
    if (!url_.has_host_ && !url_.has_opaque_path_ && Written().starts_with("//")) {
      // Without this the path's empty first segment would be read back as a host.
      url_.href_.insert(url_.path_begin_, "/.");
      url_.path_begin_ += 2;
    }
    url_.path_end_ = url_.href_.size();
  }

  std::string_view input_;  // what is left of it
  const Url* const base_;
  const SpecialScheme* special_ = nullptr;  // of url_.scheme()
  bool keeps_query_ = false;                // the base's, if there is none in the input
  Url url_;
};

namespace {

bool IsC0OrSpace(char c) { return static_cast<unsigned char>(c) <= 0x20; }
bool IsTabOrNewline(char c) { return c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

bool IsSpecialScheme(std::string_view scheme) { return FindSpecialScheme(scheme) != nullptr; }

absl::StatusOr<Url> ParseUrl(std::string_view input, const Url* base) {
  while (!input.empty() && IsC0OrSpace(input.front())) input.remove_prefix(1);
  while (!input.empty() && IsC0OrSpace(input.back())) input.remove_suffix(1);
  bool has_newline = false;
  for (const char c : input) has_newline |= IsTabOrNewline(c);
  if (!has_newline) return UrlParser(input, base).Parse();
  std::string cleaned(input);
  std::erase_if(cleaned, IsTabOrNewline);
  return UrlParser(cleaned, base).Parse();
}

}  // namespace wirefold
