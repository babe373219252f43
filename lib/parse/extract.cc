#include "lib/parse/extract.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "lib/parse/dateline.h"
#include "lib/parse/dates.h"
#include "lib/text/character_table.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

// A block this short may be the label of what follows it ("Related:"), in characters.
constexpr size_t kMaxLabelCharacters = 30;
// Date lines, names and links of a page's head stand in its first blocks.
constexpr size_t kHeadBlocks = 4;
constexpr size_t kMaxAuthorBytes = 120;
constexpr size_t kMaxAuthors = 16;
// A copyright line is not longer than this, in characters.
constexpr size_t kMaxCopyrightCharacters = 200;
// Blocks after the last paragraph in which a copyright line or a row of links may stand.
constexpr size_t kTailBlocks = 8;

constexpr uint32_t kNotArticle =
    kInAside | kInNav | kInFooter | kInPromotion | kInCopyright | kInHidden | kInCaption;

// What the rules ask of a block, computed once.
struct Shape {
  size_t characters = 0;  // that are not white space
  size_t letters = 0;
  double link_share = 0;  // of the bytes that are not white space
  double url_share = 0;   // of the same, in visible URLs
};

bool IsUrlCharacter(char c) {
  return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7F;
}

// Bytes of visible URLs: "http(s)://…" and "www.…" up to white space or a non-ASCII character.
size_t UrlBytes(std::string_view text) {
  size_t bytes = 0;
  for (const std::string_view start : {"http", "www."}) {
    for (size_t pos = text.find(start); pos != std::string_view::npos;
         pos = text.find(start, pos)) {
      const size_t begin = pos;
      while (pos < text.size() && IsUrlCharacter(text[pos])) ++pos;
      const std::string_view url = text.substr(begin, pos - begin);
      const bool named = url.starts_with("http://") || url.starts_with("https://");
      const bool bare = start == "www." && (begin == 0 || text[begin - 1] != '/');
      if (named || bare) bytes += url.size();
    }
  }
  return bytes;
}

Shape ShapeOf(const HtmlBlock& block) {
  const CharacterTable& table = CharacterTable::Get();
  Shape shape;
  size_t bytes = 0;
  for (size_t pos = 0; pos < block.text.size();) {
    const size_t start = pos;
    const CharacterInfo info = table.Of(NextCodePoint(block.text, pos));
    if (info.stored() == StoredClass::kSpace) continue;
    bytes += pos - start;
    ++shape.characters;
    if (info.match() == MatchClass::kWord || info.match() == MatchClass::kSlow) ++shape.letters;
  }
  const auto total = static_cast<double>(std::max<size_t>(bytes, 1));
  shape.link_share = std::min(1.0, block.link_bytes / total);
  shape.url_share = std::min(1.0, static_cast<double>(UrlBytes(block.text)) / total);
  return shape;
}

bool EndsWithColon(std::string_view text) {
  return text.ends_with(':') || text.ends_with("：") || text.ends_with("︰");
}

bool EndsSentence(std::string_view text) {
  constexpr std::string_view kEnds[] = {"。", "！", "？", "”",  "」", "』", "）", "…",
                                        ".",  "!",  "?",  "\"", ")",  "#",  ";",  "；"};
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](std::string_view end) { return text.ends_with(end); });
}

class Extractor {
 public:
  Extractor(HtmlDocument& document, std::optional<int64_t> observed_ms)
      : document_(document), blocks_(document.blocks), observed_ms_(observed_ms) {
    shapes_.reserve(blocks_.size());
    for (const HtmlBlock& block : blocks_) shapes_.push_back(ShapeOf(block));
    article_.kept.assign(blocks_.size(), true);
  }

  ExtractedArticle Run() {
    DropLetterless();
    Head();
    DropByContext();
    DropUrlBlocks();
    DropLinkBlocks();
    DropTail();
    DropLabels();
    Finish();
    return std::move(article_);
  }

 private:
  [[nodiscard]] size_t KeptLetters() const {
    size_t letters = 0;
    for (size_t i = 0; i < blocks_.size(); ++i) {
      if (article_.kept[i]) letters += shapes_[i].letters;
    }
    return letters;
  }

  // Drops what `condition` names, unless that is most of what there is.
  // Whether it did.
  template <typename Condition>
  bool DropUnlessMost(Condition condition) {
    size_t letters = 0;
    for (size_t i = 0; i < blocks_.size(); ++i) {
      if (article_.kept[i] && condition(i)) letters += shapes_[i].letters;
    }
    if (2 * letters > KeptLetters()) return false;
    for (size_t i = 0; i < blocks_.size(); ++i) {
      if (article_.kept[i] && condition(i)) article_.kept[i] = false;
    }
    return true;
  }

  // Rows of dashes, bullets and the like.
  void DropLetterless() {
    for (size_t i = 0; i < blocks_.size(); ++i) {
      if (shapes_[i].letters == 0) article_.kept[i] = false;
    }
  }

  // The date line and the name above it.
  void Head() {
    for (const std::string& date : document_.dates) {
      if ((article_.metadata_date_ms = ParseDate(date, observed_ms_))) break;
    }
    AddAuthors(document_.authors);
    for (size_t i = 0; i < std::min(kHeadBlocks, blocks_.size()); ++i) {
      const auto date = ParseDate(blocks_[i].text, observed_ms_);
      if (!date.has_value()) continue;
      article_.date_line_ms = date;
      article_.kept[i] = false;
      NameAbove(i);
      break;
    }
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const HtmlBlock& block = blocks_[i];
      if ((block.context & kInByline) != 0 && block.text.size() <= kMaxAuthorBytes) {
        if (article_.authors.empty()) AddAuthors({block.text});
      }
    }
  }

  // A short line right above the date, in an element of its own with it, is who wrote it.
  void NameAbove(size_t date) {
    if (date == 0 || blocks_[date - 1].container != blocks_[date].container ||
        blocks_[date].container == 0 || date != 1) {
      return;
    }
    const std::string& name = blocks_[date - 1].text;
    if (name.size() > kMaxAuthorBytes || name.find("。") != std::string::npos ||
        blocks_[date - 1].element == Element::kP ||
        (date + 1 < blocks_.size() && blocks_[date + 1].container == blocks_[date].container)) {
      return;
    }
    article_.kept[date - 1] = false;
    AddAuthors({name});
  }

  void AddAuthors(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto& known = article_.authors;
      for (const std::string& author : SplitNames(name)) {
        if (known.size() >= kMaxAuthors ||
            std::find(known.begin(), known.end(), author) != known.end()) {
          continue;
        }
        article_.authors.push_back(author);
      }
    }
  }

  // "A,B、C" to its names, without the "null" that templates print for want of one.
  static std::vector<std::string> SplitNames(std::string_view line) {
    std::vector<std::string> names;
    while (!line.empty()) {
      size_t end = line.size();
      size_t next = line.size();
      for (const std::string_view separator : {",", "，", "、"}) {
        const size_t found = line.find(separator);
        if (found < end) {
          end = found;
          next = found + separator.size();
        }
      }
      std::string_view name = line.substr(0, end);
      line.remove_prefix(next);
      if (name.starts_with("null ")) name.remove_prefix(5);
      while (name.starts_with(' ')) name.remove_prefix(1);
      while (name.ends_with(' ')) name.remove_suffix(1);
      if (!name.empty() && name != "null") names.emplace_back(name);
    }
    return names;
  }

  void DropByContext() {
    DropUnlessMost([&](size_t i) { return (blocks_[i].context & kNotArticle) != 0; });
  }

  // A paragraph that is mostly URLs is for machines. A group that is so as a whole goes as a whole:
  // the mirror's footer is a label and two URLs.
  void DropUrlBlocks() {
    std::vector<double> urls(document_.containers.size());
    std::vector<double> bytes(document_.containers.size());
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const auto size = static_cast<double>(blocks_[i].text.size());
      urls[blocks_[i].container] += shapes_[i].url_share * size;
      bytes[blocks_[i].container] += size;
    }
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const uint32_t container = blocks_[i].container;
      if (shapes_[i].url_share > 0.5 || urls[container] > 0.5 * bytes[container] || IsPointer(i)) {
        article_.kept[i] = false;
        url_dropped_ = true;
      }
    }
  }

  // "Watch here: https://…": a label, and a URL at the end.
  [[nodiscard]] bool IsPointer(size_t i) const {
    const std::string& text = blocks_[i].text;
    if (shapes_[i].url_share <= 0 || shapes_[i].characters > 2 * kMaxLabelCharacters) return false;
    const size_t url = text.rfind("http");
    return url != std::string::npos && url > 0 &&
           UrlBytes(std::string_view(text).substr(url)) == text.size() - url &&
           EndsWithColon(std::string_view(text).substr(0, url - (text[url - 1] == ' ' ? 1 : 0)));
  }

  // Paragraphs and list items that are (almost) nothing but a link: related pieces, tags, "more".
  void DropLinkBlocks() {
    links_are_boilerplate_ = DropUnlessMost([&](size_t i) {
      const HtmlBlock& block = blocks_[i];
      if ((block.context & kInHeading) != 0) return false;
      const bool list = block.links >= 3 && shapes_[i].link_share >= 0.5;
      return list || (block.links > 0 && shapes_[i].link_share >= 0.9);
    });
  }

  // Behind the last real paragraph: rows of links, copyright lines.
  void DropTail() {
    size_t seen = 0;
    for (size_t i = blocks_.size(); i-- > 0 && seen < kTailBlocks;) {
      if (!article_.kept[i]) continue;
      ++seen;
      const bool links = links_are_boilerplate_ && blocks_[i].links > 0 &&
                         shapes_[i].link_share >= 0.5 && 2 * shapes_[i].letters < KeptLetters();
      const bool copyright =
          shapes_[i].characters <= kMaxCopyrightCharacters &&
          (blocks_[i].text.starts_with("©") || blocks_[i].text.starts_with("Copyright ©"));
      if (copyright || links) {
        article_.kept[i] = false;
      } else if (IsSentence(i)) {
        return;
      }
    }
  }

  [[nodiscard]] bool IsSentence(size_t i) const {
    return shapes_[i].characters > 2 * kMaxLabelCharacters || EndsSentence(blocks_[i].text);
  }

  // A word or two, such as "Related" ("延伸閱讀"); a byline has a space or a sign in it.
  [[nodiscard]] bool IsCaptionOfList(size_t i) const {
    return shapes_[i].characters <= 8 && shapes_[i].letters == shapes_[i].characters;
  }

  // "Related:" and the heading over what was dropped; at the page's end any short line over it.
  void DropLabels() {
    bool at_end = true;
    for (size_t i = blocks_.size(); i-- > 1;) {
      if (article_.kept[i]) at_end = false;
      if (article_.kept[i] || !article_.kept[i - 1] || shapes_[i].letters == 0) continue;
      const bool boilerplate = shapes_[i].link_share >= 0.5 || shapes_[i].url_share > 0.5;
      const bool label = EndsWithColon(blocks_[i - 1].text) ||
                         (blocks_[i - 1].context & kInHeading) != 0 ||
                         (at_end && IsCaptionOfList(i - 1));
      if (boilerplate && label && shapes_[i - 1].characters <= kMaxLabelCharacters) {
        article_.kept[i - 1] = false;
      }
    }
  }

  void Finish() {
    // Captions, asides and the like are better than nothing; URLs are not.
    if (KeptLetters() == 0 && !url_dropped_) {
      for (size_t i = 0; i < blocks_.size(); ++i) {
        if (shapes_[i].letters > 0 && i != DateBlock()) article_.kept[i] = true;
      }
    }
    for (size_t i = 0; i < blocks_.size(); ++i) {
      auto& list = article_.kept[i] ? article_.paragraphs : article_.dropped;
      list.push_back(std::move(blocks_[i].text));
    }
    for (size_t i = 0; i < std::min<size_t>(2, article_.paragraphs.size()); ++i) {
      article_.dateline = FindDateline(article_.paragraphs[i]);
      if (!article_.dateline.empty()) break;
    }
  }

  [[nodiscard]] size_t DateBlock() const {
    if (!article_.date_line_ms.has_value()) return blocks_.size();
    for (size_t i = 0; i < std::min(kHeadBlocks, blocks_.size()); ++i) {
      if (ParseDate(blocks_[i].text, observed_ms_).has_value()) return i;
    }
    return blocks_.size();
  }

  HtmlDocument& document_;
  std::vector<HtmlBlock>& blocks_;
  std::optional<int64_t> observed_ms_;
  std::vector<Shape> shapes_;
  ExtractedArticle article_;
  bool url_dropped_ = false;
  bool links_are_boilerplate_ = true;  // false where the page is a list of links
};

}  // namespace

ExtractedArticle Extract(HtmlDocument& document, std::optional<int64_t> observed_ms) {
  return Extractor(document, observed_ms).Run();
}

}  // namespace wirefold
