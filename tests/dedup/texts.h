// Made-up texts for the tests: sentences drawn from a seed, so that how much two share is known.
#ifndef WIREFOLD_TESTS_DEDUP_TEXTS_H_
#define WIREFOLD_TESTS_DEDUP_TEXTS_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "lib/dedup/compare.h"

namespace wirefold {

// Appends the UTF-8 of a BMP character above U+07FF.
inline void AppendHan(uint32_t code_point, std::string& out) {
  out.push_back(static_cast<char>(0xE0 | code_point >> 12));
  out.push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
  out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
}

// `length` Han characters.
inline std::string HanText(uint32_t seed, int length) {
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < length; ++i) AppendHan(0x4E00 + random() % 3000, text);
  return text;
}

// What an article of this text teaches.
inline LearntArticle LearntOf(const ComparisonDoc& doc, int64_t day) {
  LearntArticle article;
  article.domain = doc.domain;
  article.day = day;
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) {
    article.paragraphs.push_back(paragraph.key);
  }
  article.shingles = doc.shingles;
  article.distinct = doc.distinct;
  return article;
}

// Replaces about one character in `every` of a text of Han characters.
inline std::string Edited(const std::string& text, uint32_t seed, int every) {
  std::mt19937 random(seed);
  std::string out;
  for (size_t i = 0; i + 3 <= text.size(); i += 3) {
    if (random() % every == 0) {
      AppendHan(0x4E00 + random() % 3000, out);
    } else {
      out.append(text, i, 3);
    }
  }
  return out;
}

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_DEDUP_TEXTS_H_
