#include "lib/parse/extract.h"

#include <algorithm>
#include <utility>

#include "lib/parse/block_set.h"
#include "lib/parse/dateline.h"
#include "lib/parse/dates.h"
#include "lib/parse/link_rules.h"
#include "lib/parse/main_content.h"
#include "lib/parse/tail_rules.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

// Date lines, names and links of a page's head stand in its first blocks.
constexpr size_t kHeadBlocks = 4;
constexpr size_t kMaxAuthorBytes = 120;
constexpr size_t kMaxAuthors = 16;
constexpr uint32_t kNotArticle = kInAside | kInNav | kInFooter | kInPromotion | kInCopyright |
                                 kInHidden | kInCaption | kInComments;

// What a class or an id may say wrongly.
constexpr uint32_t kMarks = kNotArticle | kInUnlikely;
// Less text than this is no article of a whole page, by weight.
constexpr size_t kMinPageWeight = 200;

// An element that holds more of a fragment's prose than this is not what its class says.
constexpr double kMostShare = 0.5;
// An element that holds so much of a whole page's prose is a frame around all of it.
constexpr double kWrapperShare = 0.75;

class Extractor {
 public:
  Extractor(HtmlDocument& document, const ExtractOptions& options)
      : document_(document), options_(options), observed_ms_(options.observed_ms), set_(document) {}

  ExtractedArticle Run() {
    DropLetterless();
    PardonContainers(options_.whole_page ? kWrapperShare : kMostShare);
    if (options_.whole_page) KeepMainContent();
    Head();
    DropByContext();
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

  // On a fragment a mark on most of it says nothing. A whole page's main part has been found, and
  // lists of comments and related pieces may well be most of that: it loses them all the same,
  // unless nothing is left.
  void DropByContext() {
    const auto marked = [&](size_t i) { return (set_.block(i).context & kNotArticle) != 0; };
    if (set_.DropUnlessMost(BlockReason::kContext, marked) || !options_.whole_page) return;
    size_t left = 0;
    for (size_t i = 0; i < set_.size(); ++i) {
      if (set_.Kept(i) && !marked(i)) left += set_.shape(i).weight;
    }
    if (left < kMinPageWeight) return;
    for (size_t i = 0; i < set_.size(); ++i) {
      if (set_.Kept(i) && marked(i)) set_.Set(i, BlockReason::kContext);
    }
  }

  void KeepMainContent() {
    const MainContent main = FindMainContent(document_, set_.shapes());
    std::vector<bool> around(document_.containers.size());
    for (uint32_t at = main.container; at != 0; at = document_.containers[at].parent) {
      around[at] = true;
    }
    Pardon([&](size_t i) { return around[i]; });
    const std::string title = options_.title.empty() ? "" : ToMatching(options_.title).text;
    for (size_t i = 0; i < set_.size(); ++i) {
      if (!set_.Kept(i)) continue;
      if (!main.blocks[i]) {
        set_.Set(i, BlockReason::kOutsideMain);
      } else if (!title.empty() && (set_.block(i).context & kInHeading) != 0 &&
                 ToMatching(set_.block(i).text).text == title) {
        set_.Set(i, BlockReason::kTitle);
      }
    }
  }

  // A mark on an element that holds most of the prose says nothing about it ("has-sidebar").
  void PardonContainers(double share) {
    const std::vector<HtmlContainer>& containers = document_.containers;
    if (std::none_of(containers.begin(), containers.end(), [](const HtmlContainer& container) {
          return (container.context & kMarks) != 0;
        })) {
      return;
    }
    std::vector<double> prose(containers.size());
    for (size_t i = 0; i < set_.size(); ++i) {
      if (!set_.Kept(i)) continue;
      const BlockShape& shape = set_.shape(i);
      prose[set_.block(i).container] += static_cast<double>(shape.weight) * (1 - shape.link_share);
    }
    for (size_t i = containers.size(); i-- > 1;) prose[containers[i].parent] += prose[i];
    Pardon([&](size_t i) { return prose[i] > share * prose[0]; });
  }

  // Takes the marks of the classes and ids of the containers that `condition(i)` names off them and
  // off all that they hold.
  template <typename Condition>
  void Pardon(Condition condition) {
    std::vector<HtmlContainer>& containers = document_.containers;
    std::vector<uint32_t> all(containers.size());
    std::vector<uint32_t> left(containers.size());
    bool any = false;
    for (size_t i = 1; i < containers.size(); ++i) {
      HtmlContainer& container = containers[i];
      all[i] = all[container.parent] | container.context;
      const uint32_t marks =
          container.context & kMarks & ~(kInHidden | ContextOfElement(container.element));
      if (marks != 0 && condition(i)) {
        any = true;
        container.context &= ~marks;
      }
      left[i] = left[container.parent] | container.context;
    }
    if (!any) return;
    for (HtmlBlock& block : document_.blocks) {
      block.context &= ~(all[block.container] & ~left[block.container] & kMarks);
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
  const ExtractOptions& options_;
  std::optional<int64_t> observed_ms_;
  BlockSet set_;
  ExtractedArticle article_;
};

}  // namespace

ExtractedArticle Extract(HtmlDocument& document, const ExtractOptions& options) {
  return Extractor(document, options).Run();
}

std::vector<ExplainedBlock> Explain(const ExtractedArticle& article) {
  std::vector<ExplainedBlock> blocks;
  blocks.reserve(article.reasons.size());
  size_t kept = 0;
  size_t dropped = 0;
  for (const BlockReason reason : article.reasons) {
    const std::string& text =
        IsKept(reason) ? article.paragraphs[kept++] : article.dropped[dropped++];
    blocks.push_back({reason, text});
  }
  return blocks;
}

}  // namespace wirefold
