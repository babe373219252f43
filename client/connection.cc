#include "client/connection.h"

#include <algorithm>

namespace wirefold {
namespace {

// How long a wait may last before `cancelled` is asked again.
constexpr std::chrono::milliseconds kSlice{100};

}  // namespace

bool AwaitConnection(grpc::Channel& channel, std::chrono::steady_clock::time_point not_before,
                     std::chrono::steady_clock::time_point deadline,
                     const std::function<bool()>& cancelled) {
  bool refused = false;
  while (!cancelled()) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return false;
    const grpc_connectivity_state state = channel.GetState(/*try_to_connect=*/true);
    refused = refused || state == GRPC_CHANNEL_TRANSIENT_FAILURE;
    const bool connected = state == GRPC_CHANNEL_READY;
    if (connected && (refused || now >= not_before)) return true;
    auto wake = std::min(deadline, now + kSlice);
    if (connected) wake = std::min(wake, not_before);
    // A connected channel is watched too, for the server may go away during the pause.
    channel.WaitForStateChange(
        state, std::chrono::system_clock::now() +
                   std::chrono::duration_cast<std::chrono::system_clock::duration>(wake - now));
  }
  return false;
}

}  // namespace wirefold
