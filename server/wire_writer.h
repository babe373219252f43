// WireSize and WireWriter: a protobuf message's fields counted, and written, by the same code.
//
// Example:
//   template <typename Out>
//   void Encode(const Thing& thing, Out& out) {
//     out.String(1, thing.name);
//     out.Number(2, thing.count);
//   }
//   WireSize size;
//   Encode(thing, size);
//   WireWriter writer(buffer);                   // of size.bytes() bytes
//   Encode(thing, writer);
//
// Fields must come in the order of their numbers, as protobuf's serializer writes them; what is
// empty or zero is left out, as in proto3. Belong to one thread.
#ifndef WIREFOLD_SERVER_WIRE_WRITER_H_
#define WIREFOLD_SERVER_WIRE_WRITER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wirefold {

// Bytes of a number in base 128.
inline size_t VarintSize(uint64_t number) {
  return static_cast<size_t>((std::bit_width(number | 1) + 6) / 7);
}

// What both have; `Sink` has Varint and Raw.
template <typename Sink>
class WireFields {
 public:
  void Number(uint32_t field, uint64_t number) {
    if (number == 0) return;
    sink().Varint(uint64_t{field} << 3);
    sink().Varint(number);
  }
  void String(uint32_t field, std::string_view bytes) {
    if (!bytes.empty()) Item(field, bytes);
  }
  // A string of a list, or a message's bytes: written even if it is empty.
  void Item(uint32_t field, std::string_view bytes) {
    Head(field, bytes.size());
    sink().Raw(bytes);
  }
  // What stands ahead of `size` bytes that follow.
  void Head(uint32_t field, size_t size) {
    sink().Varint(uint64_t{field} << 3 | 2);
    sink().Varint(size);
  }

 private:
  Sink& sink() { return static_cast<Sink&>(*this); }
};

class WireSize : public WireFields<WireSize> {
 public:
  [[nodiscard]] size_t bytes() const { return bytes_; }
  void Varint(uint64_t number) { bytes_ += VarintSize(number); }
  void Raw(std::string_view bytes) { bytes_ += bytes.size(); }

 private:
  size_t bytes_ = 0;
};

class WireWriter : public WireFields<WireWriter> {
 public:
  // There must be room for all that is written.
  explicit WireWriter(uint8_t* to) : at_(to) {}
  [[nodiscard]] uint8_t* at() const { return at_; }
  void Varint(uint64_t number) {
    for (; number >= 0x80; number >>= 7) *at_++ = static_cast<uint8_t>(number | 0x80);
    *at_++ = static_cast<uint8_t>(number);
  }
  void Raw(std::string_view bytes) {
    if (bytes.empty()) return;  // its address may be null
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }

 private:
  uint8_t* at_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_WIRE_WRITER_H_
