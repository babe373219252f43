#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "lib/base/limits.h"
#include "tests/server/server_fixture.h"

namespace wirefold {
namespace {

using IngestServiceTest = ServerFixture;
using std::chrono::milliseconds;

TEST_F(IngestServiceTest, AcknowledgesEveryFileInTheOrderOfTheStream) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  for (uint64_t i = 0; i < 5000; ++i) ASSERT_TRUE(stream->Write(File(i * 3, std::to_string(i))));
  stream->WritesDone();
  const std::vector<v1::IngestResult> results = ReadAll(*stream);
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(results.size(), 5000U);
  for (uint64_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(results[i].sequence(), i * 3);
    ASSERT_EQ(results[i].outcome(), v1::OUTCOME_NEW);
    ASSERT_EQ(results[i].id(), Ulid::Make(1, HashBytes128(std::to_string(i))).ToString());
  }
}

TEST_F(IngestServiceTest, GathersAcknowledgementsThatAreReadyTogether) {
  StartServer();
  pipeline.Hold();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  for (uint64_t i = 1; i <= 3000; ++i) ASSERT_TRUE(stream->Write(File(i)));
  stream->WritesDone();
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 3000; }));
  pipeline.Resume();
  size_t messages = 0;
  EXPECT_EQ(ReadAll(*stream, &messages).size(), 3000U);
  EXPECT_LT(messages, 100U);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(IngestServiceTest, NoMessageOfAcknowledgementsExceedsWhatClientsAcceptByDefault) {
  StartServer();
  pipeline.SetJudge([](const IncomingFile&) {
    return FakePipeline::Rejected(Reason::kInvalidUrl, std::string(8000, 'x'));
  });
  pipeline.Hold();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  for (uint64_t i = 1; i <= 2000; ++i) ASSERT_TRUE(stream->Write(File(i)));
  stream->WritesDone();
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 2000; }));
  pipeline.Resume();
  v1::IngestResponse response;
  size_t results = 0;
  while (stream->Read(&response)) {
    EXPECT_LT(response.ByteSizeLong(), kMaxResponseBytes + 10'000);
    results += static_cast<size_t>(response.results_size());
  }
  EXPECT_EQ(results, 2000U);
}

TEST_F(IngestServiceTest, NoMessageHasMoreAcknowledgementsThanItsLimit) {
  StartServer();
  pipeline.SetJudge([](const IncomingFile& file) {
    return file.bytes == "big" ? FakePipeline::Rejected(Reason::kInvalidUrl, std::string(8000, 'x'))
                               : FakePipeline::New(file);
  });
  pipeline.Hold();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  // Long ones, so that a message waits for a client that does not read while the rest gathers.
  constexpr size_t kBig = 600;
  constexpr size_t kFiles = kBig + 2 * kMaxResultsPerResponse + 1;
  for (size_t i = 1; i <= kFiles; ++i) {
    ASSERT_TRUE(stream->Write(File(i, i <= kBig ? "big" : "")));
  }
  stream->WritesDone();
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == kFiles; }));
  pipeline.Resume();
  ASSERT_TRUE(Eventually([&] { return pipeline.GetStats().files_in_flight == 0; }));
  v1::IngestResponse response;
  size_t results = 0;
  int most = 0;
  while (stream->Read(&response)) {
    results += static_cast<size_t>(response.results_size());
    most = std::max(most, response.results_size());
  }
  EXPECT_EQ(results, kFiles);
  EXPECT_EQ(most, kMaxResultsPerResponse);
}

TEST_F(IngestServiceTest, MessagesThatWaitForTheirTurnAreBoundedInBytes) {
  FairBudget own({});
  constexpr size_t kMax = 1000;
  {
    IngestHub hub({.max_held_bytes = kMax}, pipeline, own);
    EXPECT_TRUE(hub.Hold(kMax - 1));
    EXPECT_TRUE(hub.Hold(1));
    EXPECT_FALSE(hub.Hold(1));
    hub.LetGo(1);
    EXPECT_TRUE(hub.Hold(1));
    EXPECT_EQ(hub.held_bytes(), kMax);
  }
  budget_options = {.total_bytes = size_t{1} << 20, .stream_bytes = size_t{1} << 20};
  options.ingest.max_held_bytes = size_t{10} << 20;
  StartServer();
  pipeline.Hold();
  grpc::ClientContext first_context;
  const auto first = ingest->Ingest(&first_context);
  ASSERT_TRUE(first->Write(File(1)));
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 1; }));
  grpc::ClientContext waiting_context;
  const auto waiting = ingest->Ingest(&waiting_context);
  ASSERT_TRUE(waiting->Write(File(1, std::string(6 << 20, 'x'))));
  ASSERT_TRUE(Eventually([&] { return budget->streams_waiting() == 1; }));
  grpc::ClientContext refused_context;
  const auto refused = ingest->Ingest(&refused_context);
  refused->Write(File(1, std::string(6 << 20, 'x')));
  EXPECT_TRUE(ReadAll(*refused).empty());
  const grpc::Status status = refused->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);  // clients send it again
  EXPECT_EQ(GrpcReasonOf(status), "OVERLOADED");
  pipeline.Resume();
  for (const auto& stream : {first.get(), waiting.get()}) {
    stream->WritesDone();
    EXPECT_EQ(ReadAll(*stream).size(), 1U);
    EXPECT_TRUE(stream->Finish().ok());
  }
}

TEST_F(IngestServiceTest, MoreMessagesOnTheirWayInThanMemoryIsForDoNotStopTheServer) {
  budget_options = {.total_bytes = size_t{1} << 20, .stream_bytes = size_t{1} << 20};
  options.ingest.max_held_bytes = size_t{16} << 20;
  options.receive_bytes = size_t{32} << 20;
  StartServer();
  pipeline.Hold();
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([this] {
      const auto stub = v1::IngestService::NewStub(
          grpc::CreateChannel(server->address(), grpc::InsecureChannelCredentials()));
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
      const auto stream = stub->Ingest(&context);
      stream->Write(File(1, std::string(8 << 20, 'x')));
      ReadAll(*stream);
      stream->Finish();
    });
  }
  for (std::thread& client : clients) client.join();
  pipeline.Resume();
  ASSERT_TRUE(Eventually([&] { return server->streams() == 0; }));
  ASSERT_TRUE(Eventually([&] { return budget->bytes_in_flight() == 0; }));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  const auto stream = ingest->Ingest(&context);
  EXPECT_TRUE(stream->Write(File(1, std::string(4 << 20, 'y'))));
  stream->WritesDone();
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(IngestServiceTest, EndsAStreamWhoseSequenceDoesNotGrowAfterAcknowledgingWhatCameBefore) {
  StartServer();
  pipeline.Hold();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  for (const uint64_t sequence : {1, 5, 5}) stream->Write(File(sequence));
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 2; }));
  pipeline.Resume();
  const std::vector<v1::IngestResult> results = ReadAll(*stream);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].sequence(), 5U);
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(GrpcReasonOf(status), "SEQUENCE_OUT_OF_ORDER");
}

TEST_F(IngestServiceTest, EndsAStreamOfBytesThatAreNoRequest) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  ASSERT_TRUE(stream->Write(File(1)));
  v1::IngestRequest malformed = File(2);
  // protobuf's own parser is lenient about strings that are not UTF-8 only in the writer.
  malformed.set_source("\xff\xfe");
  stream->Write(malformed);
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(GrpcReasonOf(status), "INVALID_ARGUMENT");
}

TEST_F(IngestServiceTest, TakesASourceAtItsLimitAndEndsTheStreamOneByteAbove) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  v1::IngestRequest file = File(1);
  file.set_source(std::string(kMaxSourceBytes, 's'));
  ASSERT_TRUE(stream->Write(file));
  file.set_sequence(2);
  file.set_source(std::string(kMaxSourceBytes + 1, 's'));
  stream->Write(file);
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, TakesAMessageAtTheLimitAndEndsTheStreamOneByteAbove) {
  StartServer();
  const size_t overhead =
      File(1, std::string(kMaxMessageBytes - 100, 'x')).ByteSizeLong() - (kMaxMessageBytes - 100);
  {
    grpc::ClientContext context;
    const auto stream = ingest->Ingest(&context);
    stream->Write(File(1, std::string(kMaxMessageBytes - overhead, 'x')));
    stream->WritesDone();
    EXPECT_EQ(ReadAll(*stream).size(), 1U);
    EXPECT_TRUE(stream->Finish().ok());
  }
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  stream->Write(File(1, std::string(kMaxMessageBytes - overhead + 1, 'x')));
  EXPECT_EQ(ReadAll(*stream).size(), 0U);
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("larger than max"));
}

TEST_F(IngestServiceTest, WhatTheStoreDidNotTakeIsNotAcknowledgedAndEndsTheStream) {
  StartServer();
  pipeline.SetJudge([](const IncomingFile& file) {
    return file.bytes == "bad" ? FakePipeline::Rejected(Reason::kStoreFailed, "commit failed")
                               : FakePipeline::New(file);
  });
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  stream->Write(File(1));
  stream->Write(File(2, "bad"));
  stream->Write(File(3));
  stream->WritesDone();
  const std::vector<v1::IngestResult> results = ReadAll(*stream);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].sequence(), 1U);
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(GrpcReasonOf(status), "STORE_FAILED");
  EXPECT_TRUE(Eventually([&] { return budget->bytes_in_flight() == 0; }));
}

TEST_F(IngestServiceTest, AcknowledgementsThatAreNotReadHoldTheStreamBackAndCloseItInTheEnd) {
  budget_options = {.total_bytes = size_t{8} << 20, .stream_bytes = size_t{2} << 20};
  options.ingest.unread_ack_timeout = milliseconds(500);
  StartServer();
  // Large acknowledgements fill the client's window sooner.
  pipeline.SetJudge([](const IncomingFile&) {
    return FakePipeline::Rejected(Reason::kInvalidUrl, std::string(8000, 'x'));
  });
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  uint64_t written = 0;
  while (written < 1'000'000 && stream->Write(File(written, std::string(1000, 'y')))) ++written;
  EXPECT_LT(written, 1'000'000U);  // paused, then closed
  ReadAll(*stream);
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), testing::StartsWith("CLIENT_TOO_SLOW: "));
  EXPECT_TRUE(Eventually([&] { return server->streams() == 0; }));
  EXPECT_TRUE(Eventually([&] { return budget->bytes_in_flight() == 0; }));
}

void ExpectClosedIdle(const grpc::Status& status) {
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);  // clients send again
  EXPECT_EQ(GrpcReasonOf(status), "STREAM_IDLE");
}

TEST_F(IngestServiceTest, AStreamOnWhichNothingArrivesIsClosedAndMakesRoomForAnother) {
  options.ingest.max_streams = 2;
  options.ingest.idle_timeout = milliseconds(200);
  StartServer();
  grpc::ClientContext silent_context;
  const auto silent = ingest->Ingest(&silent_context);
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  ASSERT_TRUE(stream->Write(File(1)));
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  ExpectClosedIdle(stream->Finish());
  EXPECT_TRUE(ReadAll(*silent).empty());
  ExpectClosedIdle(silent->Finish());
  EXPECT_TRUE(Eventually([&] { return server->streams() == 0; }));
  EXPECT_TRUE(Eventually([&] { return budget->bytes_in_flight() == 0; }));
  grpc::ClientContext next_context;
  const auto next = ingest->Ingest(&next_context);
  ASSERT_TRUE(next->Write(File(2)));
  next->WritesDone();
  EXPECT_EQ(ReadAll(*next).size(), 1U);
  EXPECT_TRUE(next->Finish().ok());
}

TEST_F(IngestServiceTest, AStreamIsNotIdleWhileAFileIsInFlightOrWaitsForItsTurn) {
  budget_options = {.total_bytes = size_t{1} << 20, .stream_bytes = size_t{1} << 20};
  options.ingest.max_held_bytes = size_t{10} << 20;
  options.ingest.idle_timeout = milliseconds(200);
  StartServer();
  pipeline.Hold();
  grpc::ClientContext first_context;
  const auto first = ingest->Ingest(&first_context);
  ASSERT_TRUE(first->Write(File(1)));
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == 1; }));
  grpc::ClientContext waiting_context;
  const auto waiting = ingest->Ingest(&waiting_context);
  ASSERT_TRUE(waiting->Write(File(1, std::string(2 << 20, 'x'))));
  ASSERT_TRUE(Eventually([&] { return budget->streams_waiting() == 1; }));
  std::this_thread::sleep_for(milliseconds(800));
  EXPECT_EQ(server->streams(), 2U);
  pipeline.Resume();
  for (const auto& stream : {first.get(), waiting.get()}) {
    EXPECT_EQ(ReadAll(*stream).size(), 1U);
    ExpectClosedIdle(stream->Finish());
  }
}

TEST_F(IngestServiceTest, AStreamIsNotIdleWhileAcknowledgementsWaitToBeRead) {
  options.ingest.idle_timeout = milliseconds(200);
  StartServer();
  // More than the client's window takes.
  pipeline.SetJudge([](const IncomingFile&) {
    return FakePipeline::Rejected(Reason::kInvalidUrl, std::string(8000, 'x'));
  });
  constexpr size_t kFiles = 1000;
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  for (uint64_t i = 1; i <= kFiles; ++i) ASSERT_TRUE(stream->Write(File(i)));
  ASSERT_TRUE(Eventually([&] { return pipeline.submitted() == kFiles; }));
  std::this_thread::sleep_for(milliseconds(800));
  EXPECT_EQ(server->streams(), 1U);
  EXPECT_EQ(ReadAll(*stream).size(), kFiles);
  ExpectClosedIdle(stream->Finish());
}

TEST_F(IngestServiceTest, AStreamThatIsFedInTimeStaysOpen) {
  options.ingest.idle_timeout = milliseconds(1000);
  StartServer();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  for (uint64_t i = 1; i <= 8; ++i) {
    ASSERT_TRUE(stream->Write(File(i)));
    std::this_thread::sleep_for(milliseconds(200));
  }
  stream->WritesDone();
  EXPECT_EQ(ReadAll(*stream).size(), 8U);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(IngestServiceTest, NoStreamIsEverIdleWithATimeoutOfZero) {
  options.ingest.idle_timeout = milliseconds(0);
  options.ingest.unread_ack_timeout = milliseconds(100);  // housekeeping comes by often
  StartServer();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  ASSERT_TRUE(Eventually([&] { return server->streams() == 1; }));
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_EQ(server->streams(), 1U);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(IngestServiceTest, BytesInFlightStayBelowTheBoundWhilePaused) {
  budget_options = {.total_bytes = size_t{1} << 20, .stream_bytes = size_t{256} << 10};
  StartServer();
  pipeline.Hold();
  grpc::ClientContext context;
  const auto stream = ingest->Ingest(&context);
  std::thread writer([&] {
    for (uint64_t i = 0; i < 2000; ++i) {
      if (!stream->Write(File(i, std::string(1000, 'y')))) break;
    }
    stream->WritesDone();
  });
  ASSERT_TRUE(Eventually([&] { return budget->streams_waiting() == 1; }));
  EXPECT_LE(budget->bytes_in_flight(), size_t{256} << 10);
  pipeline.Resume();
  EXPECT_EQ(ReadAll(*stream).size(), 2000U);
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(Eventually([&] { return budget->bytes_in_flight() == 0; }));
}

TEST_F(IngestServiceTest, RefusesStreamsOverTheLimit) {
  options.ingest.max_streams = 2;
  StartServer();
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<Stream>> open;
  for (int i = 0; i < 2; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    open.push_back(ingest->Ingest(contexts.back().get()));
  }
  ASSERT_TRUE(Eventually([&] { return server->streams() == 2; }));
  grpc::ClientContext context;
  const auto refused = ingest->Ingest(&context);
  EXPECT_TRUE(ReadAll(*refused).empty());
  const grpc::Status status = refused->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(GrpcReasonOf(status), "TOO_MANY_STREAMS");
  for (const auto& stream : open) stream->WritesDone();
  for (const auto& stream : open) EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(Eventually([&] { return server->streams() == 0; }));
}

TEST_F(IngestServiceTest, AThousandIdleStreamsHaveNoThreadsOfTheirOwn) {
  StartServer();
  const auto threads = [] {
    size_t count = 0;
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
      if (line.starts_with("Threads:")) count = std::stoul(line.substr(8));
    }
    return count;
  };
  const size_t before = threads();
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<Stream>> open;
  for (int i = 0; i < 1000; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    open.push_back(ingest->Ingest(contexts.back().get()));
  }
  ASSERT_TRUE(Eventually([&] { return server->streams() == 1000; }));
  EXPECT_LT(threads(), before + 20);
  for (const auto& context : contexts) context->TryCancel();
  for (const auto& stream : open) stream->Finish();
  EXPECT_TRUE(Eventually([&] { return server->streams() == 0; }));
}

}  // namespace
}  // namespace wirefold
