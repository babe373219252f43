#include "server/settings.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

constexpr int64_t kNoMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMiB = int64_t{1} << 20;

using enum SettingKind;

constexpr std::array kSettings = {
    Setting{"listen", kAddress, &Config::listen, "127.0.0.1:7070", 0, 0, "",
            "Address to serve gRPC on: HOST:PORT, [IPV6]:PORT or unix:PATH. Port 0 takes a free "
            "one; the log line 'ready' says which."},
    Setting{"data-dir", kText, &Config::data_dir, "./wirefold-data", 0, 0, "",
            "Folder that holds the corpus. Made if it is missing; one daemon at a time has it."},
    Setting{"url-rules", kText, &Config::url_rules, "", 0, 0, "",
            "File with the rules about URLs (which query parameters are trackers or sessions). "
            "Empty: the built-in ones. A folder that was written under others is refused until "
            "'wirefoldd rekey' has run."},
    Setting{
        "workers", kCount, &Config::workers, "0", 0, 1024, "",
        "Threads that normalize files. 0: one a core and one more, since they wait now and then."},
    Setting{"read-threads", kCount, &Config::read_threads, "4", 1, 256, "",
            "Threads that answer reads and checks, but for single articles and small stories that "
            "lie in memory: those are answered at once."},
    Setting{"window-days", kCount, &Config::window_days, "30", 0, 36500, "",
            "Near-duplicates are sought within this many days before and after a file's "
            "time. What is older by more than the stream has come (the time that all but "
            "the oldest fiftieth of the last 4,096 articles have passed) is forgotten: "
            "matched by URL and exact text alone, with WARNING_OUTSIDE_WINDOW. With another"
            " setting, what is learnt of shingles is learnt anew at the next start. 0: "
            "without a bound."},
    Setting{"max-inflight-bytes", kBytes, &Config::max_inflight_bytes, "256MiB", kMiB, kNoMax, "",
            "Bytes of files received and not yet acknowledged, unread acknowledgements included, "
            "over all streams. Further files wait."},
    Setting{"max-stream-inflight-bytes", kBytes, &Config::max_stream_inflight_bytes, "16MiB", kMiB,
            kNoMax, "", "The same for one stream."},
    Setting{"max-streams", kCount, &Config::max_streams, "1024", 1, 1'000'000, "",
            "Ingest streams open at a time. Further ones are refused with RESOURCE_EXHAUSTED."},
    Setting{"unread-ack-timeout-ms", kCount, &Config::unread_ack_timeout_ms, "60000", 100,
            86'400'000, "",
            "A stream whose client reads no acknowledgement for so long while one waits is closed "
            "with RESOURCE_EXHAUSTED (CLIENT_TOO_SLOW)."},
    Setting{"idle-timeout-ms", kCount, &Config::idle_timeout_ms, "300000", 0, 86'400'000, "",
            "A stream with nothing in flight on which no message arrives whole for so long is "
            "closed with UNAVAILABLE (STREAM_IDLE); clients send on in a new one. 0: never."},
    Setting{"block-cache-bytes", kBytes, &Config::block_cache_bytes, "256MiB", kMiB, kNoMax, "",
            "Memory for blocks read from disk."},
    Setting{"comparison-cache-bytes", kBytes, &Config::comparison_cache_bytes, "256MiB", 0, kNoMax,
            "", "Memory for texts that files were compared with lately."},
    Setting{"index-memory", kBytes, &Config::index_memory, "1GiB", kMiB, kNoMax, "",
            "Memory for the near-duplicate index. What has no room in it is read from disk, from "
            "files under index/ in the data folder. Under 768 MiB the files hold fewer articles."},
    Setting{
        "rarity-memory", kBytes, &Config::rarity_memory, "128MiB", kMiB, int64_t{64} << 30, "",
        "Memory for the counts by which near-duplicates are told from what many articles share. "
        "Full after some 150,000 articles at the default; then what was seen least goes."},
    Setting{"keep-raw", kSwitch, &Config::keep_raw, "false", 0, 0, "",
            "Keep the raw bytes of each file that is stored, compressed, beside its article. What "
            "came before stays without, and what is kept stays when this is turned off."},
    Setting{"min-free-bytes", kBytes, &Config::min_free_bytes, "512MiB", 0, kNoMax, "",
            "Free disk space below which no file is accepted (READ_ONLY); reads go on, and so do "
            "files once there is room again."},
    Setting{"min-free-ppm", kCount, &Config::min_free_ppm, "20000", 0, 1'000'000, "",
            "The same as a share of the disk, in millionths. The larger of the two holds."},
    Setting{"drain-timeout-ms", kCount, &Config::drain_timeout_ms, "20000", 0, 3'600'000, "",
            "On SIGTERM or SIGINT: how long open streams may take to get their acknowledgements "
            "before they are cut off."},
    Setting{"log-level", kChoice, &Config::log_level, "info", 0, 0, "debug|info|warn|error",
            "Least severe level that is logged: debug, info, warn or error."},
    Setting{"log-file", kText, &Config::log_file, "", 0, 0, "",
            "File that the log is appended to. Empty: standard error."},
};

struct Suffix {
  std::string_view name;
  int shift;
};
constexpr std::array kSuffixes = {Suffix{"TiB", 40}, Suffix{"GiB", 30}, Suffix{"MiB", 20},
                                  Suffix{"KiB", 10}};

absl::Status Invalid(std::string_view message) {
  return absl::InvalidArgumentError(ToAbsl(message));
}

// The whole of `text` as an integer.
std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

absl::Status CheckAddress(std::string_view text) {
  if (text.starts_with("unix:") && text.size() > 5) return absl::OkStatus();
  const size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && colon > 0) {
    const std::string_view host = text.substr(0, colon);
    const std::optional<int64_t> port = ParseInteger(text.substr(colon + 1));
    const bool bracketed = host.front() == '[' && host.back() == ']';
    if (port && *port >= 0 && *port <= 65535 &&
        (bracketed || host.find(':') == std::string_view::npos)) {
      return absl::OkStatus();
    }
  }
  return Invalid("is no address; write HOST:PORT (127.0.0.1:7070), [IPV6]:PORT or unix:PATH");
}

absl::StatusOr<int64_t> ParseNumber(const Setting& setting, std::string_view text) {
  int64_t value = 0;
  if (setting.kind == kBytes) {
    absl::StatusOr<int64_t> bytes = ParseByteSize(text);
    if (!bytes.ok()) return bytes.status();
    value = *bytes;
  } else {
    const std::optional<int64_t> number = ParseInteger(text);
    if (!number) return Invalid("is no integer");
    value = *number;
  }
  const auto shown = [&](int64_t bound) {
    return setting.kind == kBytes ? FormatByteSize(bound) : absl::StrCat(bound);
  };
  if (value < setting.min) return Invalid(absl::StrCat("is less than ", shown(setting.min)));
  if (value > setting.max) return Invalid(absl::StrCat("is more than ", shown(setting.max)));
  return value;
}

// A basic string of TOML 1.0.
std::string TomlString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

}  // namespace

Config::Config() {
  for (const Setting& setting : kSettings) {
    SetSetting(setting, setting.default_value, *this).IgnoreError();  // a test sets each default
  }
}

std::span<const Setting> Settings() { return kSettings; }

const Setting* FindSetting(std::string_view name) {
  for (const Setting& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::string EnvironmentName(const Setting& setting) {
  std::string name = "WIREFOLD_";
  for (const char c : setting.name) {
    name.push_back(c == '-' ? '_' : static_cast<char>(c - 'a' + 'A'));
  }
  return name;
}

absl::Status SetSetting(const Setting& setting, std::string_view text, Config& config) {
  switch (setting.kind) {
    case kCount:
    case kBytes: {
      absl::StatusOr<int64_t> value = ParseNumber(setting, text);
      if (!value.ok()) return value.status();
      config.*std::get<int64_t Config::*>(setting.field) = *value;
      return absl::OkStatus();
    }
    case kAddress:
      if (absl::Status status = CheckAddress(text); !status.ok()) return status;
      break;
    case kChoice: {
      bool known = false;
      for (const absl::string_view choice : absl::StrSplit(ToAbsl(setting.choices), '|')) {
        known = known || ToStd(choice) == text;
      }
      if (!known) return Invalid("is none of " + std::string(setting.choices));
      break;
    }
    case kSwitch:
      if (text != "true" && text != "false") return Invalid("is neither true nor false");
      config.*std::get<bool Config::*>(setting.field) = text == "true";
      return absl::OkStatus();
    case kText:
      if (text.empty() && !setting.default_value.empty()) return Invalid("is empty");
      break;
  }
  config.*std::get<std::string Config::*>(setting.field) = text;
  return absl::OkStatus();
}

std::string TomlValue(const Setting& setting, const Config& config) {
  if (setting.kind == kSwitch) {
    return config.*std::get<bool Config::*>(setting.field) ? "true" : "false";
  }
  std::string text;
  if (setting.kind == kCount || setting.kind == kBytes) {
    const int64_t value = config.*std::get<int64_t Config::*>(setting.field);
    if (setting.kind == kCount) return absl::StrCat(value);
    text = FormatByteSize(value);
  } else {
    text = config.*std::get<std::string Config::*>(setting.field);
  }
  return TomlString(text);
}

absl::Status CheckSettings(const Config& config) {
  if (config.max_stream_inflight_bytes > config.max_inflight_bytes) {
    return Invalid(absl::StrCat(
        "max-stream-inflight-bytes (", FormatByteSize(config.max_stream_inflight_bytes),
        ") is more than max-inflight-bytes (", FormatByteSize(config.max_inflight_bytes),
        "); lower the first or raise the second"));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ParseByteSize(std::string_view text) {
  int shift = 0;
  std::string_view digits = text;
  for (const Suffix& suffix : kSuffixes) {
    if (!digits.ends_with(suffix.name)) continue;
    shift = suffix.shift;
    digits.remove_suffix(suffix.name.size());
    if (digits.ends_with(' ')) digits.remove_suffix(1);
    break;
  }
  const std::optional<int64_t> number = ParseInteger(digits);
  if (!number || *number < 0) {
    return Invalid("is no size; write bytes, or a number with KiB, MiB, GiB or TiB (256MiB)");
  }
  if (*number > kNoMax >> shift) return Invalid("is too large");
  return *number << shift;
}

std::string FormatByteSize(int64_t bytes) {
  for (const Suffix& suffix : kSuffixes) {
    const int64_t unit = int64_t{1} << suffix.shift;
    if (bytes >= unit && bytes % unit == 0) return absl::StrCat(bytes / unit, ToAbsl(suffix.name));
  }
  return absl::StrCat(bytes);
}

}  // namespace wirefold
