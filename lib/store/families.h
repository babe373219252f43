// Families: the parts (column families) that a store consists of, and the folder's format.
//
// To add one: a name in Family ahead of kFamilies, a row in kFamilyTable with the next format, and
// kStoreFormat raised to it. Stores of the formats before get the part, empty, when they are opened
// (lib/store/rocksdb_check.h, rocksdb_open.cc); programs that don't know it refuse the store.
//
// Example:
//   db->Get(options, handles[kArticles], key, &value);
//   log(FamilyName(kArticles));
//
// Thread-safe: constants.
#ifndef WIREFOLD_LIB_STORE_FAMILIES_H_
#define WIREFOLD_LIB_STORE_FAMILIES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace wirefold {

// The number in `meta` of the folder's format as a whole, as this program writes it. It reads all
// from 1 on, and raises the number when it opens an older store.
inline constexpr uint64_t kStoreFormat = 4;

// From this format on `meta` has the table of scripts that deltas rest on.
inline constexpr uint64_t kScriptTableFormat = 3;

// In the order in which handles are kept. `default` is RocksDB's own and empty.
enum Family : size_t {
  kDefaultFamily,
  kMeta,
  kArticles,
  kUrls,
  kTexts,
  kSketches,
  kSightings,
  kRevisions,
  kAliases,
  kEvents,
  kRaw,
  kCheckpoints,
  kBases,
  kStories,
  kTombstones,
  kFamilies,
};

// How a part is laid out, by what its entries are like (rocksdb_options.cc).
enum class FamilyLayout : uint8_t {
  kSmall,          // few or short, read in order
  kSketch,         // hashes of some hundred bytes, read by ID or in the order of IDs
  kRecords,        // long, packed by RecordPacking, read by ID or in the order of IDs
  kTextByPrefix,   // long, and sought by the ULID that keys begin with
  kLookup,         // short under random keys, mostly asked for what is absent
  kPackedByPrefix  // long and compressed already, sought as kTextByPrefix is
};

struct FamilyRow {
  const char* name = nullptr;
  FamilyLayout layout = FamilyLayout::kSmall;
  uint64_t since_format = 0;  // stores of an older format may lack it
};

// In the order of Family.
inline constexpr std::array<FamilyRow, kFamilies> kFamilyTable = {{
    {"default", FamilyLayout::kSmall, 1},
    {"meta", FamilyLayout::kSmall, 1},
    {"articles", FamilyLayout::kRecords, 1},
    {"urls", FamilyLayout::kLookup, 1},
    {"texts", FamilyLayout::kLookup, 1},
    {"sketches", FamilyLayout::kSketch, 1},
    {"sightings", FamilyLayout::kTextByPrefix, 1},
    {"revisions", FamilyLayout::kTextByPrefix, 1},
    {"aliases", FamilyLayout::kLookup, 1},
    {"events", FamilyLayout::kSmall, 1},
    {"raw", FamilyLayout::kPackedByPrefix, 2},
    {"checkpoints", FamilyLayout::kSmall, 2},
    {"bases", FamilyLayout::kLookup, 3},
    {"stories", FamilyLayout::kLookup, 3},
    {"tombstones", FamilyLayout::kLookup, 3},
}};
static_assert(std::ranges::all_of(kFamilyTable, [](const FamilyRow& row) {
  return row.name != nullptr && row.since_format >= 1 && row.since_format <= kStoreFormat;
}));

constexpr const char* FamilyName(size_t family) { return kFamilyTable.at(family).name; }

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_FAMILIES_H_
