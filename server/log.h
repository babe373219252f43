// Log: one structured line an event, to standard error or a file.
//
// Example:
//   Log(LogLevel::kInfo, "ready", {{"address", address}, {"articles", count}});
//   // 2026-01-31T12:00:00.000Z info ready address=127.0.0.1:7070 articles=12
//
// Values with spaces, quotes or control characters are quoted. Thread-safe after OpenLog.
#ifndef WIREFOLD_SERVER_LOG_H_
#define WIREFOLD_SERVER_LOG_H_

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace wirefold {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct LogField {
  template <std::convertible_to<std::string_view> T>
  LogField(std::string_view key, const T& text) : name(key), value(std::string_view(text)) {}
  template <std::integral T>
  LogField(std::string_view key, T number) : name(key), value(std::to_string(number)) {}

  std::string_view name;
  std::string value;
};

// `level` is a value of the setting log-level; `file` empty for standard error. Fails when the
// file can't be opened.
[[nodiscard]] absl::Status OpenLog(std::string_view level, const std::string& file);
// Writes out what is buffered.
void FlushLog();

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
// "event key=value …", the part of the line behind time and level.
std::string FormatLogLine(std::string_view event, std::initializer_list<LogField> fields);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_LOG_H_
