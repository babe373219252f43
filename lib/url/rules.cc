#include "lib/url/rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/url/percent_encode.h"
#include "lib/url/rules_builtin.h"

namespace wirefold {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), AsciiLower);
  return lower;
}

std::vector<std::string_view> SplitWords(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const size_t end = std::min(line.find_first_of(kBlanks), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

absl::Status BadLine(size_t number, std::string_view what) {
  return Reject(Reason::kInvalidArgument,
                absl::StrCat("URL rules, line ", number, ": ", ToAbsl(what)));
}

std::optional<ParameterFate> ParseVerb(std::string_view word) {
  if (word == "drop") return ParameterFate::kDrop;
  if (word == "fold") return ParameterFate::kFold;
  if (word == "keep") return ParameterFate::kKeep;
  return std::nullopt;
}

// `name` decoded, in lower case and cut to kMaxRuleNameBytes, in `buffer`.
std::string_view FoldName(std::string_view name, char (&buffer)[kMaxRuleNameBytes]) {
  size_t size = 0;
  for (size_t i = 0; i < name.size() && size < kMaxRuleNameBytes; ++i) {
    int byte = static_cast<uint8_t>(name[i]);
    if (name[i] == '%' && DecodeEscapeAt(name, i) >= 0) {
      byte = DecodeEscapeAt(name, i);
      i += 2;
    }
    buffer[size++] = AsciiLower(static_cast<char>(byte));
  }
  return {buffer, size};
}

// Calls `visit` with `host` and then with each domain above it, until it returns true.
template <typename Visit>
void VisitDomains(std::string_view host, Visit visit) {
  while (!visit(host)) {
    const size_t dot = host.find('.');
    if (dot == std::string_view::npos) return;
    host.remove_prefix(dot + 1);
  }
}

}  // namespace

const UrlRules& UrlRules::BuiltIn() {
  static const UrlRules* const rules = [] {
    absl::StatusOr<UrlRules> parsed = Parse(kBuiltInUrlRules);
    // A test holds that our own text parses; without it there would be no rules at all.
    return new UrlRules(parsed.ok() ? *std::move(parsed) : UrlRules());
  }();
  return *rules;
}

absl::StatusOr<UrlRules> UrlRules::Parse(std::string_view text) {
  UrlRules rules;
  rules.text_ = std::string(text);
  std::vector<Section*> open;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const size_t begin = std::min(line.find_first_not_of(kBlanks), line.size());
    line.remove_prefix(begin);
    if (line.empty()) continue;
    line = line.substr(0, line.find_last_not_of(kBlanks) + 1);

    if (line.front() == '[') {
      if (line.back() != ']') return BadLine(number, "a section is [host host …], or [*]");
      open.clear();
      std::vector<std::string_view> hosts = SplitWords(line.substr(1, line.size() - 2));
      if (hosts.empty()) return BadLine(number, "a section names its hosts; write [*] for all");
      // Sections of new hosts first: a pointer into the map holds until the next insertion.
      for (const std::string_view host : hosts) {
        if (host != "*") rules.hosts_.try_emplace(Lower(host));
      }
      for (const std::string_view host : hosts) {
        open.push_back(host == "*" ? &rules.global_ : &rules.hosts_.find(Lower(host))->second);
      }
      continue;
    }

    const std::vector<std::string_view> words = SplitWords(line);
    if (open.empty()) return BadLine(number, "rules stand in a section; begin with [*]");
    if (words[0] == "tenants" && words.size() == 1) {
      for (Section* section : open) section->has_tenants = true;
      continue;
    }
    const std::optional<ParameterFate> fate = ParseVerb(words[0]);
    if (!fate.has_value() || words.size() < 2) {
      return BadLine(number, "a rule is drop, fold or keep with names after it, or tenants");
    }
    for (size_t i = 1; i < words.size(); ++i) {
      const size_t equals = words[i].find('=');
      std::string name = Lower(words[i].substr(0, equals));
      const bool is_prefix = name.ends_with('*');
      if (is_prefix) name.pop_back();
      if (name.empty() || name.size() >= kMaxRuleNameBytes || name.find('*') != std::string::npos) {
        return BadLine(number, "a name has 1 to 63 bytes and no * but at its end");
      }
      if (is_prefix && equals != std::string_view::npos) {
        return BadLine(number, "a prefix can't have a value");
      }
      for (Section* section : open) {
        if (is_prefix) {
          section->prefixes.emplace_back(name, *fate);
          continue;
        }
        const auto [entry, is_new] = section->names.try_emplace(name, Entry{*fate, {}});
        const bool any_value = equals == std::string_view::npos;
        if (!is_new && (entry->second.fate != *fate || entry->second.values.empty() || any_value)) {
          return BadLine(number, absl::StrCat("the section has another rule for ", name));
        }
        if (!any_value) entry->second.values.emplace_back(words[i].substr(equals + 1));
      }
    }
  }
  return rules;
}

UrlRules::HostRules UrlRules::ForHost(std::string_view host) const {
  HostRules found;
  if (host.ends_with('.')) host.remove_suffix(1);
  VisitDomains(host, [&](std::string_view domain) {
    const auto it = hosts_.find(ToAbsl(domain));
    if (it != hosts_.end()) found.sections_.push_back(&it->second);
    return false;
  });
  found.sections_.push_back(&global_);
  return found;
}

bool UrlRules::HasTenants(std::string_view host) const {
  const auto it = hosts_.find(ToAbsl(host));
  return it != hosts_.end() && it->second.has_tenants;
}

ParameterFate UrlRules::HostRules::FateOf(std::string_view name, std::string_view value) const {
  // A link copied out of HTML source has "&amp;" between its parameters.
  if (name.starts_with("amp;")) name.remove_prefix(4);
  if (name.empty()) return ParameterFate::kKeep;
  char buffer[kMaxRuleNameBytes];
  const std::string_view folded = FoldName(name, buffer);
  for (const Section* section : sections_) {
    const auto it = section->names.find(ToAbsl(folded));
    if (it != section->names.end()) {
      const std::vector<std::string>& values = it->second.values;
      if (values.empty() || std::find(values.begin(), values.end(), value) != values.end()) {
        return it->second.fate;
      }
    }
    for (const auto& [prefix, fate] : section->prefixes) {
      if (folded.starts_with(prefix)) return fate;
    }
  }
  return ParameterFate::kKeep;
}

}  // namespace wirefold
