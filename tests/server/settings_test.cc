#include "server/settings.h"

#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wirefold {
namespace {

using testing::HasSubstr;

TEST(Settings, EveryDefaultIsValidAndIsWhatAConfigStartsWith) {
  const Config config;
  for (const Setting& setting : Settings()) {
    Config other;
    EXPECT_TRUE(SetSetting(setting, setting.default_value, other).ok()) << setting.name;
    EXPECT_EQ(TomlValue(setting, other), TomlValue(setting, config)) << setting.name;
  }
  EXPECT_TRUE(CheckSettings(config).ok());
  EXPECT_EQ(config.listen, "127.0.0.1:7070");
  EXPECT_EQ(config.data_dir, "./wirefold-data");
  EXPECT_EQ(config.max_inflight_bytes, int64_t{256} << 20);
  EXPECT_EQ(config.max_stream_inflight_bytes, int64_t{16} << 20);
}

TEST(Settings, NumbersAreTakenAtTheirBoundsAndRefusedBeyond) {
  Config config;
  for (const Setting& setting : Settings()) {
    if (setting.kind != SettingKind::kCount && setting.kind != SettingKind::kBytes) continue;
    EXPECT_TRUE(SetSetting(setting, std::to_string(setting.min), config).ok()) << setting.name;
    EXPECT_TRUE(SetSetting(setting, std::to_string(setting.max), config).ok()) << setting.name;
    EXPECT_FALSE(SetSetting(setting, std::to_string(setting.min - 1), config).ok()) << setting.name;
    if (setting.max == std::numeric_limits<int64_t>::max()) continue;
    EXPECT_FALSE(SetSetting(setting, std::to_string(setting.max + 1), config).ok()) << setting.name;
  }
}

TEST(Settings, ASwitchIsTrueOrFalseAndNothingElse) {
  Config config;
  const Setting& keep_raw = *FindSetting("keep-raw");
  EXPECT_FALSE(config.keep_raw);
  EXPECT_TRUE(SetSetting(keep_raw, "true", config).ok());
  EXPECT_TRUE(config.keep_raw);
  EXPECT_EQ(TomlValue(keep_raw, config), "true");
  for (const char* bad : {"", "1", "0", "yes", "True", "true "}) {
    EXPECT_FALSE(SetSetting(keep_raw, bad, config).ok()) << bad;
  }
  EXPECT_TRUE(SetSetting(keep_raw, "false", config).ok());
  EXPECT_EQ(TomlValue(keep_raw, config), "false");
}

TEST(Settings, ByteSizesMayHaveUnits) {
  EXPECT_EQ(*ParseByteSize("0"), 0);
  EXPECT_EQ(*ParseByteSize("4097"), 4097);
  EXPECT_EQ(*ParseByteSize("3KiB"), 3 << 10);
  EXPECT_EQ(*ParseByteSize("16 MiB"), 16 << 20);
  EXPECT_EQ(*ParseByteSize("2GiB"), int64_t{2} << 30);
  EXPECT_EQ(*ParseByteSize("1TiB"), int64_t{1} << 40);
  for (const char* bad : {"", "MiB", "1.5GiB", "-1", "1MB", "1 M", "0x10", "9223372036854775807KiB",
                          "99999999999999999999"}) {
    EXPECT_FALSE(ParseByteSize(bad).ok()) << bad;
  }
  for (const int64_t bytes : {int64_t{0}, int64_t{1023}, int64_t{1} << 20, int64_t{3} << 40}) {
    EXPECT_EQ(*ParseByteSize(FormatByteSize(bytes)), bytes);
  }
}

TEST(Settings, AddressesAreHostAndPortOrAUnixSocket) {
  Config config;
  const Setting& listen = *FindSetting("listen");
  for (const char* good : {"127.0.0.1:0", "[::1]:7070", "localhost:65535", "unix:/run/wirefold"}) {
    EXPECT_TRUE(SetSetting(listen, good, config).ok()) << good;
  }
  for (const char* bad : {"", "7070", ":7070", "localhost", "::1:7070", "h:65536", "h:", "unix:"}) {
    EXPECT_FALSE(SetSetting(listen, bad, config).ok()) << bad;
  }
}

TEST(Settings, OneStreamMayNotHaveMoreThanAll) {
  Config config;
  config.max_stream_inflight_bytes = config.max_inflight_bytes;
  EXPECT_TRUE(CheckSettings(config).ok());
  ++config.max_stream_inflight_bytes;
  EXPECT_FALSE(CheckSettings(config).ok());
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Settings, TheReferenceNamesEachWithItsEnvironmentNameAndDefault) {
  const std::string reference = ReadAll(WIREFOLD_SOURCE_DIR "/docs/configuration.md");
  for (const Setting& setting : Settings()) {
    const std::string shown =
        setting.default_value.empty() ? "(empty)" : "`" + std::string(setting.default_value) + "`";
    EXPECT_THAT(reference,
                HasSubstr("| `" + std::string(setting.name) + "` | `" + EnvironmentName(setting) +
                          "` | " + shown + " | " + std::string(setting.help) + " |"));
  }
}

TEST(Settings, TheExampleFileNamesEachWithItsDefault) {
  const std::string example = ReadAll(WIREFOLD_SOURCE_DIR "/deploy/config.example.toml");
  const Config config;
  for (const Setting& setting : Settings()) {
    EXPECT_THAT(example,
                HasSubstr("# " + std::string(setting.name) + " = " + TomlValue(setting, config)));
  }
}

}  // namespace
}  // namespace wirefold
