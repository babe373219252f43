// What a verdict says to people: ReasonInWords and Explain of compare.h.
#include <cstdio>

#include "lib/dedup/compare.h"

namespace wirefold {

std::string ReasonInWords(const Verdict& verdict) {
  char out[200];
  const auto percent = [](uint32_t ppm) { return ppm / 1e4; };
  const double sum = static_cast<double>(verdict.sum_ppm) / 1e6;
  switch (verdict.relation) {
    case Relation::kExact:
      return "a copy: the same text";
    case Relation::kNear:
      std::snprintf(out, sizeof out, "a copy with changes: the figures sum up to %.2f", sum);
      return out;
    case Relation::kExcerpt:
      std::snprintf(out, sizeof out, "a copy of a part of it: the figures sum up to %.2f", sum);
      return out;
    case Relation::kExtended:
      std::snprintf(out, sizeof out, "a copy with more text: the figures sum up to %.2f", sum);
      return out;
    case Relation::kNone:
      break;
  }
  if (verdict.veto == Veto::kFiguresDiffer) {
    std::snprintf(out, sizeof out,
                  "no copy: one outlet's template with other figures, of which %.0f %% agree",
                  percent(verdict.figures_ppm));
  } else if (verdict.veto == Veto::kOtherOpening) {
    return "no copy: of one outlet, and the longer one begins in another way under another title";
  } else if (verdict.veto == Veto::kMinorPart) {
    std::snprintf(out, sizeof out,
                  "no copy: a part of the longer text, whose beginning is %.0f %% shared, as the "
                  "titles are to %.0f %%",
                  percent(verdict.head_ppm), percent(verdict.title_ppm));
  } else if (!verdict.rests_on_stream) {
    std::snprintf(out, sizeof out, "no copy: %.0f %% of the shorter text is shared",
                  percent(verdict.scores.containment_ppm));
  } else {
    std::snprintf(out, sizeof out, "no copy: the figures sum up to %.2f, below 0", sum);
  }
  return out;
}

std::string Explain(const Verdict& verdict) {
  char out[512];
  const auto percent = [](uint32_t ppm) { return ppm / 1e4; };
  if (!verdict.rests_on_stream) {
    std::snprintf(out, sizeof out, "%.1f %% of the shorter text is shared, too little for a copy",
                  percent(verdict.scores.containment_ppm));
    return out;
  }
  char places[128];
  if (verdict.places_not_compared) {
    std::snprintf(places, sizeof places, "too little wherever it stands");
  } else {
    std::snprintf(places, sizeof places,
                  "%.1f %% of the shorter text's stretches, %.1f %% of the longer one's beginning",
                  percent(verdict.stretches_ppm), percent(verdict.head_ppm));
  }
  std::snprintf(out, sizeof out,
                "%.1f %% of the shorter text is shared; of what is rare in the stream %.1f %%, of "
                "what is new in it %.1f %%; %s, %.1f %% of the titles%s: sum %.2f, one story from "
                "0 on",
                percent(verdict.scores.containment_ppm), percent(verdict.rare_ppm),
                percent(verdict.fresh_ppm), places, percent(verdict.title_ppm),
                verdict.same_domain ? ", one outlet" : "",
                static_cast<double>(verdict.sum_ppm) / 1e6);
  std::string text = out;
  if (verdict.veto == Veto::kFiguresDiffer) {
    std::snprintf(out, sizeof out,
                  "; not a copy: of one outlet, and only %.1f %% of the figures agree (a template)",
                  percent(verdict.figures_ppm));
    text += out;
  } else if (verdict.veto == Veto::kOtherOpening) {
    text +=
        "; not a copy: of one outlet, and the longer one begins in another way under another title";
  } else if (verdict.veto == Veto::kMinorPart) {
    std::snprintf(
        out, sizeof out,
        "; not a copy: a minor part of the longer text, whose beginning is %.1f %% shared",
        percent(verdict.head_ppm));
    text += out;
  }
  return text;
}

}  // namespace wirefold
