#include "tests/eval/labelled_pairs.h"

#include <fstream>
#include <iterator>
#include <random>
#include <utility>

namespace wirefold {
namespace {

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> fields;
  for (size_t begin = 0;;) {
    const size_t end = line.find('\t', begin);
    fields.push_back(line.substr(begin, end - begin));
    if (end == std::string::npos) return fields;
    begin = end + 1;
  }
}

bool GetLine(std::istream& in, std::string& line) {
  if (!std::getline(in, line)) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

}  // namespace

bool ReadLabelledPairs(const std::string& path, std::vector<LabelledPair>& pairs) {
  std::ifstream in(path);
  std::string line;
  if (!GetLine(in, line)) return false;
  const std::vector<std::string> names = Split(line);
  while (GetLine(in, line)) {
    const std::vector<std::string> fields = Split(line);
    LabelledPair pair;
    for (size_t i = 0; i < names.size() && i < fields.size(); ++i) {
      pair.columns.emplace(names[i], fields[i]);
    }
    const auto field = [&](const char* name) { return pair.columns.find(name); };
    const auto none = pair.columns.end();
    if (field("file_a") == none || field("file_b") == none) return false;
    pair.files[0] = field("file_a")->second;
    pair.files[1] = field("file_b")->second;
    const auto label = field("label");
    if (label != none && !label->second.empty()) pair.label = label->second.front();
    const auto conf = field("conf");
    pair.has_conf = conf != none;
    if (pair.has_conf) pair.conf = conf->second;
    pairs.push_back(std::move(pair));
  }
  return true;
}

std::vector<std::string> ReadLines(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; GetLine(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::optional<std::string> ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

void Shuffle(uint64_t seed, std::vector<std::string>& lines) {
  // std::shuffle may differ between standard libraries; the generator may not.
  std::mt19937_64 random(seed);
  for (size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random() % i]);
}

}  // namespace wirefold
