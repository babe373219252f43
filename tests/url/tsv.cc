#include "tests/url/tsv.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace wirefold {
namespace {

void AppendUtf8(unsigned code, std::string& out) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 63)));
  } else {
    out.push_back(static_cast<char>(0xe0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 63)));
    out.push_back(static_cast<char>(0x80 | (code & 63)));
  }
}

std::string Unescape(std::string_view cell) {
  std::string out;
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != '\\' || i + 1 == cell.size()) {
      out.push_back(cell[i]);
      continue;
    }
    switch (cell[++i]) {
      case 't':
        out.push_back('\t');
        break;
      case 'n':
        out.push_back('\n');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case '\\':
        out.push_back('\\');
        break;
      case 'u':
        AppendUtf8(static_cast<unsigned>(
                       std::strtoul(std::string(cell.substr(i + 1, 4)).c_str(), nullptr, 16)),
                   out);
        i += 4;
        break;
      default:
        ADD_FAILURE() << "unknown escape in " << cell;
    }
  }
  return out;
}

TsvRow SplitCells(std::string_view line) {
  TsvRow row;
  for (;;) {
    const size_t tab = std::min(line.find('\t'), line.size());
    row.push_back(Unescape(line.substr(0, tab)));
    if (tab == line.size()) return row;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<TsvRow> ReadTsv(const std::string& path) {
  const std::optional<std::string> text = ReadFile(path);
  if (!text.has_value()) {
    ADD_FAILURE() << "can't read " << path;
    return {};
  }
  std::vector<TsvRow> rows;
  size_t columns = 0;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    TsvRow row = SplitCells(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (columns == 0) {
      columns = row.size();
      continue;
    }
    EXPECT_EQ(row.size(), columns) << path << ": " << row[0];
    row.resize(columns);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string RepositoryData(std::string_view name) {
  return std::string(WIREFOLD_SOURCE_DIR "/tests/testdata/url/") + std::string(name);
}

std::optional<std::string> RealData(std::string_view name) {
  const char* const folder = std::getenv("WIREFOLD_TEST_DATA");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  return std::string(folder) + "/" + std::string(name);
}

}  // namespace wirefold
