// Linked into fuzz targets in place of ZSTD_createDStream and ZSTD_freeDStream (-Wl,--wrap): one
// context is kept, since under AddressSanitizer opening one costs more than the rest of a run.
#include <zstd.h>

extern "C" {

ZSTD_DStream* __real_ZSTD_createDStream();
size_t __real_ZSTD_freeDStream(ZSTD_DStream* stream);

static ZSTD_DStream* kept = nullptr;

ZSTD_DStream* __wrap_ZSTD_createDStream() {
  if (kept == nullptr) return __real_ZSTD_createDStream();
  ZSTD_DStream* const stream = kept;
  kept = nullptr;
  ZSTD_DCtx_reset(stream, ZSTD_reset_session_and_parameters);
  return stream;
}

size_t __wrap_ZSTD_freeDStream(ZSTD_DStream* stream) {
  if (kept != nullptr || stream == nullptr) return __real_ZSTD_freeDStream(stream);
  kept = stream;
  return 0;
}

}  // extern "C"
