#include "lib/store/raw_record.h"

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
using testing::RawOf;
using testing::RawSample;
using testing::RawSamples;
using Dictionary = std::shared_ptr<const ZstdDictionary>;

absl::StatusOr<Dictionary> NoDictionary(uint32_t /*number*/) {
  return Reject(Reason::kStoreCorrupt, "there is none");
}

Dictionary Trained(uint32_t number, int first_sample = 0) {
  const absl::StatusOr<std::string> bytes = TrainDictionary(RawSamples(first_sample, 500));
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return *ZstdDictionary::Make(number, *bytes, kRawCompressionLevel);
}

RawDictionaries Always(const Dictionary& dictionary) {
  return [dictionary](uint32_t number) -> absl::StatusOr<Dictionary> {
    EXPECT_EQ(number, dictionary->number());
    return dictionary;
  };
}

TEST(RawRecord, EveryByteAndEveryHintComesBack) {
  std::string all_bytes;
  for (int i = 0; i < 1024; ++i) all_bytes.push_back(static_cast<char>(i));
  const Hints full = {.url = "https://a.example/\xff",
                      .observed_at_ms = -1,
                      .content_type = "text/html; charset=gbk"};
  const Hints zero = {.url = "", .observed_at_ms = 0, .content_type = ""};
  const Dictionary dictionary = Trained(7);
  RawPacker packer;
  for (const std::string& bytes : {std::string(), std::string("x"), all_bytes, RawSample(3)}) {
    for (const Hints& hints : {full, zero, Hints{}}) {
      for (const ZstdDictionary* with :
           {static_cast<const ZstdDictionary*>(nullptr), dictionary.get()}) {
        const absl::StatusOr<PackedRaw> packed =
            packer.Pack({.bytes = bytes, .source = "源", .hints = hints}, with);
        ASSERT_TRUE(packed.ok()) << packed.status();
        EXPECT_EQ(packed->raw_bytes, bytes.size());
        const absl::StatusOr<KeptDocument> back = UnpackRaw(
            *packed->value, with == nullptr ? RawDictionaries(NoDictionary) : Always(dictionary));
        ASSERT_TRUE(back.ok()) << back.status();
        EXPECT_EQ(back->bytes, bytes);
        EXPECT_EQ(back->source, "源");
        EXPECT_EQ(back->hints.url, hints.url);
        EXPECT_EQ(back->hints.observed_at_ms, hints.observed_at_ms);
        EXPECT_EQ(back->hints.content_type, hints.content_type);
      }
    }
  }
}

TEST(RawRecord, ADictionaryMakesFilesOfItsKindSmaller) {
  const Dictionary dictionary = Trained(1);
  RawPacker packer;
  const std::string file = RawSample(9999);  // not one of those it was trained from
  const size_t without = packer.Pack(RawOf(file), nullptr)->value->size();
  const size_t with = packer.Pack(RawOf(file), dictionary.get())->value->size();
  EXPECT_LT(with * 2, without);
}

TEST(RawRecord, ALargestFileIsKeptAndOneByteMoreThanARequestHoldsIsNot) {
  RawPacker packer;
  // What the message takes beside the bytes: a tag and a length of four bytes.
  std::string bytes(kMaxRawDocumentBytes - 5, 'x');
  const absl::StatusOr<PackedRaw> packed = packer.Pack(RawOf(bytes), nullptr);
  ASSERT_TRUE(packed.ok()) << packed.status();
  EXPECT_EQ(UnpackRaw(*packed->value, NoDictionary)->bytes, bytes);
  bytes += 'x';
  EXPECT_EQ(ReasonOf(packer.Pack(RawOf(bytes), nullptr).status()), Reason::kDocumentTooLarge);
}

TEST(RawRecord, DamageAnywhereIsNoticed) {
  const Dictionary dictionary = Trained(2);
  RawPacker packer;
  const std::string file = RawSample(1);
  const std::string value = *packer.Pack(RawOf(file), dictionary.get())->value;
  const RawDictionaries dictionaries = [&](uint32_t number) -> absl::StatusOr<Dictionary> {
    if (number == 2) return dictionary;
    return NoDictionary(number);
  };
  for (size_t size = 0; size < value.size(); ++size) {
    EXPECT_EQ(ReasonOf(UnpackRaw(value.substr(0, size), dictionaries).status()),
              Reason::kStoreCorrupt)
        << size;
  }
  for (size_t at = 0; at < value.size(); ++at) {
    std::string damaged = value;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const absl::StatusOr<KeptDocument> back = UnpackRaw(damaged, dictionaries);
    // Bits of a frame's header that change nothing aside.
    if (back.ok()) {
      EXPECT_EQ(back->bytes, file) << at;
    } else {
      EXPECT_THAT(ReasonOf(back.status()),
                  ::testing::AnyOf(Reason::kStoreCorrupt, Reason::kStoreTooNew))
          << at << back.status();
    }
  }
}

TEST(RawRecord, AnotherDictionaryThanItWasPackedWithIsNoticed) {
  const Dictionary right = Trained(1);
  const Dictionary wrong = Trained(1, 5000);
  RawPacker packer;
  const std::string value = *packer.Pack(RawOf(RawSample(1)), right.get())->value;
  EXPECT_EQ(ReasonOf(UnpackRaw(value, Always(wrong)).status()), Reason::kStoreCorrupt);
}

TEST(RawRecord, ANewerVersionIsRefusedByName) {
  EXPECT_THAT(UnpackRaw("\x02xyz", NoDictionary).status().ToString(), HasSubstr("type 'raw'"));
  EXPECT_EQ(ReasonOf(UnpackRaw("\x02xyz", NoDictionary).status()), Reason::kStoreTooNew);
}

TEST(ZstdDictionary, IsNoLargerThanItsLimitAndTheSameForTheSameSamples) {
  const std::vector<std::string> samples = RawSamples(0, 1500);
  const absl::StatusOr<std::string> first = TrainDictionary(samples);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_LE(first->size(), kMaxDictionaryBytes);
  EXPECT_EQ(*first, *TrainDictionary(samples));
}

TEST(ZstdDictionary, OfSamplesThatTellNothingThereIsNone) {
  EXPECT_EQ(TrainDictionary({}).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(TrainDictionary(std::vector<std::string>(3, "x")).ok());
  EXPECT_FALSE(TrainDictionary(std::vector<std::string>(1000, "")).ok());
}

}  // namespace
}  // namespace wirefold
