// PrefetchRead, PrefetchWrite: ask the processor for memory that will be read or written soon.
//
// Example:
//   for (const uint64_t key : keys) PrefetchRead(&table[PlaceOf(key)]);
//   for (const uint64_t key : keys) use(table[PlaceOf(key)]);      // waits together
//
// Not __builtin_prefetch by itself: to GCC a function that does nothing else has no effect, and
// whole loops of calls of it vanish unless it happens to inline them early.
//
// Any address will do; thread-safe.
#ifndef WIREFOLD_LIB_BASE_PREFETCH_H_
#define WIREFOLD_LIB_BASE_PREFETCH_H_

namespace wirefold {

inline void PrefetchRead(const void* address) {
  __builtin_prefetch(address);
  asm volatile("" : : "r"(address));
}

inline void PrefetchWrite(const void* address) {
  __builtin_prefetch(address, 1);
  asm volatile("" : : "r"(address));
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_PREFETCH_H_
