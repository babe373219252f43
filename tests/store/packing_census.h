// What tests of packing count in a database.
#ifndef WIREFOLD_TESTS_STORE_PACKING_CENSUS_H_
#define WIREFOLD_TESTS_STORE_PACKING_CENSUS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "lib/store/dictionary_table.h"
#include "lib/store/keys.h"
#include "rocksdb/db.h"

namespace wirefold::testing {

// How many values of `articles` need which dictionary; plain ones under kPlain.
inline constexpr int64_t kPlain = -1;
using Census = std::map<int64_t, int>;

inline std::vector<uint32_t> NumbersIn(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta) {
  DictionaryTable table({.prefix = kRecordDictionaryPrefix, .what = "articles", .level = 1});
  table.Attach(db, meta, /*sync=*/false);
  return table.Numbers().value();
}

}  // namespace wirefold::testing

#endif  // WIREFOLD_TESTS_STORE_PACKING_CENSUS_H_
