#include "lib/parse/title_outlet.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "lib/text/matching.h"

namespace wirefold {
namespace {

// Names of outlets that end a title are not longer, in bytes, nor are they more words.
constexpr size_t kMaxNameBytes = 96;
constexpr size_t kMaxNameWords = 6;
// Segments that go: section, outlet in one script, outlet in another.
constexpr int kMaxSegments = 3;
// A label of a host shorter than this has to be a word of its own to be found in a name.
constexpr size_t kMinPartBytes = 4;

constexpr std::array<std::string_view, 8> kSpaced = {" - ", " – ", " — ",  " | ",
                                                     " · ", " » ", " :: ", " _ "};
constexpr std::array<std::string_view, 4> kUnspaced = {"|", "｜", "_", "-"};

// What outlets are called, as the last word or characters of a name (simplified, lower case).
constexpr std::array<std::string_view, 14> kHanNouns = {
    "电台", "电视台", "广播",   "日报", "时报",   "晚报", "周刊",
    "新闻", "新闻网", "通讯社", "杂志", "中文网", "快报", "邮报"};
constexpr std::array<std::string_view, 18> kNouns = {
    "news",    "times",    "post",   "radio",   "television", "tv",
    "online",  "magazine", "press",  "journal", "tribune",    "herald",
    "gazette", "daily",    "weekly", "review",  "today",      "blog"};

// In lower case, simplified, words parted by one space.
std::string Folded(std::string_view text) { return ToMatching(text).text; }

std::string Joined(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

std::vector<std::string_view> Words(std::string_view folded) {
  std::vector<std::string_view> words;
  while (!folded.empty()) {
    const size_t end = std::min(folded.find_first_of(" \n"), folded.size());
    if (end > 0) words.push_back(folded.substr(0, end));
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
  return words;
}

// Whether `label` is made of a beginning of each word in turn ("nytimes": New York Times). Words
// and label are short; at most a few hundred steps.
bool IsAbbreviation(std::string_view label, const std::vector<std::string_view>& words) {
  std::vector<bool> reached(label.size() + 1);
  reached[0] = true;
  for (const std::string_view word : words) {
    std::vector<bool> next(label.size() + 1);
    for (size_t at = 0; at < label.size(); ++at) {
      if (!reached[at]) continue;
      for (size_t n = 0; n < word.size() && at + n < label.size() && label[at + n] == word[n];
           ++n) {
        next[at + n + 1] = true;
      }
    }
    reached = std::move(next);
  }
  return words.size() > 1 && reached[label.size()];
}

class Outlet {
 public:
  explicit Outlet(const OutletNames& names) {
    domain_ = std::string(names.domain);
    label_ = domain_.substr(0, domain_.find('.'));
    AddName(names.site_name);
    const size_t at = names.source.find('@');
    AddName(names.source.substr(0, at));
    if (at != std::string_view::npos && domain_.empty()) {
      std::string_view host = names.source.substr(at + 1);
      if (host.starts_with("www.")) host.remove_prefix(4);
      label_ = host.substr(0, host.find('.'));
    }
    dateline_ = Joined(Folded(names.dateline));
  }

  // Whether `segment` is a name of the outlet. What a dateline says counts only after a separator
  // with spaces: "…--路透" says who reported it.
  [[nodiscard]] bool Names(std::string_view segment, bool spaced) const {
    if (segment.empty() || segment.size() > kMaxNameBytes) return false;
    const std::string folded = Folded(segment);
    const std::vector<std::string_view> words = Words(folded);
    if (words.empty() || words.size() > kMaxNameWords) return false;
    const std::string joined = Joined(folded);
    if (std::find(names_.begin(), names_.end(), joined) != names_.end()) return true;
    if (IsHost(joined, words, spaced)) return true;
    return spaced && joined.size() >= kMinPartBytes && dateline_.starts_with(joined);
  }

  // Whether `segment` ends with a word for an outlet.
  [[nodiscard]] static bool IsCalledOutlet(std::string_view segment) {
    if (segment.empty() || segment.size() > kMaxNameBytes) return false;
    const std::string folded = Folded(segment);
    const std::vector<std::string_view> words = Words(folded);
    if (words.empty() || words.size() > kMaxNameWords) return false;
    const auto ends = [&](std::string_view noun) { return folded.ends_with(noun); };
    return std::any_of(kHanNouns.begin(), kHanNouns.end(), ends) ||
           (words.size() > 1 &&
            std::find(kNouns.begin(), kNouns.end(), words.back()) != kNouns.end());
  }

 private:
  void AddName(std::string_view name) {
    if (name.empty() || name.size() > kMaxNameBytes) return;
    std::string joined = Joined(Folded(name));
    if (!joined.empty()) names_.push_back(std::move(joined));
  }

  [[nodiscard]] bool IsHost(const std::string& joined, const std::vector<std::string_view>& words,
                            bool spaced) const {
    if (label_.size() < 2) return false;
    if (joined == label_ || joined == "the" + label_ || "the" + joined == label_) return true;
    std::string domain = domain_;
    std::erase(domain, '.');
    if (joined == domain) return true;
    if (!spaced) return false;
    if (words.front() == label_ || words.back() == label_) return true;
    if (label_.size() >= kMinPartBytes && joined.find(label_) != std::string::npos) return true;
    if (joined.size() >= kMinPartBytes && 2 * joined.size() >= label_.size() &&
        label_.find(joined) != std::string::npos) {
      return true;
    }
    return IsAbbreviation(label_, words);
  }

  std::string domain_;
  std::string label_;  // the domain's own label: "rfi"
  std::vector<std::string> names_;
  std::string dateline_;
};

struct Split {
  size_t title_end = std::string_view::npos;  // npos: no separator
  size_t name_begin = 0;
  bool spaced = true;
};

// The last separator.
Split LastSeparator(std::string_view title) {
  Split split;
  for (const std::string_view separator : kSpaced) {
    const size_t pos = title.rfind(separator);
    if (pos == title.npos || pos == 0) continue;
    if (split.title_end == title.npos || pos > split.title_end) {
      split = {pos, pos + separator.size(), true};
    }
  }
  for (const std::string_view separator : kUnspaced) {
    const size_t pos = title.rfind(separator);
    if (pos == title.npos || pos == 0) continue;
    if (split.title_end != title.npos && pos < split.name_begin) continue;
    if (title[pos - 1] == '-') continue;  // "--": who said so
    split = {pos, pos + separator.size(), false};
  }
  return split;
}

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view TitleWithoutOutlet(std::string_view title, const OutletNames& names) {
  Split split = LastSeparator(title);
  if (split.title_end == title.npos) return title;
  const Outlet outlet(names);
  std::string_view rest = title;
  for (int i = 0; i < kMaxSegments && split.title_end != title.npos; ++i) {
    const std::string_view segment = Trimmed(rest.substr(split.name_begin));
    const bool named = outlet.Names(segment, split.spaced) ||
                       (i > 0 && split.spaced && Outlet::IsCalledOutlet(segment));
    const std::string_view shorter = Trimmed(rest.substr(0, split.title_end));
    if (!named || shorter.empty()) break;
    rest = shorter;
    split = LastSeparator(rest);
  }
  return rest;
}

}  // namespace wirefold
