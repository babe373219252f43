// Heap: where the daemon's allocator gets its memory.
//
// Example:
//   UseHugePagesForHeap();   // first thing in main
//
// Not thread-safe: call it before the first thread is started.
#ifndef WIREFOLD_SERVER_HEAP_H_
#define WIREFOLD_SERVER_HEAP_H_

#include <cstddef>

namespace wirefold {

// Has the allocator ask the kernel for huge pages (madvise(2), MADV_HUGEPAGE) for its memory once
// it has taken more than `small_bytes` of it: caches and blocks of hundreds of megabytes are read
// all over, and with pages of 4 KiB most reads miss the TLB. For a small heap zeroing 2 MiB at the
// first byte costs more. What was taken before the call stays as it is. Only advice; the first call
// counts.
void UseHugePagesForHeap(size_t small_bytes = size_t{1} << 30);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_HEAP_H_
