// Heap: where the daemon's allocator gets its memory.
//
// Example:
//   UseHugePagesForHeap();   // first thing in main
//
// Not thread-safe: call it before the first thread is started.
#ifndef WIREFOLD_SERVER_HEAP_H_
#define WIREFOLD_SERVER_HEAP_H_

namespace wirefold {

// Has the allocator ask the kernel for huge pages (madvise(2), MADV_HUGEPAGE) for all that it takes
// from now on: caches and blocks of hundreds of megabytes are read all over, and with pages of
// 4 KiB most reads miss the TLB. Only advice, and nothing where the allocator is not tcmalloc.
void UseHugePagesForHeap();

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_HEAP_H_
