// ScriptTable: turns a text from one script into another character by character, in a way that
// never changes: deltas between a traditional and a simplified copy of one text rest on it.
//
// Example:
//   const ScriptTable table = *ScriptTable::Make(ScriptTable::BytesOfThisBuild());
//   std::string simplified = table.Apply(record, ScriptChange::kToSimplified);
//
// What OpenCC's dictionaries say differs between their versions, so a store keeps the table that
// its deltas were made with, and gets another number for another one.
//
// Thread-safe: immutable.
#ifndef WIREFOLD_LIB_STORE_SCRIPT_TABLE_H_
#define WIREFOLD_LIB_STORE_SCRIPT_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wirefold {

enum class ScriptChange : uint8_t { kNone = 0, kToSimplified = 1, kToTraditional = 2 };

class ScriptTable {
 public:
  // What OpenCC's installed dictionaries said when this program was built: about 32 KiB.
  static std::string BytesOfThisBuild();
  // kStoreCorrupt if `bytes` are none that BytesOfThisBuild made.
  static absl::StatusOr<ScriptTable> Make(std::string_view bytes);

  // `bytes` with each character of three bytes in UTF-8 that has another form in its place. They
  // may be anything: what is no such character stays as it is. The result has as many bytes.
  [[nodiscard]] std::string Apply(std::string_view bytes, ScriptChange change) const;

 private:
  // The character of each of the first 65,536, itself where it has no other form.
  using Column = std::vector<char16_t>;

  Column to_simplified_;
  Column to_traditional_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_SCRIPT_TABLE_H_
