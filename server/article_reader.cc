#include "server/article_reader.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "server/article_key.h"
#include "server/convert.h"
#include "server/errors.h"
#include "server/page_token.h"
#include "server/revision_reader.h"

namespace wirefold {
namespace {

// Records read from the store at a time: pages are cut by size, and a full one of large articles
// would not fit memory.
constexpr size_t kChunk = 32;
// The same for IDs, of which each may be as large as an article gets.
constexpr size_t kBatchChunk = 8;

// Every field but the page's, unambiguously.
std::string FiltersOf(const v1::ListArticlesRequest& request) {
  v1::ListArticlesRequest filters = request;
  filters.clear_page_size();
  filters.clear_page_token();
  filters.clear_view();
  filters.clear_pure_text();
  return "list " + filters.SerializeAsString();
}

}  // namespace

void ArticleReader::Fill(StoredArticle&& stored, const Show& show, v1::Article& article) const {
  if (!show.without_boilerplate) return ToProto(std::move(stored), show.view, article);
  Pipeline::ReaderText reader = pipeline_.ReaderTextOf(stored.article);
  stored.article.text = std::move(reader.view.text);
  ToProto(std::move(stored), show.view, article);
  for (std::string& paragraph : reader.view.left_out) article.add_left_out(std::move(paragraph));
  article.set_boilerplate_version(reader.version);
}

bool ArticleReader::AddWithin(StoredArticle&& stored, const Show& show, size_t& bytes,
                              google::protobuf::RepeatedPtrField<v1::Article>& articles) const {
  v1::Article& article = *articles.Add();
  Fill(std::move(stored), show, article);
  const size_t size = article.ByteSizeLong();
  if (articles.size() > 1 && bytes + size > kMaxPagePayloadBytes) {
    articles.RemoveLast();
    return false;
  }
  bytes += size;
  return true;
}

absl::Status ArticleReader::Get(const v1::GetArticleRequest& request, v1::Article& out) const {
  const absl::StatusOr<std::optional<Hash128>> text_hash = ParseTextHash(request.text_hash());
  if (!text_hash.ok()) return text_hash.status();
  const absl::StatusOr<Ulid> id = IdOf(request, store_, url_rules_);
  if (!id.ok()) return id.status();
  absl::StatusOr<StoredArticle> stored =
      text_hash->has_value() ? store_.GetText(*id, **text_hash) : store_.GetArticle(*id);
  if (!stored.ok()) return stored.status();
  Fill(*std::move(stored), ShowOf(request), out);
  return absl::OkStatus();
}

absl::Status ArticleReader::GetRaw(const v1::GetRawRequest& request, v1::RawFile& out) const {
  const absl::StatusOr<std::optional<Hash128>> text_hash = ParseTextHash(request.text_hash());
  if (!text_hash.ok()) return text_hash.status();
  const absl::StatusOr<Ulid> id = IdOf(request, store_, url_rules_);
  if (!id.ok()) return id.status();
  absl::StatusOr<StoredRaw> raw = store_.GetRaw(*id, *text_hash);
  if (!raw.ok()) return raw.status();
  ToProto(*std::move(raw), out);
  return absl::OkStatus();
}

absl::Status ArticleReader::BatchGet(const v1::BatchGetArticlesRequest& request,
                                     v1::BatchGetArticlesResponse& out) const {
  if (request.ids_size() > kMaxBatchGet) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat(request.ids_size(), " IDs were asked for; ask for at most ",
                               kMaxBatchGet, " at a time"));
  }
  std::vector<Ulid> ids;
  std::set<Ulid> seen;
  for (const std::string& text : request.ids()) {
    const absl::StatusOr<Ulid> id = Ulid::Parse(text);
    if (!id.ok()) return id.status();
    if (!seen.insert(*id).second) {
      return Reject(Reason::kInvalidArgument,
                    absl::StrCat("the ID ", id->ToString(), " stands twice in ids; name it once"));
    }
    ids.push_back(*id);
  }
  size_t bytes = 0;
  for (size_t first = 0; first < ids.size(); first += kBatchChunk) {
    const size_t count = std::min(kBatchChunk, ids.size() - first);
    std::vector<absl::StatusOr<StoredArticle>> found =
        store_.GetArticles(std::span(ids).subspan(first, count));
    for (size_t i = 0; i < found.size(); ++i) {
      if (found[i].ok()) {
        v1::Article& article = *out.add_articles();
        Fill(*std::move(found[i]), ShowOf(request), article);
        bytes += article.ByteSizeLong();
        if (bytes > kMaxBatchPayloadBytes) {
          out.Clear();
          return RejectAs(
              absl::StatusCode::kResourceExhausted, kReasonAnswerTooLarge,
              absl::StrCat("the articles asked for have more than ", kMaxBatchPayloadBytes >> 20,
                           " MiB together; ask for fewer IDs at a time, or for the "
                           "view ARTICLE_VIEW_BASIC"));
        }
      } else if (ReasonOf(found[i].status()) == Reason::kNotFound) {
        out.add_missing_ids(request.ids(static_cast<int>(first + i)));
      } else {
        return found[i].status();
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ArticleReader::List(const v1::ListArticlesRequest& request,
                                 v1::ListArticlesResponse& out) const {
  const absl::StatusOr<size_t> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  ListQuery query;
  if (request.has_start_time()) query.start_ms = ToMs(request.start_time());
  if (request.has_end_time()) query.end_ms = ToMs(request.end_time());
  if (query.start_ms > query.end_ms) {
    return Reject(Reason::kInvalidArgument,
                  "start_time is after end_time; start_time is the earlier one in either order");
  }
  query.host = request.host();
  query.source = request.source();
  query.language = request.language();
  query.descending = request.descending();
  const std::string filters = FiltersOf(request);
  if (!request.page_token().empty()) {
    const absl::StatusOr<PagePosition> position = ParsePageToken(request.page_token(), filters);
    if (!position.ok()) return position.status();
    query.after = position->last_id;
  }
  size_t bytes = 0;
  while (true) {
    const size_t have = static_cast<size_t>(out.articles_size());
    query.limit = std::min(kChunk, *page_size - have);
    absl::StatusOr<ListPage> page = store_.ListArticles(query);
    if (!page.ok()) return page.status();
    const bool short_page = page->articles.size() < query.limit;
    for (StoredArticle& stored : page->articles) {
      const Ulid id = stored.id;
      if (!AddWithin(std::move(stored), ShowOf(request), bytes, *out.mutable_articles())) {
        out.set_next_page_token(MakePageToken({*query.after}, filters));
        return absl::OkStatus();
      }
      query.after = id;
    }
    if (!page->next_after) return absl::OkStatus();
    query.after = page->next_after;
    // A short page means that the store has read as much as one call may.
    if (short_page || static_cast<size_t>(out.articles_size()) == *page_size) {
      out.set_next_page_token(MakePageToken({*query.after}, filters));
      return absl::OkStatus();
    }
  }
}

absl::Status ArticleReader::GetStory(const v1::GetStoryRequest& request, v1::Story& out) const {
  const absl::StatusOr<size_t> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const absl::StatusOr<Ulid> id = Ulid::Parse(request.id());
  if (!id.ok()) return id.status();
  absl::StatusOr<StoredArticle> member = store_.GetArticle(*id);
  if (!member.ok()) return member.status();
  const Ulid story_id = member->story_id;
  if (member->id != member->representative_id) {
    member = store_.GetArticle(Ulid(member->representative_id));
    if (!member.ok()) return member.status();
  }

  const std::string filters = "story " + story_id.ToBytes();
  std::optional<Ulid> after;
  if (!request.page_token().empty()) {
    const absl::StatusOr<PagePosition> position = ParsePageToken(request.page_token(), filters);
    if (!position.ok()) return position.status();
    after = position->last_id;
    out.set_sighting_count(position->total);
  }
  out.set_story_id(story_id.ToString());
  const std::string text = member->article.text;
  Fill(*std::move(member), ShowOf(request), *out.mutable_representative());
  size_t bytes = out.ByteSizeLong();
  while (true) {
    const size_t have = static_cast<size_t>(out.sightings_size());
    // The store ends its answer by bytes, so as much as the page lacks may be asked for.
    const bool first = !after.has_value();
    absl::StatusOr<SightingPage> page = store_.ListSightings(story_id, after, *page_size - have);
    if (!page.ok()) return page.status();
    if (first) out.set_sighting_count(page->total);
    for (StoredArticle& stored : page->sightings) {
      const Ulid sighting = stored.id;
      if (request.changes()) {
        v1::Changes& changes = *out.add_sighting_changes();
        SetChanges(text, stored.article.text, changes);
        bytes += changes.ByteSizeLong();
      }
      if (!AddWithin(std::move(stored), ShowOf(request), bytes, *out.mutable_sightings())) {
        if (request.changes()) out.mutable_sighting_changes()->RemoveLast();
        out.set_next_page_token(MakePageToken({*after, out.sighting_count()}, filters));
        return absl::OkStatus();
      }
      after = sighting;
    }
    if (!page->next_after) return absl::OkStatus();
    after = page->next_after;
    if (static_cast<size_t>(out.sightings_size()) == *page_size || page->sightings.empty()) {
      out.set_next_page_token(MakePageToken({*after, out.sighting_count()}, filters));
      return absl::OkStatus();
    }
  }
}

absl::Status ArticleReader::Check(const v1::CheckDocumentRequest& request,
                                  v1::CheckDocumentResponse& out) const {
  v1::IngestRequest document = request.document();
  if (absl::Status status = CheckRequest(document); !status.ok()) return status;
  CheckResult result = pipeline_.Check(TakeFile(document));
  // Read-only and the like say nothing about the file.
  if (result.outcome.status == FileStatus::kRejected &&
      SaysNothingAboutTheFile(result.outcome.reason)) {
    return Reject(result.outcome.reason, result.outcome.message);
  }
  ToProto(std::move(result), out);
  return absl::OkStatus();
}

}  // namespace wirefold
