#include "lib/parse/warc.h"

#include <gtest/gtest.h>

#include <vector>

#include "lib/base/clock.h"
#include "lib/base/reason.h"
#include "tests/parse/packing.h"

namespace wirefold {
namespace {

struct Result {
  std::vector<WarcItem> items;
  WarcCounts counts;
};

Result Read(std::string_view file, size_t chunk = 1 << 16) {
  WarcReader reader;
  Result result;
  const auto take = [&] {
    while (auto item = reader.Next()) result.items.push_back(*std::move(item));
  };
  for (size_t pos = 0; pos < file.size(); pos += chunk) {
    reader.Push(file.substr(pos, chunk));
    take();
  }
  reader.End();
  take();
  result.counts = reader.counts();
  return result;
}

// One line an item: the last part of its URL and either the payload's length or the reason.
std::string Lines(const Result& result) {
  std::string lines;
  for (size_t i = 0; i < result.items.size(); ++i) {
    const WarcItem& item = result.items[i];
    EXPECT_EQ(item.index, i);
    lines += item.url.substr(item.url.rfind('/') + 1) + ' ';
    lines += item.error.ok() ? item.truncated ? "cut" : "ok"
                             : std::string(ReasonName(ReasonOf(item.error)));
    lines += '\n';
  }
  EXPECT_EQ(result.counts.documents + result.counts.errors, result.items.size());
  return lines;
}

std::string Record(const std::string& name, const std::string& body,
                   const std::string& head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") {
  const std::string block = head + body;
  return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/" + name +
         "\r\nContent-Length: " + std::to_string(block.size()) + "\r\n\r\n" + block + "\r\n\r\n";
}

// Where each record of a file starts.
std::vector<std::string> Split(const std::string& file) {
  std::vector<std::string> records;
  for (size_t pos = 0; pos < file.size();) {
    size_t next = file.find("\nWARC/", pos);
    next = next == std::string::npos ? file.size() : next + 1;
    records.push_back(file.substr(pos, next - pos));
    pos = next;
  }
  return records;
}

constexpr char kPages[] = "harbour ok\ntea ok\njoined ok\n1.txt ok\nfeed ok\nuntyped ok\n";
constexpr char kQuirks[] = "old ok\nsingle ok\nnone ok\ncut cut\n";
constexpr char kBroken[] =
    "first ok\nshort RECORD_BROKEN\nsecond ok\nlong RECORD_BROKEN\nthird ok\n"
    " RECORD_BROKEN\nfourth ok\nhuge RECORD_BROKEN\nfifth ok\n RECORD_BROKEN\n"
    "nohttp RECORD_BROKEN\nbrotli UNSUPPORTED_ENCODING\nsixth ok\nlast RECORD_BROKEN\n";

TEST(WarcReader, ReadsPagesAndCountsWhatItPassesOver) {
  const std::string file = ReadTestData("warc/pages.warc");
  const Result result = Read(file);
  EXPECT_EQ(Lines(result), kPages);
  EXPECT_EQ(result.counts.records, 14U);
  EXPECT_EQ(result.counts.warcinfo, 1U);
  EXPECT_EQ(result.counts.requests, 1U);
  EXPECT_EQ(result.counts.metadata, 1U);
  EXPECT_EQ(result.counts.revisits, 1U);
  EXPECT_EQ(result.counts.other_records, 1U);
  EXPECT_EQ(result.counts.other_status, 1U);
  EXPECT_EQ(result.counts.other_content, 1U);
  EXPECT_EQ(result.counts.empty_bodies, 1U);

  ASSERT_EQ(result.items.size(), 6U);
  const WarcItem& harbour = result.items[0];
  EXPECT_EQ(harbour.url, "https://news.example/harbour");
  EXPECT_EQ(FormatRfc3339(*harbour.date_ms), "2024-06-01T08:00:00.123Z");
  EXPECT_EQ(harbour.http_status, 200);
  EXPECT_EQ(harbour.content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(harbour.payload.starts_with("<!doctype html>"));
  EXPECT_TRUE(harbour.payload.ends_with("</html>"));
  EXPECT_EQ(file.substr(harbour.offset, 8), "WARC/1.1");
  EXPECT_NE(result.items[1].payload.find("<title>\xC4\xCF\xCD\xE5"), std::string::npos);
  EXPECT_TRUE(result.items[1].payload.ends_with("</html>"));
  EXPECT_EQ(result.items[3].http_status, 0);
  EXPECT_EQ(result.items[3].payload, "A note in plain text.\n");
}

TEST(WarcReader, ReadsTheQuirksOfOlderTools) {
  const Result result = Read(ReadTestData("warc/quirks.warc"));
  EXPECT_EQ(Lines(result), kQuirks);
  EXPECT_EQ(result.items[0].url, "http://news.example/old");
  EXPECT_EQ(FormatRfc3339(*result.items[0].date_ms), "2008-04-30T20:48:25.000Z");
  EXPECT_EQ(FormatRfc3339(*result.items[1].date_ms), "2016-01-01T00:00:00.000Z");
  EXPECT_EQ(result.items[3].payload, "<p>abthe rest</p>");
}

TEST(WarcReader, GoesOnBehindBrokenRecords) {
  const Result result = Read(ReadTestData("warc/broken.warc"));
  EXPECT_EQ(Lines(result), kBroken);
}

TEST(WarcReader, GivesTheSameWhateverTheChunksAndTheCompression) {
  for (const auto& [name, lines] :
       {std::pair{"warc/pages.warc", kPages}, std::pair{"warc/quirks.warc", kQuirks},
        std::pair{"warc/broken.warc", kBroken}}) {
    const std::string file = ReadTestData(name);
    for (const size_t chunk : {1U, 3U, 100U, 1U << 20}) {
      SCOPED_TRACE(std::string(name) + " " + std::to_string(chunk));
      EXPECT_EQ(Lines(Read(file, chunk)), lines);
      EXPECT_EQ(Lines(Read(Gzip(file), chunk)), lines);
      EXPECT_EQ(Lines(Read(Zstd(file), chunk)), lines);
    }
  }
}

TEST(WarcReader, TellsTheMemberInWhichARecordStarts) {
  std::string packed;
  std::vector<uint64_t> starts;
  std::vector<uint64_t> unpacked_starts;
  const std::string file = ReadTestData("warc/pages.warc");
  uint64_t unpacked = 0;
  for (const std::string& record : Split(file)) {
    if (record.find("text/html; charset=") != std::string::npos) {
      starts.push_back(packed.size());
      unpacked_starts.push_back(unpacked);
    }
    packed += Gzip(record);
    unpacked += record.size();
  }
  ASSERT_EQ(starts.size(), 2U);
  for (const size_t chunk : {1U, 50U, 1U << 20}) {
    const Result result = Read(packed, chunk);
    EXPECT_EQ(Lines(result), kPages);
    EXPECT_EQ(result.items[0].offset, starts[0]);
    EXPECT_EQ(result.items[1].offset, starts[1]);
    EXPECT_EQ(result.items[1].unpacked_offset, unpacked_starts[1]);
    EXPECT_EQ(Read(packed.substr(starts[1]), chunk).items[0].url, "https://news.example/tea");
  }
}

TEST(WarcReader, ReadsRecordsThatSpanMembers) {
  // As block-wise compressors write them.
  const std::string file = ReadTestData("warc/pages.warc");
  for (const size_t block : {3U, 5U, 100U, 1000U}) {
    std::string packed;
    for (size_t pos = 0; pos < file.size(); pos += block) packed += Gzip(file.substr(pos, block));
    EXPECT_EQ(Lines(Read(packed)), kPages) << block;
    EXPECT_EQ(Lines(Read(packed, 1)), kPages) << block;
  }
}

TEST(WarcReader, EndsARecordWithItsMemberWhateverItsLengthSays) {
  std::string lying = Record("lying", "<p>x</p>");
  lying.replace(lying.find("Content-Length: ") + 16, 2, "999");
  for (const size_t chunk : {1U, 1U << 20}) {
    EXPECT_EQ(Lines(Read(Gzip(lying) + Gzip(Record("good", "<p>y</p>")), chunk)),
              "lying RECORD_BROKEN\ngood ok\n");
  }
}

TEST(WarcReader, GoesOnAtTheNextMemberBehindDamagedData) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += "<p>" + std::to_string(i * 7919) + "</p>";
  const std::string damaged = Gzip(Record("damaged", body));
  const std::string good = Gzip(Record("good", body));
  for (const size_t chunk : {1U, 1U << 20}) {
    std::string bad = damaged;
    bad[bad.size() - 5] ^= 1;  // the checksum
    EXPECT_EQ(Lines(Read(good + bad + good, chunk)), "good ok\ndamaged ARCHIVE_BROKEN\ngood ok\n");
    bad = damaged;
    for (size_t i = 600; i < 640; ++i) bad[i] = '\xFF';
    EXPECT_EQ(Lines(Read(good + bad + good + good, chunk)),
              "good ok\ndamaged ARCHIVE_BROKEN\ngood ok\ngood ok\n");
    EXPECT_EQ(Lines(Read(good + good.substr(0, 300), chunk)), "good ok\ngood RECORD_BROKEN\n");
    EXPECT_EQ(Lines(Read(good + "junk" + good, chunk)), "good ok\n ARCHIVE_BROKEN\ngood ok\n");
  }
}

TEST(WarcReader, DeliversWhatIsWholeOfATruncatedFile) {
  const std::string file = Record("a", "<p>a</p>") + Record("b", "<p>b</p>");
  const size_t first = Record("a", "<p>a</p>").size();
  for (size_t length = 0; length <= file.size(); ++length) {
    const std::string lines = Lines(Read(file.substr(0, length)));
    if (length == 0) {
      EXPECT_EQ(lines, "");
    }
    if (length >= first) {
      EXPECT_TRUE(lines.starts_with("a ok\n")) << length;
    }
    if (length > first && length < file.size() - 4) {
      EXPECT_TRUE(lines.ends_with("RECORD_BROKEN\n")) << length;
    }
  }
}

TEST(WarcReader, HoldsTheDocumentLimit) {
  const std::string page = "<html>" + std::string(kMaxDocumentBytes - 6, 'x');
  const std::string file =
      Record("at", page) + Record("past", page + "x") + Record("good", "<p>y</p>");
  EXPECT_EQ(Lines(Read(file)), "at ok\npast DOCUMENT_TOO_LARGE\ngood ok\n");
}

TEST(WarcReader, PassesOverRecordsPastTheBlockLimit) {
  const std::string body(kMaxWarcBlockBytes + 1, 'x');
  const Result result =
      Read(Record("page", body) +
           Record("video", body, "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n") +
           Record("good", "<p>y</p>"));
  EXPECT_EQ(Lines(result), "page DOCUMENT_TOO_LARGE\ngood ok\n");
  EXPECT_EQ(result.counts.other_content, 1U);
}

TEST(WarcReader, BelievesALengthUpToItsLimit) {
  const auto with_length = [](uint64_t length) {
    return Lines(
        Read("WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/long\r\n"
             "Content-Length: " +
             std::to_string(length) + "\r\n\r\n<p>\r\n\r\n" + Record("good", "<p>y</p>")));
  };
  // Believed, the next record lies within this one; not believed, reading goes on there.
  EXPECT_EQ(with_length(kMaxSkippedRecordBytes), "long RECORD_BROKEN\n");
  EXPECT_EQ(with_length(kMaxSkippedRecordBytes + 1), "long RECORD_BROKEN\ngood ok\n");
}

TEST(WarcReader, DoesNotTakeARecordWithinAnHonestBodyForOne) {
  const std::string inner = Record("inner", "<p>forged</p>");
  EXPECT_EQ(Lines(Read(Record("outer", "<pre>\r\n" + inner + "</pre>") + Record("good", "<p>"))),
            "outer ok\ngood ok\n");
}

TEST(WarcReader, StaysLinearWhenEveryLengthLies) {
  std::string file;
  for (int i = 0; i < 60'000; ++i) {
    file +=
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 8000000\r\n\r\nHTTP/1.1 200\r\n\r\n";
  }
  file += Record("good", "<p>");
  const Result result = Read(file);
  EXPECT_GT(result.counts.errors, 0U);
}

TEST(WarcReader, StaysLinearWhenNoHeaderEnds) {
  for (const std::string piece : {"\nWARC/1", "WARC/1.0\r\n", "\nWARC/1.0: x"}) {
    std::string file = "WARC/1.0";
    while (file.size() < size_t{32} << 20) file += piece;
    file += "\r\n" + Record("good", "<p>");
    const Result result = Read(file);
    ASSERT_FALSE(result.items.empty());
    EXPECT_EQ(result.items.back().url, "http://a.example/good") << piece;
  }
}

TEST(WarcReader, RefusesHeadersPastTheirLimit) {
  std::string start =
      "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\nContent-Length: "
      "1\r\nX: ";
  const std::string at =
      start + std::string(kMaxWarcHeaderBytes - start.size() - 4, 'x') + "\r\n\r\n.\r\n\r\n";
  EXPECT_EQ(Lines(Read(at + Record("good", "<p>"))), " ok\ngood ok\n");
  start += 'x';
  const std::string past = start + at.substr(start.size() - 1);
  EXPECT_EQ(Lines(Read(past + Record("good", "<p>"))), " RECORD_BROKEN\ngood ok\n");
}

TEST(WarcReader, ADamagedMemberIsOneError) {
  for (std::string (*pack)(std::string_view) : {&Gzip, &Zstd}) {
    std::string damaged = pack(Record("damaged", "<p>x"));
    damaged[damaged.size() - 4] ^= 1;  // the checksum, or what a frame without one ends with
    damaged[damaged.size() / 2] ^= 1;
    const std::string file = pack(Record("one", "<p>1")) + damaged + pack(Record("two", "<p>2"));
    for (const size_t chunk : {size_t{1}, size_t{7}, size_t{100}, file.size()}) {
      const Result result = Read(file, chunk);
      EXPECT_EQ(result.counts.errors, 1U) << chunk;
      EXPECT_EQ(result.counts.documents, 2U) << chunk;
    }
  }
}

TEST(WarcReader, EndsAtABomb) {
  const std::string bomb = Gzip(Record("bomb", std::string(size_t{64} << 20, 'x')));
  EXPECT_EQ(Lines(Read(Gzip(Record("good", "<p>")) + bomb + Gzip(Record("after", "<p>")))),
            "good ok\nbomb ARCHIVE_RATIO\n");
}

TEST(WarcReader, SurvivesWhatIsNoWarc) {
  EXPECT_EQ(Lines(Read("<html>no WARC at all</html>")), " RECORD_BROKEN\n");
  EXPECT_EQ(Lines(Read("")), "");
  EXPECT_EQ(Lines(Read("\r\n\r\n")), "");
  EXPECT_EQ(Lines(Read("W")), " RECORD_BROKEN\n");
  EXPECT_EQ(Lines(Read(Gzip("nothing"))), " RECORD_BROKEN\n");
  EXPECT_EQ(Lines(Read(std::string(200'000, '\0'))), " RECORD_BROKEN\n");
}

TEST(WarcReader, PassesOverToolsOwnResources) {
  const Result result = Read(
      "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: <metadata://tool/log.txt>\r\n"
      "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nlog\r\n\r\n");
  EXPECT_EQ(Lines(result), "");
  EXPECT_EQ(result.counts.other_records, 1U);
}

TEST(ReadWarcHeader, NeedsATypeAndALength) {
  EXPECT_TRUE(ReadWarcHeader("WARC/1.0\nwarc-type: X\ncontent-length: 0\n\n").ok());
  EXPECT_FALSE(ReadWarcHeader("WARC/1.0\ncontent-length: 0\n\n").ok());
  EXPECT_FALSE(ReadWarcHeader("WARC/1.0\nwarc-type: X\ncontent-length: -1\n\n").ok());
  EXPECT_FALSE(ReadWarcHeader("WARC/1.0\nwarc-type: X\ncontent-length: 0x10\n\n").ok());
  EXPECT_FALSE(ReadWarcHeader("").ok());
  EXPECT_EQ(ReadWarcHeader("WARC/1.0\nwarc-type: X\ncontent-length: 99999999999999999999999\n\n")
                ->content_length,
            ~uint64_t{0});
}

}  // namespace
}  // namespace wirefold
