// What the tests of the command share: the command as users run it, a process with arguments,
// standard streams and an exit code, beside a server that answers as it is told.
#ifndef WIREFOLD_TESTS_CLIENT_COMMAND_FIXTURE_H_
#define WIREFOLD_TESTS_CLIENT_COMMAND_FIXTURE_H_

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/client/fake_server.h"

namespace wirefold {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline std::vector<nlohmann::json> Lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

class CommandTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name =
        (std::filesystem::temp_directory_path() / "wirefold_command_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& bytes) {
    std::filesystem::create_directories(std::filesystem::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path, std::ios::binary) << bytes;
  }

  std::string Read(const std::string& path) const {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
  }

  // Runs the command by the shell in the test's folder, with WIREFOLD_SERVER set.
  Ran Run(const std::string& arguments, const std::string& input = "") {
    Write(".in", input);
    const std::string line = "cd '" + root_ + "' && WIREFOLD_SERVER=" + server_.address() + " '" +
                             WIREFOLD_COMMAND + "' " + arguments + " <.in >.out 2>.err";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Read(root_ + "/.out"),
            Read(root_ + "/.err")};
  }

  FakeServer server_;
  std::string root_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_CLIENT_COMMAND_FIXTURE_H_
