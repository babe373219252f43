// Prints the digest of every file below the folders that it is given, a line a file: what another
// build of the same sources has to print too (tests/other_compiler).
//
// Usage: digest_files FOLDER…
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/article/digest.h"

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  for (int i = 1; i < argc; ++i) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    if (paths.empty()) {
      std::cerr << "no files below " << argv[i] << "\n";
      return 1;
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      std::ifstream in(path, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      if (in.bad()) {
        std::cerr << "cannot read " << path << "\n";
        return 1;
      }
      std::cout << path.string() << '\t' << wirefold::DigestFile(bytes, path.string()).all << '\n';
    }
  }
  return std::cout.flush().good() ? 0 : 1;
}
