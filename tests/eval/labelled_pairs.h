// LabelledPairs: tables of pairs of files that readers, or their titles, have told to be one story
// or not, and the order in which files come in; what the programs of this folder score against.
//
// Example:
//   std::vector<LabelledPair> pairs;
//   if (!ReadLabelledPairs("gold_pairs.tsv", pairs)) …
//
// A table has a line of column names, then lines of tab-separated columns, among them file_a and
// file_b. Where there is a column label its first letter counts: D the same article again, U an
// updated version, G a round-up that holds the other, T a template with other facts, R related or
// different; without one every row is D. conf is h where the judge was sure.
//
// Thread-safe: pure functions of files.
#ifndef WIREFOLD_TESTS_EVAL_LABELLED_PAIRS_H_
#define WIREFOLD_TESTS_EVAL_LABELLED_PAIRS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wirefold {

struct LabelledPair {
  char label = 'D';
  bool has_conf = false;  // the table has the column
  std::string conf = "h";
  std::string files[2];
  std::map<std::string, std::string> columns;  // all, by name
};

// Appends the table's pairs. False if it can't be read or does not have the columns.
bool ReadLabelledPairs(const std::string& path, std::vector<LabelledPair>& pairs);

// The lines of a file, empty ones left out.
std::vector<std::string> ReadLines(const std::string& path);

// nullopt if it can't be read.
std::optional<std::string> ReadBytes(const std::string& path);

// The same order for the same seed, on every machine.
void Shuffle(uint64_t seed, std::vector<std::string>& lines);

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_EVAL_LABELLED_PAIRS_H_
