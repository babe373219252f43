#include "server/heap.h"

#include <gperftools/malloc_extension.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace wirefold {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kReserved = size_t{64} << 20;  // address space, of which nothing is taken at first

constexpr uintptr_t RoundUp(uintptr_t value, size_t to) { return (value + to - 1) / to * to; }

// Called by tcmalloc under its lock, so nothing here may allocate.
class HugePageSystem final : public SysAllocator {
 public:
  // `other`: asked where the kernel has no address space to reserve.
  HugePageSystem(size_t small_bytes, SysAllocator* other)
      : small_bytes_(small_bytes), other_(other) {}

  void* Alloc(size_t size, size_t* actual_size, size_t alignment) override {
    if (size > PTRDIFF_MAX / 2 || alignment > PTRDIFF_MAX / 2) return nullptr;
    const size_t aligned = std::max(alignment, kHugePage);
    const size_t rounded = RoundUp(size, kHugePage);
    uintptr_t begin = 0;
    if (rounded > kReserved / 2) {
      begin = Map(rounded + aligned);
      if (begin != 0) begin = RoundUp(begin, aligned);
    } else {
      begin = RoundUp(next_, aligned);
      if (begin > end_ || rounded > end_ - begin) {
        next_ = Map(kReserved + aligned);
        end_ = next_ == 0 ? 0 : next_ + kReserved + aligned;
        begin = RoundUp(next_, aligned);
      }
      if (begin != 0) next_ = begin + rounded;
    }
    if (begin == 0)
      return other_ == nullptr ? nullptr : other_->Alloc(size, actual_size, alignment);
    if (actual_size != nullptr) *actual_size = rounded;
    return reinterpret_cast<void*>(begin);
  }

 private:
  struct Mapping {
    void* memory;
    size_t bytes;
  };

  // 0 if there is no room.
  uintptr_t Map(size_t bytes) {
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return 0;
    mapped_ += bytes;
    if (mapped_ <= small_bytes_ && early_count_ < early_.size()) {
      early_[early_count_++] = {memory, bytes};
    } else {
      madvise(memory, bytes, MADV_HUGEPAGE);
      // The kernel makes huge pages of what these hold already, in time.
      for (; early_count_ > 0; --early_count_) {
        const Mapping& mapping = early_[early_count_ - 1];
        madvise(mapping.memory, mapping.bytes, MADV_HUGEPAGE);
      }
    }
    return reinterpret_cast<uintptr_t>(memory);
  }

  const size_t small_bytes_;
  SysAllocator* const other_;
  uintptr_t next_ = 0;
  uintptr_t end_ = 0;
  size_t mapped_ = 0;
  // What was mapped while the heap was small.
  std::array<Mapping, 64> early_{};
  size_t early_count_ = 0;
};

}  // namespace

void UseHugePagesForHeap(size_t small_bytes) {
  // Never destroyed: the allocator outlives everything.
  alignas(HugePageSystem) static std::byte memory[sizeof(HugePageSystem)];
  static bool is_done = false;
  if (std::exchange(is_done, true)) return;
  MallocExtension* const tcmalloc = MallocExtension::instance();
  tcmalloc->SetSystemAllocator(new (memory)
                                   HugePageSystem(small_bytes, tcmalloc->GetSystemAllocator()));
}

}  // namespace wirefold
