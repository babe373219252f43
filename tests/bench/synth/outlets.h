// Outlets: the hosts that synthetic articles stand on, each with its share of the stream, its
// script, its name, and what it puts around every article.
//
// Example:
//   SynthOutlets outlets(vocabulary, seed, /*count=*/500);
//   const Outlet& outlet = outlets.at(outlets.Draw(SynthScript::kHant, random.Next()));
//
// Shares within a script follow Zipf's law. All hosts are under .example (RFC 2606).
// Thread-safe: immutable.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_OUTLETS_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_OUTLETS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/synth/random.h"
#include "tests/bench/synth/vocabulary.h"

namespace wirefold {

struct Outlet {
  uint32_t number = 0;
  SynthScript script = SynthScript::kHans;
  std::string host;        // "www.brounda.example"
  std::string name;        // in its script
  bool is_agency = false;  // its articles begin with a dateline, which copies keep
  bool iso_date = false;   // the form of the date above the article
  bool has_image = false;
  bool suffixes_title = false;  // " - NAME" behind each title
  uint32_t related = 0;         // links below each article
  bool has_share_links = false;
  std::string paragraph;  // the tag of one, with its attributes
  std::string footer;     // HTML that stands below each article, may be empty
};

// The name of the outlet of this number as it is written in a script, with a blank behind a Latin
// one.
Word OutletName(const SynthVocabulary& vocabulary, SynthScript script, uint32_t number);

class SynthOutlets {
 public:
  // At least 3 outlets, one of each script.
  SynthOutlets(const SynthVocabulary& vocabulary, uint64_t seed, size_t count);

  [[nodiscard]] const Outlet& at(size_t number) const { return outlets_[number]; }
  [[nodiscard]] size_t size() const { return outlets_.size(); }
  // The number of an outlet of this script, by its share.
  [[nodiscard]] uint32_t Draw(SynthScript script, uint64_t random) const {
    const size_t s = static_cast<size_t>(script);
    return numbers_[s][shares_[s].Draw(random)];
  }

 private:
  std::vector<Outlet> outlets_;
  std::array<std::vector<uint32_t>, kSynthScripts> numbers_;
  std::array<AliasTable, kSynthScripts> shares_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_OUTLETS_H_
