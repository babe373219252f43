#include <future>
#include <random>

#include "gmock/gmock.h"
#include "grpcpp/health_check_service_interface.h"
#include "tests/server/server_fixture.h"

namespace wirefold {
namespace {

using ShutdownTest = ServerFixture;
using CancellationTest = ServerFixture;
using std::chrono::milliseconds;

TEST_F(ShutdownTest, AcknowledgesWhatWasSubmittedThenEndsStreamsAsUnavailable) {
  StartServer();
  pipeline.Hold();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  for (uint64_t i = 1; i <= 100; ++i) ASSERT_TRUE(stream->Write(File(i)));
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 100; }));
  auto drained =
      std::async(std::launch::async, [&] { return server->Shutdown(milliseconds(10'000)); });
  std::this_thread::sleep_for(milliseconds(50));
  pipeline.Resume();
  EXPECT_EQ(ReadAll(*stream).size(), 100U);
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(GrpcReasonOf(status), "SHUTTING_DOWN");
  EXPECT_TRUE(drained.get());
}

TEST_F(ShutdownTest, EndsIdleStreamsAtOnce) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  ASSERT_TRUE(Eventually([&] { return server->streams() == 1; }));
  EXPECT_TRUE(server->Shutdown(milliseconds(10'000)));
  EXPECT_TRUE(ReadAll(*stream).empty());
  EXPECT_EQ(GrpcReasonOf(stream->Finish()), "SHUTTING_DOWN");
}

TEST_F(ShutdownTest, WaitsForNoCompaction) {
  store.compacts_long = true;
  StartServer();
  auto status = std::async(std::launch::async, [&] {
    grpc::ClientContext context;
    v1::CompactResponse response;
    return admin->Compact(&context, v1::CompactRequest(), &response);
  });
  store.compacting.wait(false);
  EXPECT_TRUE(server->Shutdown(milliseconds(10'000)));
  EXPECT_EQ(GrpcReasonOf(status.get()), "NOT_COMPACTED");
}

TEST_F(ShutdownTest, WhileAClientKeepsSendingEveryAcknowledgementIsOfAPrefix) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  std::thread writer([&] {
    for (uint64_t i = 1; stream->Write(File(i)); ++i) {
    }
  });
  auto results = std::async(std::launch::async, [&] { return ReadAll(*stream); });
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() > 500; }));
  EXPECT_TRUE(server->Shutdown(milliseconds(10'000)));
  const std::vector<v1::IngestResult> acknowledged = results.get();
  writer.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  // Everything that reached the pipeline was acknowledged, in order, without a gap.
  ASSERT_EQ(acknowledged.size(), pipeline.submitted());
  for (size_t i = 0; i < acknowledged.size(); ++i) ASSERT_EQ(acknowledged[i].sequence(), i + 1);
}

TEST_F(ShutdownTest, CutsOffAfterTheDrainTimeoutWhoseClientDoesNotRead) {
  budget_options = {.total_bytes = size_t{8} << 20, .stream_bytes = size_t{2} << 20};
  StartServer();
  pipeline.SetJudge([](const IncomingFile&) {
    return FakePipeline::Rejected(Reason::kInvalidUrl, std::string(8000, 'x'));
  });
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  std::thread writer([&] {
    for (uint64_t i = 1; stream->Write(File(i, std::string(1000, 'y'))); ++i) {
    }
  });
  ASSERT_TRUE(Eventually([&] { return budget->streams_waiting() == 1; }));
  EXPECT_FALSE(server->Shutdown(milliseconds(200)));
  writer.join();
  ReadAll(*stream);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

// One client's life, broken off at a random point in a random way.
void LiveAndDie(v1::IngestService::Stub& stub, unsigned seed) {
  std::mt19937 random(seed);
  grpc::ClientContext context;
  const auto stream = stub.Ingest(&context);
  const unsigned files = random() % 200;
  const unsigned way = random() % 4;
  std::thread reader;
  if (way != 3) {
    reader = std::thread([&] {
      v1::IngestResponse response;
      while (stream->Read(&response)) {
      }
    });
  }
  for (unsigned i = 1; i <= files; ++i) {
    v1::IngestRequest request;
    request.set_sequence(i);
    request.set_content(std::string(random() % 5000, 'x'));
    if (!stream->Write(request)) break;
  }
  if (way == 0) stream->WritesDone();
  if (way == 1 || way == 3) context.TryCancel();
  if (way == 2) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    context.TryCancel();
  }
  if (reader.joinable()) reader.join();
  stream->Finish();
}

TEST_F(CancellationTest, AtRandomPointsLeavesNothingBehind) {
  budget_options = {.total_bytes = size_t{256} << 10, .stream_bytes = size_t{32} << 10};
  StartServer();
  std::vector<std::thread> clients;
  for (unsigned c = 0; c < 4; ++c) {
    clients.emplace_back([&, c] {
      for (unsigned i = 0; i < 60; ++i) LiveAndDie(*ingest, c * 1000 + i);
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_TRUE(Eventually([&] { return server->streams() == 0; }));
  EXPECT_TRUE(Eventually([&] { return budget->bytes_in_flight() == 0; }));
  EXPECT_EQ(budget->streams_waiting(), 0U);
}

TEST_F(CancellationTest, AnswersMayComeAfterTheStreamIsGone) {
  StartServer();
  pipeline.Hold();
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    const auto stream = ingest->Ingest(&context);
    for (uint64_t s = 1; s <= 10; ++s) stream->Write(File(s));
    ASSERT_TRUE(
        Eventually([&] { return pipeline.submitted() == static_cast<size_t>(i + 1) * 10; }));
    context.TryCancel();
    stream->Finish();
  }
  ASSERT_TRUE(Eventually([&] { return server->streams() == 0; }));
  EXPECT_GT(budget->bytes_in_flight(), 0U);  // they are still the pipeline's
  pipeline.Resume();
  EXPECT_TRUE(Eventually([&] { return budget->bytes_in_flight() == 0; }));
}

TEST_F(CancellationTest, DuringShutdownLeavesNothingBehind) {
  for (unsigned round = 0; round < 10; ++round) {
    FakePipeline own;
    FairBudget own_budget({.total_bytes = size_t{64} << 10, .stream_bytes = size_t{16} << 10});
    auto own_server = *RpcServer::Open(options, store, own, own_budget, clock);
    auto stub = v1::IngestService::NewStub(
        grpc::CreateChannel(own_server->address(), grpc::InsecureChannelCredentials()));
    std::vector<std::thread> clients;
    for (unsigned c = 0; c < 3; ++c) {
      clients.emplace_back([&stub, seed = round * 10 + c] {
        for (unsigned i = 0; i < 3; ++i) LiveAndDie(*stub, seed * 7 + i);
      });
    }
    std::this_thread::sleep_for(milliseconds(round * 3));
    own_server->Shutdown(milliseconds(1000));
    for (std::thread& client : clients) client.join();
    own_server.reset();
    own.Drain();
  }
}

}  // namespace
}  // namespace wirefold
