#include "lib/text/han_table.h"

#include <algorithm>

namespace wirefold {
namespace {

#include "han_table.inc"

}  // namespace

std::span<const HanPair> TraditionalToSimplified() { return kTraditionalToSimplified; }

std::span<const HanPair> SimplifiedToTraditional() { return kSimplifiedToTraditional; }

std::span<const char16_t> OnlySimplified() { return kOnlySimplified; }

char32_t SimplifiedOf(char32_t code_point) {
  const auto pairs = TraditionalToSimplified();
  const auto found =
      std::lower_bound(pairs.begin(), pairs.end(), code_point,
                       [](const HanPair& pair, char32_t value) { return pair.from < value; });
  return found != pairs.end() && found->from == code_point ? found->to : code_point;
}

bool IsOnlySimplified(char32_t code_point) {
  const auto characters = OnlySimplified();
  return code_point <= 0xFFFF && std::binary_search(characters.begin(), characters.end(),
                                                    static_cast<char16_t>(code_point));
}

}  // namespace wirefold
