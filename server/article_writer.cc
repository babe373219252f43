#include "server/article_writer.h"

#include "absl/strings/escaping.h"
#include "google/protobuf/timestamp.pb.h"
#include "lib/base/strings.h"
#include "server/convert.h"
#include "server/wire_writer.h"

namespace wirefold {
namespace {

using v1::Article;

// A message within a message: its fields are counted first, since its size stands ahead of it.
template <typename Out, typename Fields>
void Message(uint32_t field, Out& out, Fields fields) {
  WireSize size;
  fields(size);
  out.Head(field, size.bytes());
  fields(out);
}

template <typename Out>
void Time(uint32_t field, int64_t time_ms, Out& out) {
  google::protobuf::Timestamp time;
  SetTimestamp(time_ms, time);
  Message(field, out, [&](auto& to) {
    to.Number(google::protobuf::Timestamp::kSecondsFieldNumber,
              static_cast<uint64_t>(time.seconds()));
    to.Number(google::protobuf::Timestamp::kNanosFieldNumber, static_cast<uint64_t>(time.nanos()));
  });
}

// The packed numbers of the warnings.
template <typename Out>
void Warnings(const std::vector<Warning>& warnings, Out& out) {
  if (warnings.empty()) return;
  Message(Article::kWarningsFieldNumber, out, [&](auto& to) {
    for (const Warning warning : warnings) to.Varint(static_cast<uint64_t>(ToProto(warning)));
  });
}

template <typename Out>
void SimilarityOf(const Scores& scores, Out& out) {
  Message(Article::kSimilarityFieldNumber, out, [&](auto& to) {
    to.Number(v1::Similarity::kJaccardPpmFieldNumber, scores.jaccard_ppm);
    to.Number(v1::Similarity::kContainmentPpmFieldNumber, scores.containment_ppm);
    to.Number(v1::Similarity::kScorePpmFieldNumber, scores.score_ppm);
  });
}

}  // namespace

absl::StatusOr<size_t> ArticleWriter::Take(const StoredRecord& stored) {
  stored_ = &stored;
  if (absl::Status status = ViewRecord(stored.record, record_); !status.ok()) return status;
  reader_ = {{0, record_.text.size()}, 0};
  if (show_.without_boilerplate) {
    reader_ = pipeline_.ReaderEdgesOf(record_.text, record_.registrable_domain, record_.host,
                                      record_.source);
  }
  id_ = stored.id.ToString();
  story_id_ = stored.story_id == stored.id ? id_ : stored.story_id.ToString();
  representative_id_ =
      stored.representative_id == stored.id ? id_ : stored.representative_id.ToString();
  matched_id_.clear();
  if (stored.match.relation != Relation::kNone) matched_id_ = stored.match.matched_id.ToString();
  text_hash_ = absl::BytesToHexString(ToAbsl(record_.text_hash));
  WireSize size;
  Encode(size);
  return size.bytes();
}

uint8_t* ArticleWriter::WriteTo(uint8_t* to) const {
  WireWriter writer(to);
  Encode(writer);
  return writer.at();
}

// The fields in the order of their numbers, which is not that of their meaning.
template <typename Out>
void ArticleWriter::Encode(Out& out) const {
  const bool full = show_.view == v1::ARTICLE_VIEW_FULL;
  const TextEdges& edges = reader_.edges;
  out.String(Article::kIdFieldNumber, id_);
  out.String(Article::kUrlFieldNumber, record_.url);
  out.String(Article::kUrlKeyFieldNumber, record_.url_key);
  out.String(Article::kHostFieldNumber, record_.host);
  out.String(Article::kRegistrableDomainFieldNumber, record_.registrable_domain);
  out.String(Article::kTitleFieldNumber, record_.title);
  if (full) {
    out.String(Article::kTextFieldNumber,
               record_.text.substr(edges.begin, edges.end - edges.begin));
  }
  for (const std::string_view author : record_.authors) {
    out.Item(Article::kAuthorsFieldNumber, author);
  }
  out.String(Article::kDatelineFieldNumber, record_.dateline);
  out.String(Article::kSourceFieldNumber, record_.source);
  out.String(Article::kLanguageFieldNumber, record_.language);
  Time(Article::kObservedTimeFieldNumber, record_.observed_at_ms, out);
  if (record_.published_source != PublishedSource::kNone) {
    Time(Article::kPublishedTimeFieldNumber, record_.published_at_ms, out);
  }
  out.Number(Article::kPublishedSourceFieldNumber,
             static_cast<uint64_t>(ToProto(record_.published_source)));
  Time(Article::kIngestedTimeFieldNumber, record_.ingested_at_ms, out);
  if (full) {
    for (const RecordView::Image& image : record_.images) {
      Message(Article::kImagesFieldNumber, out, [&](auto& to) {
        to.String(v1::Image::kUrlFieldNumber, image.url);
        to.String(v1::Image::kCaptionFieldNumber, image.caption);
      });
    }
    for (const RecordView::Link& link : record_.links) {
      Message(Article::kLinksFieldNumber, out, [&](auto& to) {
        to.String(v1::Link::kUrlFieldNumber, link.url);
        to.String(v1::Link::kTextFieldNumber, link.text);
      });
    }
    for (const std::string_view paragraph : record_.dropped) {
      out.Item(Article::kDroppedFieldNumber, paragraph);
    }
  }
  Warnings(record_.warnings, out);
  out.Number(Article::kRawBytesFieldNumber, record_.raw_bytes);
  out.Number(Article::kLettersFieldNumber, record_.matching_letters);
  out.Number(Article::kRulesVersionFieldNumber, record_.rules_version);
  out.String(Article::kStoryIdFieldNumber, story_id_);
  out.String(Article::kRepresentativeIdFieldNumber, representative_id_);
  if (stored_->match.relation != Relation::kNone) {
    out.Number(Article::kRelationFieldNumber,
               static_cast<uint64_t>(ToProto(stored_->match.relation)));
    out.String(Article::kMatchedIdFieldNumber, matched_id_);
    SimilarityOf(stored_->match.scores, out);
  }
  out.Number(Article::kRevisionCountFieldNumber, stored_->revision_count);
  out.String(Article::kCharsetFieldNumber, record_.charset);
  out.Number(Article::kReplacedBytesFieldNumber, record_.replaced_bytes);
  if (full) {
    ForEachLeftOut(record_.text, edges, [&](std::string_view paragraph) {
      out.Item(Article::kLeftOutFieldNumber, paragraph);
    });
    out.Number(Article::kBoilerplateVersionFieldNumber, reader_.version);
  }
  out.String(Article::kTextHashFieldNumber, text_hash_);
}

}  // namespace wirefold
