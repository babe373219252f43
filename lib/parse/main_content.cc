#include "lib/parse/main_content.h"

#include <algorithm>
#include <cstdint>

namespace wirefold {
namespace {

// Shorter texts earn nothing, by weight.
constexpr size_t kMinParagraphWeight = 25;
// How far up points are passed.
constexpr int kMaxLevels = 5;
// Candidates beside the best one that are looked at.
constexpr size_t kMaxCandidates = 4;
// A class or id that speaks for or against an element.
constexpr double kClassPoints = 25;

// What is no part of an article wherever it stands.
constexpr uint32_t kNever = kInNav | kInHidden | kInFooter | kInUnlikely | kInAside | kInComments;

struct Node {
  double points = 0;
  bool scored = false;
  double weight = 0;       // of all text within
  double link_weight = 0;  // of that, in links
  size_t paragraphs = 0;
};

double PointsOfElement(Element element) {
  switch (element) {
    case Element::kDiv:
    case Element::kArticle:
    case Element::kSection:
    case Element::kMain:
      return 5;
    case Element::kTd:
    case Element::kBlockquote:
      return 3;
    case Element::kAddress:
    case Element::kOl:
    case Element::kUl:
    case Element::kDl:
    case Element::kForm:
      return -3;
    case Element::kTh:
      return -5;
    default:
      return 0;
  }
}

double PointsOfContext(uint32_t context) {
  double points = 0;
  if ((context & kInLikely) != 0) points += kClassPoints;
  if ((context & (kInPromotion | kInAside | kInCopyright | kInCaption | kInNegative)) != 0) {
    points -= kClassPoints;
  }
  return points;
}

class Finder {
 public:
  Finder(const HtmlDocument& document, const std::vector<BlockShape>& shapes)
      : document_(document),
        containers_(document.containers),
        shapes_(shapes),
        nodes_(document.containers.size()) {}

  MainContent Find() {
    Score();
    const uint32_t best = Top();
    MainContent main;
    main.blocks.assign(document_.blocks.size(), true);
    if (best == kNone) return main;
    main.container = Climb(best);
    Join(main.container);
    for (size_t i = 0; i < main.blocks.size(); ++i) {
      const uint32_t container = document_.blocks[i].container;
      main.blocks[i] = chosen_[container] || (container == parent_ && IsProse(i));
    }
    return main;
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  void Score() {
    for (size_t i = 0; i < document_.blocks.size(); ++i) {
      const HtmlBlock& block = document_.blocks[i];
      if ((block.context & kNever) != 0) continue;
      const BlockShape& shape = shapes_[i];
      Node& own = nodes_[block.container];
      const auto weight = static_cast<double>(shape.weight);
      own.weight += weight;
      own.link_weight += weight * shape.link_share;
      if (shape.weight < kMinParagraphWeight || (block.context & kInHeading) != 0) continue;
      double points = 1 + static_cast<double>(shape.commas) + std::min(weight / 100, 3.0);
      points *= 1 - shape.link_share;
      ++own.paragraphs;
      uint32_t at = block.container;
      for (int level = 0; level < kMaxLevels; ++level) {
        Node& node = nodes_[at];
        if (!node.scored) {
          node.scored = true;
          node.points +=
              PointsOfElement(containers_[at].element) + PointsOfContext(containers_[at].context);
        }
        node.points += points / (level == 0 ? 1 : level == 1 ? 2 : 3 * level);
        if (at == 0) break;
        at = containers_[at].parent;
      }
    }
    // Containers stand in the order of their start tags: parents before children.
    for (size_t i = nodes_.size(); i-- > 1;) {
      Node& parent = nodes_[containers_[i].parent];
      parent.weight += nodes_[i].weight;
      parent.link_weight += nodes_[i].link_weight;
      parent.paragraphs += nodes_[i].paragraphs;
    }
  }

  [[nodiscard]] double LinkShare(uint32_t i) const {
    return nodes_[i].weight > 0 ? nodes_[i].link_weight / nodes_[i].weight : 0;
  }

  [[nodiscard]] double Value(uint32_t i) const {
    return nodes_[i].scored ? nodes_[i].points * (1 - LinkShare(i)) : 0;
  }

  [[nodiscard]] uint32_t Top() const {
    uint32_t top = kNone;
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      if (Value(i) > 0 && (top == kNone || Value(i) > Value(top))) top = i;
    }
    return top;
  }

  // The innermost element that holds `top` and three others that are nearly as good; of few, since
  // each is followed up through all that is around it.
  [[nodiscard]] uint32_t SharedAncestor(uint32_t top) const {
    std::vector<uint32_t> good;
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      if (i == top || Value(i) < 0.75 * Value(top)) continue;
      const auto better = [&](uint32_t other) { return Value(other) >= Value(i); };
      good.insert(std::partition_point(good.begin(), good.end(), better), i);
      if (good.size() > kMaxCandidates) good.pop_back();
    }
    if (good.size() < 3) return kNone;
    for (uint32_t up = Parent(top); up != 0; up = Parent(up)) {
      const auto within = std::count_if(good.begin(), good.end(),
                                        [&](uint32_t i) { return i != up && IsWithin(i, up); });
      if (within >= 3) return up;
    }
    return kNone;
  }

  // The element around the best one that is better seen as the article: where several good ones
  // share it, where it has more points itself, or where the best one is all that it holds.
  [[nodiscard]] uint32_t Climb(uint32_t top) const {
    if (const uint32_t shared = SharedAncestor(top); shared != kNone) top = shared;
    double last = Value(top);
    const double threshold = last / 3;
    for (uint32_t up = Parent(top); up != 0; up = Parent(up)) {
      if (!nodes_[up].scored) continue;
      const double points = Value(up);
      if (points < threshold) break;
      if (points > last) {
        top = up;
        break;
      }
      last = points;
    }
    // An only child's text is its parent's: its siblings are then the parent's.
    while (top != 0 && Parent(top) != 0 && nodes_[Parent(top)].weight <= nodes_[top].weight) {
      top = Parent(top);
    }
    return top;
  }

  [[nodiscard]] uint32_t Parent(uint32_t i) const { return containers_[i].parent; }

  [[nodiscard]] bool IsWithin(uint32_t i, uint32_t ancestor) const {
    while (i > ancestor) i = Parent(i);
    return i == ancestor;
  }

  // A paragraph that stands beside the best element rather than in it.
  [[nodiscard]] bool IsProse(size_t i) const {
    const HtmlBlock& block = document_.blocks[i];
    if ((block.context & kNever) != 0 || block.element != Element::kP) return false;
    if (shapes_[i].weight > 80) return shapes_[i].link_share < 0.25;
    return shapes_[i].link_share == 0 && EndsSentence(block.text);
  }

  // Chooses `top` and what stands beside it and is like it.
  void Join(uint32_t top) {
    chosen_.assign(nodes_.size(), false);
    chosen_[top] = true;
    const double threshold = std::max(10.0, 0.2 * Value(top));
    if (top != 0) {
      const uint32_t parent = Parent(top);
      parent_ = parent;
      for (uint32_t i = 1; i < nodes_.size(); ++i) {
        if (i == top || Parent(i) != parent || (containers_[i].context & kNever) != 0) continue;
        // What is marked as the best one is: another page of the same article.
        const bool alike = containers_[i].element == containers_[top].element &&
                           containers_[i].context == containers_[top].context &&
                           (containers_[i].context & kInLikely) != 0;
        const double bonus = alike ? 0.2 * Value(top) : 0;
        if (nodes_[i].scored && Value(i) + bonus >= threshold) chosen_[i] = true;
      }
    }
    for (uint32_t i = 1; i < nodes_.size(); ++i) {
      if (chosen_[Parent(i)]) chosen_[i] = true;
    }
  }

  const HtmlDocument& document_;
  const std::vector<HtmlContainer>& containers_;
  const std::vector<BlockShape>& shapes_;
  std::vector<Node> nodes_;
  std::vector<bool> chosen_;
  uint32_t parent_ = kNone;  // of the best one
};

}  // namespace

MainContent FindMainContent(const HtmlDocument& document, const std::vector<BlockShape>& shapes) {
  return Finder(document, shapes).Find();
}

}  // namespace wirefold
