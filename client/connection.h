// Connection: waiting for a channel that has lost its server, so that it notices when that is back.
//
// gRPC looks at a socket only while somebody polls it. A call that is under way does, and so does
// whoever waits for a change of the channel's state. On a channel with neither, the outcome of an
// attempt to connect is noticed when a timer of gRPC's own comes by, every five seconds, and only
// then is the next attempt made. So between two calls on such a channel wait here; don't sleep.
//
// Example:
//   if (!AwaitConnection(*channel, now + pause, now + timeout, [] { return false; })) …
//
// Thread-safe.
#ifndef WIREFOLD_CLIENT_CONNECTION_H_
#define WIREFOLD_CLIENT_CONNECTION_H_

#include <grpcpp/channel.h>

#include <chrono>
#include <functional>

namespace wirefold {

// The longest pause between two attempts to connect, but for gRPC's jitter of a fifth.
inline constexpr int kMaxReconnectMs = 1'000;

// Waits until `channel` is connected and `not_before` has passed; a connection that was refused
// meanwhile and then made ends the pause, since the server is another one then. Attempts to connect
// are made as the channel's own backoff says. False if `deadline` passes first, or `cancelled`
// returns true, which is asked about ten times a second.
[[nodiscard]] bool AwaitConnection(grpc::Channel& channel,
                                   std::chrono::steady_clock::time_point not_before,
                                   std::chrono::steady_clock::time_point deadline,
                                   const std::function<bool()>& cancelled);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_CONNECTION_H_
