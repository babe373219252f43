#include "client/ingest_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/errors.h"
#include "lib/base/reason.h"
#include "tests/client/fake_server.h"

namespace wirefold {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

IngestStreamOptions Quick() {
  IngestStreamOptions options;
  options.initial_backoff_ms = 1;
  options.max_backoff_ms = 20;
  options.retry_timeout_ms = 5000;
  return options;
}

// Collects what a stream's callback is given.
struct Collector {
  std::vector<uint64_t> sequences;
  std::vector<v1::Outcome> outcomes;

  IngestStream::ResultCallback Callback() {
    return [this](const v1::IngestResult& result) {
      sequences.push_back(result.sequence());
      outcomes.push_back(result.outcome());
    };
  }
};

v1::IngestRequest File(uint64_t sequence, size_t bytes = 0) {
  v1::IngestRequest file;
  file.set_sequence(sequence);
  file.set_content("file " + std::to_string(sequence) + std::string(bytes, '.'));
  return file;
}

std::vector<std::string> Contents(uint64_t files) {
  std::vector<std::string> contents;
  for (uint64_t i = 0; i < files; ++i) contents.push_back(File(i).content());
  return contents;
}

std::vector<uint64_t> Sequences(uint64_t files) {
  std::vector<uint64_t> sequences(files);
  for (uint64_t i = 0; i < files; ++i) sequences[i] = i;
  return sequences;
}

absl::Status SendAll(IngestStream& stream, uint64_t files) {
  for (uint64_t i = 0; i < files; ++i) {
    if (absl::Status status = stream.Send(File(i)); !status.ok()) return status;
  }
  return stream.Finish();
}

TEST(IngestStream, DeliversEveryResultInOrder) {
  FakeServer server;
  server.PlanStream({.status = {}, .ack_batch = 7});
  Collector seen;
  IngestStream stream(server.channel(), {}, seen.Callback());
  EXPECT_EQ(SendAll(stream, 5000), absl::OkStatus());
  EXPECT_EQ(seen.sequences, Sequences(5000));
  EXPECT_EQ(server.stored(), Contents(5000));
  EXPECT_EQ(stream.reconnects(), 0);
}

TEST(IngestStream, FinishesWithoutAFile) {
  FakeServer server;
  IngestStream stream(server.channel(), {}, nullptr);
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(server.streams(), 0);
  EXPECT_EQ(stream.Send(File(1)).code(), absl::StatusCode::kFailedPrecondition);
}

// Where a stream breaks: after reading so many files, with so many of those stored but not
// acknowledged.
class Broken : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(Broken, StreamIsResumedWithoutLossDisorderOrSecondAcknowledgement) {
  const auto [break_after, unacknowledged] = GetParam();
  FakeServer server;
  for (int i = 0; i < 3; ++i) {
    server.PlanStream(
        {.break_after = break_after,
         .unacknowledged = unacknowledged,
         .status = StatusWithReason(grpc::StatusCode::UNAVAILABLE, "going away", "SHUTTING_DOWN"),
         .ack_batch = 10});
  }
  Collector seen;
  IngestStreamOptions options = Quick();
  options.max_unacknowledged_files = 50;
  IngestStream stream(server.channel(), options, seen.Callback());
  EXPECT_EQ(SendAll(stream, 300), absl::OkStatus());
  EXPECT_EQ(seen.sequences, Sequences(300));
  EXPECT_EQ(server.stored(), Contents(300));
  EXPECT_EQ(stream.reconnects(), 3);
  // What was stored before the break without our knowing comes back as what it is.
  const auto unchanged =
      std::count(seen.outcomes.begin(), seen.outcomes.end(), v1::OUTCOME_UNCHANGED);
  EXPECT_EQ(unchanged > 0, unacknowledged > 0);
}

INSTANTIATE_TEST_SUITE_P(Points, Broken,
                         testing::Values(std::pair(0, 0), std::pair(1, 0), std::pair(10, 3),
                                         std::pair(25, 25), std::pair(49, 1), std::pair(10, 0)));

TEST(IngestStream, TakesAnEarlyEndForABreak) {
  FakeServer server;
  server.PlanStream({.break_after = 5, .status = grpc::Status::OK});
  Collector seen;
  IngestStream stream(server.channel(), Quick(), seen.Callback());
  EXPECT_EQ(SendAll(stream, 20), absl::OkStatus());
  EXPECT_EQ(seen.sequences, Sequences(20));
}

TEST(IngestStream, OutlivesARestartOfTheServer) {
  auto server = std::make_unique<FakeServer>();
  const std::string address = server->address();
  Collector seen;
  IngestStream stream(server->channel(), Quick(), seen.Callback());
  for (uint64_t i = 0; i < 100; ++i) ASSERT_EQ(stream.Send(File(i)), absl::OkStatus());
  while (stream.unacknowledged_files() > 0) std::this_thread::yield();
  server->Stop();
  for (uint64_t i = 100; i < 200; ++i) ASSERT_EQ(stream.Send(File(i)), absl::OkStatus());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  FakeServer restarted(address);
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(seen.sequences, Sequences(200));
  EXPECT_EQ(restarted.stored().size(), 100U);
}

// Waits until everything that was sent is acknowledged. False after ten seconds.
bool Acknowledged(const IngestStream& stream) {
  for (int i = 0; i < 2000 && stream.unacknowledged_files() > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return stream.unacknowledged_files() == 0;
}

TEST(IngestStream, CountsItsRetryTimeoutFromTheLastBreak) {
  auto server = std::make_unique<FakeServer>();
  const std::string address = server->address();
  server->PlanStream({.break_after = 1,
                      .unacknowledged = 1,
                      .status = {grpc::StatusCode::UNAVAILABLE, "going away"}});
  Collector seen;
  IngestStreamOptions options = Quick();
  options.retry_timeout_ms = 2000;
  IngestStream stream(server->channel(), options, seen.Callback());
  ASSERT_EQ(stream.Send(File(0)), absl::OkStatus());
  ASSERT_TRUE(Acknowledged(stream));
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  server->Stop();
  ASSERT_EQ(stream.Send(File(1)), absl::OkStatus());
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  server = std::make_unique<FakeServer>(address);
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(seen.sequences, Sequences(2));
}

grpc::Status ClosedIdle() {
  return StatusWithReason(grpc::StatusCode::UNAVAILABLE, "nothing arrived", "STREAM_IDLE");
}

// Without a retry timeout any break ends the stream, so these are none.
TEST(IngestStream, TakesTheCloseOfAnIdleStreamForNoBreak) {
  FakeServer server;
  server.PlanStream({.break_after = 1, .status = ClosedIdle()});
  // A file that arrives just as the stream is closed. The one before it is acknowledged: both may
  // have been in flight already when the first stream was closed.
  server.PlanStream({.break_after = 2, .unacknowledged = 1, .status = ClosedIdle()});
  Collector seen;
  IngestStreamOptions options = Quick();
  options.retry_timeout_ms = 0;
  IngestStream stream(server.channel(), options, seen.Callback());
  ASSERT_EQ(stream.Send(File(0)), absl::OkStatus());
  ASSERT_TRUE(Acknowledged(stream));
  ASSERT_EQ(stream.Send(File(1)), absl::OkStatus());
  ASSERT_EQ(stream.Send(File(2)), absl::OkStatus());
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(seen.sequences, Sequences(3));
}

TEST(IngestStream, EndsWellAfterTheCloseOfAnIdleStream) {
  FakeServer server;
  server.PlanStream({.break_after = 1, .status = ClosedIdle()});
  Collector seen;
  IngestStream stream(server.channel(), Quick(), seen.Callback());
  ASSERT_EQ(stream.Send(File(0)), absl::OkStatus());
  ASSERT_TRUE(Acknowledged(stream));
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(server.streams(), 1);
}

// A file that takes longer than the server waits would be sent for ever.
TEST(IngestStream, TakesARepeatedCloseWithTheSameFileInFlightForABreak) {
  FakeServer server;
  for (int i = 0; i < 2; ++i) server.PlanStream({.break_after = 0, .status = ClosedIdle()});
  Collector seen;
  IngestStreamOptions options = Quick();
  options.retry_timeout_ms = 0;
  IngestStream stream(server.channel(), options, seen.Callback());
  ASSERT_EQ(stream.Send(File(0)), absl::OkStatus());
  const absl::Status status = stream.Finish();
  EXPECT_EQ(ErrorReason(status), "STREAM_IDLE");
  EXPECT_THAT(std::string(status.message()), HasSubstr("nothing arrived"));
  EXPECT_EQ(server.streams(), 2);
}

TEST(IngestStream, GivesUpAfterTheTimeWithoutAcknowledgements) {
  FakeServer server;
  const std::shared_ptr<grpc::Channel> channel = server.channel();
  server.Stop();
  IngestStreamOptions options = Quick();
  options.retry_timeout_ms = 100;
  Collector seen;
  IngestStream stream(channel, options, seen.Callback());
  ASSERT_EQ(stream.Send(File(0)), absl::OkStatus());
  const absl::Status status = stream.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("gave up after 100 ms"));
  EXPECT_EQ(stream.unacknowledged_files(), 1U);
}

TEST(IngestStream, EndsAtAnErrorThatARetryWouldMeetAgain) {
  FakeServer server;
  server.PlanStream(
      {.break_after = 3,
       .unacknowledged = 1,
       .status = StatusWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                  "acknowledgements were not read", "CLIENT_TOO_SLOW")});
  Collector seen;
  IngestStream stream(server.channel(), Quick(), seen.Callback());
  const absl::Status status = SendAll(stream, 3);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), Reason::kClientTooSlow);
  EXPECT_EQ(seen.sequences, Sequences(2));
  EXPECT_EQ(server.streams(), 1);
  EXPECT_EQ(stream.Send(File(9)), status);
}

TEST(IngestStream, GoesOnAfterARejectedFile) {
  FakeServer server;
  server.RejectContent(File(1).content(), "INVALID_URL");
  Collector seen;
  IngestStream stream(server.channel(), Quick(), seen.Callback());
  EXPECT_EQ(SendAll(stream, 3), absl::OkStatus());
  EXPECT_THAT(seen.outcomes, ElementsAre(v1::OUTCOME_NEW, v1::OUTCOME_REJECTED, v1::OUTCOME_NEW));
}

TEST(IngestStream, EndsWhenAcknowledgementsDoNotFit) {
  FakeServer server;
  server.PlanStream({.status = {}, .wrong_sequence_at = 2});
  Collector seen;
  IngestStream stream(server.channel(), Quick(), seen.Callback());
  EXPECT_EQ(SendAll(stream, 4).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(seen.sequences, Sequences(2));
}

TEST(IngestStream, RefusesSequencesThatDoNotGrow) {
  FakeServer server;
  Collector seen;
  IngestStream stream(server.channel(), Quick(), seen.Callback());
  EXPECT_EQ(stream.Send(File(5)), absl::OkStatus());
  EXPECT_EQ(stream.Send(File(5)).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(stream.Send(File(6)), absl::OkStatus());
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_THAT(seen.sequences, ElementsAre(5, 6));
}

TEST(IngestStream, NeverHasMoreFilesInFlightThanItsBound) {
  FakeServer server;
  server.PlanStream({.status = {}, .hold_files = 20, .hold_ms = 100});
  Collector seen;
  IngestStreamOptions options = Quick();
  options.max_unacknowledged_files = 20;
  IngestStream stream(server.channel(), options, seen.Callback());
  EXPECT_EQ(SendAll(stream, 200), absl::OkStatus());
  EXPECT_EQ(server.max_pending_files(), 20U);
  EXPECT_EQ(seen.sequences, Sequences(200));
}

TEST(IngestStream, NeverHasMoreBytesInFlightThanItsBoundButLetsOneFileThrough) {
  FakeServer server;
  server.PlanStream({.status = {}, .hold_files = 4, .hold_ms = 100});
  Collector seen;
  IngestStreamOptions options = Quick();
  options.max_unacknowledged_bytes = 5000;
  IngestStream stream(server.channel(), options, seen.Callback());
  for (uint64_t i = 0; i < 12; ++i) ASSERT_EQ(stream.Send(File(i, 1000)), absl::OkStatus());
  ASSERT_EQ(stream.Send(File(12, 100'000)), absl::OkStatus());
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_LE(server.max_pending_bytes(), 100'010U);
  EXPECT_LE(server.max_pending_files(), 4U);
  EXPECT_EQ(seen.sequences, Sequences(13));
}

TEST(IngestStream, CancelReleasesEveryoneWhoWaits) {
  FakeServer server;
  server.PlanStream({.status = {}, .hold_files = 1000});
  IngestStreamOptions options = Quick();
  options.max_unacknowledged_files = 2;
  IngestStream stream(server.channel(), options, [](const v1::IngestResult&) {});
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stream.Cancel();
  });
  EXPECT_EQ(SendAll(stream, 10).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(stream.Finish().code(), absl::StatusCode::kCancelled);
  canceller.join();
}

TEST(IngestStream, CarriesTheHints) {
  FakeServer server;
  IngestStream stream(server.channel(), Quick(), [](const v1::IngestResult&) {});
  v1::IngestRequest file = File(3);
  file.set_source("rfi");
  file.set_url("https://example.com/");
  file.mutable_observed_time()->set_seconds(12);
  ASSERT_EQ(stream.Send(file), absl::OkStatus());
  ASSERT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(server.requests().at(0).SerializeAsString(), file.SerializeAsString());
}

}  // namespace
}  // namespace wirefold
