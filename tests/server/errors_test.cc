#include "server/errors.h"

#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "wirefold/v1/errors.pb.h"

namespace wirefold {
namespace {

TEST(Errors, EveryReasonKeepsItsCodeNameAndMessage) {
  for (int i = 1; i <= static_cast<int>(Reason::kFeedBroken); ++i) {
    const auto reason = static_cast<Reason>(i);
    const absl::Status status = Reject(reason, "what to do");
    const grpc::Status mapped = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(mapped.error_code()), static_cast<int>(status.code()));
    EXPECT_EQ(mapped.error_message(), "what to do");
    EXPECT_EQ(GrpcReasonOf(mapped), ReasonName(reason));
  }
}

TEST(Errors, DetailsAreAGoogleRpcStatusWithErrorInfo) {
  const grpc::Status mapped = GrpcError(Reason::kInvalidId, "an ID has 26 characters");
  v1::ErrorStatus details;
  ASSERT_TRUE(details.ParseFromString(mapped.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_EQ(details.message(), "an ID has 26 characters");
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  v1::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.reason(), "INVALID_ID");
  EXPECT_EQ(info.domain(), "wirefold");
}

TEST(Errors, EveryCanonicalCodeMapsToItsNumber) {
  for (int code = 1; code <= 15; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "m");
    const bool ours = code == 2;  // an unknown error is a fault of the server
    EXPECT_EQ(static_cast<int>(ToGrpcStatus(status).error_code()), ours ? 13 : code);
    EXPECT_EQ(GrpcReasonOf(ToGrpcStatus(status)), "INTERNAL");
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(GrpcReasonOf(grpc::Status::OK), "");
}

TEST(Errors, LongMessagesAreCutAtACharacterSoThatTheyFitTheTrailers) {
  std::string message;
  while (message.size() < 20'000) message += "中";
  const grpc::Status status = GrpcError(Reason::kInvalidUrl, message);
  EXPECT_EQ(status.error_message().size(), 1023U + 3U);  // 341 characters and an ellipsis
  EXPECT_EQ(GrpcReasonOf(status), "INVALID_URL");
}

TEST(Errors, AMessageAtItsLimitIsWholeAndOneByteMoreIsCut) {
  const std::string at(kMaxErrorMessageBytes, 'x');
  EXPECT_EQ(GrpcError(Reason::kInvalidUrl, at).error_message(), at);
  EXPECT_EQ(GrpcError(Reason::kInvalidUrl, at + "x").error_message(), at + "…");
}

TEST(Errors, AReasonOfTheTransportKeepsItsCodeAndName) {
  const grpc::Status mapped = ToGrpcStatus(
      RejectAs(absl::StatusCode::kResourceExhausted, kReasonAnswerTooLarge, "ask for fewer"));
  EXPECT_EQ(mapped.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(mapped.error_message(), "ask for fewer");
  EXPECT_EQ(GrpcReasonOf(mapped), "ANSWER_TOO_LARGE");
}

TEST(Errors, TheReferenceListsEveryReasonWithItsCode) {
  std::ifstream file(WIREFOLD_SOURCE_DIR "/docs/api.md");
  std::stringstream reference;
  reference << file.rdbuf();
  for (int i = 1; i <= static_cast<int>(Reason::kFeedBroken); ++i) {
    const auto reason = static_cast<Reason>(i);
    const std::string code = absl::StatusCodeToString(Reject(reason, "").code());
    EXPECT_THAT(reference.str(), testing::HasSubstr("| `" + std::string(ReasonName(reason)) +
                                                    "` | `" + code + "` |"));
  }
  for (const std::string_view name :
       {kReasonTooManyStreams, kReasonOverloaded, kReasonAnswerTooLarge, kReasonInternal}) {
    EXPECT_THAT(reference.str(), testing::HasSubstr("| `" + std::string(name) + "` |"));
  }
}

TEST(Errors, ThreeReasonsSayNothingAboutTheFile) {
  int count = 0;
  for (int i = 1; i <= static_cast<int>(Reason::kFeedBroken); ++i) {
    if (SaysNothingAboutTheFile(static_cast<Reason>(i))) ++count;
  }
  EXPECT_EQ(count, 3);
  EXPECT_TRUE(SaysNothingAboutTheFile(Reason::kReadOnly));
  EXPECT_FALSE(SaysNothingAboutTheFile(Reason::kInvalidUrl));
}

}  // namespace
}  // namespace wirefold
