#include "lib/parse/html_blocks.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/base/limits.h"
#include "lib/parse/class_hints.h"
#include "lib/parse/html_entities.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

// A machine-readable date or author further down belongs to an embedded or a related piece.
constexpr size_t kHeadBlocks = 4;
constexpr size_t kMaxMetadata = 16;

std::string Decoded(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  AppendDecoded(value, /*in_attribute=*/true, out);
  return out;
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f") == std::string_view::npos;
}

bool ContainsLower(std::string_view text, std::string_view lower) {
  for (size_t i = 0; i + lower.size() <= text.size(); ++i) {
    if (EqualsLower(text.substr(i, lower.size()), lower)) return true;
  }
  return false;
}

// Reads tokens into a document; one per fragment.
class BlockReader {
 public:
  explicit BlockReader(std::string_view html) : tokens_(html) {
    document_.containers.emplace_back();
    stack_.push_back({});
    ++open_[static_cast<size_t>(Element::kUnknown)];
  }

  HtmlDocument Read() {
    while (tokens_.Next()) {
      switch (tokens_.kind()) {
        case HtmlTokenizer::Kind::kText:
          Text();
          break;
        case HtmlTokenizer::Kind::kRawText:
          break;
        case HtmlTokenizer::Kind::kStartTag:
          StartTag(ElementOf(tokens_.name()));
          break;
        case HtmlTokenizer::Kind::kEndTag:
          EndTag(ElementOf(tokens_.name()));
          break;
      }
    }
    EndLink();
    Flush();
    return std::move(document_);
  }

 private:
  struct Frame {
    Element element = Element::kUnknown;
    uint8_t traits = 0;
    uint32_t context = 0;
    uint32_t container = 0;
  };

  static constexpr uint32_t kNoLink = UINT32_MAX;

  void Text() {
    if (skipping_ > 0) return;
    const std::string_view text = tokens_.text();
    const size_t before = pending_.size();
    if (before == 0) {
      if (IsBlank(text)) return;
      pending_position_ = tokens_.position();
      pending_context_ = stack_.back().context;
    } else {
      // A block is what all its parts are: half a paragraph in <b class="share"> is not shared.
      pending_context_ &= stack_.back().context | kInTime | kInByline;
    }
    AppendDecoded(text, /*in_attribute=*/false, pending_);
    const bool emphasized = open_[static_cast<size_t>(Element::kEmphasis)] > 0;
    if (!in_link_ && !emphasized) return;
    const auto bytes = static_cast<uint32_t>(
        std::count_if(pending_.begin() + static_cast<ptrdiff_t>(before), pending_.end(),
                      [](char c) { return static_cast<unsigned char>(c) > ' '; }));
    if (emphasized) pending_emphasis_bytes_ += bytes;
    if (!in_link_) return;
    pending_link_bytes_ += bytes;
    if (link_text_.size() < kMaxLabelBytes) link_text_.append(pending_, before);
  }

  // Ends the block.
  void Flush() {
    if (pending_.empty()) return;
    HtmlBlock block;
    block.text = StoredLine(pending_);
    pending_.clear();
    const uint32_t link_bytes = std::exchange(pending_link_bytes_, 0);
    const uint32_t links = std::exchange(pending_links_, 0);
    const uint32_t emphasis_bytes = std::exchange(pending_emphasis_bytes_, 0);
    if (block.text.empty()) return;
    if (document_.blocks.size() >= kMaxBlocks) {
      document_.truncated = true;
      return;
    }
    block.link_bytes = link_bytes;
    block.links = links;
    block.emphasis_bytes = emphasis_bytes;
    block.after_image = std::exchange(after_image_, false);
    block.context = pending_context_;
    block.container = stack_.back().container;
    block.element = BlockElement();
    block.position = pending_position_;
    if ((block.context & kInCaption) != 0) Caption(block.text);
    document_.blocks.push_back(std::move(block));
  }

  [[nodiscard]] Element BlockElement() const {
    for (size_t i = stack_.size(); i-- > 0;) {
      if ((stack_[i].traits & kBlockElement) != 0) return stack_[i].element;
    }
    return Element::kUnknown;
  }

  // The visible caption of the image that came last stands in for a missing alternative text.
  void Caption(const std::string& text) {
    if (document_.images.empty()) return;
    HtmlImage& image = document_.images.back();
    if (image.caption.empty()) image.caption = CutAtCharacter(text, kMaxLabelBytes);
  }

  void StartTag(const ElementInfo& info) {
    if (skipping_ > 0 && (info.traits & kClosesSkipped) != 0) LeaveSkipped();
    switch (info.element) {
      case Element::kUnknown:
      case Element::kVoid:
      case Element::kSource:
        return;
      case Element::kBr:
        if (skipping_ == 0) Flush();
        return;
      case Element::kHr:
        Flush();
        return;
      case Element::kImg:
        Image();
        return;
      case Element::kMeta:
        Metadata();
        return;
      default:
        break;
    }
    if ((info.traits & kBlockElement) != 0) {
      Flush();
      CloseImplied(info.element);
    }
    if (info.element == Element::kA) {
      if (open_[static_cast<size_t>(Element::kA)] > 0 && overflow_ == 0) EndTag(info);
      StartLink();
    }
    if (info.element == Element::kTime) AddDate(tokens_.Value("datetime"));
    Push(info);
  }

  void Push(const ElementInfo& info) {
    if (stack_.size() >= kMaxHtmlDepth) {
      ++overflow_;
      document_.truncated = true;
      return;
    }
    Frame frame = stack_.back();
    frame.element = info.element;
    frame.traits = info.traits;
    // What a page's <body> is called is said of the whole page, and tells nothing.
    const uint32_t context =
        info.element == Element::kBody ? 0 : ContextOfElement(info.element) | ContextOfAttributes();
    frame.context |= context;
    if ((info.traits & kContainerElement) != 0) {
      document_.containers.push_back({frame.container, info.element, context});
      frame.container = static_cast<uint32_t>(document_.containers.size() - 1);
    }
    if ((info.traits & kSkippedElement) != 0) ++skipping_;
    ++open_[static_cast<size_t>(info.element)];
    stack_.push_back(frame);
  }

  [[nodiscard]] uint32_t ContextOfAttributes() const {
    uint32_t context = 0;
    for (const HtmlTokenizer::Attribute& attribute : tokens_.attributes()) {
      switch (attribute.name.size()) {
        case 2:
          if (EqualsLower(attribute.name, "id")) context |= IdHints(attribute.value);
          break;
        case 5:
          if (EqualsLower(attribute.name, "class")) context |= ClassHints(attribute.value);
          if (EqualsLower(attribute.name, "style") && HidesIt(attribute.value)) {
            context |= kInHidden;
          }
          break;
        case 6:
          if (EqualsLower(attribute.name, "hidden")) context |= kInHidden;
          break;
        case 4:
          if (EqualsLower(attribute.name, "role")) context |= ContextOfRole(attribute.value);
          break;
        case 11:
          if (EqualsLower(attribute.name, "aria-hidden") && EqualsLower(attribute.value, "true")) {
            context |= kInHidden;
          }
          break;
        case 8:
          if (EqualsLower(attribute.name, "itemprop") && EqualsLower(attribute.value, "author")) {
            context |= kInByline;
          }
          break;
        default:
          break;
      }
    }
    // "main-banner", "content with-sidebar": more likely than not.
    if ((context & kInLikely) != 0) context &= ~(kInUnlikely | kInAside | kInComments);
    return context;
  }

  static uint32_t ContextOfRole(std::string_view role) {
    for (const std::string_view other : {"menu", "menubar", "navigation"}) {
      if (EqualsLower(role, other)) return kInNav;
    }
    for (const std::string_view other : {"alert", "alertdialog", "complementary", "dialog"}) {
      if (EqualsLower(role, other)) return kInUnlikely;
    }
    return 0;
  }

  static bool HidesIt(std::string_view style) {
    return style.size() <= kMaxLabelBytes &&
           (ContainsLower(style, "display:none") || ContainsLower(style, "display: none") ||
            ContainsLower(style, "visibility:hidden") ||
            ContainsLower(style, "visibility: hidden"));
  }

  // What a block-level start tag closes by itself.
  void CloseImplied(Element element) {
    size_t top = stack_.size() - 1;
    while (top > 0 && (stack_[top].traits & kBlockElement) == 0 &&
           (stack_[top].traits & kSkippedElement) == 0) {
      --top;
    }
    const Element open = stack_[top].element;
    const bool cell = element == Element::kTd || element == Element::kTh;
    const bool row = element == Element::kTr;
    const bool closes = open == Element::kP || (element == Element::kLi && open == Element::kLi) ||
                        ((element == Element::kDd || element == Element::kDt) &&
                         (open == Element::kDd || open == Element::kDt)) ||
                        ((cell || row) && (open == Element::kTd || open == Element::kTh)) ||
                        (row && open == Element::kTr) || (IsHeading(element) && IsHeading(open));
    if (!closes) return;
    PopTo(top);
    if (open == Element::kP || (row && open != Element::kTr)) CloseImplied(element);
  }

  void EndTag(const ElementInfo& info) {
    const Element element = info.element;
    if (element == Element::kA) EndLink();
    if (element == Element::kUnknown || (info.traits & kVoidElement) != 0) {
      if (element == Element::kBr && skipping_ == 0) Flush();
      return;
    }
    const bool block = (info.traits & kBlockElement) != 0;
    if (block) Flush();
    if (overflow_ > 0) {
      --overflow_;
      return;
    }
    if (IsHeading(element)) {
      for (size_t i = stack_.size(); i-- > 1;) {
        if (IsHeading(stack_[i].element)) return PopTo(i);
      }
      return;
    }
    if (open_[static_cast<size_t>(element)] == 0) return;  // nobody opened it
    for (size_t i = stack_.size(); i-- > 1;) {
      if (stack_[i].element == element) return PopTo(i);
      // An inline end tag does not end the paragraph around it.
      if (!block && (info.traits & kSkippedElement) == 0 &&
          (stack_[i].traits & kBlockElement) != 0) {
        return;
      }
    }
  }

  // Closes stack_[index] and all within it.
  void PopTo(size_t index) {
    while (stack_.size() > index) {
      const Frame& frame = stack_.back();
      if ((frame.traits & kSkippedElement) != 0) --skipping_;
      --open_[static_cast<size_t>(frame.element)];
      stack_.pop_back();
    }
    if (stack_.size() <= link_depth_) EndLink();
  }

  // Block-level markup inside an unclosed <svg>, <button> or <video> ends it.
  void LeaveSkipped() {
    for (size_t i = stack_.size(); i-- > 1;) {
      if ((stack_[i].traits & kSkippedElement) == 0) continue;
      if (stack_[i].element != Element::kSkip) PopTo(i);
      return;
    }
  }

  void StartLink() {
    EndLink();
    const std::string_view href = tokens_.Value("href");
    if (href.empty() || skipping_ > 0) return;
    in_link_ = true;
    link_depth_ = stack_.size();
    ++pending_links_;
    if (document_.links.size() >= kMaxLinks) {
      document_.truncated = true;
      return;
    }
    link_index_ = static_cast<uint32_t>(document_.links.size());
    document_.links.push_back({.href = Decoded(href.substr(0, 3 * kMaxUrlBytes)),
                               .text = {},
                               .block = static_cast<uint32_t>(document_.blocks.size())});
  }

  void EndLink() {
    if (!in_link_) return;
    in_link_ = false;
    link_depth_ = 0;
    if (link_index_ != kNoLink) {
      document_.links[link_index_].text = CutAtCharacter(StoredLine(link_text_), kMaxLabelBytes);
    }
    link_index_ = kNoLink;
    link_text_.clear();
  }

  void Image() {
    const std::string_view source = ImageSource();
    if (source.empty() || source.size() > kMaxUrlBytes || source.starts_with("data:")) return;
    if (tokens_.Value("width") == "1" || tokens_.Value("height") == "1") return;  // a tracker's
    after_image_ = after_image_ || pending_.empty();
    if (document_.images.size() >= kMaxImages) {
      document_.truncated = true;
      return;
    }
    const std::string alt = StoredLine(Decoded(tokens_.Value("alt").substr(0, 4 * kMaxLabelBytes)));
    document_.images.push_back(
        {.src = Decoded(source), .caption = std::string(CutAtCharacter(alt, kMaxLabelBytes))});
  }

  // The lazily loaded picture before the placeholder.
  [[nodiscard]] std::string_view ImageSource() const {
    for (const std::string_view name : {"data-src", "data-original", "data-lazy-src", "src"}) {
      const std::string_view value = tokens_.Value(name);
      if (!IsBlank(value)) return value;
    }
    return {};
  }

  void Metadata() {
    const std::string_view content = tokens_.Value("content");
    if (content.empty()) return;
    for (const std::string_view key : {"itemprop", "property", "name"}) {
      const std::string_view value = tokens_.Value(key);
      if (value.empty()) continue;
      if (EqualsLower(value, "datepublished") || EqualsLower(value, "article:published_time") ||
          EqualsLower(value, "pubdate") || EqualsLower(value, "dc.date")) {
        AddDate(content);
      } else if (EqualsLower(value, "author") && document_.blocks.size() <= kHeadBlocks &&
                 document_.authors.size() < kMaxMetadata) {
        const std::string author = StoredLine(Decoded(content.substr(0, kMaxLabelBytes)));
        if (!author.empty()) document_.authors.push_back(author);
      }
    }
  }

  void AddDate(std::string_view date) {
    const bool head =
        document_.blocks.size() <= kHeadBlocks && (stack_.back().context & kInQuote) == 0;
    if (!head || date.empty() || date.size() > 64) return;
    if (document_.dates.size() < kMaxMetadata) document_.dates.push_back(Decoded(date));
  }

  HtmlTokenizer tokens_;
  HtmlDocument document_;
  std::vector<Frame> stack_;
  std::array<uint32_t, kElementCount> open_{};  // frames on the stack, by element
  uint32_t overflow_ = 0;                       // elements open past kMaxHtmlDepth
  uint32_t skipping_ = 0;                       // skipped elements that are open
  std::string pending_;                         // the block's text so far, references decoded
  size_t pending_position_ = 0;
  uint32_t pending_context_ = 0;
  uint32_t pending_link_bytes_ = 0;
  uint32_t pending_links_ = 0;
  uint32_t pending_emphasis_bytes_ = 0;
  bool after_image_ = false;  // an image came since the last block
  bool in_link_ = false;
  size_t link_depth_ = 0;  // the stack's size where the link started; 0 outside links
  uint32_t link_index_ = kNoLink;
  std::string link_text_;
};

}  // namespace

uint32_t ContextOfElement(Element element) {
  if (IsHeading(element)) return kInHeading;
  switch (element) {
    case Element::kAside:
      return kInAside;
    case Element::kNav:
      return kInNav;
    case Element::kFooter:
      return kInFooter;
    case Element::kHeader:
      return kInHeader;
    case Element::kBlockquote:
      return kInQuote;
    case Element::kLi:
      return kInList;
    case Element::kTable:
      return kInTable;
    case Element::kForm:
      return kInForm;
    case Element::kFigcaption:
    case Element::kCaption:
      return kInCaption;
    case Element::kTime:
      return kInTime;
    default:
      return 0;
  }
}

HtmlDocument ReadHtml(std::string_view html) { return BlockReader(html).Read(); }

}  // namespace wirefold
