#include "server/article_reader.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "server/article_key.h"
#include "server/convert.h"
#include "server/errors.h"
#include "server/page_token.h"
#include "server/revision_reader.h"
#include "server/wire_writer.h"

namespace wirefold {
namespace {

// Records read from the store at a time: pages are cut by size, and a full one of large articles
// would not fit memory.
constexpr size_t kChunk = 32;
// The same for IDs, of which each may be as large as an article gets.
constexpr size_t kBatchChunk = 8;
static_assert(kBatchChunk * kMaxDocumentBytes <= kMaxBatchPayloadBytes,
              "what is read for a batch at a time has more bytes than an answer may have");

// Every field but the page's, unambiguously.
std::string FiltersOf(const v1::ListArticlesRequest& request) {
  v1::ListArticlesRequest filters = request;
  filters.clear_page_size();
  filters.clear_page_token();
  filters.clear_view();
  filters.clear_pure_text();
  return "list " + filters.SerializeAsString();
}

std::string StoryFilters(const Ulid& story_id) { return "story " + story_id.ToBytes(); }

// Where the page asked for goes on; nullopt for the first one.
absl::StatusOr<std::optional<PagePosition>> StoryPosition(const v1::GetStoryRequest& request,
                                                          const Ulid& story_id) {
  if (request.page_token().empty()) return std::nullopt;
  absl::StatusOr<PagePosition> position =
      ParsePageToken(request.page_token(), StoryFilters(story_id));
  if (!position.ok()) return position.status();
  return *std::move(position);
}

// A page that grows up to a bound of bytes.
class Page {
 public:
  explicit Page(Answer& out) : out_(out) {}

  // Counts what goes into the answer by itself.
  void Count(size_t bytes) { bytes_ += bytes; }
  // Adds the article that `writer` has taken, `size` bytes of it, unless the page would grow over
  // its bound; the first one always goes.
  bool AddWithin(uint32_t field, const ArticleWriter& writer, size_t size) {
    if (articles_ > 0 && bytes_ + size > kMaxPagePayloadBytes) return false;
    bytes_ += size;
    ++articles_;
    (void)writer.WriteTo(out_.AddItem(field, size));
    return true;
  }
  [[nodiscard]] size_t articles() const { return articles_; }

 private:
  Answer& out_;
  size_t articles_ = 0;
  size_t bytes_ = 0;
};

// The article, which is all of the answer.
absl::Status AddAlone(const StoredRecord& stored, ArticleWriter& writer, Answer& out) {
  const absl::StatusOr<size_t> size = writer.Take(stored);
  if (!size.ok()) return size.status();
  (void)writer.WriteTo(out.Add(*size));
  return absl::OkStatus();
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

absl::Status ArticleReader::Get(const v1::GetArticleRequest& request, Answer& out) const {
  const absl::StatusOr<std::optional<Hash128>> text_hash = ParseTextHash(request.text_hash());
  if (!text_hash.ok()) return text_hash.status();
  const absl::StatusOr<Ulid> id = IdOf(request, store_, url_rules_);
  if (!id.ok()) return id.status();
  if (text_hash->has_value()) {
    absl::StatusOr<StoredArticle> stored = store_.GetText(*id, **text_hash);
    if (!stored.ok()) return stored.status();
    v1::Article article;
    Fill(*std::move(stored), ShowOf(request), article);
    out.Add(article);
    return absl::OkStatus();
  }
  const std::vector<absl::StatusOr<StoredRecord>> stored = store_.GetRecords({&*id, 1});
  if (!stored.front().ok()) return stored.front().status();
  ArticleWriter writer(pipeline_, ShowOf(request));
  return AddAlone(*stored.front(), writer, out);
}

std::optional<absl::Status> ArticleReader::TryGet(const v1::GetArticleRequest& request,
                                                  Answer& out) const {
  if (request.key_case() != v1::GetArticleRequest::kId || !request.text_hash().empty()) {
    return std::nullopt;
  }
  const absl::StatusOr<Ulid> id = Ulid::Parse(request.id());
  if (!id.ok()) return id.status();
  const std::optional<absl::StatusOr<StoredRecord>> stored = store_.TryGetRecord(*id);
  if (!stored.has_value()) return std::nullopt;
  if (!stored->ok()) return stored->status();
  if ((*stored)->record.size() > kMaxQuickRecordBytes) return std::nullopt;
  ArticleWriter writer(pipeline_, ShowOf(request));
  return AddAlone(**stored, writer, out);
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
                                     Answer& out) const {
  if (request.ids_size() > kMaxBatchGet) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat(request.ids_size(), " IDs were asked for; ask for at most ",
                               kMaxBatchGet, " at a time"));
  }
  std::vector<Ulid> ids;
  absl::flat_hash_set<Ulid> seen;
  for (const std::string& text : request.ids()) {
    const absl::StatusOr<Ulid> id = Ulid::Parse(text);
    if (!id.ok()) return id.status();
    if (!seen.insert(*id).second) {
      return Reject(Reason::kInvalidArgument,
                    absl::StrCat("the ID ", id->ToString(), " stands twice in ids; name it once"));
    }
    ids.push_back(*id);
  }
  ArticleWriter writer(pipeline_, ShowOf(request));
  v1::BatchGetArticlesResponse missing;  // stands behind the articles
  size_t bytes = 0;
  for (size_t first = 0; first < ids.size(); first += kBatchChunk) {
    const size_t count = std::min(kBatchChunk, ids.size() - first);
    const std::vector<absl::StatusOr<StoredRecord>> found =
        store_.GetRecords(std::span(ids).subspan(first, count));
    for (size_t i = 0; i < found.size(); ++i) {
      if (found[i].ok()) {
        const absl::StatusOr<size_t> size = writer.Take(*found[i]);
        if (!size.ok()) return size.status();
        bytes += *size;
        if (bytes > kMaxBatchPayloadBytes) {
          return RejectAs(
              absl::StatusCode::kResourceExhausted, kReasonAnswerTooLarge,
              absl::StrCat("the articles asked for have more than ", kMaxBatchPayloadBytes >> 20,
                           " MiB together; ask for fewer IDs at a time, or for the "
                           "view ARTICLE_VIEW_BASIC"));
        }
        (void)writer.WriteTo(
            out.AddItem(v1::BatchGetArticlesResponse::kArticlesFieldNumber, *size));
      } else if (ReasonOf(found[i].status()) == Reason::kNotFound) {
        missing.add_missing_ids(request.ids(static_cast<int>(first + i)));
      } else {
        return found[i].status();
      }
    }
  }
  out.Add(missing);
  return absl::OkStatus();
}

absl::Status ArticleReader::List(const v1::ListArticlesRequest& request, Answer& out) const {
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
  const auto go_on = [&] {
    v1::ListArticlesResponse rest;
    rest.set_next_page_token(MakePageToken({*query.after}, filters));
    out.Add(rest);
    return absl::OkStatus();
  };
  ArticleWriter writer(pipeline_, ShowOf(request));
  Page page(out);
  while (true) {
    query.limit = std::min(kChunk, *page_size - page.articles());
    const absl::StatusOr<ListRecordPage> found = store_.ListRecords(query);
    if (!found.ok()) return found.status();
    const bool short_page = found->articles.size() < query.limit;
    for (const StoredRecord& stored : found->articles) {
      const absl::StatusOr<size_t> size = writer.Take(stored);
      if (!size.ok()) return size.status();
      if (!page.AddWithin(v1::ListArticlesResponse::kArticlesFieldNumber, writer, *size)) {
        return go_on();
      }
      query.after = stored.id;
    }
    if (!found->next_after) return absl::OkStatus();
    query.after = found->next_after;
    // A short page means that the store has read as much as one call may.
    if (short_page || page.articles() == *page_size) return go_on();
  }
}

absl::StatusOr<StoredRecord> ArticleReader::ReadRepresentative(const Ulid& id) const {
  absl::StatusOr<StoredRecord> member = std::move(store_.GetRecords({&id, 1}).front());
  if (!member.ok() || member->id == member->representative_id) return member;
  const Ulid representative_id = member->representative_id;
  return std::move(store_.GetRecords({&representative_id, 1}).front());
}

absl::Status ArticleReader::GetStory(const v1::GetStoryRequest& request, Answer& out) const {
  const absl::StatusOr<size_t> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const absl::StatusOr<Ulid> id = Ulid::Parse(request.id());
  if (!id.ok()) return id.status();
  for (int reads = 1;; ++reads) {
    const absl::StatusOr<StoredRecord> representative = ReadRepresentative(*id);
    if (!representative.ok()) return representative.status();
    const absl::StatusOr<std::optional<PagePosition>> position =
        StoryPosition(request, representative->story_id);
    if (!position.ok()) return position.status();
    std::optional<Ulid> after;
    if (position->has_value()) after = (*position)->last_id;
    // The store ends its answer by bytes, so a whole page may be asked for.
    absl::StatusOr<SightingRecordPage> found =
        store_.ListSightingRecords(representative->story_id, after, *page_size);
    if (!found.ok()) return found.status();
    // Both are of one state, unless another was elected between the two looks: then who stands for
    // the story would be among its copies, and one of them missing.
    if (found->representative_id == representative->id || reads == kMaxStoryReads) {
      return WriteStory(request, *representative, *std::move(found), out);
    }
  }
}

std::optional<absl::Status> ArticleReader::TryGetStory(const v1::GetStoryRequest& request,
                                                       Answer& out) const {
  if (request.changes() || !request.page_token().empty()) return std::nullopt;
  const absl::StatusOr<size_t> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const absl::StatusOr<Ulid> id = Ulid::Parse(request.id());
  if (!id.ok()) return id.status();
  std::optional<absl::StatusOr<StoredRecord>> member = store_.TryGetRecord(*id);
  if (member.has_value() && member->ok() && (*member)->id != (*member)->representative_id) {
    member = store_.TryGetRecord(Ulid((*member)->representative_id));
  }
  if (!member.has_value()) return std::nullopt;
  if (!member->ok()) return member->status();
  std::optional<absl::StatusOr<SightingRecordPage>> copies =
      store_.TryListSightingRecords((*member)->story_id, std::min(*page_size, kMaxQuickCopies));
  if (!copies.has_value()) return std::nullopt;
  if (!copies->ok()) return copies->status();
  if ((*copies)->representative_id != (*member)->id) return std::nullopt;  // changed in between
  size_t bytes = (*member)->record.size();
  for (const StoredRecord& copy : (*copies)->sightings) bytes += copy.record.size();
  if (bytes > kMaxQuickRecordBytes) return std::nullopt;
  return WriteStory(request, **member, **std::move(copies), out);
}

absl::Status ArticleReader::WriteStory(const v1::GetStoryRequest& request,
                                       const StoredRecord& representative, SightingRecordPage found,
                                       Answer& out) const {
  const absl::StatusOr<size_t> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Ulid story_id = representative.story_id;
  const absl::StatusOr<std::optional<PagePosition>> position = StoryPosition(request, story_id);
  if (!position.ok()) return position.status();
  v1::Story rest;  // the fields behind the articles
  std::optional<Ulid> after;
  if (position->has_value()) after = (*position)->last_id;
  // Only a first page counts all copies.
  rest.set_sighting_count(position->has_value() ? (*position)->total : found.total);
  ArticleWriter writer(pipeline_, ShowOf(request));
  const absl::StatusOr<size_t> size = writer.Take(representative);
  if (!size.ok()) return size.status();
  const std::string_view text = writer.text();  // lives as long as `representative`
  v1::Story head;
  head.set_story_id(story_id.ToString());
  out.Add(head);
  (void)writer.WriteTo(out.AddItem(v1::Story::kRepresentativeFieldNumber, *size));
  WireSize item;
  item.Head(v1::Story::kRepresentativeFieldNumber, *size);
  Page page(out);
  page.Count(head.ByteSizeLong() + item.bytes() + *size + rest.ByteSizeLong());
  const auto finish = [&] {
    out.Add(rest);
    return absl::OkStatus();
  };
  const auto go_on = [&] {
    rest.set_next_page_token(
        MakePageToken({*after, rest.sighting_count()}, StoryFilters(story_id)));
    return finish();
  };
  while (true) {
    for (const StoredRecord& stored : found.sightings) {
      const absl::StatusOr<size_t> copy = writer.Take(stored);
      if (!copy.ok()) return copy.status();
      v1::Changes changes;
      if (request.changes()) {
        SetChanges(text, writer.text(), changes);
        page.Count(changes.ByteSizeLong());
      }
      if (!page.AddWithin(v1::Story::kSightingsFieldNumber, writer, *copy)) return go_on();
      if (request.changes()) *rest.add_sighting_changes() = std::move(changes);
      after = stored.id;
    }
    if (!found.next_after) return finish();
    after = found.next_after;
    if (page.articles() == *page_size || found.sightings.empty()) return go_on();
    // The store ended its answer by bytes.
    absl::StatusOr<SightingRecordPage> more =
        store_.ListSightingRecords(story_id, after, *page_size - page.articles());
    if (!more.ok()) return more.status();
    found = *std::move(more);
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
