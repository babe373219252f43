#include "tests/bench/synth/mix.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

constexpr std::array<std::string_view, kSynthKinds> kNames = {
    "article", "update",  "notice",   "round-up", "reprint",  "light",
    "heavy",   "excerpt", "extended", "script",   "revision", "unchanged"};

double Sum(const SynthMix& mix, size_t begin) {
  return std::accumulate(mix.weights.begin() + static_cast<std::ptrdiff_t>(begin),
                         mix.weights.end(), 0.0);
}

}  // namespace

std::string_view KindName(SynthKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::optional<SynthKind> KindNamed(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<SynthKind>(found - kNames.begin());
}

double SynthMix::Share(SynthKind kind) const {
  return weights[static_cast<size_t>(kind)] / Sum(*this, 0);
}

double SynthMix::CopyShare() const { return Sum(*this, kFirstCopyKind) / Sum(*this, 0); }

void SynthMix::SetCopyShare(double share) {
  const double copies = Sum(*this, kFirstCopyKind);
  const double rest = Sum(*this, 0) - copies;
  if (copies <= 0) return;
  const double factor = share / (1 - share) * rest / copies;
  for (size_t i = kFirstCopyKind; i < kSynthKinds; ++i) weights[i] *= factor;
}

absl::Status ParseWeights(std::string_view text, const std::string_view* names, double* weights,
                          size_t count) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const size_t equals = part.find('=');
    double weight = 0;
    if (equals == std::string_view::npos ||
        !absl::SimpleAtod(ToAbsl(part.substr(equals + 1)), &weight) || !std::isfinite(weight) ||
        weight < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", ToAbsl(part), "\" is no name=weight, e.g. ", ToAbsl(names[0]), "=10"));
    }
    const std::string_view* const found = std::find(names, names + count, part.substr(0, equals));
    if (found == names + count) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", ToAbsl(part.substr(0, equals)), "\" is none of ",
          absl::StrJoin(names, names + count, ", ",
                        [](std::string* out, std::string_view name) { out->append(name); })));
    }
    weights[found - names] = weight;
  }
  return absl::OkStatus();
}

absl::StatusOr<SynthMix> ParseMix(std::string_view text) {
  SynthMix mix;
  const absl::Status status = ParseWeights(text, kNames.data(), mix.weights.data(), kSynthKinds);
  if (!status.ok()) return status;
  if (mix.weights[0] <= 0) {
    return absl::InvalidArgumentError("a mix needs articles: article=WEIGHT above 0");
  }
  return mix;
}

}  // namespace wirefold
