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
#include <cstdint>
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
    // Straight from the kernel, so that it goes back there at once. Of a page more what lies before
    // the first whole one is given back.
    void* const mapped = mmap(nullptr, MappedBytes(bytes) + kPageBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    char* const begin = static_cast<char*>(mapped);
    const size_t before =
        (kPageBytes - reinterpret_cast<uintptr_t>(mapped) % kPageBytes) % kPageBytes;
    if (before > 0) munmap(begin, before);
    munmap(begin + before + MappedBytes(bytes), kPageBytes - before);
    madvise(begin + before, bytes / kPageBytes * kPageBytes, MADV_HUGEPAGE);
    return reinterpret_cast<T*>(begin + before);
  }
  void deallocate(T* memory, size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kPageBytes) {
      ::operator delete (memory, std::align_val_t{alignof(T)});
    } else {
      munmap(memory, MappedBytes(bytes));
    }
  }

  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }

 private:
  static constexpr size_t kSmallPageBytes = 4096;
  static size_t MappedBytes(size_t bytes) {
    return (bytes + kSmallPageBytes - 1) / kSmallPageBytes * kSmallPageBytes;
  }
};

template <typename T>
using HugePageVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_HUGE_PAGES_H_
