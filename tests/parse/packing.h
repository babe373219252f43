// Packing: what the tests of archives compress with.
#ifndef WIREFOLD_TESTS_PARSE_PACKING_H_
#define WIREFOLD_TESTS_PARSE_PACKING_H_

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace wirefold {

// `window_bits`: 31 gzip, 15 zlib, -15 raw deflate.
inline std::string Deflate(std::string_view text, int window_bits) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
inline std::string Gzip(std::string_view text) { return Deflate(text, 31); }

inline std::string Zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// A file below tests/testdata.
inline std::string ReadTestData(const std::string& path) {
  std::ifstream file(std::string(WIREFOLD_SOURCE_DIR "/tests/testdata/") + path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_PARSE_PACKING_H_
