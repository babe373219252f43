// Url: a URL taken apart and put together again as the WHATWG URL standard says.
//
// Example:
//   absl::StatusOr<Url> base = ParseUrl("https://www.bbc.com/zhongwen/");
//   absl::StatusOr<Url> url = ParseUrl("../news?id=1#top", &*base);
//   url->href();   // "https://www.bbc.com/news?id=1#top"
//   url->path();   // "/news"
//
// One departure, where the standard has no answer: its input is a string of characters, ours is
// bytes. Valid UTF-8 gives what the standard says; other bytes are percent-encoded one by one (in a
// host they are an error), so that two such URLs stay two.
//
// A Url is one string, written as it is parsed, and the places where its parts begin: ASCII input
// costs one allocation.
//
// Source: URL Standard, url.spec.whatwg.org, sections 3 and 4. Thread-safe: pure functions and a
// plain value; none throws; time and memory are linear in the input and the base.
#ifndef WIREFOLD_LIB_URL_URL_H_
#define WIREFOLD_LIB_URL_URL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirefold {

// The standard's URL record. What the accessors return are parts of href(), as they are serialized;
// they live until the Url is changed, moved or destroyed. A Url that was moved from has no parts.
class Url {
 public:
  // No URL at all: everything is empty.
  Url() = default;

  // The whole. ParseUrl reads it back as the same Url.
  [[nodiscard]] const std::string& href() const { return href_; }
  // The same, and the Url is left empty.
  [[nodiscard]] std::string TakeHref() &&;

  // In lower case, without the colon.
  [[nodiscard]] std::string_view scheme() const { return Slice({0, scheme_end_}); }
  [[nodiscard]] bool has_credentials() const {
    return username_.end > username_.begin || password_.end > password_.begin;
  }
  [[nodiscard]] std::string_view username() const { return Slice(username_); }
  [[nodiscard]] std::string_view password() const { return Slice(password_); }
  // Whether there is a host, if only the empty one of file:///x.
  [[nodiscard]] bool has_host() const { return has_host_; }
  // IPv6 stands in its brackets. "" where there is no host.
  [[nodiscard]] std::string_view host() const { return Slice(host_); }
  // Only where it is not the scheme's default.
  [[nodiscard]] std::optional<uint16_t> port() const { return port_; }
  // Each segment with the slash before it, or the opaque path.
  [[nodiscard]] std::string_view path() const { return Slice({path_begin_, path_end_}); }
  // As in mailto:a@b.
  [[nodiscard]] bool has_opaque_path() const { return has_opaque_path_; }
  // Without the question mark; nullopt where there is none, "" where there is nothing behind it.
  [[nodiscard]] std::optional<std::string_view> query() const;
  // Without the hash sign; nullopt where there is none.
  [[nodiscard]] std::optional<std::string_view> fragment() const;

  // Removes the fragment, with its hash sign.
  void RemoveFragment();
  // Replaces the query by `parts` with "&" between them, or removes it where there are none. They
  // are parts of query(), in their order there.
  void KeepInQuery(std::span<const std::string_view> parts);

  friend bool operator==(const Url&, const Url&) = default;

 private:
  friend class UrlParser;

  // Of href_, in bytes.
  struct Range {
    size_t begin = 0;
    size_t end = 0;

    friend bool operator==(const Range&, const Range&) = default;
  };

  [[nodiscard]] std::string_view Slice(Range range) const {
    return std::string_view(href_).substr(range.begin, range.end - range.begin);
  }

  std::string href_;
  size_t scheme_end_ = 0;
  Range username_;
  Range password_;
  Range host_;
  size_t path_begin_ = 0;
  size_t path_end_ = 0;   // the query's "?", if it has one, stands here
  size_t query_end_ = 0;  // the fragment's "#", if it has one, stands here
  std::optional<uint16_t> port_;
  bool has_host_ = false;
  bool has_opaque_path_ = false;
};

// http, https, ws, wss, ftp and file, whose URLs have hosts and slashes of their own kind.
bool IsSpecialScheme(std::string_view scheme);

// `base`, if given, is what relative input is resolved against. kInvalidUrl when the input is no
// URL by the standard. There is no limit on length here (see canonicalize.h).
[[nodiscard]] absl::StatusOr<Url> ParseUrl(std::string_view input, const Url* base = nullptr);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_URL_H_
