// wirefold-synth: writes synthetic articles with the true story of each, and scores what a service
// made of them.
//
// Usage: wirefold-synth [options] --out FOLDER --truth FILE        files of the dump format
//        wirefold-synth [options] --truth FILE | wirefold ingest - --json > OUTCOMES
//        wirefold-synth --score TRUTH OUTCOMES
//
// See --help, and docs/benchmarks.md for what the articles are fitted on.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/strings.h"
#include "tests/bench/synth/score.h"
#include "tests/bench/synth/stream.h"

namespace wirefold {
namespace {

constexpr char kFooter[] =
    "Kinds of --mix, with the weights that are the default: article 84, update 3, notice 2.5,\n"
    "round-up 0.5 (articles of their own), reprint 2.1, light 1.6, heavy 1.5, excerpt 1.45,\n"
    "extended 0.5, script 0.85, revision 1.2, unchanged 0.8 (copies).\n\n"
    "Examples:\n"
    "  wirefold-synth --articles 100000 --seed 7 --out FOLDER --truth truth.tsv\n"
    "  wirefold-synth --articles 100000 --truth truth.tsv | wirefold ingest - --json > out.jsonl\n"
    "  wirefold-synth --mix excerpt=5,notice=0 --articles 1000 --count\n"
    "  wirefold-synth --score truth.tsv out.jsonl";

struct Arguments {
  SynthOptions options{};
  std::string mix{};
  std::string languages{};
  std::string start{};
  double copies = -1;
  std::string out{};
  std::string truth{};
  uint64_t first = 0;
  uint64_t last = UINT64_MAX;
  bool count_only = false;
  std::vector<std::string> score{};
  size_t wrong = 0;
};

int Fail(std::string_view message) {
  std::cerr << "wirefold-synth: " << message << "\n";
  return 1;
}

int Fail(const absl::Status& status) { return Fail(ToStd(status.message())); }

// A WARC resource record (ISO 28500) of the file.
bool WriteRecord(const SynthFile& file, std::FILE* out) {
  const std::string head = absl::StrCat(
      "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:wirefold-synth:", file.truth.file,
      ">\r\nWARC-Date: ",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(file.time_ms),
                       absl::UTCTimeZone()),
      "\r\nWARC-Target-URI: ", ToAbsl(file.url), "\r\nContent-Length: ", file.bytes.size(),
      "\r\n\r\n");
  constexpr std::string_view kEnd = "\r\n\r\n";
  return std::fwrite(head.data(), 1, head.size(), out) == head.size() &&
         std::fwrite(file.bytes.data(), 1, file.bytes.size(), out) == file.bytes.size() &&
         std::fwrite(kEnd.data(), 1, kEnd.size(), out) == kEnd.size();
}

// Below `folder`, which is made where it is missing.
bool WriteFile(const SynthFile& file, const std::string& folder, bool new_folder) {
  const std::string path = absl::StrCat(folder, "/", PathOf(file.truth.file));
  if (new_folder) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    if (error) return false;
  }
  std::FILE* const out = std::fopen(path.c_str(), "wb");
  if (out == nullptr) return false;
  const bool is_written =
      std::fwrite(file.bytes.data(), 1, file.bytes.size(), out) == file.bytes.size();
  return std::fclose(out) == 0 && is_written;
}

int Generate(const Arguments& arguments) {
  const absl::StatusOr<std::unique_ptr<const SynthCorpus>> corpus =
      SynthCorpus::Make(arguments.options);
  if (!corpus.ok()) return Fail(corpus.status());
  std::ofstream truth;
  if (!arguments.truth.empty()) {
    truth.open(arguments.truth, std::ios::binary);
    truth << kTruthHeader;
    if (!truth) return Fail(absl::StrCat("cannot write ", arguments.truth));
  }
  const uint64_t end = std::min((*corpus)->size(), arguments.last);
  SynthStream stream(**corpus, arguments.first, end);
  uint64_t bytes = 0;
  bool new_folder = true;
  while (const std::optional<SynthFile> file = stream.Next()) {
    bytes += file->bytes.size();
    if (truth.is_open()) truth << TruthLine(file->truth);
    if (arguments.count_only) continue;
    new_folder |= file->truth.file % kFilesOfFolder == 0;
    const bool is_written = arguments.out.empty() ? WriteRecord(*file, stdout)
                                                  : WriteFile(*file, arguments.out, new_folder);
    if (!is_written) {
      return Fail(absl::StrCat("cannot write file ", file->truth.file, ": ", std::strerror(errno)));
    }
    new_folder = false;
  }
  truth.flush();
  if (truth.is_open() && !truth) return Fail(absl::StrCat("cannot write ", arguments.truth));
  if (std::fflush(stdout) != 0) return Fail("cannot write the output");
  std::cerr << end - std::min(end, arguments.first) << " files, " << bytes << " bytes\n";
  return 0;
}

int Score(const Arguments& arguments) {
  SynthScore score;
  std::ifstream truth(arguments.score[0], std::ios::binary);
  std::ifstream outcomes(arguments.score[1], std::ios::binary);
  if (!truth || !outcomes) {
    return Fail(absl::StrCat("cannot read ", arguments.score[truth ? 1 : 0]));
  }
  std::string line;
  std::getline(truth, line);
  while (std::getline(truth, line)) {
    const absl::StatusOr<SynthTruth> read = ParseTruthLine(line);
    if (!read.ok()) return Fail(absl::StrCat(arguments.score[0], ": ", read.status().message()));
    if (read->file >= kMaxSynthFiles) return Fail("a file's number is too large");
    score.AddTruth(*read);
  }
  while (std::getline(outcomes, line)) {
    const auto outcome = nlohmann::json::parse(line, nullptr, false);
    if (!outcome.is_object() || !outcome.contains("path")) continue;
    // A record of a stream has its number among the others, a file its name.
    std::optional<uint64_t> file = FileOfPath(outcome.value("path", ""));
    if (!file.has_value() && outcome.contains("item") && outcome["item"].is_number_unsigned()) {
      file = outcome["item"].get<uint64_t>() + arguments.first;
    }
    const auto story = outcome.find("story_id");
    const bool has_story = story != outcome.end() && story->is_string();
    if (file.has_value()) score.AddOutcome(*file, has_story ? story->get<std::string>() : "");
  }
  std::vector<SynthScore::Wrong> wrong;
  const SynthResult result = score.Result(&wrong, arguments.wrong);
  std::cout << result.ToString();
  for (const SynthScore::Wrong& file : wrong) {
    std::cout << "  " << KindName(score.KindOf(file.file)) << "\t" << PathOf(file.file) << "\t"
              << (file.is_merged ? "merged into the story of" : "apart from") << "\t"
              << PathOf(file.other) << "\n";
  }
  return 0;
}

int Run(Arguments& arguments) {
  if (!arguments.score.empty()) return Score(arguments);
  absl::StatusOr<SynthMix> mix = ParseMix(arguments.mix);
  if (!mix.ok()) return Fail(absl::StrCat("--mix: ", mix.status().message()));
  if (arguments.copies > 0 && mix->CopyShare() == 0) {
    return Fail("--copies needs a kind of copy with a weight above 0 in --mix");
  }
  if (arguments.copies >= 0) mix->SetCopyShare(arguments.copies);
  arguments.options.mix = *mix;
  auto& languages = arguments.options.languages;
  if (!arguments.languages.empty()) languages.fill(0);
  const absl::Status status =
      ParseWeights(arguments.languages, kSynthLanguages.data(), languages.data(), languages.size());
  if (!status.ok()) return Fail(absl::StrCat("--languages: ", status.message()));
  if (!arguments.start.empty()) {
    absl::Time start;
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d", arguments.start, &start, &error)) {
      return Fail(absl::StrCat("--start: ", arguments.start, " is no date, e.g. 2020-07-01"));
    }
    arguments.options.start_ms = absl::ToUnixMillis(start);
  }
  return Generate(arguments);
}

int Main(int argc, char** argv) {
  Arguments arguments;
  SynthOptions& options = arguments.options;
  CLI::App app(
      "Writes synthetic news articles, with the true story of each, as files of the dump format or "
      "as a WARC stream; scores what a service made of them.");
  app.footer(kFooter);
  app.add_option("--seed", options.seed, "The same seed and options, the same bytes")
      ->capture_default_str();
  app.add_option("--articles", options.articles, "Files in all, copies among them")
      ->capture_default_str();
  app.add_option("--mix", arguments.mix, "Weights of kinds, in place of the default's")
      ->type_name("NAME=WEIGHT,...");
  app.add_option("--copies", arguments.copies,
                 "The share of files that are copies; the copies' weights are scaled to it")
      ->check(CLI::Range(0.0, 0.98));
  app.add_option("--languages", arguments.languages,
                 "Weights of hans, hant, latin, mixed; default hans=64,hant=26,latin=4,mixed=6")
      ->type_name("NAME=WEIGHT,...");
  app.add_option("--days", options.days, "The files' times are spread over so many days")
      ->capture_default_str();
  app.add_option("--start", arguments.start, "The first day (UTC); default 2020-07-01")
      ->type_name("YYYY-MM-DD");
  app.add_option("--jitter-hours", options.jitter_hours,
                 "Files come up to so many hours out of the order of time")
      ->capture_default_str();
  app.add_option("--hosts", options.outlets, "Outlets, by Zipf's law")->capture_default_str();
  app.add_option("--out", arguments.out,
                 "Write files below this folder, 10,000 a subfolder; default: one WARC stream on "
                 "standard output")
      ->type_name("FOLDER");
  app.add_option("--truth", arguments.truth, "Write a line a file: what it is, and of which story")
      ->type_name("FILE");
  app.add_option("--first", arguments.first, "Write the files from this number on")
      ->capture_default_str();
  app.add_option("--end", arguments.last, "Write the files before this number");
  app.add_flag("--count", arguments.count_only, "Write no articles; say how many bytes they have");
  app.add_option("--score", arguments.score,
                 "Score the lines of `wirefold ingest --json` against the truth: recall of copies "
                 "and false merges")
      ->expected(2)
      ->type_name("TRUTH OUTCOMES");
  app.add_option("--wrong", arguments.wrong, "With --score: list so many wrong files of each kind");
  CLI11_PARSE(app, argc, argv);
  return Run(arguments);
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::Main(argc, argv); }
