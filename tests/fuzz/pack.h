// Packing for the fuzz targets of archives: what they fuzz then lies behind checksums that hold,
// which mutating compressed bytes hardly ever reaches.
//
// Example:
//   file = fuzz::Pack(record, Compression::kGzip);
//
// Not thread-safe: contexts are opened once a process, since opening one costs more than a run.
#ifndef WIREFOLD_TESTS_FUZZ_PACK_H_
#define WIREFOLD_TESTS_FUZZ_PACK_H_

#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/parse/unpack.h"

namespace wirefold::fuzz {

// `window_bits`: 31 gzip, 15 zlib, -15 raw deflate.
template <int window_bits>
std::string PackDeflate(std::string_view bytes, int strategy) {
  static z_stream* const stream = [] {
    static z_stream opened = {};
    // The least memory, which also makes many small blocks.
    if (deflateInit2(&opened, 6, Z_DEFLATED, window_bits, 1, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    return &opened;
  }();
  if (deflateReset(stream) != Z_OK) abort();
  if (deflateParams(stream, strategy == Z_FIXED ? 1 : 6, strategy) != Z_OK) abort();
  std::string out(deflateBound(stream, bytes.size()), '\0');
  stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream->avail_in = static_cast<uInt>(bytes.size());
  stream->next_out = reinterpret_cast<Bytef*>(out.data());
  stream->avail_out = static_cast<uInt>(out.size());
  if (deflate(stream, Z_FINISH) != Z_STREAM_END) abort();
  out.resize(stream->total_out);
  return out;
}

inline std::string PackZstd(std::string_view bytes, bool checksum) {
  static ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size = ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) abort();
  out.resize(size);
  return out;
}

// One member. `variant` picks among the ways that a format may be written in.
inline std::string Pack(std::string_view bytes, Compression compression, bool variant = false) {
  switch (compression) {
    case Compression::kGzip:
      return PackDeflate<31>(bytes, variant ? Z_FIXED : Z_DEFAULT_STRATEGY);
    case Compression::kDeflate:
      return variant ? PackDeflate<-15>(bytes, Z_DEFAULT_STRATEGY)
                     : PackDeflate<15>(bytes, Z_DEFAULT_STRATEGY);
    case Compression::kZstd:
      return PackZstd(bytes, variant);
    case Compression::kNone:
      break;
  }
  return std::string(bytes);
}

}  // namespace wirefold::fuzz

#endif  // WIREFOLD_TESTS_FUZZ_PACK_H_
