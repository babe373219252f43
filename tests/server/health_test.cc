#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "server/log.h"
#include "tests/server/server_fixture.h"

namespace wirefold {
namespace {

using HealthTest = ServerFixture;

// grpc.health.v1 over raw bytes, since no generated stub of it is installed: a request is field 1
// (the service's name), an answer field 1 (1: SERVING, 2: NOT_SERVING). -1 for an error.
int HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  std::string request;
  if (!service.empty()) {
    request = "\x0a";
    request += static_cast<char>(service.size());
    request += service;
  }
  const grpc::Slice slice(request);
  const grpc::ByteBuffer bytes(&slice, 1);
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", bytes, &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return -1;
  grpc::Slice flat;
  answer.DumpToSingleSlice(&flat);
  return flat.size() < 2 ? 0 : flat.begin()[1];
}

TEST_F(HealthTest, EveryServiceIsServing) {
  StartServer();
  EXPECT_EQ(HealthOf(channel, ""), 1);
  EXPECT_EQ(HealthOf(channel, "wirefold.v1.IngestService"), 1);
  EXPECT_EQ(HealthOf(channel, "wirefold.v1.ArticleService"), 1);
  EXPECT_EQ(HealthOf(channel, "wirefold.v1.AdminService"), 1);
  EXPECT_EQ(HealthOf(channel, "unknown"), -1);
}

TEST_F(HealthTest, AFullDiskStopsIngestionAloneAndAFailedCommitTheWhole) {
  options.health_period = std::chrono::milliseconds(10);
  StartServer();
  pipeline.SetReadOnly(Reject(Reason::kReadOnly, "full"));
  EXPECT_TRUE(Eventually([&] { return HealthOf(channel, "wirefold.v1.IngestService") == 2; }));
  EXPECT_EQ(HealthOf(channel, ""), 1);
  EXPECT_EQ(HealthOf(channel, "wirefold.v1.ArticleService"), 1);
  pipeline.SetReadOnly(absl::OkStatus());
  EXPECT_TRUE(Eventually([&] { return HealthOf(channel, "wirefold.v1.IngestService") == 1; }));
  pipeline.SetReadOnly(Reject(Reason::kStoreFailed, "failed"));
  EXPECT_TRUE(Eventually([&] { return HealthOf(channel, "") == 2; }));
  EXPECT_EQ(HealthOf(channel, "wirefold.v1.ArticleService"), 1);
}

TEST_F(HealthTest, EachChangeBetweenReadOnlyAndReadWriteIsLoggedOnce) {
  const std::string log = testing::TempDir() + "/read_only.log";
  std::remove(log.c_str());
  ASSERT_TRUE(OpenLog("info", log).ok());
  options.health_period = std::chrono::milliseconds(5);
  const auto count = [&](const std::string& event) {
    std::ifstream file(log);
    int lines = 0;
    for (std::string line; std::getline(file, line);) {
      if (line.find(event) != std::string::npos) ++lines;
    }
    return lines;
  };
  StartServer();
  for (int round = 1; round <= 2; ++round) {
    pipeline.SetReadOnly(Reject(Reason::kReadOnly, "1 MiB is free"));
    EXPECT_TRUE(
        Eventually([&] { return count("warning read_only message=\"1 MiB is free\"") == round; }));
    pipeline.SetReadOnly(absl::OkStatus());
    EXPECT_TRUE(Eventually([&] { return count("info read_write") == round; }));
  }
  pipeline.SetReadOnly(Reject(Reason::kStoreFailed, "failed: no such device"));
  EXPECT_TRUE(Eventually([&] {
    return count("error store_failed reason=STORE_FAILED message=\"failed: no such device\"") == 1;
  }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // some rounds more
  server.reset();
  EXPECT_EQ(count(" read_only"), 2);
  EXPECT_EQ(count(" read_write"), 2);
  EXPECT_EQ(count(" store_failed"), 1);
  ASSERT_TRUE(OpenLog("info", "").ok());
}

TEST_F(HealthTest, NothingIsServingWhileDraining) {
  StartServer();
  pipeline.Hold();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  stream->Write(File(1));
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 1; }));
  std::thread shutdown([&] { server->Shutdown(std::chrono::milliseconds(10'000)); });
  EXPECT_TRUE(Eventually([&] { return HealthOf(channel, "") == 2; }));
  EXPECT_EQ(HealthOf(channel, "wirefold.v1.ArticleService"), 2);
  pipeline.Resume();
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  stream->Finish();
  shutdown.join();
}

TEST_F(HealthTest, TheAddressThatIsTakenIsRefused) {
  StartServer();
  FairBudget other({});
  RpcServer::Options same = options;
  same.listen = server->address();
  const auto second = RpcServer::Open(same, store, pipeline, other, clock);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(HealthTest, ReflectionIsLinkedIn) {
  StartServer();
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(channel);
  const auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  const grpc::Slice list_services("\x3a\x01*");  // field 7, list_services
  call->Write(grpc::ByteBuffer(&list_services, 1), nullptr);
  queue.Next(&tag, &ok);
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  queue.Next(&tag, &ok);
  ASSERT_TRUE(ok);
  grpc::Slice flat;
  answer.DumpToSingleSlice(&flat);
  const std::string text(flat.begin(), flat.end());
  EXPECT_NE(text.find("wirefold.v1.IngestService"), std::string::npos);
  EXPECT_NE(text.find("wirefold.v1.ArticleService"), std::string::npos);
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
}

}  // namespace
}  // namespace wirefold
