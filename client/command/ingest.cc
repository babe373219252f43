// wirefold ingest: sends files and tells what became of each.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/command/command.h"
#include "client/command/documents.h"
#include "client/command/files.h"
#include "client/command/hint_arguments.h"
#include "client/command/output.h"
#include "client/command/progress.h"
#include "client/command/report.h"
#include "client/command/request.h"
#include "client/errors.h"
#include "client/ingest_stream.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

constexpr int kMaxStreams = 64;

struct IngestArguments {
  FileArguments files;
  std::string source;
  HintArguments hints;
  int streams = 1;
  double retry_timeout_s = 30;
  bool json = false;
  bool verbose = false;
  bool quiet = false;
};

absl::Status CheckArguments(const IngestArguments& arguments) {
  if (arguments.source.size() > kMaxSourceBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("--source may have at most ", kMaxSourceBytes, " bytes"));
  }
  return CheckHints(arguments.hints, arguments.files);
}

v1::IngestResult RejectedHere(const absl::Status& status) {
  v1::IngestResult result;
  result.set_outcome(v1::OUTCOME_REJECTED);
  result.set_reason(std::string(RejectionName(status)));
  result.set_message(std::string(status.message()));
  return result;
}

// Counts the files for the time left, beside the sending; `stop` ends it early.
void CountFiles(const FileArguments& arguments, const std::atomic<bool>& stop, Progress& progress) {
  if (arguments.files_from == kStdinPath) return;
  std::unique_ptr<std::ifstream> list;
  absl::StatusOr<FileLister> lister = OpenLister(arguments, list);
  if (!lister.ok()) return;
  uint64_t files = 0;
  while (!stop && lister->Next().has_value()) ++files;
  if (!stop) progress.SetTotal(files);
}

class Ingest {
 public:
  Ingest(const IngestArguments& arguments, const Client& client)
      : arguments_(arguments),
        output_(STDOUT_FILENO,
                [this] {
                  if (progress_ != nullptr) progress_->Hide();
                }),
        report_(output_, {arguments.json, arguments.verbose, arguments.quiet}) {
    IngestStreamOptions options;
    options.retry_timeout_ms = static_cast<int64_t>(arguments.retry_timeout_s * 1000);
    for (int i = 0; i < arguments.streams; ++i) {
      streams_.push_back(std::make_unique<IngestStream>(
          client.channel(), options,
          [this](const v1::IngestResult& result) { report_.Complete(result.sequence(), result); }));
    }
    const bool lines_on_terminal =
        isatty(STDOUT_FILENO) != 0 && (arguments.json || arguments.verbose);
    if (isatty(STDERR_FILENO) != 0 && !arguments.quiet && !lines_on_terminal) {
      progress_ = std::make_unique<Progress>(report_);
      counter_ = std::thread([this] { CountFiles(arguments_.files, stop_counting_, *progress_); });
    }
  }

  ~Ingest() {
    // Results must not arrive any more when the report goes.
    streams_.clear();
    output_.Finish();
    stop_counting_ = true;
    if (counter_.joinable()) counter_.join();
  }

  // Sends all files and waits for their outcomes. `template_request` has what all have in common.
  absl::Status Run(FileLister& lister, const v1::IngestRequest& template_request) {
    absl::Status status;
    while (const std::optional<ListedFile> file = lister.Next()) {
      output_.WaitForRoom();
      status = SendFile(*file, template_request);
      if (!status.ok()) break;
    }
    for (const std::unique_ptr<IngestStream>& stream : streams_) {
      const absl::Status finished = stream->Finish();
      if (status.ok()) status = finished;
    }
    if (progress_ != nullptr) progress_->Stop();
    report_.Finish();
    std::cerr << not_whole_.Rest();
    return status;
  }

  bool FinishOutput() { return output_.Finish(); }
  Output& output() { return output_; }
  const Report& report() const { return report_; }

 private:
  absl::Status SendFile(const ListedFile& file, const v1::IngestRequest& template_request) {
    const absl::Status opened =
        file.error.ok() ? documents_.Open(file.path, arguments_.hints.content_type) : file.error;
    if (!opened.ok()) {
      RejectHere(report_.Add({.path = file.path}), opened);
      return absl::OkStatus();
    }
    while (std::optional<SplitDocument> document = documents_.Next()) {
      output_.WaitForRoom();
      const Place place = documents_.PlaceOf(*document);
      if (place.offset.has_value() && progress_ != nullptr) progress_->ForgetTotal();
      const uint64_t index = report_.Add(place);
      if (!document->error.ok()) {
        RejectHere(index, document->error);
        continue;
      }
      v1::IngestRequest request = template_request;
      request.set_sequence(index);
      if (document->truncated) Warn(not_whole_.Tell(place));
      SetDocument(*std::move(document), request);
      const absl::Status status = streams_[index % streams_.size()]->Send(std::move(request));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // On standard error; nothing if `text` is empty.
  void Warn(std::string_view text) {
    if (text.empty()) return;
    if (progress_ != nullptr) progress_->Hide();
    std::cerr << text;
  }

  void RejectHere(uint64_t index, const absl::Status& status) {
    // What is wrong with the machine, and not with the file, is said aloud.
    if (ReasonOf(status) == Reason::kUnspecified) {
      Warn(absl::StrCat("wirefold: ", status.message(), "\n"));
    }
    report_.Complete(index, RejectedHere(status));
  }

  const IngestArguments& arguments_;
  std::unique_ptr<Progress> progress_;
  Output output_;
  Report report_;
  DocumentReader documents_;
  NotWholeWarnings not_whole_;
  std::vector<std::unique_ptr<IngestStream>> streams_;
  std::atomic<bool> stop_counting_{false};
  std::thread counter_;
};

std::string Summary(const ReportCounts& counts, double elapsed_s) {
  return absl::StrFormat(
      "%s files in %.1f s (%s/s): %s new, %s duplicate, %s revision, %s unchanged, %s rejected\n",
      GroupDigits(counts.files), elapsed_s,
      GroupDigits(
          static_cast<uint64_t>(elapsed_s > 0 ? static_cast<double>(counts.files) / elapsed_s : 0)),
      GroupDigits(counts.created), GroupDigits(counts.duplicate), GroupDigits(counts.revision),
      GroupDigits(counts.unchanged), GroupDigits(counts.rejected));
}

int RunIngest(const IngestArguments& arguments, const Globals& globals) {
  if (absl::Status status = CheckArguments(arguments); !status.ok()) return Fail(status);
  std::unique_ptr<std::ifstream> list;
  absl::StatusOr<FileLister> lister = OpenLister(arguments.files, list);
  if (!lister.ok()) return Fail(lister.status());
  v1::IngestRequest request;
  request.set_source(arguments.source);
  if (absl::Status hints = SetHints(arguments.hints, request); !hints.ok()) return Fail(hints);
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());

  const auto start = std::chrono::steady_clock::now();
  Ingest ingest(arguments, **client);
  const absl::Status status = ingest.Run(*lister, request);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const ReportCounts counts = ingest.report().counts();
  // With --json standard output holds nothing but the lines of the contract.
  if (!arguments.quiet && !arguments.json) {
    ingest.output().Append(Summary(counts, elapsed.count()));
  }
  const bool written = ingest.FinishOutput();
  if (!arguments.quiet && arguments.json) std::cerr << Summary(counts, elapsed.count());
  if (!status.ok()) {
    std::cerr << absl::StrCat("wirefold: ", ingest.report().added() - counts.files,
                              " of the files read were not acknowledged; run the same command "
                              "again (what was stored comes back as UNCHANGED)\n");
    return Fail(status);
  }
  if (!written) return kExitFailed;
  return counts.rejected > 0 ? kExitRejected : kExitOk;
}

}  // namespace

void AddIngestCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command = app.add_subcommand("ingest", "Send files and tell what became of each");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<IngestArguments>();
  command->add_option("PATH", arguments->files.paths,
                      "Files, folders (walked in path order; hidden entries and links are passed "
                      "over), or - for one file from standard input. WARC files and feeds are "
                      "split into their articles");
  command
      ->add_option("--files-from", arguments->files.files_from,
                   "Read the paths from this file, one a line; - is standard input")
      ->type_name("LIST");
  command->add_option("--source", arguments->source, "Your name for where the files came from")
      ->type_name("NAME")
      ->check(Utf8());
  AddHintOptions(*command, arguments->hints);
  command->add_option("--streams", arguments->streams, "Streams to send over")
      ->check(CLI::Range(1, kMaxStreams))
      ->capture_default_str();
  command
      ->add_option("--retry-timeout", arguments->retry_timeout_s,
                   "Seconds without an acknowledgement after which a broken stream is given up")
      ->type_name("SECONDS")
      ->check(Seconds(0, 86400))
      ->capture_default_str();
  command->add_flag("--json", arguments->json,
                    "One JSON line a file, or an article of one that holds many");
  command->add_flag("-v,--verbose", arguments->verbose, "A line a file, however many there are");
  command->add_flag("-q,--quiet", arguments->quiet, "Lines for rejected files only");
  command->footer(
      "Examples:\n"
      "  wirefold ingest crawl/2023-09-05\n"
      "  wirefold ingest CC-NEWS-20240601.warc.gz\n"
      "  find . -name '*.txt' | wirefold ingest --files-from - --json > outcomes.jsonl\n"
      "  curl -s https://example.com/a | wirefold ingest - --url https://example.com/a\n\n"
      "Exit code: 0 every file was accepted, 2 some were rejected, 1 it could not be done.");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = RunIngest(*arguments, globals); });
}

}  // namespace wirefold
