#include "server/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "server/log.h"

namespace wirefold {
namespace {

std::string_view NameOf(int signal) { return signal == SIGTERM ? "SIGTERM" : "SIGINT"; }

}  // namespace

Signals::Signals() : state_(new State) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([state = state_, set] {
    while (true) {
      int signal = 0;
      if (sigwait(&set, &signal) != 0) continue;
      bool at_once = false;
      {
        const std::lock_guard lock(state->mutex);
        at_once = !state->awaited || state->signal != 0;
        state->signal = signal;
      }
      if (at_once) {
        Log(LogLevel::kWarn, "ended_at_once", {{"signal", NameOf(signal)}});
        _exit(128 + signal);
      }
      state->changed.notify_all();
    }
  }).detach();
}

std::string_view Signals::Await() {
  std::unique_lock lock(state_->mutex);
  state_->awaited = true;
  state_->changed.wait(lock, [this] { return state_->signal != 0; });
  return NameOf(state_->signal);
}

}  // namespace wirefold
