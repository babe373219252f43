#include <random>

#include "lib/parse/unpack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "lib/base/reason.h"
#include "tests/parse/packing.h"

namespace wirefold {
namespace {

std::string Text(size_t bytes) {
  std::string text;
  uint32_t state = 7;
  while (text.size() < bytes) {
    state = state * 1664525 + 1013904223;
    text += "line " + std::to_string(state >> 8) + '\n';
  }
  text.resize(bytes);
  return text;
}

struct Result {
  std::string text;
  std::vector<uint64_t> members;  // where each complete one starts
  Reason reason = Reason::kUnspecified;
};

// Through the streaming interface, in chunks of `chunk` bytes.
Result Stream(std::string_view bytes, Compression compression, size_t chunk) {
  Unpacker unpacker(compression);
  Result result;
  for (size_t pos = 0; pos < bytes.size(); pos += chunk) {
    std::string_view input = bytes.substr(pos, chunk);
    while (true) {
      const auto step = unpacker.Next(input);
      if (!step.ok()) {
        result.reason = ReasonOf(step.status());
        return result;
      }
      if (step->output.empty() && !step->member_ended) break;
      result.text += step->output;
      if (step->member_ended) result.members.push_back(unpacker.member_offset());
    }
    EXPECT_TRUE(input.empty());
  }
  result.reason = ReasonOf(unpacker.Finish());
  return result;
}

std::string All(std::string_view bytes, const UnpackLimits& limits = {}) {
  const auto text = Unpack(bytes, limits);
  return text.ok() ? *text : std::string(ReasonName(ReasonOf(text.status())));
}

TEST(Unpack, ReadsEachFormat) {
  for (const size_t size : {0U, 1U, 1000U, 300'000U}) {
    const std::string text = Text(size);
    EXPECT_EQ(All(Gzip(text)), text);
    EXPECT_EQ(All(Zstd(text)), text);
    EXPECT_EQ(Unpack(Deflate(text, 15), Compression::kDeflate, {}).value(), text);
    EXPECT_EQ(Unpack(Deflate(text, -15), Compression::kDeflate, {}).value(), text);
    EXPECT_EQ(All(text), text);  // not packed
  }
}

TEST(Unpack, ReadsManyMembers) {
  EXPECT_EQ(All(Gzip("a") + Gzip("") + Gzip("b")), "ab");
  EXPECT_EQ(All(Zstd("a") + Zstd("") + Zstd("b")), "ab");
  EXPECT_EQ(All(Gzip("a") + std::string(700, '\0')), "a");  // padding
}

TEST(Unpack, RefusesWhatIsDamagedOrEndsEarly) {
  for (const std::string& packed : {Gzip(Text(5000)), Zstd(Text(5000))}) {
    for (size_t length = 4; length < packed.size(); length += 97) {
      EXPECT_EQ(All(packed.substr(0, length)), "ARCHIVE_BROKEN") << length;
    }
    EXPECT_EQ(All(packed + "junk"), "ARCHIVE_BROKEN");
  }
  std::string damaged = Gzip(Text(5000));
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  EXPECT_EQ(All(damaged), "ARCHIVE_BROKEN");
  EXPECT_FALSE(Unpack("\xFF\xFF\xFF", Compression::kDeflate, {}).ok());
}

TEST(Unpack, RefusesAFrameThatHoldsLessThanItSays) {
  // Empty, with a checksum that holds; its header says that there are 65 bytes.
  const std::string_view frame("\x28\xB5\x2F\xFD\x24\x41\x01\x00\x00\x99\xE9\xD8\x51", 13);
  for (size_t chunk = 1; chunk <= frame.size(); ++chunk) {
    EXPECT_EQ(Stream(frame, Compression::kZstd, chunk).reason, Reason::kArchiveBroken) << chunk;
  }
}

TEST(Unpack, RefusesFormatsFromBeforeTheStandard) {
  const std::string old("\x25\xB5\x2F\xFD\0\0\0\0", 8);  // zstd 0.5, an empty frame
  for (size_t chunk = 1; chunk <= 40; ++chunk) {
    EXPECT_EQ(Stream(Zstd("x") + old, Compression::kZstd, chunk).reason, Reason::kArchiveBroken);
  }
}

// What libzstd says of this one depends on how it comes.
TEST(Unpack, SaysTheSameOfABrokenZstdHeaderWhateverTheChunks) {
  const std::string bytes(
      "\x28\xB5\x2F\xFD\xEB\x28\xB5\xF8\xFF\x2F\xFD\x6E\x05\x28\x26\xB5\x2F\xFD\x00\xFF\x00\x00"
      "\x00",
      23);
  for (size_t chunk = 1; chunk <= bytes.size(); ++chunk) {
    EXPECT_EQ(Stream(bytes, Compression::kZstd, chunk).reason, Reason::kUnsupportedEncoding)
        << chunk;
  }
}

TEST(Unpack, PassesOverSkippableFrames) {
  for (char last = '\x50'; last <= '\x5F'; ++last) {
    const std::string frame = last + std::string("\x2A\x4D\x18\x03\0\0\0abc", 10);
    for (const size_t chunk : {1, 3, 100}) {
      EXPECT_EQ(Stream(Zstd("a") + frame + Zstd("b"), Compression::kZstd, chunk).text, "ab");
    }
  }
}

TEST(Unpack, HoldsTheOutputLimit) {
  const std::string text = Text(100'000);
  for (const std::string& packed : {Gzip(text), Zstd(text), text}) {
    EXPECT_EQ(All(packed, {.max_output_bytes = 100'000}), text);
    EXPECT_EQ(All(packed, {.max_output_bytes = 99'999}), "DOCUMENT_TOO_LARGE");
  }
}

TEST(Unpack, RefusesBombsButNotSmallPagesThatCompressWell) {
  const std::string page(kRatioFreeBytes, 'x');
  EXPECT_EQ(All(Gzip(page)), page);
  EXPECT_EQ(All(Zstd(page)), page);
  const std::string bomb(4 * kRatioFreeBytes, 'x');
  EXPECT_EQ(All(Gzip(bomb)), "ARCHIVE_RATIO");
  EXPECT_EQ(All(Zstd(bomb)), "ARCHIVE_RATIO");
}

TEST(Unpack, HoldsTheRatio) {
  // Bytes that don't compress, as many as make the whole unpack to `ratio` times its size.
  const auto with_ratio = [](size_t ratio) {
    std::mt19937_64 random(7);
    const std::string filler(2 * kRatioFreeBytes, 'x');
    std::string text((filler.size() - Gzip(filler).size() * ratio) / (ratio - 1), '\0');
    for (char& c : text) c = static_cast<char>(random());
    text += filler;
    const std::string packed = Gzip(text);
    EXPECT_NEAR(static_cast<double>(text.size()) / static_cast<double>(packed.size()),
                static_cast<double>(ratio), static_cast<double>(ratio) / 100);
    return All(packed) == text ? "whole" : All(packed);
  };
  EXPECT_EQ(with_ratio(kMaxUnpackRatio * 49 / 50), "whole");
  EXPECT_EQ(with_ratio(kMaxUnpackRatio * 51 / 50), "ARCHIVE_RATIO");
}

TEST(Unpack, RefusesABombInManySmallMembers) {
  const std::string member = Gzip(std::string(kRatioFreeBytes / 4, 'x'));
  std::string bomb;
  for (int i = 0; i < 8; ++i) bomb += member;
  EXPECT_EQ(All(bomb), "ARCHIVE_RATIO");
}

TEST(Unpack, RefusesABombBehindHonestData) {
  EXPECT_EQ(All(Gzip(Text(4 << 20)) + Gzip(std::string(4 * kRatioFreeBytes, 'x'))),
            "ARCHIVE_RATIO");
}

TEST(Unpack, RefusesAWindowPastItsLimit) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, kMaxHttpWindowLog + 1);
  const std::string text = Text(100'000);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  ZSTD_inBuffer in = {text.data(), text.size(), 0};
  ZSTD_outBuffer out = {packed.data(), packed.size(), 0};
  // Without a content size the frame needs its whole window.
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  EXPECT_EQ(ZSTD_isError(ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush)), 0U);
  EXPECT_EQ(ZSTD_compressStream2(context, &out, &in, ZSTD_e_end), 0U);
  packed.resize(out.pos);
  ZSTD_freeCCtx(context);
  EXPECT_EQ(All(packed, {.max_window_log = kMaxHttpWindowLog + 1}), text);
  EXPECT_EQ(All(packed, {.max_window_log = kMaxHttpWindowLog}), "UNSUPPORTED_ENCODING");
}

TEST(Unpacker, TellsWhereMembersStartWhateverTheChunks) {
  const std::string first = Gzip(Text(200'000));
  const std::string second = Gzip("second");
  const std::string third = Gzip("");
  const std::vector<uint64_t> starts = {0, first.size(), first.size() + second.size()};
  for (const size_t chunk : {1U, 7U, 4096U, 1'000'000U}) {
    const Result result = Stream(first + second + third, Compression::kGzip, chunk);
    EXPECT_EQ(result.text, Text(200'000) + "second");
    EXPECT_EQ(result.members, starts);
    EXPECT_EQ(result.reason, Reason::kUnspecified);
  }
  const Result zstd = Stream(Zstd("ab") + Zstd("cd"), Compression::kZstd, 1);
  EXPECT_EQ(zstd.text, "abcd");
  EXPECT_EQ(zstd.members, (std::vector<uint64_t>{0, Zstd("ab").size()}));
  EXPECT_EQ(Stream(Deflate("text", 15) + "tail", Compression::kDeflate, 1).text, "text");
  EXPECT_EQ(Stream(Deflate("text", -15) + "tail", Compression::kDeflate, 1).text, "text");
}

TEST(Unpacker, GoesOnAtTheNextMember) {
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    const auto pack = compression == Compression::kGzip ? Gzip : Zstd;
    const std::string broken = pack(Text(3000)).substr(0, 500) + "??\x1F??\x28??";
    const std::string good = pack("good");
    const std::string bytes = broken + std::string(500, '?') + good;
    for (const size_t chunk : {1U, 2U, 3U, 1000U}) {
      Unpacker unpacker(compression);
      std::string text;
      bool skipping = false;
      int errors = 0;
      for (size_t pos = 0; pos < bytes.size(); pos += chunk) {
        std::string_view input = std::string_view(bytes).substr(pos, chunk);
        while (true) {
          if (skipping && !unpacker.SkipToNextMember(input)) break;
          skipping = false;
          const auto step = unpacker.Next(input);
          if (!step.ok()) {
            ++errors;
            skipping = true;
            text.clear();
            continue;
          }
          if (step->output.empty() && !step->member_ended) break;
          text += step->output;
          if (step->member_ended) {
            EXPECT_EQ(unpacker.member_offset(), bytes.size() - good.size());
          }
        }
      }
      EXPECT_EQ(text, "good");
      EXPECT_EQ(errors, 1);
      EXPECT_TRUE(unpacker.Finish().ok());
    }
  }
}

TEST(RecognizeCompression, GoesByMagicBytes) {
  EXPECT_EQ(RecognizeCompression(Gzip("x")), Compression::kGzip);
  EXPECT_EQ(RecognizeCompression(Zstd("x")), Compression::kZstd);
  EXPECT_EQ(RecognizeCompression("\x1F\x8B"), Compression::kNone);
  EXPECT_EQ(RecognizeCompression("<p>"), Compression::kNone);
  EXPECT_EQ(RecognizeCompression(""), Compression::kNone);
}

}  // namespace
}  // namespace wirefold
