#include "server/config.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wirefold {
namespace {

using testing::AllOf;
using testing::HasSubstr;

absl::StatusOr<Invocation> Parse(std::vector<const char*> flags, Environment environment = {}) {
  flags.insert(flags.begin(), "wirefoldd");
  return ParseInvocation(static_cast<int>(flags.size()), flags.data(), environment);
}

std::string ErrorOf(const absl::StatusOr<Invocation>& invocation) {
  return std::string(invocation.status().message());
}

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text)
      : path_(testing::TempDir() + "wirefold_config_test_" + std::to_string(getpid()) + ".toml") {
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

TEST(Config, FlagsWinOverTheEnvironmentWhichWinsOverTheFile) {
  const ConfigFile file(
      "listen = \"127.0.0.1:1\"\nworkers = 1\nmax-streams = 1\nblock-cache-bytes = \"2MiB\"\n"
      "comparison-cache-bytes = 4096\n");
  const auto run = Parse({"--config", file.path().c_str(), "--listen", "127.0.0.1:3"},
                         {{"WIREFOLD_LISTEN", "127.0.0.1:2"}, {"WIREFOLD_WORKERS", "2"}});
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->action, Invocation::Action::kServe);
  EXPECT_EQ(run->config.listen, "127.0.0.1:3");
  EXPECT_EQ(run->config.workers, 2);
  EXPECT_EQ(run->config.max_streams, 1);
  EXPECT_EQ(run->config.block_cache_bytes, 2 << 20);
  EXPECT_EQ(run->config.comparison_cache_bytes, 4096);
  EXPECT_EQ(run->config.window_days, 30);
}

TEST(Config, EverySettingCanBeGivenInEachOfTheThreeWays) {
  const Config defaults;
  for (const Setting& setting : Settings()) {
    std::string text = "7";
    std::string toml = "7";
    switch (setting.kind) {
      case SettingKind::kAddress:
        text = "127.0.0.1:9";
        break;
      case SettingKind::kChoice:
        text = "warn";
        break;
      case SettingKind::kCount:
        text = toml = std::to_string(setting.min + 1);
        break;
      case SettingKind::kBytes:
        text = "17MiB";  // fits both bounds on bytes in flight
        break;
      case SettingKind::kSwitch:
        text = toml = "true";
        break;
      case SettingKind::kText:
        text = "/other";
        break;
    }
    const bool quoted = setting.kind != SettingKind::kCount && setting.kind != SettingKind::kSwitch;
    if (quoted) toml = "\"" + text + "\"";
    const std::string name(setting.name);
    const ConfigFile file(name + " = " + toml + "\n");
    for (const auto& run :
         {Parse({"--config", file.path().c_str()}), Parse({}, {{EnvironmentName(setting), text}}),
          Parse({("--" + name + "=" + text).c_str()})}) {
      ASSERT_TRUE(run.ok()) << run.status();
      EXPECT_EQ(TomlValue(setting, run->config), toml);
      EXPECT_NE(TomlValue(setting, run->config), TomlValue(setting, defaults));
    }
  }
}

TEST(Config, TheFlagOfASwitchAloneTurnsItOnAndWithFalseOff) {
  const ConfigFile file("keep-raw = true\n");
  EXPECT_TRUE(Parse({"--keep-raw"})->config.keep_raw);
  EXPECT_TRUE(Parse({"--keep-raw", "--workers", "2"})->config.keep_raw);
  EXPECT_TRUE(Parse({"--config", file.path().c_str()})->config.keep_raw);
  EXPECT_FALSE(Parse({"--config", file.path().c_str(), "--keep-raw=false"})->config.keep_raw);
  EXPECT_FALSE(
      Parse({"--config", file.path().c_str()}, {{"WIREFOLD_KEEP_RAW", "false"}})->config.keep_raw);
}

TEST(Config, TheFileMayBeNamedByTheEnvironment) {
  const ConfigFile file("workers = 5\n");
  const auto run = Parse({}, {{"WIREFOLD_CONFIG", file.path()}});
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->config.workers, 5);
}

TEST(Config, PrintsTheEffectiveConfigurationAsTomlThatCanBeReadBack) {
  const ConfigFile file("max-streams = 12\n");
  const auto run = Parse({"--config", file.path().c_str(), "--print-config", "--data-dir", "a\"b"},
                         {{"WIREFOLD_WORKERS", "2"}});
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->action, Invocation::Action::kPrint);
  EXPECT_THAT(run->output, AllOf(HasSubstr("workers = 2  # environment WIREFOLD_WORKERS\n"),
                                 HasSubstr("max-streams = 12  # file " + file.path() + "\n"),
                                 HasSubstr("  # flag --data-dir\n"),
                                 HasSubstr("listen = \"127.0.0.1:7070\"  # default\n")));
  const ConfigFile printed(run->output);
  const auto again = Parse({"--config", printed.path().c_str()});
  ASSERT_TRUE(again.ok()) << again.status();
  for (const Setting& setting : Settings()) {
    EXPECT_EQ(TomlValue(setting, again->config), TomlValue(setting, run->config));
  }
}

TEST(Config, ErrorsNameTheSourceTheSettingAndWhatToDo) {
  {
    const ConfigFile file("workers = 1\nwindow = 3\n");
    EXPECT_THAT(ErrorOf(Parse({"--config", file.path().c_str()})),
                AllOf(HasSubstr(file.path() + ":2: unknown setting 'window'"),
                      HasSubstr("--print-config")));
  }
  {
    const ConfigFile file("workers = \"2\"\n");
    EXPECT_THAT(ErrorOf(Parse({"--config", file.path().c_str()})),
                HasSubstr("workers must be an integer without quotes"));
  }
  {
    const ConfigFile file("listen = 7070\n");
    EXPECT_THAT(ErrorOf(Parse({"--config", file.path().c_str()})),
                HasSubstr("listen must be a string in quotes"));
  }
  {
    const ConfigFile file("keep-raw = \"true\"\n");
    EXPECT_THAT(ErrorOf(Parse({"--config", file.path().c_str()})),
                HasSubstr("keep-raw must be true or false, without quotes"));
  }
  {
    const ConfigFile file("[server]\nlisten = \"x:1\"\n");
    EXPECT_THAT(ErrorOf(Parse({"--config", file.path().c_str()})),
                HasSubstr("unknown setting 'server'"));
  }
  {
    const ConfigFile file("workers =\n");
    EXPECT_THAT(ErrorOf(Parse({"--config", file.path().c_str()})),
                AllOf(HasSubstr(file.path() + ":1"), HasSubstr("correct the TOML")));
  }
  EXPECT_THAT(ErrorOf(Parse({"--config", "/nonexistent.toml"})),
              HasSubstr("/nonexistent.toml can't be read"));
  EXPECT_THAT(ErrorOf(Parse({}, {{"WIREFOLD_WINDOW", "3"}})),
              HasSubstr("unknown environment variable WIREFOLD_WINDOW; unset it"));
  EXPECT_THAT(ErrorOf(Parse({}, {{"WIREFOLD_WORKERS", "two"}})),
              HasSubstr("environment WIREFOLD_WORKERS: workers = \"two\" is no integer"));
  EXPECT_THAT(
      ErrorOf(Parse({}, {{"WIREFOLD_KEEP_RAW", "1"}})),
      HasSubstr("environment WIREFOLD_KEEP_RAW: keep-raw = \"1\" is neither true nor false"));
  EXPECT_THAT(
      ErrorOf(Parse({"--max-inflight-bytes", "1MB"})),
      HasSubstr("flag --max-inflight-bytes: max-inflight-bytes = \"1MB\" is no size; write"));
  EXPECT_THAT(ErrorOf(Parse({"--log-level", "loud"})), HasSubstr("debug|info|warn|error"));
  EXPECT_THAT(ErrorOf(Parse({"--nonsense"})), HasSubstr("--nonsense"));
  EXPECT_THAT(
      ErrorOf(Parse({"--max-inflight-bytes", "1MiB"})),
      HasSubstr("max-stream-inflight-bytes (16MiB) is more than max-inflight-bytes (1MiB)"));
}

TEST(Config, LeavesTheClientsAndTheClustersVariablesAlone) {
  const auto run = Parse({}, {{"WIREFOLD_SERVER", "x:1"},
                              {"WIREFOLD_TEST_DATA", "/d"},
                              {"WIREFOLD_SERVICE_HOST", "10.0.0.1"},
                              {"WIREFOLD_SERVICE_PORT_GRPC", "7070"},
                              {"WIREFOLD_PORT", "tcp://10.0.0.1:7070"},
                              {"WIREFOLD_PORT_7070_TCP_ADDR", "10.0.0.1"},
                              {"PATH", "/bin"}});
  EXPECT_TRUE(run.ok()) << run.status();
}

TEST(Config, HelpNamesEverySettingWithItsVariable) {
  const auto help = Parse({"--help"});
  ASSERT_TRUE(help.ok());
  EXPECT_EQ(help->action, Invocation::Action::kPrint);
  for (const Setting& setting : Settings()) {
    EXPECT_THAT(help->output, AllOf(HasSubstr("--" + std::string(setting.name)),
                                    HasSubstr(EnvironmentName(setting))));
  }
  const auto version = Parse({"--version"});
  ASSERT_TRUE(version.ok());
  EXPECT_THAT(version->output, testing::MatchesRegex("wirefoldd [0-9.]+\n"));
}

}  // namespace
}  // namespace wirefold
