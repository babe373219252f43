// UrlRules: which query parameters say nothing about the article, as data.
//
// Example:
//   const UrlRules& rules = UrlRules::BuiltIn();
//   const UrlRules::HostRules here = rules.ForHost("www.bbc.com");
//   here.FateOf("utm_source", "rss");   // ParameterFate::kDrop
//
// The rules are a text, ours in built_in.rules, or a file of the same form (rules_file.h):
//
//   version 2026-11-22           a name for these rules; anything on one line
//   include built-in             begin with ours; what follows replaces what they say
//   [*]                          a section: the rules for every host
//   drop utm_* fbclid            not in `url` (and so not in `url_key`)
//   fold phpsessid amp=1         in `url`, but not in `url_key`
//   fold sid=<opaque>            only where the value is a long random one
//   [bbc.com bbc.co.uk]          the rules for these hosts and all below them
//   keep at_id                   an exception from rules further up
//   tenants                      each name below this host is a site of its own
//   tenants off                  … is not, whatever the built-in rules say
//
// A "#" at the start of a line or behind a blank starts a comment. Names are matched as a whole,
// without case, up to the "*" if they end in one; with "=VALUE" the value must be that too, case
// included. Escapes mean what they stand for, in the rules as in the URL. The most specific section
// that knows a name decides; in one section a name with its value comes before the name alone, that
// before a prefix, and a longer prefix before a shorter.
//
// Thread-safe: immutable once built.
#ifndef WIREFOLD_LIB_URL_RULES_H_
#define WIREFOLD_LIB_URL_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"

namespace wirefold {

// A text of rules may have at most so many bytes.
inline constexpr size_t kMaxUrlRulesBytes = size_t{1} << 20;

// Names of parameters in rules are shorter than this; a longer one in a URL can match a prefix
// alone.
inline constexpr size_t kMaxRuleNameBytes = 64;

// A section may have so many prefixes: every parameter is compared with all of them.
inline constexpr size_t kMaxRulePrefixes = 256;

// A value looks random from so many letters and digits on (what Base64 and UUIDs add counts too).
inline constexpr size_t kMinOpaqueBytes = 16;

enum class ParameterFate : uint8_t { kKeep, kDrop, kFold };

class UrlRules {
  // One thing that a section says; a text that builds on the built-in rules may replace it once.
  struct Rule {
    ParameterFate fate = ParameterFate::kKeep;
    bool is_included = false;
  };
  struct Name {
    std::optional<Rule> any;     // whatever the value
    std::optional<Rule> opaque;  // for values that look random
    std::vector<std::pair<std::string, Rule>> values;
  };
  struct Section {
    absl::flat_hash_map<std::string, Name> names;
    std::vector<std::pair<std::string, Rule>> prefixes;  // the longest first, each once
    bool has_tenants = false;
    bool has_tenants_rule = false;  // said here, and not included
  };

 public:
  // The rules that apply to one host; borrows from the UrlRules.
  class HostRules {
   public:
    // `name` and `value` as they stand in the query; escapes in the name are understood.
    [[nodiscard]] ParameterFate FateOf(std::string_view name, std::string_view value) const;

   private:
    friend class UrlRules;
    absl::InlinedVector<const Section*, 4> sections_;  // the most specific first
  };

  // Ours; lives as long as the process.
  static const UrlRules& BuiltIn();

  // kInvalidArgument, naming the line, when `text` is not of the form above, or is over
  // kMaxUrlRulesBytes.
  [[nodiscard]] static absl::StatusOr<UrlRules> Parse(std::string_view text);

  [[nodiscard]] HostRules ForHost(std::string_view host) const;

  // Where in `host`, an ASCII domain without a last dot, the name begins that its nearest host with
  // tenants gives to one of them ("x" in "m.x.blogspot.com"); npos where there is none.
  [[nodiscard]] size_t TenantBegin(std::string_view host) const;

  // What the text calls itself; "" where it says nothing.
  [[nodiscard]] const std::string& version() const { return version_; }

  // All that these rules say for keys, in one order: the same for two texts that say the same,
  // whatever their comments, the order of their lines, and what they call themselves.
  [[nodiscard]] std::string KeyRules() const;

 private:
  friend class UrlRulesParser;

  UrlRules() = default;

  std::string version_;
  Section global_;
  absl::flat_hash_map<std::string, Section> hosts_;
  bool has_tenants_ = false;  // any host
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_RULES_H_
