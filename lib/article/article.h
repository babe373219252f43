// Article: what one raw file becomes. RawDocument goes in, CanonicalArticle comes out, and
// NormalizedArticle is the same with what only matching needs.
//
// Example:
//   RawDocument raw{.bytes = file, .source = "rfi"};
//   absl::StatusOr<NormalizedArticle> article = Normalize(raw);   // lib/article/normalize.h
//
// Thread-safe: plain values.
#ifndef WIREFOLD_LIB_ARTICLE_ARTICLE_H_
#define WIREFOLD_LIB_ARTICLE_ARTICLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/hash.h"
#include "lib/base/ulid.h"

namespace wirefold {

// Something unusual about a file that was accepted all the same.
enum class Warning : uint8_t {
  kNoTimestamp = 1,     // no time in the file and none in the hints: 0 is used
  kTimeOutOfRange = 2,  // the time does not fit 48 bits: clamped
  kNoLinkLine = 3,      // no title and URL line, and no URL hint
  kNoUsableText = 4,    // fewer than kMinMatchingLetters letters: matched by URL alone
  kInvalidUtf8 = 5,     // bytes that the file's charset does not have were replaced by U+FFFD
  kTruncated = 6,       // a limit on depth, blocks, images or links cut something off
  kNotWhole = 7,        // the archive or the transfer held only a part of the file
  kOutsideWindow = 8,   // of an outcome: older than what near-duplicates are sought among
  // Of a revision, and never stored: the text before has next to nothing in common with it.
  kUnrelatedText = 9,
};

// Where published_at was taken from, most trusted first.
enum class PublishedSource : uint8_t {
  kNone = 0,
  kMetadata = 1,  // a machine-readable date inside the body (<time datetime>, itemprop)
  kDateLine = 2,  // a visible date line at the article's head
  kObserved = 3,  // the crawler's time, for want of better
};

enum class Script : uint8_t { kUnknown = 0, kHans = 1, kHant = 2, kLatin = 3, kOther = 4 };

// The hints that a crawler sends beside the bytes. All optional.
struct Hints {
  std::string url = {};                        // used where the file names none
  std::optional<int64_t> observed_at_ms = {};  // used where the file has no time
  // What it was served as: a Content-Type header's value, its charset included. Helps where the
  // bytes leave format or charset open.
  std::string content_type = {};
  // The Content-Language header's value. Believed last of all that speaks of the language.
  std::string content_language = {};
  // Whoever fetched it knows that it is not whole (WARC-Truncated, a body that ended early).
  bool truncated = false;
};

struct RawDocument {
  std::string_view bytes;   // borrowed for the call
  std::string_view source;  // the crawler's name for where it came from; may be empty
  Hints hints;
};

struct Image {
  std::string url;      // canonical
  std::string caption;  // alt text or caption, may be empty

  friend bool operator==(const Image&, const Image&) = default;
};

struct Link {
  std::string url;  // canonical
  std::string text;

  friend bool operator==(const Link&, const Link&) = default;
};

// The canonical record, all that is stored and shown. Pure: it depends on the raw bytes, the hints
// and the rules alone, never on what else has been seen.
struct CanonicalArticle {
  std::string url;      // canonical, fetchable; empty if the file names none
  std::string url_key;  // for matching; empty if url is
  // The URL with the parameters that the rules dropped from `url`, for other rules to start from;
  // empty where they dropped nothing.
  std::string full_url;
  std::string host;                // of url, in ASCII
  std::string registrable_domain;  // by the Public Suffix List
  std::string title;               // one line, NFC
  std::string text;                // paragraphs, NFC, separated by '\n'
  std::vector<std::string> authors;
  std::string dateline;  // "路透北京7月2日", empty if none was recognised
  std::string source;    // the crawler's name
  std::string language;  // BCP-47, "zh-Hans"; "und" if unknown
  Script script = Script::kUnknown;
  int64_t observed_at_ms = 0;   // the file's time line, else the hint, else 0; not clamped below
  int64_t published_at_ms = 0;  // meaningful unless published_source is kNone
  PublishedSource published_source = PublishedSource::kNone;
  std::vector<Image> images;
  std::vector<Link> links;
  std::vector<std::string> dropped;  // paragraphs that were held to be boilerplate
  std::vector<Warning> warnings;     // ascending, each once
  uint64_t raw_bytes = 0;            // of the file
  std::string charset;               // that it was decoded from: the WHATWG standard's name
  uint64_t replaced_bytes = 0;       // bytes that the charset does not have: U+FFFD stands there
  uint32_t rules_version = 0;        // kRulesVersion that made this record

  friend bool operator==(const CanonicalArticle&, const CanonicalArticle&) = default;
};

// The canonical record together with what matching needs.
struct NormalizedArticle {
  CanonicalArticle article;
  // What the file was: "dump", "html", "html-fragment", "text", "xml" or "feed-item". Static, not
  // stored.
  std::string_view format;
  // The text reduced to letters and digits: NFKC_Casefold, traditional folded to simplified.
  // UTF-8. Its paragraphs keep their '\n' (and only those) between them, so that comparison
  // can see them; words of scripts that put spaces between words are separated by one ' '.
  std::string matching_text;
  // Letters and digits in matching_text.
  uint32_t matching_letters = 0;
  // Hash of matching_text without its separators: the exact tier's key.
  Hash128 text_hash;
  // What the article is known by: of url_key; without a URL of the text, under
  // kMinMatchingLetters letters of the raw bytes. Seeds keep the three apart.
  Hash128 identity;
  // Minted from observed_at_ms and identity. If the identity is known already, the stored ID wins.
  Ulid id;

  [[nodiscard]] bool HasUsableText() const;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_ARTICLE_ARTICLE_H_
