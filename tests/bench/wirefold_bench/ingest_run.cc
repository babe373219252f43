#include "tests/bench/wirefold_bench/ingest_run.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/client.h"
#include "tests/bench/wirefold_bench/feed.h"
#include "tests/bench/wirefold_bench/floor_writer.h"
#include "tests/bench/wirefold_bench/servers.h"
#include "tests/bench/wirefold_bench/stage_shares.h"
#include "tests/bench/wirefold_bench/statistics.h"

namespace wirefold::bench {
namespace {

// Of the bare writer's commits: about what the floor's committer gathers.
constexpr size_t kWriterGroup = 256;

void SetRates(const InputFiles& files, double seconds, IngestRun& run) {
  run.files_per_s = static_cast<double>(files.contents.size()) / seconds;
  run.mb_per_s = static_cast<double>(files.bytes) / 1e6 / seconds;
}

absl::StatusOr<IngestRun> RunWriter(const InputFiles& files, const std::string& folder) {
  const absl::StatusOr<WriterResult> written = WriteBare(files, folder, kWriterGroup);
  if (!written.ok()) return written.status();
  IngestRun run;
  SetRates(files, written->seconds, run);
  run.server_cpu_us_per_file = written->cpu_s * 1e6 / static_cast<double>(files.contents.size());
  return run;
}

absl::StatusOr<v1::Stats> ReadStats(const std::string& address) {
  const absl::StatusOr<std::unique_ptr<Client>> client = Client::Connect({.server = address});
  if (!client.ok()) return client.status();
  return (*client)->GetStats();
}

}  // namespace

absl::StatusOr<IngestRun> RunIngest(const Subject& subject, const InputFiles& files,
                                    const Options& options) {
  const absl::StatusOr<Place> place = Place::Make(subject.base);
  if (!place.ok()) return place.status();
  if (subject.kind == SubjectKind::kWriter) return RunWriter(files, place->path() + "/data");
  absl::StatusOr<std::unique_ptr<Child>> server =
      subject.kind == SubjectKind::kWirefold
          ? StartWirefold(options, subject.wirefoldd, place->path())
          : StartFloor(place->path(), subject.kind == SubjectKind::kFloor);
  if (!server.ok()) return server.status();
  const Usage before = (*server)->ReadUsage();
  const absl::StatusOr<FeedResult> fed = Feed(files, {.address = (*server)->address(),
                                                      .streams = options.streams,
                                                      .in_flight = options.in_flight});
  if (!fed.ok()) return fed.status();
  const Usage used = (*server)->ReadUsage() - before;
  v1::Stats stats;
  if (subject.kind == SubjectKind::kWirefold) {
    absl::StatusOr<v1::Stats> got = ReadStats((*server)->address());
    if (!got.ok()) return got.status();
    stats = *std::move(got);
  }
  if (absl::Status stopped = (*server)->Stop(); !stopped.ok()) return stopped;
  if (fed->files != files.contents.size()) {
    return absl::InternalError(absl::StrCat(subject.name, ": ", fed->files, " of ",
                                            files.contents.size(), " files were acknowledged"));
  }
  const auto count = static_cast<double>(fed->files);
  IngestRun run;
  SetRates(files, fed->seconds, run);
  run.server_cpu_us_per_file = used.cpu_s * 1e6 / count;
  run.client_cpu_us_per_file = fed->client_cpu_s * 1e6 / count;
  run.peak_memory_bytes = static_cast<double>(used.peak_memory_bytes);
  run.disk_bytes_per_file = static_cast<double>(used.disk_bytes) / count;
  run.written_bytes_per_file = static_cast<double>(used.written_bytes) / count;
  run.acknowledgement_p50_ms = Percentile(fed->acknowledgement_ms, 0.5);
  run.acknowledgement_p99_ms = Percentile(fed->acknowledgement_ms, 0.99);
  run.rejected = static_cast<double>(fed->rejected);
  if (subject.kind == SubjectKind::kWirefold) {
    for (const auto& [stage, cpu_s] : StageSeconds(stats, used.thread_cpu_s, used.cpu_s)) {
      run.stage_us_per_file[stage] = cpu_s * 1e6 / count;
    }
  }
  return run;
}

}  // namespace wirefold::bench
