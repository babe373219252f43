// Times on the command line.
//
// Example:
//   absl::StatusOr<google::protobuf::Timestamp> from = ParseTimeArgument("2023-09-05");
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_CLIENT_COMMAND_TIME_ARGUMENT_H_
#define WIREFOLD_CLIENT_COMMAND_TIME_ARGUMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"

namespace wirefold {

// RFC 3339 ("2023-09-05T10:15:02Z", "2023-09-05T18:15:02.5+08:00"), or a date, which is its first
// moment in UTC. INVALID_ARGUMENT for anything else.
[[nodiscard]] absl::StatusOr<google::protobuf::Timestamp> ParseTimeArgument(
    const std::string& text);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_TIME_ARGUMENT_H_
