// Digest: all that Normalize and the sketch make of a file, as one number: what two builds are
// compared by.
//
// Example:
//   for (const auto& [name, bytes] : files) std::cout << name << DigestFile(bytes, name).all;
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_TESTS_ARTICLE_DIGEST_H_
#define WIREFOLD_TESTS_ARTICLE_DIGEST_H_

#include <string>
#include <string_view>

namespace wirefold {

struct FileDigest {
  // XXH3-128, in hexadecimal, of every field of every article of the file, of its shingles and its
  // sketch; of what is no article, of its reason and message.
  std::string all;
  // The same of what no library's data decides (not language, script, registrable domain, charset
  // and what is made of the matching text); empty for a file that is not UTF-8, where they decide
  // everything.
  std::string stable;

  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

// Splits and normalizes a file as the command does. `name` stands for its path.
FileDigest DigestFile(std::string_view bytes, const std::string& name);

// The same for a list of URLs, one a line (up to the first tab): both canonical forms, or why there
// are none.
FileDigest DigestUrls(std::string_view lines);

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_ARTICLE_DIGEST_H_
