// Url: a URL taken apart and put together again as the WHATWG URL standard says.
//
// Example:
//   absl::StatusOr<Url> base = ParseUrl("https://www.bbc.com/zhongwen/");
//   absl::StatusOr<Url> url = ParseUrl("../news?id=1#top", &*base);
//   Serialize(*url);   // "https://www.bbc.com/news?id=1#top"
//
// One departure, where the standard has no answer: its input is a string of characters, ours is
// bytes. Valid UTF-8 gives what the standard says; other bytes are percent-encoded one by one (in a
// host they are an error), so that two such URLs stay two.
//
// Source: URL Standard, url.spec.whatwg.org, sections 3 and 4. Thread-safe: pure functions; none
// throws; time and memory are linear in the input and the base.
#ifndef WIREFOLD_LIB_URL_URL_H_
#define WIREFOLD_LIB_URL_URL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirefold {

// The standard's URL record; every part is serialized already.
struct Url {
  std::string scheme;  // lower case, without the colon
  std::string username;
  std::string password;
  std::optional<std::string> host;      // "" for file:///x; IPv6 with its brackets
  std::optional<uint16_t> port;         // only where it is not the scheme's default
  std::string path;                     // each segment with the slash before it, or the opaque path
  bool has_opaque_path = false;         // as in mailto:a@b
  std::optional<std::string> query;     // without the question mark
  std::optional<std::string> fragment;  // without the hash sign

  friend bool operator==(const Url&, const Url&) = default;
};

// http, https, ws, wss, ftp and file, whose URLs have hosts and slashes of their own kind.
bool IsSpecialScheme(std::string_view scheme);

// `base`, if given, is what relative input is resolved against. kInvalidUrl when the input is no
// URL by the standard. There is no limit on length here (see canonicalize.h).
[[nodiscard]] absl::StatusOr<Url> ParseUrl(std::string_view input, const Url* base = nullptr);

// The URL as a string (the standard's `href`), which ParseUrl reads back as the same Url.
std::string Serialize(const Url& url);

// Appends everything up to the path: "https://user@host:8080".
void AppendOrigin(const Url& url, std::string& out);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_URL_H_
