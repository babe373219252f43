// Settings: the one table of everything about wirefoldd that can be set. The TOML file, the
// environment, the flags, --print-config and docs/configuration.md are all made from it.
//
// Example:
//   Config config;                                          // the defaults
//   absl::Status status = SetSetting(*FindSetting("workers"), "4", config);
//
// Thread-safe: plain values and pure functions.
#ifndef WIREFOLD_SERVER_SETTINGS_H_
#define WIREFOLD_SERVER_SETTINGS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirefold {

// The effective configuration. Each field is described by its row of Settings().
struct Config {
  Config();  // the defaults of the table

  std::string listen;
  std::string data_dir;
  std::string url_rules;
  int64_t workers = 0;
  int64_t read_threads = 0;
  int64_t window_days = 0;
  int64_t max_inflight_bytes = 0;
  int64_t max_stream_inflight_bytes = 0;
  int64_t max_streams = 0;
  int64_t unread_ack_timeout_ms = 0;
  int64_t idle_timeout_ms = 0;
  int64_t block_cache_bytes = 0;
  int64_t comparison_cache_bytes = 0;
  int64_t index_memory = 0;
  int64_t rarity_memory = 0;
  bool keep_raw = false;
  int64_t min_free_bytes = 0;
  int64_t min_free_ppm = 0;
  int64_t drain_timeout_ms = 0;
  std::string log_level;
  std::string log_file;
};

enum class SettingKind : uint8_t {
  kText,
  kAddress,  // HOST:PORT or unix:PATH
  kChoice,   // one of `choices`, which are separated by '|'
  kCount,    // an integer
  kBytes,    // an integer with an optional unit: KiB, MiB, GiB, TiB
  kSwitch,   // true or false; the flag alone means true
};

struct Setting {
  std::string_view name;  // the TOML key and, behind "--", the flag
  SettingKind kind;
  std::variant<std::string Config::*, int64_t Config::*, bool Config::*> field;
  std::string_view default_value;  // as a user writes it
  int64_t min;                     // of numbers
  int64_t max;
  std::string_view choices;
  std::string_view help;
};

// All settings, in the order of the documentation.
std::span<const Setting> Settings();
// The setting of that name, null if there is none.
const Setting* FindSetting(std::string_view name);
// "WIREFOLD_MAX_STREAMS" for "max-streams".
std::string EnvironmentName(const Setting& setting);

// Parses `text` into the setting's field. kInvalidArgument says what was expected.
[[nodiscard]] absl::Status SetSetting(const Setting& setting, std::string_view text,
                                      Config& config);
// The setting's value as a TOML value: a quoted string, an integer or a boolean.
std::string TomlValue(const Setting& setting, const Config& config);
// What no single setting can check on its own.
[[nodiscard]] absl::Status CheckSettings(const Config& config);

// "16MiB", "1 GiB", "4096". Fails on anything else and past 2^63 - 1.
[[nodiscard]] absl::StatusOr<int64_t> ParseByteSize(std::string_view text);
// The shortest exact form: "16MiB", "4097".
std::string FormatByteSize(int64_t bytes);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_SETTINGS_H_
