// Records packed one by one: whatever goes in comes out, and damage is told.
#include "lib/store/packed_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "lib/base/reason.h"
#include "lib/store/zstd_dictionary.h"
#include "tests/store/raw_samples.h"

namespace wirefold {
namespace {

using ::testing::HasSubstr;
using testing::RawSample;
using testing::RawSamples;
using Dictionary = std::shared_ptr<const ZstdDictionary>;

Dictionary Trained(uint32_t number) {
  return *ZstdDictionary::Make(number, *TrainDictionary(RawSamples(0, 500)), kQuickLevel);
}

std::string Packed(Packing packing, const Dictionary& dictionary, const std::string& record) {
  RecordCompressor compressor(packing, dictionary);
  const std::optional<std::string> packed = compressor.Pack(record);
  EXPECT_TRUE(packed.has_value());
  return packed.value_or("");
}

absl::StatusOr<std::string> Unpacked(std::string_view value, const ZstdDictionary* dictionary) {
  const absl::StatusOr<PackedHead> head = HeadOfPacked(value);
  if (!head.ok()) return head.status();
  return UnpackRecord(*head, dictionary);
}

TEST(PackedRecord, EveryByteComesBackAndTheHeadSaysHow) {
  std::string all_bytes;
  for (int i = 0; i < 100'000; ++i) all_bytes.push_back(static_cast<char>(i % 251));
  for (const uint32_t number : {1U, 255U, 256U, kMaxDictionaryNumber}) {
    const Dictionary dictionary = Trained(number);
    for (const Packing packing : {Packing::kQuick, Packing::kTight}) {
      for (const Dictionary& with : {Dictionary(), dictionary}) {
        RecordCompressor compressor(packing, with);
        for (const std::string& record : {all_bytes, RawSample(3), std::string(100, '\0')}) {
          const std::optional<std::string> packed = compressor.Pack(record);
          ASSERT_TRUE(packed.has_value());
          EXPECT_TRUE(IsPackedRecord(*packed));
          EXPECT_LT(packed->size(), record.size());
          const absl::StatusOr<PackedHead> head = HeadOfPacked(*packed);
          ASSERT_TRUE(head.ok());
          EXPECT_EQ(head->packing, packing);
          EXPECT_EQ(head->dictionary, with == nullptr ? 0 : number);
          EXPECT_EQ(*Unpacked(*packed, with.get()), record);
        }
      }
    }
  }
}

TEST(PackedRecord, ADictionaryAndTimeMakeItSmaller) {
  const Dictionary dictionary = Trained(1);
  const std::string record = RawSample(1234);
  const size_t alone = Packed(Packing::kQuick, nullptr, record).size();
  const size_t quick = Packed(Packing::kQuick, dictionary, record).size();
  EXPECT_LT(2 * quick, alone);
  EXPECT_LE(Packed(Packing::kTight, dictionary, record).size(), quick);
}

TEST(PackedRecord, WhatWouldBeNoSmallerIsNotPacked) {
  for (const Packing packing : {Packing::kQuick, Packing::kTight}) {
    RecordCompressor compressor(packing, nullptr);
    EXPECT_EQ(compressor.Pack(""), std::nullopt);
    EXPECT_EQ(compressor.Pack("x"), std::nullopt);
    std::string noise;
    for (uint64_t i = 0; i < 100; ++i) noise += std::to_string(HashBytes64("n", i)).substr(0, 2);
    std::string hashes;
    for (uint64_t i = 0; i < 100; ++i) {
      const uint64_t hash = HashBytes64("n", i);
      hashes.append(reinterpret_cast<const char*>(&hash), sizeof(hash));
    }
    EXPECT_EQ(compressor.Pack(hashes), std::nullopt);
    EXPECT_NE(compressor.Pack(noise), std::nullopt);  // and is of use afterwards
  }
}

TEST(PackedRecord, OnlyUpToItsLimitIsOnePacked) {
  RecordCompressor compressor(Packing::kQuick, nullptr);
  std::string record(kMaxPackedRecordBytes, 'x');
  const std::optional<std::string> packed = compressor.Pack(record);
  ASSERT_TRUE(packed.has_value());
  EXPECT_TRUE(*Unpacked(*packed, nullptr) == record);
  record.push_back('x');
  EXPECT_EQ(compressor.Pack(record), std::nullopt);
}

TEST(PackedRecord, WhatIsCutOffAnywhereIsCorrupt) {
  const Dictionary dictionary = Trained(7);
  const std::string packed = Packed(Packing::kQuick, dictionary, RawSample(5));
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(ReasonOf(Unpacked(packed.substr(0, size), dictionary.get()).status()),
              Reason::kStoreCorrupt)
        << size;
  }
  EXPECT_FALSE(Unpacked(packed + "x", dictionary.get()).ok());
  EXPECT_EQ(ReasonOf(Unpacked(packed, nullptr).status()), Reason::kStoreCorrupt);
}

TEST(PackedRecord, AnotherWayOfPackingIsTooNew) {
  std::string packed = Packed(Packing::kTight, nullptr, RawSample(5));
  packed[1] = 2;
  const absl::Status status = HeadOfPacked(packed).status();
  EXPECT_EQ(ReasonOf(status), Reason::kStoreTooNew);
  EXPECT_THAT(status.ToString(), HasSubstr("type 'article'"));
}

TEST(PackedRecord, APlainRecordIsNone) {
  EXPECT_FALSE(IsPackedRecord(""));
  EXPECT_FALSE(IsPackedRecord("\x01 plain"));
  EXPECT_EQ(ReasonOf(HeadOfPacked("\x01 plain").status()), Reason::kStoreCorrupt);
}

}  // namespace
}  // namespace wirefold
