#include "lib/parse/http_message.h"

#include <algorithm>
#include <vector>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/unpack.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

absl::Status BrokenHead() {
  return Reject(Reason::kRecordBroken, "it holds no HTTP response; fetch the page again");
}

// "HTTP/1.1 200 OK": the status, 0 if the line is none.
int ReadStatus(std::string_view line) {
  if (line.size() < 5 || !EqualsLower(line.substr(0, 5), "http/")) return 0;
  const size_t blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos) return 0;
  const std::string_view rest = Trim(line.substr(blank));
  if (rest.size() < 3 || (rest.size() > 3 && rest[3] >= '0' && rest[3] <= '9')) return 0;
  int status = 0;
  for (const char c : rest.substr(0, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

// Takes a line off `text`, without its end.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A chunk's size, which saturates; false if the line is none. Extensions behind ';' are passed
// over.
bool ReadChunkSize(std::string_view line, uint64_t& size) {
  line = Trim(line.substr(0, line.find(';')));
  if (line.empty()) return false;
  size = 0;
  for (const char c : line) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return false;
    size = size >> 60 != 0 ? ~uint64_t{0} : size << 4 | static_cast<uint64_t>(digit);
  }
  return true;
}

// Undoes chunked transfer encoding (RFC 9112, section 7.1). False if `raw` does not begin with a
// whole chunk: many archives store the body already joined and leave the header as it was.
bool Dechunk(std::string_view raw, HttpBody& body) {
  bool first = true;
  while (true) {
    uint64_t size;
    std::string_view rest = raw;
    const std::string_view line = TakeLine(rest);
    if (!ReadChunkSize(line, size)) {
      if (first) return false;
      body.truncated = true;
      body.bytes.append(raw);  // the rest was not chunked, or a chunk's size was wrong
      return true;
    }
    if (size == 0) return true;  // trailers follow; nothing in them matters
    if (size >= rest.size()) {
      body.truncated = size > rest.size();
      body.bytes.append(rest);
      return true;
    }
    const std::string_view behind = rest.substr(static_cast<size_t>(size));
    if (behind[0] != '\n' && behind.substr(0, 2) != "\r\n") {
      if (first) return false;
      body.truncated = true;
      body.bytes.append(rest);
      return true;
    }
    body.bytes.append(rest.substr(0, static_cast<size_t>(size)));
    raw = behind.substr(behind[0] == '\n' ? 1 : 2);
    first = false;
    if (raw.empty()) {
      body.truncated = true;
      return true;
    }
  }
}

// Whether a body that is said to be compressed looks like text: it was stored decoded.
bool LooksDecoded(std::string_view body) {
  constexpr size_t kProbeBytes = 512;
  const std::string_view probe = CutAtCharacter(body, kProbeBytes);
  const size_t start = probe.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  if (start == std::string_view::npos) return true;
  if (ValidUtf8Prefix(probe) + 4 < probe.size() && probe[start] != '<') return false;
  return std::none_of(probe.begin(), probe.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  });
}

absl::Status Decompress(std::string_view encoding, std::string& bytes) {
  const bool gzip = encoding == "gzip" || encoding == "x-gzip";
  Compression compression = Compression::kNone;
  if (gzip || encoding == "zstd") {
    // By what the bytes are: some servers send the one and say the other.
    compression = RecognizeCompression(bytes);
  } else if (encoding == "deflate" && !LooksDecoded(bytes)) {
    compression = Compression::kDeflate;
  }
  if (compression == Compression::kNone) {
    if (bytes.empty() || LooksDecoded(bytes)) return absl::OkStatus();
    if (gzip || encoding == "zstd") {
      return Reject(Reason::kArchiveBroken, "the body is not " + std::string(encoding) +
                                                ", which its header says; fetch the page again");
    }
    return Reject(Reason::kUnsupportedEncoding,
                  "the body is compressed with '" + std::string(encoding.substr(0, 32)) +
                      "'; fetch the page with 'Accept-Encoding: gzip', or unpack it");
  }
  absl::StatusOr<std::string> unpacked =
      Unpack(bytes, compression,
             {.max_output_bytes = kMaxDocumentBytes, .max_window_log = kMaxHttpWindowLog});
  if (!unpacked.ok()) return unpacked.status();
  bytes = *std::move(unpacked);
  return absl::OkStatus();
}

}  // namespace

size_t FindFieldsEnd(std::string_view text, size_t from) {
  for (size_t pos = text.find('\n', from); pos != std::string_view::npos;
       pos = text.find('\n', pos + 1)) {
    if (text.substr(pos + 1, 1) == "\n") return pos + 2;
    if (text.substr(pos + 1, 2) == "\r\n") return pos + 3;
  }
  return std::string_view::npos;
}

void ForEachField(std::string_view fields,
                  const std::function<void(std::string_view, std::string_view)>& use) {
  std::string name;
  std::string value;
  const auto flush = [&] {
    if (!name.empty()) use(name, value);
    name.clear();
  };
  while (!fields.empty()) {
    const std::string_view line = TakeLine(fields);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (!name.empty()) value.append(" ").append(Trim(line));
      continue;
    }
    flush();
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    name = LowerAscii(Trim(line.substr(0, colon)));
    value = Trim(line.substr(colon + 1));
  }
  flush();
}

std::optional<uint64_t> ReadLength(std::string_view text) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    value = value > (~uint64_t{0} - digit) / 10 ? ~uint64_t{0} : value * 10 + digit;
  }
  return value;
}

std::string MediaType(std::string_view content_type) {
  return LowerAscii(Trim(content_type.substr(0, content_type.find_first_of(";,"))));
}

absl::StatusOr<HttpHead> ReadHttpHead(std::string_view message) {
  HttpHead head;
  while (true) {
    const std::string_view rest = message.substr(head.bytes);
    const size_t end = FindFieldsEnd(rest.substr(0, kMaxHttpHeadBytes));
    if (end == std::string_view::npos) return BrokenHead();
    std::string_view fields = rest.substr(0, end);
    head.status = ReadStatus(TakeLine(fields));
    if (head.status == 0) return BrokenHead();
    head.bytes += end;
    if (head.status / 100 == 1) continue;
    ForEachField(fields, [&head](std::string_view name, std::string_view value) {
      if (name == "content-type" && head.content_type.empty()) {
        head.content_type = value;
      } else if (name == "content-encoding" && !value.empty()) {
        if (!head.content_encoding.empty()) head.content_encoding += ',';
        head.content_encoding += LowerAscii(value);
      } else if (name == "content-language" && !value.empty()) {
        if (!head.content_language.empty()) head.content_language += ',';
        head.content_language += value;
      } else if (name == "content-length" && !head.content_length.has_value()) {
        head.content_length = ReadLength(value);
      } else if (name == "transfer-encoding") {
        head.chunked |= LowerAscii(value).find("chunked") != std::string::npos;
      }
    });
    return head;
  }
}

absl::StatusOr<HttpBody> ReadHttpBody(const HttpHead& head, std::string_view raw) {
  HttpBody body;
  if (!head.chunked || !Dechunk(raw, body)) body.bytes = raw;
  // A body that is said to be compressed may have been stored decoded, under the old length.
  if (!head.chunked && head.content_encoding.empty() && head.content_length.has_value()) {
    body.truncated = raw.size() < *head.content_length;
  }
  // The last named was applied last.
  std::string_view encodings = head.content_encoding;
  for (size_t count = 0; !encodings.empty(); ++count) {
    const size_t comma = encodings.rfind(',');
    const std::string_view encoding =
        Trim(comma == std::string_view::npos ? encodings : encodings.substr(comma + 1));
    encodings = comma == std::string_view::npos ? "" : encodings.substr(0, comma);
    if (encoding.empty() || encoding == "identity" || encoding == "none") continue;
    if (count == kMaxContentEncodings) {
      return Reject(Reason::kUnsupportedEncoding,
                    "the body is compressed too many times over; unpack it");
    }
    if (absl::Status status = Decompress(encoding, body.bytes); !status.ok()) return status;
  }
  if (body.bytes.size() > kMaxDocumentBytes) {
    return Reject(
        Reason::kDocumentTooLarge,
        "the page has more than " + std::to_string(kMaxDocumentBytes) + " bytes; leave it out");
  }
  return body;
}

}  // namespace wirefold
