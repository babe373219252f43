// wirefold-bench: how fast Wirefold takes and gives articles, against the least that any server on
// this machine has to do for the same. docs/benchmarks.md says how to read it.
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "tests/bench/wirefold_bench/floor_server.h"
#include "tests/bench/wirefold_bench/idle_bench.h"
#include "tests/bench/wirefold_bench/ingest_bench.h"
#include "tests/bench/wirefold_bench/input_files.h"
#include "tests/bench/wirefold_bench/options.h"
#include "tests/bench/wirefold_bench/reads_bench.h"
#include "tests/bench/wirefold_bench/report.h"

namespace wirefold::bench {
namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "wirefold-bench: %s\n", std::string(status.message()).c_str());
  return 1;
}

// The wirefoldd of the same build.
std::string BesideMe() {
  std::error_code error;
  return (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "wirefoldd")
      .string();
}

absl::Status Measure(const InputFiles& files, const Options& options, Json& report) {
  const auto add = [&](const char* name, absl::StatusOr<Json> part) {
    if (part.ok()) report[name] = *std::move(part);
    return part.status();
  };
  if (options.Wants("ingest")) {
    absl::StatusOr<Json> ingest = MeasureIngest(files, options);
    if (!ingest.ok()) return ingest.status();
    report.update(*ingest);
  }
  if (options.Wants("light")) {
    if (absl::Status done = add("light", MeasureLight(files, options)); !done.ok()) return done;
  }
  if (options.Wants("reads")) {
    if (absl::Status done = add("reads", MeasureReads(files, options)); !done.ok()) return done;
  }
  if (options.Wants("idle")) {
    if (absl::Status done = add("idle", MeasureIdle(files, options)); !done.ok()) return done;
  }
  return absl::OkStatus();
}

int RunBench(const Options& options) {
  const absl::StatusOr<InputFiles> files =
      LoadFiles(options.folder, options.max_files, options.order);
  if (!files.ok()) return Fail(files.status());
  Json report;
  report["files"] = files->contents.size();
  report["bytes"] = files->bytes;
  report["order"] = options.order == Order::kTime ? "time" : "path";
  report["streams"] = options.streams;
  report["in_flight_per_stream"] = options.in_flight;
  report["rounds"] = options.rounds;
  report["cpus"] = std::thread::hardware_concurrency();
  double load = 0;
  if (getloadavg(&load, 1) == 1) report["load_before"] = load;
  if (absl::Status status = Measure(*files, options, report); !status.ok()) return Fail(status);
  if (getloadavg(&load, 1) == 1) report["load_after"] = load;
  const std::string out = options.json ? report.dump() + "\n" : FormatReport(report);
  return std::fputs(out.c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Measures wirefoldd on the files of FOLDER, against a server that only stores them (the "
      "floor), in one run and by turns. "
      "docs/benchmarks.md says how to read the figures.");
  Options options;
  options.wirefoldd = BesideMe();
  std::error_code error;
  options.data_dir = std::filesystem::temp_directory_path(error).string();
  std::string server_flags;
  app.add_option("folder", options.folder, "Folder of files")->option_text("FOLDER");
  app.add_flag("--json", options.json, "Print the report as one line of JSON");
  app.add_option("--only", options.only,
                 "Parts: ingest, light, reads, idle (which takes a minute and more), all. Default: "
                 "all but idle")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"ingest", "light", "reads", "idle", "all"}));
  app.add_option("--streams", options.streams, "Ingest streams, each on its own connection")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds; medians over them are printed")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--files", options.max_files, "Take so many files at most; 0: all")
      ->capture_default_str();
  app.add_option("--order", options.order,
                 "Of the files: path, or time (of the <!--MILLISECONDS--> that they begin with). "
                 "Default: path")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Order>{{"path", Order::kPath}, {"time", Order::kTime}}))
      ->option_text("path|time");
  app.add_option("--in-flight", options.in_flight,
                 "Files that a stream sends ahead of their acknowledgements")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "How long light load and each read go on")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--light-rate", options.light_rate, "Files a second of light load")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--paced-rate", options.paced_rate, "Calls of GetArticle a second, when paced")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--idle-seconds", options.idle_seconds, "How long the idle daemon is watched")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--data-dir", options.data_dir, "Temporary folders are made in this one")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  app.add_option("--tmpfs", options.tmpfs,
                 "Folder in memory where floor and Wirefold run once more, which shows the disk's "
                 "share; empty: they don't")
      ->capture_default_str();
  app.add_option("--wirefoldd", options.wirefoldd,
                 "The daemon. Default: the one beside this program")
      ->check(CLI::ExistingFile);
  app.add_option("--compare", options.compare,
                 "Another wirefoldd, which takes its turn in each round; ratio_to_compare is the "
                 "first one's rate over this one's")
      ->check(CLI::ExistingFile);
  app.add_option("--server-flags", server_flags, "Flags for each wirefoldd, parted by blanks");
  CLI::Option* const store =
      app.add_option("--store", options.store,
                     "Read from this data folder, 20,000 articles that lie evenly over its time, "
                     "in place of one that is filled with files (with --only reads; no other "
                     "wirefoldd may have it open)")
          ->check(CLI::ExistingDirectory)
          ->option_text("FOLDER");
  app.add_flag("--into-store", options.into_store,
               "With --store: files of FOLDER come into it for the reads while ingesting, and stay "
               "there")
      ->needs(store);

  FloorOptions floor;
  CLI::App* const floor_server = app.add_subcommand("floor-server")->group("");  // for ourselves
  floor_server->add_option("--data-dir", floor.data_dir);
  floor_server->add_option("--reply", floor.reply_file);

  CLI11_PARSE(app, argc, argv);
  if (floor_server->parsed()) return RunFloorServer(floor);
  if (options.folder.empty()) {
    return Fail(absl::InvalidArgumentError("name a folder of files; --help says more"));
  }
  if (!options.store.empty() && options.only != std::vector<std::string>{"reads"}) {
    return Fail(absl::InvalidArgumentError("--store goes with --only reads: nothing else uses it"));
  }
  if (!std::filesystem::is_directory(options.tmpfs, error)) options.tmpfs.clear();
  options.server_flags = absl::StrSplit(server_flags, ' ', absl::SkipEmpty());
  return RunBench(options);
}

}  // namespace
}  // namespace wirefold::bench

int main(int argc, char** argv) { return wirefold::bench::Main(argc, argv); }
