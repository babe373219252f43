#include "lib/store/store.h"

#include <utility>

#include "lib/store/records.h"

namespace wirefold {
namespace {

absl::Status DecodeAll(const std::vector<StoredRecord>& records, std::vector<StoredArticle>& out) {
  out.reserve(records.size());
  for (const StoredRecord& record : records) {
    absl::StatusOr<StoredArticle> article = DecodeArticle(record);
    if (!article.ok()) return article.status();
    out.push_back(*std::move(article));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StoredArticle> DecodeArticle(const StoredRecord& stored) {
  StoredArticle article;
  article.id = stored.id;
  article.story_id = stored.story_id;
  article.representative_id = stored.representative_id;
  article.match = stored.match;
  article.revision_count = stored.revision_count;
  if (absl::Status status = DecodeRecord(stored.record, article); !status.ok()) return status;
  return article;
}

absl::StatusOr<Store::Found> Store::Lookup(const Hash128& identity,
                                           const Hash128& text_hash) const {
  const Sought sought = {identity, text_hash};
  absl::StatusOr<std::vector<Found>> found = LookupAll({&sought, 1});
  if (!found.ok()) return found.status();
  return std::move(found->front());
}

absl::StatusOr<StoredArticle> Store::GetArticle(const Ulid& id) const {
  return std::move(GetArticles({&id, 1}).front());
}

std::vector<absl::StatusOr<StoredArticle>> Store::GetArticles(std::span<const Ulid> ids) const {
  std::vector<absl::StatusOr<StoredArticle>> articles;
  articles.reserve(ids.size());
  for (const absl::StatusOr<StoredRecord>& record : GetRecords(ids)) {
    articles.push_back(record.ok() ? DecodeArticle(*record) : record.status());
  }
  return articles;
}

absl::StatusOr<ListPage> Store::ListArticles(const ListQuery& query) const {
  const absl::StatusOr<ListRecordPage> records = ListRecords(query);
  if (!records.ok()) return records.status();
  ListPage page;
  page.next_after = records->next_after;
  if (absl::Status status = DecodeAll(records->articles, page.articles); !status.ok()) {
    return status;
  }
  return page;
}

absl::StatusOr<SightingPage> Store::ListSightings(const Ulid& story_id, std::optional<Ulid> after,
                                                  size_t limit) const {
  const absl::StatusOr<SightingRecordPage> records = ListSightingRecords(story_id, after, limit);
  if (!records.ok()) return records.status();
  SightingPage page;
  page.representative_id = records->representative_id;
  page.total = records->total;
  page.next_after = records->next_after;
  if (absl::Status status = DecodeAll(records->sightings, page.sightings); !status.ok()) {
    return status;
  }
  return page;
}

}  // namespace wirefold
