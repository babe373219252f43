// HugePageVector: a vector for tables that are read all over: of 2 MiB and more it asks the kernel
// for huge pages, since with pages of 4 KiB nearly each access would cost a miss of the TLB too.
//
// Example:
//   HugePageVector<uint64_t> table(size_t{1} << 24);      // zeros
//
// Only advice (madvise(2), MADV_HUGEPAGE): where the kernel has no huge pages to give, or is told
// to give none, it is a vector like any other.
//
// Thread-safe as std::vector is.
#ifndef WIREFOLD_LIB_BASE_HUGE_PAGES_H_
#define WIREFOLD_LIB_BASE_HUGE_PAGES_H_

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <vector>

namespace wirefold {

template <typename T>
class HugePageAllocator {
 public:
  using value_type = T;
  static constexpr size_t kPageBytes = size_t{2} << 20;

  HugePageAllocator() = default;
  template <typename Other>
  explicit HugePageAllocator(const HugePageAllocator<Other>&) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kPageBytes) {
      return static_cast<T*>(::operator new (bytes, std::align_val_t{alignof(T)}));
    }
    void* const memory = ::operator new (bytes, std::align_val_t{kPageBytes});
    madvise(memory, bytes / kPageBytes * kPageBytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t count) {
    const size_t bytes = count * sizeof(T);
    ::operator delete (memory, std::align_val_t{bytes < kPageBytes ? alignof(T) : kPageBytes});
  }

  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }
};

template <typename T>
using HugePageVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_HUGE_PAGES_H_
