// Where what lies in the file of a run (index_run.h), for what writes one and what reads it.
//
// Example:
//   file->ReadAt(EntriesOffset(), WritableBytesOf(entries));
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_RUN_LAYOUT_H_
#define WIREFOLD_LIB_DEDUP_INDEX_RUN_LAYOUT_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "lib/base/hash.h"
#include "lib/dedup/index_run.h"
#include "lib/dedup/key_filter.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

static_assert(std::endian::native == std::endian::little, "runs lie on disk as in memory");

// In front of the header, and of its checksum.
struct Opening {
  std::array<char, 8> magic{'W', 'F', 'I', 'N', 'D', 'E', 'X', '\n'};
  uint32_t version = 1;
  uint32_t sketch_version = kSketchVersion;

  friend bool operator==(const Opening&, const Opening&) = default;
};
static_assert(sizeof(Opening) + sizeof(IndexRun::Header) + sizeof(uint64_t) <=
              IndexRun::kHeaderBytes);

// Where the entries begin, and the table of IDs, and the first shard.
inline uint64_t EntriesOffset() { return IndexRun::kHeaderBytes; }
inline uint64_t ByIdOffset(const IndexRun::Header& header) {
  return EntriesOffset() + uint64_t{header.entries} * sizeof(IndexEntry);
}
inline uint64_t ShardsOffset(const IndexRun::Header& header) {
  return (ByIdOffset(header) + header.by_id * sizeof(uint32_t) + 63) / 64 * 64;
}

// A number for an article's ID in the filters, as if it were a key.
inline uint64_t KeyOfId(const Ulid& id) { return IdHash(id) >> (64 - PostingTable::kKeyBits); }

inline std::string HeaderBytes(const IndexRun::Header& header) {
  const Opening opening;
  std::string bytes(IndexRun::kHeaderBytes, '\0');
  std::memcpy(bytes.data(), &opening, sizeof opening);
  std::memcpy(bytes.data() + sizeof opening, &header, sizeof header);
  const uint64_t checksum =
      HashBytes64(std::string_view(bytes).substr(0, bytes.size() - sizeof(uint64_t)));
  std::memcpy(bytes.data() + bytes.size() - sizeof checksum, &checksum, sizeof checksum);
  return bytes;
}

inline size_t FilterPlaces(const IndexRun::Header::Shard& shard) {
  return shard.filter_keys == 0 ? 0 : KeyFilter::Shape::For(shard.filter_keys).places();
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_RUN_LAYOUT_H_
