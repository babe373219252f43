#include "lib/parse/extract.h"

#include <algorithm>
#include <utility>

#include "lib/parse/block_set.h"
#include "lib/parse/dateline.h"
#include "lib/parse/dates.h"
#include "lib/parse/link_rules.h"
#include "lib/parse/tail_rules.h"

namespace wirefold {
namespace {

// Date lines, names and links of a page's head stand in its first blocks.
constexpr size_t kHeadBlocks = 4;
constexpr size_t kMaxAuthorBytes = 120;
constexpr size_t kMaxAuthors = 16;
constexpr uint32_t kNotArticle =
    kInAside | kInNav | kInFooter | kInPromotion | kInCopyright | kInHidden | kInCaption;

class Extractor {
 public:
  Extractor(HtmlDocument& document, std::optional<int64_t> observed_ms)
      : document_(document), observed_ms_(observed_ms), set_(document) {}

  ExtractedArticle Run() {
    DropLetterless();
    Head();
    set_.DropUnlessMost(BlockReason::kContext,
                        [&](size_t i) { return (set_.block(i).context & kNotArticle) != 0; });
    const bool urls_dropped = DropUrlBlocks(set_);
    const bool links_are_boilerplate = DropLinkBlocks(set_);
    DropNotes(set_);
    DropCaptions(set_);
    DropGallery(set_);
    DropTail(set_, links_are_boilerplate);
    DropLabels(set_);
    Finish(urls_dropped);
    return std::move(article_);
  }

 private:
  // Rows of dashes, bullets and the like.
  void DropLetterless() {
    for (size_t i = 0; i < set_.size(); ++i) {
      if (set_.shape(i).letters == 0) set_.Set(i, BlockReason::kNoLetters);
    }
  }

  // The date line and the name above it.
  void Head() {
    for (const std::string& date : document_.dates) {
      if ((article_.metadata_date_ms = ParseDate(date, observed_ms_))) break;
    }
    AddAuthors(document_.authors);
    for (size_t i = 0; i < std::min(kHeadBlocks, set_.size()); ++i) {
      const auto date = ParseDate(set_.block(i).text, observed_ms_);
      if (!date.has_value()) continue;
      article_.date_line_ms = date;
      set_.Set(i, BlockReason::kDateLine);
      NameAbove(i);
      break;
    }
    for (size_t i = 0; i < set_.size(); ++i) {
      const HtmlBlock& block = set_.block(i);
      if ((block.context & kInByline) != 0 && block.text.size() <= kMaxAuthorBytes) {
        if (article_.authors.empty()) AddAuthors({block.text});
      }
    }
  }

  // A short line right above the date, in an element of its own with it, is who wrote it.
  void NameAbove(size_t date) {
    if (date == 0 || set_.block(date - 1).container != set_.block(date).container ||
        set_.block(date).container == 0 || date != 1) {
      return;
    }
    const std::string& name = set_.block(date - 1).text;
    if (name.size() > kMaxAuthorBytes || name.find("。") != std::string::npos ||
        set_.block(date - 1).element == Element::kP ||
        (date + 1 < set_.size() && set_.block(date + 1).container == set_.block(date).container)) {
      return;
    }
    set_.Set(date - 1, BlockReason::kAuthorLine);
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

  void Finish(bool urls_dropped) {
    // Captions, asides and the like are better than nothing; URLs are not.
    if (set_.KeptLetters() == 0 && !urls_dropped) {
      for (size_t i = 0; i < set_.size(); ++i) {
        if (set_.shape(i).letters > 0 && set_.reason(i) != BlockReason::kDateLine) {
          set_.Set(i, BlockReason::kKeptForWant);
        }
      }
    }
    article_.kept.reserve(set_.size());
    for (size_t i = 0; i < set_.size(); ++i) {
      const bool kept = set_.Kept(i);
      article_.kept.push_back(kept);
      article_.reasons.push_back(set_.reason(i));
      auto& list = kept ? article_.paragraphs : article_.dropped;
      list.push_back(std::move(document_.blocks[i].text));
    }
    for (size_t i = 0; i < std::min<size_t>(2, article_.paragraphs.size()); ++i) {
      article_.dateline = FindDateline(article_.paragraphs[i]);
      if (!article_.dateline.empty()) break;
    }
  }

  HtmlDocument& document_;
  std::optional<int64_t> observed_ms_;
  BlockSet set_;
  ExtractedArticle article_;
};

}  // namespace

ExtractedArticle Extract(HtmlDocument& document, std::optional<int64_t> observed_ms) {
  return Extractor(document, observed_ms).Run();
}

}  // namespace wirefold
