#include "lib/store/script_table.h"

#include <numeric>
#include <span>
#include <utility>

#include "lib/base/numbers.h"
#include "lib/base/reason.h"
#include "lib/text/han_table.h"

namespace wirefold {
namespace {

constexpr char32_t kFirstOfThreeBytes = 0x800;
constexpr size_t kColumn = 0x10000;

// The pairs of characters that have three bytes each: their number, then two numbers of 2 bytes a
// pair.
void AppendPairs(std::span<const HanPair> pairs, std::string& out) {
  std::string body;
  uint64_t count = 0;
  for (const auto& [from, to] : pairs) {
    if (from < kFirstOfThreeBytes || from >= kColumn || to < kFirstOfThreeBytes || to >= kColumn) {
      continue;
    }
    ++count;
    AppendNumber(from, 2, body);
    AppendNumber(to, 2, body);
  }
  AppendNumber(count, 4, out);
  out += body;
}

absl::Status Damaged() {
  return Reject(Reason::kStoreCorrupt, "a table of scripts in the store is damaged");
}

absl::StatusOr<std::vector<char16_t>> TakePairs(std::string_view& in) {
  if (in.size() < 4) return Damaged();
  const uint64_t count = TakeNumber(4, in);
  if (in.size() / 4 < count) return Damaged();
  std::vector<char16_t> column(kColumn);
  std::iota(column.begin(), column.end(), 0);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t from = TakeNumber(2, in);
    const uint64_t to = TakeNumber(2, in);
    if (from < kFirstOfThreeBytes || to < kFirstOfThreeBytes) return Damaged();
    column[from] = static_cast<char16_t>(to);
  }
  return column;
}

}  // namespace

std::string ScriptTable::BytesOfThisBuild() {
  std::string bytes;
  AppendPairs(TraditionalToSimplified(), bytes);
  AppendPairs(SimplifiedToTraditional(), bytes);
  return bytes;
}

absl::StatusOr<ScriptTable> ScriptTable::Make(std::string_view bytes) {
  ScriptTable table;
  for (Column* column : {&table.to_simplified_, &table.to_traditional_}) {
    absl::StatusOr<Column> taken = TakePairs(bytes);
    if (!taken.ok()) return taken.status();
    *column = *std::move(taken);
  }
  if (!bytes.empty()) return Damaged();
  return table;
}

std::string ScriptTable::Apply(std::string_view bytes, ScriptChange change) const {
  std::string out(bytes);
  if (change == ScriptChange::kNone) return out;
  const Column& column = change == ScriptChange::kToSimplified ? to_simplified_ : to_traditional_;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(out[i]); };
  for (size_t i = 0; i + 2 < out.size(); ++i) {
    if ((byte(i) & 0xF0) != 0xE0 || (byte(i + 1) & 0xC0) != 0x80 || (byte(i + 2) & 0xC0) != 0x80) {
      continue;
    }
    const unsigned from =
        (byte(i) & 0x0Fu) << 12 | (byte(i + 1) & 0x3Fu) << 6 | (byte(i + 2) & 0x3Fu);
    const unsigned to = column[from];
    if (to != from) {
      out[i] = static_cast<char>(0xE0 | to >> 12);
      out[i + 1] = static_cast<char>(0x80 | (to >> 6 & 0x3F));
      out[i + 2] = static_cast<char>(0x80 | (to & 0x3F));
    }
    i += 2;
  }
  return out;
}

}  // namespace wirefold
