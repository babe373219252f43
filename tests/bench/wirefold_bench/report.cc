#include "tests/bench/wirefold_bench/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wirefold::bench {
namespace {

using Json = nlohmann::ordered_json;

void AppendValue(const Json& value, std::string& out) {
  if (value.is_number_float()) {
    const double number = value.get<double>();
    const double size = number < 0 ? -number : number;
    absl::StrAppend(&out, size >= 1000  ? absl::StrFormat("%.0f", number)
                          : size >= 10  ? absl::StrFormat("%.1f", number)
                          : size >= 0.1 ? absl::StrFormat("%.3f", number)
                                        : absl::StrFormat("%.3g", number));
  } else if (value.is_string()) {
    absl::StrAppend(&out, value.get<std::string>());
  } else {
    absl::StrAppend(&out, value.dump());
  }
}

bool IsPlain(const Json& value) { return !value.is_object(); }

void AppendObject(const Json& object, int depth, std::string& out) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = std::string(static_cast<size_t>(depth) * 2, ' ') + key;
    if (!IsPlain(value)) {
      absl::StrAppend(&out, name, "\n");
      AppendObject(value, depth + 1, out);
      continue;
    }
    absl::StrAppendFormat(&out, "%-36s ", name);
    if (value.is_array()) {
      for (const Json& one : value) {
        AppendValue(one, out);
        out.push_back(' ');
      }
    } else {
      AppendValue(value, out);
    }
    out.push_back('\n');
  }
}

}  // namespace

std::string FormatReport(const Json& report) {
  std::string out;
  AppendObject(report, 0, out);
  return out;
}

}  // namespace wirefold::bench
