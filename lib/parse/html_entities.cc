#include "lib/parse/html_entities.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "lib/base/strings.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

constexpr char kNames[] =
#include "lib/parse/html_entities.inc"
    ;

// The longest name that counts without ';' and the longest of all.
constexpr size_t kMaxOldName = 6;
constexpr size_t kMaxName = 31;

struct Entity {
  std::string text;
  bool old = false;  // counts without ';'
};

using Entities = absl::flat_hash_map<std::string, Entity>;

Entities ParseNames() {
  Entities entities;
  std::string_view rest = kNames;
  const auto take_word = [&rest] {
    const size_t begin = std::min(rest.find_first_not_of(" \n"), rest.size());
    rest.remove_prefix(begin);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \n"));
    rest.remove_prefix(word.size());
    return word;
  };
  while (true) {
    std::string_view name = take_word();
    if (name.empty()) return entities;
    Entity entity;
    entity.old = name.ends_with('!');
    if (entity.old) name.remove_suffix(1);
    char32_t code_point = 0;
    for (const char c : take_word()) {
      if (c == '+') {
        AppendUtf8(code_point, entity.text);
        code_point = 0;
      } else {
        code_point = code_point * 16 + static_cast<char32_t>(c <= '9' ? c - '0' : c - 'A' + 10);
      }
    }
    AppendUtf8(code_point, entity.text);
    entities.emplace(name, std::move(entity));
  }
}

const Entity* Find(std::string_view name) {
  static const Entities* const entities = new Entities(ParseNames());  // never destroyed
  const auto found = entities->find(ToAbsl(name));
  return found == entities->end() ? nullptr : &found->second;
}

bool IsAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What &#128; to &#159; stand for (WHATWG HTML, 13.2.5.80); 0 keeps the number.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

char32_t RepairNumber(uint32_t number) {
  if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF)) return 0xFFFD;
  if (number >= 0x80 && number <= 0x9F && kWindows1252[number - 0x80] != 0) {
    return kWindows1252[number - 0x80];
  }
  return number;
}

int DigitValue(char c, bool hex) {
  if (c >= '0' && c <= '9') return c - '0';
  if (hex && c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (hex && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

size_t DecodeNumber(std::string_view html, std::string& out) {
  size_t pos = 2;  // behind "&#"
  const bool hex = pos < html.size() && (html[pos] == 'x' || html[pos] == 'X');
  if (hex) ++pos;
  const size_t digits = pos;
  uint32_t number = 0;
  for (; pos < html.size(); ++pos) {
    const int digit = DigitValue(html[pos], hex);
    if (digit < 0) break;
    number = std::min<uint32_t>(number * (hex ? 16 : 10) + static_cast<uint32_t>(digit), 0x110000);
  }
  if (pos == digits) return 0;
  AppendUtf8(RepairNumber(number), out);
  return pos < html.size() && html[pos] == ';' ? pos + 1 : pos;
}

}  // namespace

size_t DecodeReference(std::string_view html, bool in_attribute, std::string& out) {
  if (html.size() < 2) return 0;
  if (html[1] == '#') return DecodeNumber(html, out);
  size_t end = 1;
  while (end < html.size() && end <= kMaxName + 1 && IsAlnum(html[end])) ++end;
  const std::string_view name = html.substr(1, end - 1);
  if (name.empty()) return 0;
  if (end < html.size() && html[end] == ';') {
    if (const Entity* entity = Find(name)) {
      out.append(entity->text);
      return end + 1;
    }
  }
  // An old name without ';' may be followed by anything in text.
  for (size_t length = std::min(name.size(), kMaxOldName); length >= 2; --length) {
    const Entity* entity = Find(name.substr(0, length));
    if (entity == nullptr || !entity->old) continue;
    const size_t next = 1 + length;
    if (in_attribute && next < html.size() && (html[next] == '=' || IsAlnum(html[next]))) return 0;
    out.append(entity->text);
    return next;
  }
  return 0;
}

void AppendDecoded(std::string_view html, bool in_attribute, std::string& out) {
  while (true) {
    const size_t reference = html.find('&');
    out.append(html.substr(0, reference));
    if (reference == std::string_view::npos) return;
    html.remove_prefix(reference);
    const size_t length = DecodeReference(html, in_attribute, out);
    if (length == 0) out.push_back('&');
    html.remove_prefix(std::max<size_t>(length, 1));
  }
}

}  // namespace wirefold
