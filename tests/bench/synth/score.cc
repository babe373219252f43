#include "tests/bench/synth/score.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "lib/base/hash.h"
#include "lib/base/strings.h"

namespace wirefold {

SynthResult::OfKind SynthResult::Total(size_t begin) const {
  OfKind total;
  for (size_t kind = begin; kind < kSynthKinds; ++kind) {
    total.files += kinds[kind].files;
    total.found += kinds[kind].found;
    total.merged += kinds[kind].merged;
  }
  return total;
}

double SynthResult::recall() const {
  const OfKind copies = Total(kFirstCopyKind);
  return copies.files == 0 ? 1
                           : static_cast<double>(copies.found) / static_cast<double>(copies.files);
}

double SynthResult::false_merges_in_20000() const {
  const OfKind all = Total();
  return all.files == 0 ? 0
                        : 20'000 * static_cast<double>(all.merged) / static_cast<double>(all.files);
}

std::string SynthResult::ToString() const {
  std::string out =
      absl::StrFormat("%-10s %10s %10s %8s %8s\n", "kind", "files", "found", "recall", "merged");
  for (size_t i = 0; i < kSynthKinds; ++i) {
    const OfKind& kind = kinds[i];
    if (kind.files == 0) continue;
    const std::string name(KindName(static_cast<SynthKind>(i)));
    if (i < kFirstCopyKind) {
      absl::StrAppendFormat(&out, "%-10s %10u %10s %8s %8u\n", name, kind.files, "", "",
                            kind.merged);
    } else {
      absl::StrAppendFormat(&out, "%-10s %10u %10u %8.4f %8u\n", name, kind.files, kind.found,
                            static_cast<double>(kind.found) / static_cast<double>(kind.files),
                            kind.merged);
    }
  }
  const OfKind copies = Total(kFirstCopyKind);
  absl::StrAppendFormat(&out, "%-10s %10u %10u %8.4f\n", "copies", copies.files, copies.found,
                        recall());
  absl::StrAppendFormat(&out, "%-10s %10u %10s %8s %8u\n", "all", Total().files, "", "",
                        Total().merged);
  absl::StrAppendFormat(&out, "false merges in 20,000 files: %.3f\n", false_merges_in_20000());
  if (without_id + missing > 0) {
    absl::StrAppendFormat(&out, "rejected: %u; without an outcome: %u\n", without_id, missing);
  }
  return out;
}

void SynthScore::AddTruth(const SynthTruth& truth) {
  if (truth.file >= files_.size()) files_.resize(truth.file + 1);
  File& file = files_[truth.file];
  file.story = truth.story;
  file.kind = truth.kind;
  file.original = static_cast<uint32_t>(truth.original.value_or(truth.file));
  file.is_known = true;
}

void SynthScore::AddOutcome(uint64_t file, std::string_view story_id) {
  if (file >= files_.size()) return;
  files_[file].is_answered = true;
  files_[file].has_story = !story_id.empty();
  files_[file].assigned = HashBytes64(story_id);
}

SynthResult SynthScore::Result(std::vector<Wrong>* wrong, size_t max_wrong) const {
  SynthResult result;
  absl::flat_hash_map<uint64_t, uint64_t> first;  // file of each story that was made
  std::array<size_t, kSynthKinds> listed{};
  for (uint64_t number = 0; number < files_.size(); ++number) {
    const File& file = files_[number];
    if (!file.is_known) continue;
    if (!file.is_answered) {
      ++result.missing;
      continue;
    }
    SynthResult::OfKind& kind = result.kinds[static_cast<size_t>(file.kind)];
    ++kind.files;
    if (!file.has_story) ++result.without_id;
    bool is_found = true;
    if (IsCopy(file.kind)) {
      const File* original = file.original < files_.size() ? &files_[file.original] : nullptr;
      is_found = file.has_story && original != nullptr && original->has_story &&
                 original->assigned == file.assigned;
      kind.found += is_found ? 1 : 0;
    }
    const uint64_t head =
        file.has_story ? first.try_emplace(file.assigned, number).first->second : number;
    const bool is_merged = files_[head].story != file.story;
    kind.merged += is_merged ? 1 : 0;
    if (wrong == nullptr || (is_found && !is_merged)) continue;
    if (listed[static_cast<size_t>(file.kind)]++ >= max_wrong) continue;
    wrong->push_back({number, is_merged ? head : file.original, is_merged});
  }
  return result;
}

}  // namespace wirefold
