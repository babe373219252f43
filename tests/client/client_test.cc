#include "client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "client/backoff.h"
#include "client/errors.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "tests/client/fake_server.h"

namespace wirefold {
namespace {

using testing::HasSubstr;

std::unique_ptr<Client> ConnectTo(const FakeServer& server) {
  absl::StatusOr<std::unique_ptr<Client>> client = Client::Connect({.server = server.address()});
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

TEST(Errors, DecodeAKnownReasonAsRejectMakesIt) {
  const absl::Status status = FromGrpcStatus(
      StatusWithReason(grpc::StatusCode::INVALID_ARGUMENT, "26 characters", "INVALID_ID"));
  EXPECT_EQ(status, Reject(Reason::kInvalidId, "26 characters"));
  EXPECT_EQ(ErrorReason(status), "INVALID_ID");
}

TEST(Errors, KeepAnUnknownReasonAsText) {
  const absl::Status status = FromGrpcStatus(
      StatusWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED, "wait", "QUOTA_OF_TOMORROW"));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), Reason::kUnspecified);
  EXPECT_EQ(ErrorReason(status), "QUOTA_OF_TOMORROW");
}

TEST(Errors, AreErrorsWithoutOrWithBrokenDetailsToo) {
  for (const std::string details : {"", "\xff\xff", "\x1a\x02\x0a\x00"}) {
    const absl::Status status =
        FromGrpcStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "none", details));
    EXPECT_EQ(status, absl::NotFoundError("none"));
    EXPECT_EQ(ErrorReason(status), "");
  }
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(Errors, TellWhatIsWorthARetry) {
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("")));
  EXPECT_TRUE(IsRetryable(absl::InternalError("RST_STREAM")));
  EXPECT_TRUE(IsRetryable(Reject(Reason::kReadOnly, "")));
  EXPECT_FALSE(IsRetryable(Reject(Reason::kClientTooSlow, "")));
  EXPECT_FALSE(IsRetryable(absl::UnauthenticatedError("")));
  EXPECT_FALSE(IsRetryable(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsRetryable(absl::DataLossError("")));
}

TEST(Backoff, DoublesUpToItsMaximumWithJitterAndStartsAgain) {
  Backoff backoff(100, 1000, 1);
  int64_t ceiling = 100;
  for (int i = 0; i < 10; ++i) {
    const int64_t delay = backoff.NextMs();
    EXPECT_GE(delay, ceiling / 2);
    EXPECT_LE(delay, ceiling);
    ceiling = std::min<int64_t>(ceiling * 2, 1000);
  }
  backoff.Reset();
  EXPECT_LE(backoff.NextMs(), 100);
}

TEST(Client, CallsAndDecodesErrors) {
  FakeServer server;
  const std::unique_ptr<Client> client = ConnectTo(server);
  v1::GetArticleRequest request;
  request.set_id("X");
  EXPECT_EQ(client->GetArticle(request)->id(), "X");
  EXPECT_EQ(client->GetStats()->stored().articles(), 3U);
  server.FailCalls(StatusWithReason(grpc::StatusCode::NOT_FOUND, "no such article", "NOT_FOUND"));
  EXPECT_EQ(ReasonOf(client->GetArticle(request).status()), Reason::kNotFound);
}

TEST(Client, IsServedByTheFirstCallAfterTheServerIsBack) {
  auto server = std::make_unique<FakeServer>();
  const std::string address = server->address();
  const std::unique_ptr<Client> client = ConnectTo(*server);
  for (int outage = 0; outage < 2; ++outage) {
    ASSERT_TRUE(client->GetStats().ok());
    server.reset();
    EXPECT_EQ(client->GetStats().status().code(), absl::StatusCode::kUnavailable);
    server = std::make_unique<FakeServer>(address);
    EXPECT_EQ(client->CheckHealth(), absl::OkStatus()) << outage;
  }
}

TEST(Client, KnowsAServerThatServes) {
  FakeServer server;
  const std::unique_ptr<Client> client = ConnectTo(server);
  EXPECT_EQ(client->CheckHealth(), absl::OkStatus());
  server.SetTakingFiles(false);
  EXPECT_THAT(std::string(client->CheckHealth().message()), HasSubstr("takes no files"));
  server.Stop();
  EXPECT_EQ(client->CheckHealth().code(), absl::StatusCode::kUnavailable);
}

TEST(Client, TakesAnArticleThatIsLargerThanAnyFile) {
  FakeServer server;
  const std::unique_ptr<Client> client = ConnectTo(server);
  server.SetText(std::string(2 * kMaxMessageBytes, 'x'));
  const absl::StatusOr<v1::Article> article = client->GetArticle({});
  ASSERT_TRUE(article.ok()) << article.status();
  EXPECT_EQ(article->text().size(), 2 * kMaxMessageBytes);
}

TEST(Client, SaysAtOnceThatNobodyIsThereAndWhatToDo) {
  FakeServer server;
  const std::string address = server.address();
  server.Stop();
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status = Client::Connect({.server = address}).status();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is wirefoldd running"));
}

TEST(Client, RefusesWhatIsNoAddress) {
  for (const char* bad : {"", "localhost", "localhost:", ":7070", "localhost:http", "a:123456"}) {
    EXPECT_EQ(Client::Connect({.server = bad}).status().code(), absl::StatusCode::kInvalidArgument)
        << bad;
  }
}

}  // namespace
}  // namespace wirefold
