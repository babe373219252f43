#include "server/convert.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/limits.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

// What google.protobuf.Timestamp may hold: the years 1 to 9999.
constexpr int64_t kFirstTimestampMs = -62135596800000;
constexpr int64_t kLastTimestampMs = 253402300799999;

void SetSimilarity(const Scores& scores, v1::Similarity& similarity) {
  similarity.set_jaccard_ppm(scores.jaccard_ppm);
  similarity.set_containment_ppm(scores.containment_ppm);
  similarity.set_score_ppm(scores.score_ppm);
}

void SetPassages(Passages&& from, v1::Candidate& to) {
  for (SharedPassage& passage : from.shared) {
    v1::SharedPassage& out = *to.add_shared();
    out.set_document(std::move(passage.ours));
    out.set_candidate(std::move(passage.theirs));
  }
  for (std::string& passage : from.only_ours) to.add_only_document(std::move(passage));
  for (std::string& passage : from.only_theirs) to.add_only_candidate(std::move(passage));
  to.set_shared_count(from.shared_count);
  to.set_only_document_count(from.only_ours_count);
  to.set_only_candidate_count(from.only_theirs_count);
}

// The canonical record, which stored and checked articles share.
void SetRecord(CanonicalArticle&& from, v1::ArticleView view, v1::Article& to) {
  to.set_url(std::move(from.url));
  to.set_url_key(std::move(from.url_key));
  to.set_host(std::move(from.host));
  to.set_registrable_domain(std::move(from.registrable_domain));
  to.set_title(std::move(from.title));
  for (std::string& author : from.authors) to.add_authors(std::move(author));
  to.set_dateline(std::move(from.dateline));
  to.set_source(std::move(from.source));
  to.set_language(std::move(from.language));
  SetTimestamp(from.observed_at_ms, *to.mutable_observed_time());
  if (from.published_source != PublishedSource::kNone) {
    SetTimestamp(from.published_at_ms, *to.mutable_published_time());
  }
  to.set_published_source(ToProto(from.published_source));
  for (const Warning warning : from.warnings) to.add_warnings(ToProto(warning));
  to.set_raw_bytes(from.raw_bytes);
  to.set_charset(std::move(from.charset));
  to.set_replaced_bytes(from.replaced_bytes);
  to.set_rules_version(from.rules_version);
  if (view != v1::ARTICLE_VIEW_FULL) return;
  to.set_text(std::move(from.text));
  for (Image& image : from.images) {
    v1::Image& out = *to.add_images();
    out.set_url(std::move(image.url));
    out.set_caption(std::move(image.caption));
  }
  for (Link& link : from.links) {
    v1::Link& out = *to.add_links();
    out.set_url(std::move(link.url));
    out.set_text(std::move(link.text));
  }
  for (std::string& paragraph : from.dropped) to.add_dropped(std::move(paragraph));
}

void SetMatch(const Match& match, v1::Article& to) {
  if (match.relation == Relation::kNone) return;
  to.set_relation(ToProto(match.relation));
  to.set_matched_id(match.matched_id.ToString());
  SetSimilarity(match.scores, *to.mutable_similarity());
}

}  // namespace

int64_t ToMs(const google::protobuf::Timestamp& time) {
  constexpr int64_t kMaxSeconds = std::numeric_limits<int64_t>::max() / 1000 - 1;
  if (time.seconds() > kMaxSeconds) return std::numeric_limits<int64_t>::max();
  if (time.seconds() < -kMaxSeconds) return std::numeric_limits<int64_t>::min();
  // Nanoseconds count forward, before 1970 too; malformed negative ones are rounded down.
  int64_t ms = time.nanos() / 1'000'000;
  if (time.nanos() % 1'000'000 < 0) --ms;
  return time.seconds() * 1000 + ms;
}

void SetTimestamp(int64_t time_ms, google::protobuf::Timestamp& time) {
  time_ms = std::clamp(time_ms, kFirstTimestampMs, kLastTimestampMs);
  int64_t seconds = time_ms / 1000;
  int64_t ms = time_ms % 1000;
  if (ms < 0) {
    ms += 1000;
    --seconds;
  }
  time.set_seconds(seconds);
  time.set_nanos(static_cast<int32_t>(ms * 1'000'000));
}

absl::Status CheckRequest(const v1::IngestRequest& request) {
  if (request.source().size() > kMaxSourceBytes) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat("source has ", request.source().size(), " bytes; at most ",
                               kMaxSourceBytes, " are allowed, name it more briefly"));
  }
  return absl::OkStatus();
}

IncomingFile TakeFile(v1::IngestRequest& request) {
  IncomingFile file;
  file.bytes = std::move(*request.mutable_content());
  file.source = std::move(*request.mutable_source());
  file.hints.url = std::move(*request.mutable_url());
  file.hints.content_type = std::move(*request.mutable_content_type());
  file.hints.content_language = std::move(*request.mutable_content_language());
  file.hints.truncated = request.truncated();
  if (request.has_observed_time()) file.hints.observed_at_ms = ToMs(request.observed_time());
  return file;
}

void ToProto(uint64_t sequence, FileOutcome&& outcome, v1::IngestResult& result) {
  result.set_sequence(sequence);
  result.set_outcome(ToProto(outcome.status));
  if (outcome.status == FileStatus::kRejected) {
    result.set_reason(std::string(ReasonName(outcome.reason)));
    result.set_message(std::move(outcome.message));
  } else {
    result.set_id(outcome.id.ToString());
    result.set_story_id(outcome.story_id.ToString());
    result.set_representative_id(outcome.representative_id.ToString());
  }
  const bool matched = outcome.match.relation != Relation::kNone;
  if (matched) {
    result.set_relation(ToProto(outcome.match.relation));
    result.set_matched_id(outcome.match.matched_id.ToString());
  }
  if (matched || outcome.compared) {
    SetSimilarity(outcome.match.scores, *result.mutable_similarity());
  }
  for (const Ulid& id : outcome.related) result.add_related_ids(id.ToString());
  for (const Warning warning : outcome.warnings) result.add_warnings(ToProto(warning));
}

void ToProto(StoredArticle&& stored, v1::ArticleView view, v1::Article& article) {
  article.set_id(stored.id.ToString());
  SetRecord(std::move(stored.article), view, article);
  SetTimestamp(stored.ingested_at_ms, *article.mutable_ingested_time());
  article.set_letters(stored.matching_letters);
  article.set_story_id(stored.story_id.ToString());
  article.set_representative_id(stored.representative_id.ToString());
  SetMatch(stored.match, article);
  article.set_revision_count(stored.revision_count);
  article.set_text_hash(absl::BytesToHexString(stored.text_hash.ToBytes()));
}

void ToProto(StoredRaw&& stored, v1::RawFile& file) {
  KeptDocument& document = stored.document;
  file.set_id(stored.id.ToString());
  file.set_content(std::move(document.bytes));
  file.set_source(std::move(document.source));
  file.set_url(std::move(document.hints.url));
  if (document.hints.observed_at_ms.has_value()) {
    SetTimestamp(*document.hints.observed_at_ms, *file.mutable_observed_time());
  }
  file.set_content_type(std::move(document.hints.content_type));
  file.set_content_language(std::move(document.hints.content_language));
  file.set_truncated(document.hints.truncated);
  file.set_text_hash(absl::BytesToHexString(stored.text_hash.ToBytes()));
  for (const Hash128& hash : stored.text_hashes) {
    file.add_text_hashes(absl::BytesToHexString(hash.ToBytes()));
  }
}

void ToProto(CheckResult&& checked, v1::CheckDocumentResponse& response) {
  const FileOutcome& outcome = checked.outcome;
  if (outcome.status != FileStatus::kRejected) {
    v1::Article& article = *response.mutable_article();
    article.set_id(outcome.id.ToString());
    SetRecord(std::move(checked.article.article), v1::ARTICLE_VIEW_FULL, article);
    article.set_letters(checked.article.matching_letters);
    article.set_story_id(outcome.story_id.ToString());
    article.set_representative_id(outcome.representative_id.ToString());
    SetMatch(outcome.match, article);
  }
  ToProto(0, std::move(checked.outcome), *response.mutable_result());
  for (CheckedCandidate& candidate : checked.candidates) {
    v1::Candidate& out = *response.add_candidates();
    out.set_id(candidate.id.ToString());
    out.set_title(std::move(candidate.title));
    SetSimilarity(candidate.match.scores, *out.mutable_similarity());
    out.set_relation(ToProto(candidate.match.relation));
    out.set_explanation(std::move(candidate.explanation));
    out.set_bands(candidate.bands);
    out.set_anchors(candidate.anchors);
    out.set_reason(std::move(candidate.reason));
    SetPassages(std::move(candidate.passages), out);
  }
}

void ToProto(const PipelineStats& stats, v1::Stats& out) {
  const auto count = [&](FileStatus status) { return stats.outcomes[static_cast<size_t>(status)]; };
  v1::OutcomeCounts& outcomes = *out.mutable_outcomes();
  outcomes.set_new_(count(FileStatus::kNew));
  outcomes.set_duplicate(count(FileStatus::kDuplicate));
  outcomes.set_revision(count(FileStatus::kRevision));
  outcomes.set_unchanged(count(FileStatus::kUnchanged));
  outcomes.set_rejected(count(FileStatus::kRejected));
  for (const auto& [reason, files] : stats.rejected_by_reason) {
    (*out.mutable_rejected_by_reason())[reason] = files;
  }
  v1::IndexStats& index = *out.mutable_index();
  index.set_articles(stats.index_articles);
  index.set_memory_bytes(stats.index_bytes);
  index.set_capped_buckets(stats.capped_buckets);
  index.set_comparisons(stats.comparisons);
  index.set_candidate_bytes(stats.candidate_bytes);
  index.set_largest_bucket(stats.largest_bucket);
  index.set_expired(stats.expired_articles);
  index.set_runs(stats.index_runs);
  index.set_resident_runs(stats.index_resident_runs);
  index.set_disk_bytes(stats.index_disk_bytes);
  index.set_problem(stats.index_problem);
  index.set_outside_window_files(stats.outside_window_files);
  v1::PipelineStats& pipeline = *out.mutable_pipeline();
  pipeline.set_files_in_flight(stats.files_in_flight);
  if (stats.groups > 0) {
    pipeline.set_files_per_commit_milli(stats.group_files * 1000 / stats.groups);
  }
  for (size_t i = 0; i < kStages; ++i) {
    v1::StageCpu& stage = *out.add_stage_cpu();
    stage.set_name(std::string(StageName(static_cast<Stage>(i))));
    stage.set_cpu_us(stats.stage_cpu_ns[i] / 1000);
  }
  out.set_read_only(!stats.read_only.ok());
  out.set_read_only_reason(std::string(stats.read_only.message()));
}

void ToProto(const StoreCounts& counts, v1::StoredCounts& out) {
  out.set_articles(counts.articles);
  out.set_sightings(counts.sightings);
  out.set_revisions(counts.revisions);
  out.set_commits(counts.commits);
  out.set_raw_files(counts.raw_files);
  out.set_raw_bytes(counts.raw_bytes);
  out.set_raw_stored_bytes(counts.raw_stored_bytes);
}

v1::Outcome ToProto(FileStatus status) {
  switch (status) {
    case FileStatus::kNew:
      return v1::OUTCOME_NEW;
    case FileStatus::kDuplicate:
      return v1::OUTCOME_DUPLICATE;
    case FileStatus::kRevision:
      return v1::OUTCOME_REVISION;
    case FileStatus::kUnchanged:
      return v1::OUTCOME_UNCHANGED;
    case FileStatus::kRejected:
      return v1::OUTCOME_REJECTED;
  }
  return v1::OUTCOME_UNSPECIFIED;
}

v1::Relation ToProto(Relation relation) {
  switch (relation) {
    case Relation::kNone:
      return v1::RELATION_UNSPECIFIED;
    case Relation::kExact:
      return v1::RELATION_EXACT;
    case Relation::kNear:
      return v1::RELATION_NEAR;
    case Relation::kExcerpt:
      return v1::RELATION_EXCERPT;
    case Relation::kExtended:
      return v1::RELATION_EXTENDED;
  }
  return v1::RELATION_UNSPECIFIED;
}

v1::Warning ToProto(Warning warning) {
  switch (warning) {
    case Warning::kNoTimestamp:
      return v1::WARNING_NO_TIMESTAMP;
    case Warning::kTimeOutOfRange:
      return v1::WARNING_TIME_OUT_OF_RANGE;
    case Warning::kNoLinkLine:
      return v1::WARNING_NO_LINK_LINE;
    case Warning::kNoUsableText:
      return v1::WARNING_NO_USABLE_TEXT;
    case Warning::kInvalidUtf8:
      return v1::WARNING_INVALID_UTF8;
    case Warning::kTruncated:
      return v1::WARNING_TRUNCATED;
    case Warning::kNotWhole:
      return v1::WARNING_NOT_WHOLE;
    case Warning::kOutsideWindow:
      return v1::WARNING_OUTSIDE_WINDOW;
    case Warning::kUnrelatedText:
      return v1::WARNING_UNRELATED_TEXT;
  }
  return v1::WARNING_UNSPECIFIED;
}

v1::PublishedSource ToProto(PublishedSource source) {
  switch (source) {
    case PublishedSource::kNone:
      return v1::PUBLISHED_SOURCE_UNSPECIFIED;
    case PublishedSource::kMetadata:
      return v1::PUBLISHED_SOURCE_METADATA;
    case PublishedSource::kDateLine:
      return v1::PUBLISHED_SOURCE_DATE_LINE;
    case PublishedSource::kObserved:
      return v1::PUBLISHED_SOURCE_OBSERVED;
  }
  return v1::PUBLISHED_SOURCE_UNSPECIFIED;
}

}  // namespace wirefold
