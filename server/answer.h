// Answer: the bytes of a response's message, put together piece by piece without copying.
//
// Example:
//   Answer answer;
//   writer.WriteTo(answer.AddItem(v1::ListArticlesResponse::kArticlesFieldNumber, size));
//   answer.Add(rest);                            // a message with the fields that follow
//   *response = answer.Take();
//
// Fields must come in the order of their numbers, and each room be filled before the next call:
// that may move it. Belongs to one thread.
#ifndef WIREFOLD_SERVER_ANSWER_H_
#define WIREFOLD_SERVER_ANSWER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "google/protobuf/message_lite.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"

namespace wirefold {

class Answer {
 public:
  // Room for a message of `size` bytes, which is all of the answer, or its next fields.
  [[nodiscard]] uint8_t* Add(size_t size);
  // … which is a field of the answer.
  [[nodiscard]] uint8_t* AddItem(uint32_t field, size_t size);
  // The fields that `message` has.
  void Add(const google::protobuf::MessageLite& message);

  // Nothing is in it any more.
  void Clear() { pieces_.clear(); }
  [[nodiscard]] grpc::ByteBuffer Take() const;

 private:
  std::vector<grpc::Slice> pieces_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ANSWER_H_
