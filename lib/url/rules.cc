#include "lib/url/rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/url/ip_address.h"
#include "lib/url/percent_encode.h"
#include "lib/url/query.h"
#include "lib/url/rules_builtin.h"
#include "lib/url/url.h"

namespace wirefold {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kOpaque = "<opaque>";

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

// `line` without its comment: "#" at its start or behind a blank, and what follows.
std::string_view WithoutComment(std::string_view line) {
  for (size_t hash = line.find('#'); hash != std::string_view::npos;
       hash = line.find('#', hash + 1)) {
    if (hash == 0 || kBlanks.find(line[hash - 1]) != std::string_view::npos) {
      return line.substr(0, hash);
    }
  }
  return line;
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

bool IsAddress(std::string_view host) { return host.starts_with('[') || EndsInNumber(host); }

// Calls `visit` with `host` and then with each domain above it, until it returns true.
template <typename Visit>
void VisitDomains(std::string_view host, Visit visit) {
  if (IsAddress(host)) {
    visit(host);
    return;
  }
  while (!visit(host)) {
    const size_t dot = host.find('.');
    if (dot == std::string_view::npos) return;
    host.remove_prefix(dot + 1);
  }
}

// The byte at `text[at]`, an escape decoded; moves `at` to its last byte.
char DecodedAt(std::string_view text, size_t& at) {
  const int byte = text[at] == '%' ? DecodeEscapeAt(text, at) : -1;
  if (byte < 0) return text[at];
  at += 2;
  return static_cast<char>(byte);
}

bool DecodesTo(std::string_view text, std::string_view decoded) {
  size_t size = 0;
  for (size_t i = 0; i < text.size(); ++i, ++size) {
    const char c = DecodedAt(text, i);
    if (size == decoded.size() || c != decoded[size]) return false;
  }
  return size == decoded.size();
}

// Letters and digits, both of them, and what Base64 adds; hyphens as in a UUID, between hexadecimal
// digits alone: what a program makes up, and no words.
bool IsOpaque(std::string_view value) {
  bool has_digit = false;
  bool has_letter = false;
  bool has_hyphen = false;
  bool is_hexadecimal = true;
  size_t size = 0;
  for (size_t i = 0; i < value.size(); ++i, ++size) {
    const char c = DecodedAt(value, i);
    if (c == '-') {
      has_hyphen = true;
      continue;
    }
    has_digit = has_digit || IsAsciiDigit(c);
    has_letter = has_letter || IsAsciiAlpha(c);
    is_hexadecimal = is_hexadecimal && HexValue(c) >= 0;
    const bool in_base64 = IsAsciiDigit(c) || IsAsciiAlpha(c) || c == '+' || c == '/' || c == '=';
    if (!in_base64) return false;
  }
  return size >= kMinOpaqueBytes && has_digit && has_letter && (!has_hyphen || is_hexadecimal);
}

// One line's worth of text, whatever `text` holds.
std::string Encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out.push_back(c);
    } else {
      AppendEscape(static_cast<uint8_t>(c), out);
    }
  }
  return out;
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
      const std::vector<std::string_view> words = SplitWords(WithoutComment(line));
      if (words.empty()) continue;
      absl::Status status = TakeLine(words);
      if (!status.ok()) return status;
    }
    for (const auto& [host, section] : rules_.hosts_) {
      rules_.has_tenants_ = rules_.has_tenants_ || section.has_tenants;
    }
    return std::move(rules_);
  }

 private:
  using Rule = UrlRules::Rule;
  using Section = UrlRules::Section;

  absl::Status TakeLine(const std::vector<std::string_view>& words) {
    if (words[0].starts_with('[')) return OpenSections(words);
    if (words[0] == "version") return Version(words);
    if (words[0] == "include") return Include(words);
    if (open_.empty()) return Bad("rules stand in a section; begin with [*]");
    if (words[0] == "tenants") return Tenants(words);
    const std::optional<ParameterFate> fate = ParseVerb(words[0]);
    if (!fate.has_value() || words.size() < 2) {
      return Bad("a rule is drop, fold or keep with names after it, or tenants");
    }
    for (size_t i = 1; i < words.size(); ++i) {
      absl::Status status = TakeName({*fate, false}, words[i]);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Version(const std::vector<std::string_view>& words) {
    if (words.size() < 2) return Bad("write: version NAME");
    if (has_version_) return Bad("there is a version already");
    has_version_ = true;
    // The words as they stand, one blank between them.
    rules_.version_.clear();
    for (size_t i = 1; i < words.size(); ++i) {
      absl::StrAppend(&rules_.version_, i > 1 ? " " : "", ToAbsl(words[i]));
    }
    return absl::OkStatus();
  }

  absl::Status Include(const std::vector<std::string_view>& words) {
    if (words.size() != 2 || words[1] != "built-in") return Bad("write: include built-in");
    if (has_section_ || has_included_) {
      return Bad("include built-in stands once, before the first section");
    }
    has_included_ = true;
    std::string version = std::move(rules_.version_);
    rules_ = UrlRules::BuiltIn();
    if (has_version_) rules_.version_ = std::move(version);
    MarkIncluded(rules_.global_);
    for (auto& [host, section] : rules_.hosts_) MarkIncluded(section);
    return absl::OkStatus();
  }

  static void MarkIncluded(Section& section) {
    for (auto& [text, name] : section.names) {
      if (name.any.has_value()) name.any->is_included = true;
      if (name.opaque.has_value()) name.opaque->is_included = true;
      for (auto& [value, rule] : name.values) rule.is_included = true;
    }
    for (auto& [prefix, rule] : section.prefixes) rule.is_included = true;
    section.has_tenants_rule = false;
  }

  // "[bbc.com bbc.co.uk]", as words.
  absl::Status OpenSections(std::vector<std::string_view> words) {
    has_section_ = true;
    if (!words.back().ends_with(']')) return Bad("a section is [host host …], or [*]");
    words.front().remove_prefix(1);
    words.back().remove_suffix(1);
    std::erase_if(words, [](std::string_view word) { return word.empty(); });
    if (words.empty()) return Bad("a section names its hosts; write [*] for all");
    std::vector<std::string> hosts;
    for (const std::string_view word : words) {
      std::string host(word);
      if (word != "*") {
        const absl::StatusOr<Url> url = ParseUrl("https://" + host + "/");
        if (!url.ok() || url->has_credentials() || url->port().has_value() ||
            word.find_first_of("/?#:@*[]\\") != std::string_view::npos) {
          return Bad(absl::StrCat("'", ToAbsl(word),
                                  "' is no host; write its name alone, as in [example.org]"));
        }
        host = url->host();
        if (host.ends_with('.')) host.pop_back();
        if (host.empty() || host.starts_with('.')) {
          return Bad(absl::StrCat("'", ToAbsl(word),
                                  "' is no host; rules for a host are also for "
                                  "all below it, so no dot is needed"));
        }
      }
      if (std::find(hosts.begin(), hosts.end(), host) != hosts.end()) {
        return Bad(absl::StrCat("the section names ", host, " twice"));
      }
      hosts.push_back(std::move(host));
    }
    // Sections of new hosts first: a pointer into the map holds until the next insertion.
    for (const std::string& host : hosts) {
      if (host != "*") rules_.hosts_.try_emplace(host);
    }
    open_.clear();
    for (const std::string& host : hosts) {
      open_.push_back(host == "*" ? &rules_.global_ : &rules_.hosts_.find(host)->second);
    }
    return absl::OkStatus();
  }

  absl::Status Tenants(const std::vector<std::string_view>& words) {
    const bool off = words.size() == 2 && words[1] == "off";
    if (words.size() != 1 && !off) return Bad("write: tenants, or tenants off");
    for (Section* section : open_) {
      if (section == &rules_.global_) return Bad("tenants stands in the section of a host");
      if (section->has_tenants_rule) return Bad("the section has said tenants already");
      section->has_tenants_rule = true;
      section->has_tenants = !off;
    }
    return absl::OkStatus();
  }

  absl::Status TakeName(Rule rule, std::string_view word) {
    if (word.find(',') != std::string_view::npos) return Bad("names have blanks between them");
    const size_t equals = word.find('=');
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = PercentDecode(word.substr(equals + 1));
    std::string name = LowerAscii(PercentDecode(word.substr(0, equals)));
    const bool is_prefix = name.ends_with('*');
    if (is_prefix) name.pop_back();
    if (name.empty() || name.size() >= kMaxRuleNameBytes || name.find('*') != std::string::npos) {
      return Bad("a name has 1 to 63 bytes and no * but at its end");
    }
    if (is_prefix && value.has_value()) return Bad("a prefix can't have a value");
    for (Section* section : open_) {
      if (is_prefix && section->prefixes.size() >= kMaxRulePrefixes) {
        return Bad(
            absl::StrCat("the section has ", kMaxRulePrefixes, " prefixes, and no room for more"));
      }
      const bool taken = is_prefix ? TakePrefix(rule, name, *section)
                                   : TakeWhole(rule, value, section->names[name]);
      if (!taken) return Bad(absl::StrCat("the section has a rule for ", name, " already"));
    }
    return absl::OkStatus();
  }

  // These return false where the section has said something already.
  static bool Replace(const Rule& rule, std::optional<Rule>& place) {
    if (place.has_value() && !place->is_included) return false;
    place = rule;
    return true;
  }

  static bool Replace(const Rule& rule, std::string_view text,
                      std::vector<std::pair<std::string, Rule>>& places) {
    for (auto& [known, place] : places) {
      if (known != text) continue;
      if (!place.is_included) return false;
      place = rule;
      return true;
    }
    places.emplace_back(text, rule);
    return true;
  }

  static bool TakePrefix(const Rule& rule, const std::string& name, Section& section) {
    if (!Replace(rule, name, section.prefixes)) return false;
    std::stable_sort(section.prefixes.begin(), section.prefixes.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    return true;
  }

  // A rule for the name alone stands for all that the built-in ones say of it.
  static bool TakeWhole(const Rule& rule, const std::optional<std::string>& value,
                        UrlRules::Name& name) {
    if (!value.has_value()) {
      if (!Replace(rule, name.any)) return false;
      if (name.opaque.has_value() && name.opaque->is_included) name.opaque.reset();
      std::erase_if(name.values, [](const auto& known) { return known.second.is_included; });
      return true;
    }
    return *value == kOpaque ? Replace(rule, name.opaque) : Replace(rule, *value, name.values);
  }

  [[nodiscard]] absl::Status Bad(std::string_view what) const {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat("URL rules, line ", line_, ": ", ToAbsl(what)));
  }

  UrlRules rules_;
  std::vector<Section*> open_;  // what the lines are about now
  bool has_section_ = false;
  bool has_version_ = false;
  bool has_included_ = false;
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
    const absl::string_view at = ToAbsl(host);
    // Dropped or folded is the same to a key.
    const auto line = [&](const Rule& rule, std::string_view name, std::string_view rest) {
      lines.push_back(absl::StrCat(at, rule.fate == ParameterFate::kKeep ? " keep " : " skip ",
                                   Encode(name), ToAbsl(rest)));
    };
    if (section.has_tenants) lines.push_back(absl::StrCat(at, " tenants"));
    for (const auto& [text, name] : section.names) {
      if (name.any.has_value()) line(*name.any, text, "");
      if (name.opaque.has_value()) line(*name.opaque, text, "=<opaque>");
      for (const auto& [value, rule] : name.values) line(rule, text, "=" + Encode(value));
    }
    for (const auto& [prefix, rule] : section.prefixes) line(rule, prefix, "*");
  };
  add("*", global_);
  for (const auto& [host, section] : hosts_) add(host, section);
  std::sort(lines.begin(), lines.end());
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

size_t UrlRules::TenantBegin(std::string_view host) const {
  if (!has_tenants_) return std::string_view::npos;
  // The label before each domain, from the nearest one on.
  size_t label = 0;
  for (size_t dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', label)) {
    const auto it = hosts_.find(ToAbsl(host.substr(dot + 1)));
    if (it != hosts_.end() && it->second.has_tenants) return label;
    label = dot + 1;
  }
  return std::string_view::npos;
}

ParameterFate UrlRules::HostRules::FateOf(std::string_view name, std::string_view value) const {
  name = WithoutMarkup(name);
  if (name.empty()) return ParameterFate::kKeep;
  char buffer[kMaxRuleNameBytes];
  const std::string_view folded = FoldName(name, buffer);
  for (const Section* section : sections_) {
    if (const auto it = section->names.find(ToAbsl(folded)); it != section->names.end()) {
      for (const auto& [known, rule] : it->second.values) {
        if (DecodesTo(value, known)) return rule.fate;
      }
      if (it->second.opaque.has_value() && IsOpaque(value)) return it->second.opaque->fate;
      if (it->second.any.has_value()) return it->second.any->fate;
    }
    for (const auto& [prefix, rule] : section->prefixes) {
      if (folded.starts_with(prefix)) return rule.fate;
    }
  }
  return ParameterFate::kKeep;
}

}  // namespace wirefold
