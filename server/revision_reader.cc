#include "server/revision_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "lib/base/reason.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/passages.h"
#include "lib/text/matching.h"
#include "server/article_key.h"
#include "server/convert.h"
#include "server/page_token.h"

namespace wirefold {
namespace {

// Texts read from the store at a time.
constexpr size_t kChunk = 32;

ComparisonDoc DocOf(std::string_view text) { return MakeComparisonDoc(ToMatching(text).text, {}); }

// A page token holds an ID's 16 bytes; the last text's hash has as many.
Ulid AsPosition(const Hash128& text_hash) { return Ulid::FromBytes(text_hash.ToBytes()); }
Hash128 FromPosition(const Ulid& position) { return Hash128::FromBytes(position.ToBytes()); }

}  // namespace

void SetChanges(std::string_view earlier, std::string_view later, v1::Changes& changes) {
  Passages passages = PassageFinder(later).Compare(earlier);
  for (std::string& passage : passages.only_ours) changes.add_added(std::move(passage));
  for (std::string& passage : passages.only_theirs) changes.add_removed(std::move(passage));
  changes.set_added_count(passages.only_ours_count);
  changes.set_removed_count(passages.only_theirs_count);
  changes.set_shared_count(passages.shared_count);
  const Scores scores = CompareTexts(DocOf(earlier), DocOf(later));
  changes.mutable_similarity()->set_jaccard_ppm(scores.jaccard_ppm);
  changes.mutable_similarity()->set_containment_ppm(scores.containment_ppm);
}

absl::Status RevisionReader::List(const v1::ListRevisionsRequest& request,
                                  v1::ListRevisionsResponse& out) const {
  const absl::StatusOr<size_t> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const absl::StatusOr<Ulid> id = IdOf(request, store_, url_rules_);
  if (!id.ok()) return id.status();
  const std::string filters = "revisions " + id->ToBytes();
  std::optional<Hash128> after;
  std::string before;  // the text ahead of the next one
  bool has_before = false;
  if (!request.page_token().empty()) {
    const absl::StatusOr<PagePosition> position = ParsePageToken(request.page_token(), filters);
    if (!position.ok()) return position.status();
    after = FromPosition(position->last_id);
    const absl::StatusOr<StoredArticle> last = store_.GetText(*id, *after);
    if (!last.ok()) return last.status();
    before = last->article.text;
    has_before = true;
  }
  size_t bytes = 0;
  const auto add = [&](StoredArticle&& stored, bool is_newest) {
    std::string text = stored.article.text;
    const Hash128 hash = stored.text_hash;
    v1::Revision& revision = *out.add_revisions();
    articles_.Fill(std::move(stored), ShowOf(request), *revision.mutable_article());
    revision.set_is_newest(is_newest);
    if (has_before) {
      v1::Changes changes;
      SetChanges(before, text, changes);
      revision.set_is_unrelated(AreUnrelated(
          {changes.similarity().jaccard_ppm(), changes.similarity().containment_ppm()}));
      if (request.changes()) *revision.mutable_changes() = std::move(changes);
    }
    const size_t size = revision.ByteSizeLong();
    if (out.revisions_size() > 1 && bytes + size > kMaxPagePayloadBytes) {
      out.mutable_revisions()->RemoveLast();
      return false;
    }
    bytes += size;
    after = hash;
    before = std::move(text);
    has_before = true;
    return true;
  };
  const auto go_on = [&] {
    out.set_next_page_token(MakePageToken({AsPosition(*after)}, filters));
    return absl::OkStatus();
  };
  while (true) {
    const size_t lacks = *page_size - static_cast<size_t>(out.revisions_size());
    if (lacks == 0) return go_on();
    absl::StatusOr<std::vector<StoredArticle>> older =
        store_.ListRevisions(*id, after, std::min(lacks, kChunk));
    if (!older.ok()) return older.status();
    if (older->empty()) break;
    for (StoredArticle& stored : *older) {
      if (!add(std::move(stored), /*is_newest=*/false)) return go_on();
    }
  }
  absl::StatusOr<StoredArticle> newest = store_.GetArticle(*id);
  if (!newest.ok()) return newest.status();
  if (!add(*std::move(newest), /*is_newest=*/true)) return go_on();
  return absl::OkStatus();
}

absl::Status RevisionReader::Delete(const v1::DeleteArticleRequest& request,
                                    v1::DeleteArticleResponse& out) const {
  const absl::StatusOr<Ulid> id = IdOf(request, store_, url_rules_);
  if (!id.ok()) return id.status();
  const absl::StatusOr<DeleteResult> deleted =
      pipeline_.Delete({.id = *id, .whole_story = request.whole_story(), .block = request.block()});
  if (!deleted.ok()) return deleted.status();
  out.set_story_id(deleted->story_id.ToString());
  if (!deleted->representative_id.IsZero()) {
    out.set_representative_id(deleted->representative_id.ToString());
  }
  for (const Ulid& removed : deleted->removed) out.add_removed_ids(removed.ToString());
  return absl::OkStatus();
}

}  // namespace wirefold
