// What a move to other rules did, in words.
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/store/rekey.h"

namespace wirefold {

std::string DescribeRekey(const RekeyReport& report, bool dry_run) {
  std::string out;
  if (report.was_interrupted) {
    absl::StrAppend(&out, "an earlier run was interrupted\n");
  } else if (report.from == report.to && report.rewritten == 0) {
    return absl::StrCat("the store is under the rules ", report.to, " already: nothing to do\n");
  }
  absl::StrAppend(&out, dry_run ? "would move the store" : "moved the store");
  if (!report.from.empty()) absl::StrAppend(&out, " from the rules ", report.from);
  absl::StrAppend(&out, " to the rules ", report.to, "\n", report.articles, " articles, ",
                  report.copies, " copies, ", report.revisions, " revisions looked at\n",
                  report.changed, " articles and copies have another key, ", report.rewritten,
                  " records another URL or key\n");
  if (report.shared > 0) {
    absl::StrAppend(&out, report.shared,
                    " articles and copies share their key with another, which later files of that "
                    "key go to; they stay as they are, by ID and in their stories\n");
  }
  if (report.parted > 0) {
    absl::StrAppend(&out, report.parted,
                    " revisions have another key than their article's newest text; both lead to it "
                    "where no other article has a better right\n");
  }
  if (report.refused > 0) {
    absl::StrAppend(&out, report.refused,
                    " records have a URL that these rules refuse; they keep their key\n");
  }
  return out;
}

}  // namespace wirefold
