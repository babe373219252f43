#include "tests/bench/wirefold_bench/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirefold::bench {
namespace {

constexpr std::chrono::seconds kReadyTimeout{120};

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The number behind "KEY:" in a file of /proc; 0 if there is none.
uint64_t Field(const std::string& text, std::string_view key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':') continue;
    uint64_t value = 0;
    std::istringstream(line.substr(key.size() + 1)) >> value;
    return value;
  }
  return 0;
}

// A thread's CPU time: the 14th and 15th field of its stat, in clock ticks; the second, its name in
// parentheses, may hold blanks.
std::optional<double> ThreadCpu(const std::filesystem::path& task) {
  const std::string stat = ReadAll((task / "stat").string());
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  uint64_t user = 0;
  uint64_t system = 0;
  if (!(fields >> user >> system)) return std::nullopt;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// Between fork and exec: only what is safe in a child of a process with threads.
[[noreturn]] void Execute(char* const* argv, char* const* environment, int log, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before the line above
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execve(argv[0], argv, environment);
  _exit(127);
}

}  // namespace

Usage operator-(const Usage& later, const Usage& earlier) {
  Usage grown = later;
  grown.cpu_s -= earlier.cpu_s;
  grown.disk_bytes -= earlier.disk_bytes;
  grown.written_bytes -= earlier.written_bytes;
  for (const auto& [name, cpu_s] : earlier.thread_cpu_s) {
    const auto found = grown.thread_cpu_s.find(name);
    if (found != grown.thread_cpu_s.end()) found->second -= cpu_s;
  }
  return grown;
}

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const std::vector<std::string>& command,
                                                    const std::string& log_path) {
  std::vector<std::string> words = command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("WIREFOLD_")) environment.push_back(*variable);
  }
  environment.push_back(nullptr);
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (log < 0) return absl::UnavailableError(absl::StrCat(log_path, ": can't be written"));
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Execute(argv.data(), environment.data(), log, parent);
  close(log);
  if (pid < 0) return absl::UnavailableError("fork failed");
  std::unique_ptr<Child> child(new Child(pid));
  if (absl::Status ready = child->AwaitReady(log_path); !ready.ok()) {
    return absl::UnavailableError(absl::StrCat(command.front(), ": ", ready.message()));
  }
  return child;
}

absl::Status Child::AwaitReady(const std::string& log_path) {
  const auto deadline = std::chrono::steady_clock::now() + kReadyTimeout;
  while (std::chrono::steady_clock::now() < deadline) {
    const std::string log = ReadAll(log_path);
    const size_t ready = log.find("ready");
    const size_t address = ready == std::string::npos ? ready : log.find("address=", ready);
    const size_t end = address == std::string::npos ? address : log.find_first_of(" \n", address);
    if (end != std::string::npos) {
      address_ = log.substr(address + 8, end - address - 8);
      return absl::OkStatus();
    }
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      const size_t tail = log.size() > 2000 ? log.size() - 2000 : 0;
      return absl::UnavailableError(absl::StrCat("ended before it served: ", log.substr(tail)));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return absl::UnavailableError("was not ready in time");
}

Child::~Child() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Usage Child::ReadUsage() const {
  Usage usage;
  const std::filesystem::path proc = absl::StrCat("/proc/", pid_);
  clockid_t clock{};
  struct timespec cpu {};
  if (clock_getcpuclockid(pid_, &clock) == 0 && clock_gettime(clock, &cpu) == 0) {
    usage.cpu_s = static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9;
  }
  std::error_code error;
  std::filesystem::directory_iterator tasks(proc / "task", error);
  for (; !error && tasks != std::filesystem::directory_iterator(); tasks.increment(error)) {
    std::string name = ReadAll((tasks->path() / "comm").string());
    while (!name.empty() && name.back() == '\n') name.pop_back();
    if (const auto cpu_s = ThreadCpu(tasks->path())) usage.thread_cpu_s[name] += *cpu_s;
  }
  const std::string status = ReadAll((proc / "status").string());
  usage.memory_bytes = Field(status, "VmRSS") * 1024;
  usage.peak_memory_bytes = Field(status, "VmHWM") * 1024;
  const std::string io = ReadAll((proc / "io").string());
  usage.disk_bytes = Field(io, "write_bytes");
  usage.written_bytes = Field(io, "wchar");
  return usage;
}

absl::Status Child::Stop() {
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("a server ended with status ", status));
}

}  // namespace wirefold::bench
