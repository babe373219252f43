// WireReader: goes through the fields of an encoded protobuf message and copies nothing.
//
// Example:
//   WireReader fields(bytes);
//   while (fields.Next()) {
//     if (fields.field() == ArticleRecord::kTitleFieldNumber && fields.is_bytes()) …
//   }
//   if (!fields.ok()) return Damaged();
//
// Reads https://protobuf.dev/programming-guides/encoding and takes for damaged what protobuf's own
// parser does, so that a record is readable for all readers or for none; tests hold it to that.
// Groups, which nothing stored has, are passed over. Belongs to one thread; what it returns lives
// as long as the message's bytes.
#ifndef WIREFOLD_LIB_STORE_WIRE_READER_H_
#define WIREFOLD_LIB_STORE_WIRE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirefold {

class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}

  // Goes on to the next field. False at the end, and where the message is damaged.
  bool Next() {
    while (ok_ && !rest_.empty()) {
      uint64_t tag = 0;
      if (!Varint(kMaxShortBytes, tag)) return ok_ = false;
      field_ = static_cast<uint32_t>(tag) >> kTypeBits;
      type_ = static_cast<uint32_t>(tag) & kTypeMask;
      if (field_ == 0) return ok_ = false;
      switch (type_) {
        case kVarint:
          return ok_ = Varint(kMaxVarintBytes, number_);
        case kBytes:
          return ok_ = Varint(kMaxShortBytes, number_) && Take(number_);
        case kFixed64:
          return ok_ = Take(8);
        case kFixed32:
          return ok_ = Take(4);
        case kGroup:
          ok_ = SkipGroup();
          continue;
        default:
          return ok_ = false;
      }
    }
    return false;
  }

  // Whether nothing was damaged so far.
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] uint32_t field() const { return field_; }
  [[nodiscard]] bool is_bytes() const { return type_ == kBytes; }
  [[nodiscard]] bool is_number() const { return type_ == kVarint; }
  // Of a field of bytes: a string, a message, packed numbers.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  // Of a number, and as the types sint64 and sint32 have it.
  [[nodiscard]] uint64_t number() const { return number_; }
  [[nodiscard]] int64_t signed_number() const {
    return static_cast<int64_t>((number_ >> 1) ^ (~(number_ & 1) + 1));
  }

  // Takes a number off the front of packed ones; false where there is none.
  static bool TakePacked(std::string_view& packed, uint64_t& number) {
    WireReader reader(packed);
    if (!reader.Varint(kMaxVarintBytes, number)) return false;
    packed = reader.rest_;
    return true;
  }

 private:
  static constexpr uint32_t kTypeBits = 3;
  static constexpr uint32_t kTypeMask = 7;
  static constexpr uint32_t kVarint = 0;
  static constexpr uint32_t kFixed64 = 1;
  static constexpr uint32_t kBytes = 2;
  static constexpr uint32_t kGroup = 3;
  static constexpr uint32_t kFixed32 = 5;
  static constexpr unsigned kMaxVarintBytes = 10;
  static constexpr unsigned kMaxShortBytes = 5;  // of a tag (of 32 bits; more are lost), of a size

  bool Varint(unsigned max_bytes, uint64_t& number) {
    number = 0;
    for (unsigned i = 0; !rest_.empty() && i < max_bytes; ++i) {
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
      if (byte < 0x80) return true;
    }
    return false;
  }
  // What stands behind a group's tag up to its end.
  bool SkipGroup();
  bool Take(uint64_t size) {
    if (size > rest_.size()) return false;
    bytes_ = rest_.substr(0, static_cast<size_t>(size));
    rest_.remove_prefix(static_cast<size_t>(size));
    return true;
  }

  std::string_view rest_;
  std::string_view bytes_;
  uint64_t number_ = 0;
  uint32_t field_ = 0;
  uint32_t type_ = 0;
  bool ok_ = true;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_WIRE_READER_H_
