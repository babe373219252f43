// ServerFixture: a server on a free port over the fakes, and stubs that reach it.
#ifndef WIREFOLD_TESTS_SERVER_SERVER_FIXTURE_H_
#define WIREFOLD_TESTS_SERVER_SERVER_FIXTURE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "lib/base/clock.h"
#include "server/errors.h"
#include "server/rpc_server.h"
#include "tests/server/fakes.h"
#include "wirefold/v1/admin.grpc.pb.h"
#include "wirefold/v1/articles.grpc.pb.h"
#include "wirefold/v1/ingest.grpc.pb.h"

namespace wirefold {

class ServerFixture : public testing::Test {
 protected:
  using Stream = grpc::ClientReaderWriter<v1::IngestRequest, v1::IngestResponse>;

  ~ServerFixture() override {
    pipeline.Resume();
    server.reset();
    pipeline.Drain();
  }

  void StartServer() {
    budget = std::make_unique<FairBudget>(budget_options);
    absl::StatusOr<std::unique_ptr<RpcServer>> opened =
        RpcServer::Open(options, store, pipeline, *budget, clock);
    ASSERT_TRUE(opened.ok()) << opened.status();
    server = *std::move(opened);
    Connect();
  }

  // A connection of its own, so that one client's flow control is its own too.
  void Connect() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel =
        grpc::CreateCustomChannel(server->address(), grpc::InsecureChannelCredentials(), arguments);
    ingest = v1::IngestService::NewStub(channel);
    articles = v1::ArticleService::NewStub(channel);
    admin = v1::AdminService::NewStub(channel);
  }

  static v1::IngestRequest File(uint64_t sequence, std::string content = "text") {
    v1::IngestRequest request;
    request.set_sequence(sequence);
    request.set_content(std::move(content));
    return request;
  }

  // Reads to the end of the stream: every result, in order; `messages` they came in.
  static std::vector<v1::IngestResult> ReadAll(Stream& stream, size_t* messages = nullptr) {
    std::vector<v1::IngestResult> results;
    v1::IngestResponse response;
    while (stream.Read(&response)) {
      if (messages != nullptr) ++*messages;
      results.insert(results.end(), response.results().begin(), response.results().end());
    }
    return results;
  }

  // Waits for what other threads bring about. False after ten seconds.
  static bool Eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 2000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  ManualClock clock{1'700'000'000'000};
  FakeStore store;
  FairBudget::Options budget_options;
  std::unique_ptr<FairBudget> budget;  // outlives the pipeline
  FakePipeline pipeline;
  RpcServer::Options options;
  std::unique_ptr<RpcServer> server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::IngestService::Stub> ingest;
  std::unique_ptr<v1::ArticleService::Stub> articles;
  std::unique_ptr<v1::AdminService::Stub> admin;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_SERVER_SERVER_FIXTURE_H_
