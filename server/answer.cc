#include "server/answer.h"

#include "server/wire_writer.h"

namespace wirefold {
namespace {

uint8_t* BytesOf(const grpc::Slice& slice) { return const_cast<uint8_t*>(slice.begin()); }

}  // namespace

uint8_t* Answer::Add(size_t size) {
  pieces_.emplace_back(size);
  return BytesOf(pieces_.back());
}

uint8_t* Answer::AddItem(uint32_t field, size_t size) {
  WireSize head;
  head.Head(field, size);
  WireWriter writer(Add(head.bytes() + size));
  writer.Head(field, size);
  return writer.at();
}

void Answer::Add(const google::protobuf::MessageLite& message) {
  const size_t size = message.ByteSizeLong();
  if (size > 0) message.SerializeWithCachedSizesToArray(Add(size));
}

grpc::ByteBuffer Answer::Take() const {
  if (pieces_.empty()) {
    const grpc::Slice empty;
    return {&empty, 1};
  }
  return {pieces_.data(), pieces_.size()};
}

}  // namespace wirefold
