#include "lib/url/url.h"

#include <cstring>
#include <utility>

namespace wirefold {

std::string Url::TakeHref() && {
  std::string href = std::move(href_);
  *this = Url();
  return href;
}

std::optional<std::string_view> Url::query() const {
  if (query_end_ == path_end_) return std::nullopt;
  return Slice({path_end_ + 1, query_end_});
}

std::optional<std::string_view> Url::fragment() const {
  if (query_end_ == href_.size()) return std::nullopt;
  return Slice({query_end_ + 1, href_.size()});
}

void Url::RemoveFragment() { href_.resize(query_end_); }

void Url::KeepInQuery(std::span<const std::string_view> parts) {
  // Everything moves towards the front, so that nothing is overwritten before it was moved.
  size_t end = path_end_;
  char separator = '?';
  for (const std::string_view part : parts) {
    href_[end++] = separator;
    std::memmove(href_.data() + end, part.data(), part.size());
    end += part.size();
    separator = '&';
  }
  href_.erase(end, query_end_ - end);
  query_end_ = end;
}

}  // namespace wirefold
