#include "tests/bench/wirefold_bench/floor_server.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "lib/base/limits.h"
#include "rocksdb/table.h"
#include "tests/bench/wirefold_bench/floor_call.h"
#include "tests/bench/wirefold_bench/floor_committer.h"
#include "wirefold/v1/articles.grpc.pb.h"
#include "wirefold/v1/ingest.grpc.pb.h"

namespace wirefold::bench {
namespace {

class FloorIngest final
    : public v1::IngestService::WithRawCallbackMethod_Ingest<v1::IngestService::Service> {
 public:
  explicit FloorIngest(FloorCommitter* committer) : committer_(committer) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Ingest(
      grpc::CallbackServerContext* /*context*/) override {
    return FloorCall::Start(committer_, streams_++);
  }

 private:
  FloorCommitter* const committer_;
  std::atomic<uint64_t> streams_ = 0;
};

// Calls that cost what a call costs.
class FloorReads final
    : public v1::ArticleService::WithRawCallbackMethod_GetArticle<
          v1::ArticleService::WithRawCallbackMethod_BatchGetArticles<v1::ArticleService::Service>> {
 public:
  explicit FloorReads(const std::string& reply) {
    const grpc::Slice slice(reply);
    reply_ = grpc::ByteBuffer(&slice, 1);
  }

  grpc::ServerUnaryReactor* GetArticle(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* /*request*/,
                                       grpc::ByteBuffer* response) override {
    *response = grpc::ByteBuffer(&empty_, 1);
    return Finished(context);
  }
  grpc::ServerUnaryReactor* BatchGetArticles(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* /*request*/,
                                             grpc::ByteBuffer* response) override {
    *response = reply_;  // shares its bytes
    return Finished(context);
  }

 private:
  static grpc::ServerUnaryReactor* Finished(grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const grpc::Slice empty_;
  grpc::ByteBuffer reply_;
};

int Fail(const std::string& message) {
  std::fprintf(stderr, "floor-server: %s\n", message.c_str());
  return 1;
}

void TellAll(const std::vector<FloorCommitter::Waiting>& stored) {
  std::vector<std::pair<FloorCall*, std::vector<uint64_t>>> calls;
  for (const FloorCommitter::Waiting& one : stored) {
    auto found = calls.begin();
    while (found != calls.end() && found->first != one.call) ++found;
    if (found == calls.end()) found = calls.insert(found, {one.call, {}});
    found->second.push_back(one.sequence);
  }
  for (const auto& [call, sequences] : calls) call->Acknowledge(sequences);
}

}  // namespace

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenFloorDb(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.error_if_exists = true;
  options.compression = rocksdb::kNoCompression;
  options.max_background_jobs = 2;
  options.bytes_per_sync = uint64_t{1} << 20;
  options.allow_concurrent_memtable_write = false;  // there is one writer
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, folder, &db);
  if (!status.ok()) return absl::UnavailableError(status.ToString());
  return std::unique_ptr<rocksdb::DB>(db);
}

int RunFloorServer(const FloorOptions& options) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // of all threads that follow

  std::string reply;
  if (!options.reply_file.empty()) {
    std::ifstream in(options.reply_file, std::ios::binary);
    reply.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  std::unique_ptr<rocksdb::DB> db;
  std::unique_ptr<FloorCommitter> committer;
  if (!options.data_dir.empty()) {
    absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened = OpenFloorDb(options.data_dir);
    if (!opened.ok()) return Fail(opened.status().ToString());
    db = *std::move(opened);
    committer = std::make_unique<FloorCommitter>(*db, TellAll);
  }
  FloorIngest ingest(committer.get());
  FloorReads reads(reply);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxMessageBytes));
  builder.SetMaxSendMessageSize(-1);
  builder.RegisterService(&ingest);
  builder.RegisterService(&reads);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return Fail("can't listen on 127.0.0.1");
  std::printf("ready address=127.0.0.1:%d\n", port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  server->Wait();
  return 0;
}

}  // namespace wirefold::bench
