#include "lib/url/rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

class UrlRulesParser {
 public:
  absl::StatusOr<UrlRules> Parse(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      const std::vector<std::string_view> words = SplitWords(line.substr(0, line.find('#')));
      if (words.empty()) continue;
      absl::Status status = TakeLine(words);
      if (!status.ok()) return status;
    }
    return std::move(rules_);
  }

 private:
  absl::Status TakeLine(const std::vector<std::string_view>& words) {
    if (words[0].starts_with('[')) return OpenSections(words);
    if (words[0] == "version" && words.size() > 1) {
      // The words as they stand, one blank between them.
      rules_.version_.clear();
      for (size_t i = 1; i < words.size(); ++i) {
        absl::StrAppend(&rules_.version_, i > 1 ? " " : "", ToAbsl(words[i]));
      }
      return absl::OkStatus();
    }
    if (words[0] == "include") return Include(words);
    if (open_.empty()) return Bad("rules stand in a section; begin with [*]");
    if (words[0] == "tenants" && words.size() == 1) {
      for (UrlRules::Section* section : open_) section->has_tenants = true;
      return absl::OkStatus();
    }
    const std::optional<ParameterFate> fate = ParseVerb(words[0]);
    if (!fate.has_value() || words.size() < 2) {
      return Bad("a rule is drop, fold or keep with names after it, or tenants");
    }
    for (size_t i = 1; i < words.size(); ++i) {
      absl::Status status = TakeName(*fate, words[i]);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Include(const std::vector<std::string_view>& words) {
    if (words.size() != 2 || words[1] != "built-in") return Bad("write: include built-in");
    if (has_section_) return Bad("include built-in stands before the first section");
    std::string version = std::move(rules_.version_);
    rules_ = UrlRules::BuiltIn();
    if (!version.empty()) rules_.version_ = std::move(version);
    const auto mark = [](UrlRules::Section& section) {
      for (auto& [name, entry] : section.names) entry.is_included = true;
      for (UrlRules::Prefix& prefix : section.prefixes) prefix.is_included = true;
    };
    mark(rules_.global_);
    for (auto& [host, section] : rules_.hosts_) mark(section);
    return absl::OkStatus();
  }

  // "[bbc.com bbc.co.uk]", as words.
  absl::Status OpenSections(std::vector<std::string_view> hosts) {
    has_section_ = true;
    if (!hosts.back().ends_with(']')) return Bad("a section is [host host …], or [*]");
    hosts.front().remove_prefix(1);
    hosts.back().remove_suffix(1);
    std::erase_if(hosts, [](std::string_view host) { return host.empty(); });
    if (hosts.empty()) return Bad("a section names its hosts; write [*] for all");
    // Sections of new hosts first: a pointer into the map holds until the next insertion.
    for (const std::string_view host : hosts) {
      if (host != "*") rules_.hosts_.try_emplace(Lower(host));
    }
    open_.clear();
    for (const std::string_view host : hosts) {
      open_.push_back(host == "*" ? &rules_.global_ : &rules_.hosts_.find(Lower(host))->second);
    }
    return absl::OkStatus();
  }

  absl::Status TakeName(ParameterFate fate, std::string_view word) {
    const size_t equals = word.find('=');
    const std::optional<std::string_view> value =
        equals == std::string_view::npos ? std::nullopt
                                         : std::optional<std::string_view>(word.substr(equals + 1));
    std::string name = Lower(word.substr(0, equals));
    const bool is_prefix = name.ends_with('*');
    if (is_prefix) name.pop_back();
    if (name.empty() || name.size() >= kMaxRuleNameBytes || name.find('*') != std::string::npos) {
      return Bad("a name has 1 to 63 bytes and no * but at its end");
    }
    if (is_prefix && value.has_value()) return Bad("a prefix can't have a value");
    for (UrlRules::Section* section : open_) {
      const bool taken =
          is_prefix ? TakePrefix(fate, name, *section) : TakeWholeName(fate, name, value, *section);
      if (!taken) return Bad(absl::StrCat("the section has another rule for ", name));
    }
    return absl::OkStatus();
  }

  // Both return false where the section says otherwise already.
  static bool TakePrefix(ParameterFate fate, const std::string& name, UrlRules::Section& section) {
    std::vector<UrlRules::Prefix>& prefixes = section.prefixes;
    const auto known = std::find_if(prefixes.begin(), prefixes.end(),
                                    [&](const auto& prefix) { return prefix.name == name; });
    if (known != prefixes.end()) {
      if (!known->is_included) return false;
      *known = {name, fate, false};
      return true;
    }
    const auto shorter = std::find_if(prefixes.begin(), prefixes.end(), [&](const auto& prefix) {
      return prefix.name.size() < name.size();
    });
    prefixes.insert(shorter, {name, fate, false});
    return true;
  }

  static bool TakeWholeName(ParameterFate fate, const std::string& name,
                            std::optional<std::string_view> value, UrlRules::Section& section) {
    const auto [it, is_new] = section.names.try_emplace(name);
    UrlRules::Entry& entry = it->second;
    if (is_new || entry.is_included) {
      entry = {fate, false, {}};
    } else if (entry.fate != fate || entry.values.empty() || !value.has_value()) {
      return false;
    }
    if (value.has_value()) entry.values.emplace_back(*value);
    return true;
  }

  [[nodiscard]] absl::Status Bad(std::string_view what) const {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat("URL rules, line ", line_, ": ", ToAbsl(what)));
  }

  UrlRules rules_;
  std::vector<UrlRules::Section*> open_;  // what the lines are about now
  bool has_section_ = false;
  size_t line_ = 0;
};

absl::StatusOr<UrlRules> UrlRules::Parse(std::string_view text) {
  if (text.size() > kMaxUrlRulesBytes) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat("the URL rules have ", text.size(), " bytes and the limit is ",
                               kMaxUrlRulesBytes, "; is this the right file?"));
  }
  return UrlRulesParser().Parse(text);
}

std::string UrlRules::KeyRules() const {
  std::vector<std::string> lines;
  const auto add = [&lines](std::string_view host, const Section& section) {
    // Dropped or folded is the same to a key.
    const auto verb = [](ParameterFate fate) {
      return fate == ParameterFate::kKeep ? " keep " : " skip ";
    };
    const absl::string_view at = ToAbsl(host);
    if (section.has_tenants) lines.push_back(absl::StrCat(at, " tenants"));
    for (const auto& [name, entry] : section.names) {
      if (entry.values.empty()) lines.push_back(absl::StrCat(at, verb(entry.fate), name));
      for (const std::string& value : entry.values) {
        lines.push_back(absl::StrCat(at, verb(entry.fate), name, "=", value));
      }
    }
    for (const Prefix& prefix : section.prefixes) {
      lines.push_back(absl::StrCat(at, verb(prefix.fate), prefix.name, "*"));
    }
  };
  add("*", global_);
  for (const auto& [host, section] : hosts_) add(host, section);
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return absl::StrJoin(lines, "\n");
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
    for (const Prefix& prefix : section->prefixes) {
      if (folded.starts_with(prefix.name)) return prefix.fate;
    }
  }
  return ParameterFate::kKeep;
}

}  // namespace wirefold
