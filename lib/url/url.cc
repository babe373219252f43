#include "lib/url/url.h"

#include <charconv>

namespace wirefold {

void AppendOrigin(const Url& url, std::string& out) {
  out += url.scheme;
  out.push_back(':');
  if (url.host.has_value()) {
    out += "//";
    if (!url.username.empty() || !url.password.empty()) {
      out += url.username;
      if (!url.password.empty()) {
        out.push_back(':');
        out += url.password;
      }
      out.push_back('@');
    }
    out += *url.host;
    if (url.port.has_value()) {
      char buffer[8];
      const auto result = std::to_chars(buffer, buffer + sizeof(buffer), *url.port);
      out.push_back(':');
      out.append(buffer, result.ptr);
    }
  } else if (!url.has_opaque_path && url.path.starts_with("//")) {
    // Without this the path's empty first segment would be read back as a host.
    out += "/.";
  }
}

std::string Serialize(const Url& url) {
  std::string out;
  out.reserve(url.scheme.size() + url.username.size() + url.password.size() +
              (url.host.has_value() ? url.host->size() : 0) + url.path.size() +
              (url.query.has_value() ? url.query->size() : 0) +
              (url.fragment.has_value() ? url.fragment->size() : 0) + 16);
  AppendOrigin(url, out);
  out += url.path;
  if (url.query.has_value()) {
    out.push_back('?');
    out += *url.query;
  }
  if (url.fragment.has_value()) {
    out.push_back('#');
    out += *url.fragment;
  }
  return out;
}

}  // namespace wirefold
