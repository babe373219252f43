#include "lib/store/wire_reader.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace wirefold {

bool WireReader::SkipGroup() {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(rest_.data()),
                                            static_cast<int>(rest_.size()));
  const uint32_t tag =
      WireFormatLite::MakeTag(static_cast<int>(field_), WireFormatLite::WIRETYPE_START_GROUP);
  if (!WireFormatLite::SkipField(&in, tag)) return false;
  rest_.remove_prefix(static_cast<size_t>(in.CurrentPosition()));
  return true;
}

}  // namespace wirefold
