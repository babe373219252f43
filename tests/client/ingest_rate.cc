// How many small files a second IngestStream moves to a server in this process that stores nothing:
// the transport's cost on both sides together. Not a test; run it by hand.
//
//   build/release/bin/wirefold_ingest_rate [FILES] [BYTES] [ACKS_PER_MESSAGE]
//   build/release/bin/wirefold_ingest_rate serve 127.0.0.1:7999   # for the command; ends with
//   stdin
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "client/ingest_stream.h"
#include "tests/client/fake_server.h"

int main(int argc, char** argv) {
  if (argc > 2 && std::string_view(argv[1]) == "serve") {
    wirefold::FakeServer sink(argv[2]);
    sink.Forget();
    while (std::getchar() != EOF) continue;
    return 0;
  }
  const uint64_t files = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000;
  const size_t bytes = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2'500;
  const int batch = argc > 3 ? std::atoi(argv[3]) : 64;
  wirefold::FakeServer server;
  server.Forget();
  server.PlanStream({.status = {}, .ack_batch = batch});
  const std::string content(bytes, 'x');
  uint64_t acknowledged = 0;
  const auto start = std::chrono::steady_clock::now();
  wirefold::IngestStream stream(server.channel(), {},
                                [&](const wirefold::v1::IngestResult&) { ++acknowledged; });
  for (uint64_t i = 0; i < files; ++i) {
    wirefold::v1::IngestRequest file;
    file.set_sequence(i);
    file.set_content(content);
    file.set_source("rate");
    if (!stream.Send(std::move(file)).ok()) break;
  }
  const absl::Status status = stream.Finish();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double cpu_s = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                       static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  std::printf(
      "%s: %llu files of %zu bytes in %.3f s: %.0f files/s, %.2f us CPU a file (both sides)\n",
      status.ToString().c_str(), static_cast<unsigned long long>(acknowledged), bytes,
      elapsed.count(), static_cast<double>(acknowledged) / elapsed.count(),
      cpu_s * 1e6 / static_cast<double>(acknowledged));
  return status.ok() && acknowledged == files ? 0 : 1;
}
