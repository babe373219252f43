#include "lib/store/commit_group.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_status.h"

namespace wirefold {
namespace {

// Why a mutation can't be written as it is; nullptr if it can.
const char* Malformed(const Mutation& mutation) {
  const UrlState& url = mutation.url;
  if (mutation.id.IsZero() || mutation.story_id.IsZero()) return "no ID";
  if (mutation.record == nullptr) return "no record";
  if (url.id != mutation.id || url.story_id != mutation.story_id) return "another article's URL";
  if (std::ranges::find(url.text_hashes, url.newest_text_hash) == url.text_hashes.end()) {
    return "a URL whose newest text is not among its texts";
  }
  if (mutation.election.has_value() && mutation.election->story_id != mutation.story_id) {
    return "an election in another story";
  }
  switch (mutation.kind) {
    case Mutation::Kind::kNew:
      return mutation.id == mutation.story_id ? nullptr : "a new article in another story";
    case Mutation::Kind::kDuplicate:
      return mutation.id != mutation.story_id ? nullptr : "a copy of itself";
    case Mutation::Kind::kRevision:
      return !mutation.becomes_newest || mutation.previous != nullptr ? nullptr
                                                                      : "no previous record";
    case Mutation::Kind::kRemoval:
      return "a removal";
  }
  return "an unknown kind";
}

// Of these families what was written may be read again in the same group.
constexpr bool IsReadBack(Family family) {
  return family == kArticles || family == kSightings || family == kRevisions ||
         family == kAliases || family == kBases || family == kStories;
}

}  // namespace

CommitGroup::CommitGroup(RecordReader::Get get, HasPrefix has_prefix,
                         const std::vector<rocksdb::ColumnFamilyHandle*>& handles,
                         const ScriptTable& table, DeltaPacker& packer, IdFilter& elected,
                         State state)
    : get_(std::move(get)),
      has_prefix_(std::move(has_prefix)),
      handles_(handles),
      table_(table),
      packer_(packer),
      elected_(elected),
      state_(state) {}

void CommitGroup::Put(Family family, const std::string& key, const EncodedRecord& value) {
  if (status_.ok()) status_ = batch_.Put(handles_[family], key, *value);
  if (IsReadBack(family)) written_.at(family)[key] = value;
  if (family == kSightings) {
    copies_written_[key.substr(0, Ulid::kBytes)].insert(key.substr(Ulid::kBytes));
  }
  if (family == kRevisions) revised_.insert(key.substr(0, Ulid::kBytes));
}

void CommitGroup::Put(Family family, const std::string& key, std::string value) {
  if (IsReadBack(family)) {
    Put(family, key, std::make_shared<const std::string>(std::move(value)));
  } else if (status_.ok()) {
    status_ = batch_.Put(handles_[family], key, value);
  }
}

void CommitGroup::Delete(Family family, const std::string& key) {
  if (status_.ok()) status_ = batch_.Delete(handles_[family], key);
  if (IsReadBack(family)) written_.at(family)[key] = nullptr;
}

absl::StatusOr<std::optional<std::string>> CommitGroup::Get(Family family, const std::string& key) {
  const auto& written = written_.at(family);
  const auto found = written.find(key);
  if (found == written.end()) return get_(family, key);
  if (found->second == nullptr) return std::nullopt;
  return *found->second;
}

RecordReader CommitGroup::Reader() {
  return {[this](Family family, const std::string& key) { return Get(family, key); }, table_,
          elected_};
}

absl::StatusOr<std::string> CommitGroup::Pack(const std::string& record, const Ulid& base_id,
                                              const Ulid& implied_id) {
  const absl::StatusOr<std::string> base = Reader().Base(base_id);
  if (ReasonOf(base.status()) == Reason::kNotFound) return record;  // nothing to rest on
  if (!base.ok()) return base.status();
  return packer_.Pack(record, {base_id, *base}, implied_id, table_);
}

absl::Status CommitGroup::PutSighting(const Ulid& story_id, const Ulid& id,
                                      const std::string& record, const Match& match) {
  const absl::StatusOr<Ulid> representative = Reader().Representative(story_id);
  if (!representative.ok()) return representative.status();
  const absl::StatusOr<std::string> packed = Pack(record, *representative, story_id);
  if (!packed.ok()) return packed.status();
  Put(kSightings, SightingKey(story_id, id), EncodeSighting(*packed, match, story_id));
  return absl::OkStatus();
}

absl::Status CommitGroup::PutOlder(const Mutation& mutation, const std::string& record,
                                   const Ulid& base_id) {
  absl::StatusOr<std::string> packed = Pack(record, base_id, mutation.id);
  if (!packed.ok()) return packed.status();
  Put(kRevisions, RevisionKey(mutation.id, mutation.older_at_ms, mutation.older_text_hash),
      *std::move(packed));
  return absl::OkStatus();
}

void CommitGroup::PutOlderAsBase(const Mutation& mutation) {
  Put(kBases, mutation.id.ToBytes(),
      EncodeBaseName({mutation.older_at_ms, mutation.older_text_hash}));
  Put(kRevisions, RevisionKey(mutation.id, mutation.older_at_ms, mutation.older_text_hash),
      mutation.previous);
}

absl::StatusOr<bool> CommitGroup::MayHaveDependents(const Ulid& id, const Ulid& story_id,
                                                    const Ulid& except) {
  const auto written = copies_written_.find(story_id.ToBytes());
  if (written != copies_written_.end() &&
      written->second.size() > written->second.count(except.ToBytes())) {
    return true;
  }
  const absl::StatusOr<bool> copies =
      has_prefix_(kSightings, story_id.ToBytes(), SightingKey(story_id, except));
  if (!copies.ok() || *copies) return copies;
  for (const Ulid& article : {id, except}) {
    if (revised_.contains(article.ToBytes())) return true;
    const absl::StatusOr<bool> revised = has_prefix_(kRevisions, article.ToBytes(), "");
    if (!revised.ok() || *revised) return revised;
  }
  return false;
}

absl::Status CommitGroup::AddRevision(const Mutation& mutation) {
  const std::string id = mutation.id.ToBytes();
  RecordReader reader = Reader();
  const absl::StatusOr<std::optional<std::string>> article = Get(kArticles, id);
  if (!article.ok()) return article.status();
  const bool is_unique = article->has_value();
  const absl::StatusOr<Ulid> representative = reader.Representative(mutation.story_id);
  if (!representative.ok()) return representative.status();
  const Ulid base_id = is_unique ? mutation.id : *representative;
  if (!mutation.becomes_newest) return PutOlder(mutation, *mutation.record, base_id);

  // Whether something may rest on the text that gives way.
  const absl::StatusOr<std::optional<BaseName>> named = reader.NamedBase(mutation.id);
  if (!named.ok()) return named.status();
  bool is_base = !named->has_value();
  Match match = mutation.match;
  if (is_unique) {
    const absl::StatusOr<bool> dependents =
        MayHaveDependents(mutation.id, mutation.story_id, mutation.id);
    if (!dependents.ok()) return dependents.status();
    is_base = is_base && *dependents;
  } else {
    const auto value = Get(kSightings, SightingKey(mutation.story_id, mutation.id));
    if (!value.ok()) return value.status();
    if (value->has_value()) {
      const absl::StatusOr<Sighting> sighting = DecodeSighting(**value, mutation.story_id);
      if (!sighting.ok()) return sighting.status();
      is_base = is_base && !IsDelta(sighting->record);
      match = sighting->match;  // an election may have changed it
    }
  }
  if (is_base) PutOlderAsBase(mutation);
  if (is_unique) {
    Put(kArticles, id, mutation.record);
  } else {
    absl::Status put = PutSighting(mutation.story_id, mutation.id, *mutation.record, match);
    if (!put.ok()) return put;
  }
  if (mutation.sketch.has_value()) Put(kSketches, id, EncodeSketch(*mutation.sketch));
  return is_base ? absl::OkStatus() : PutOlder(mutation, *mutation.previous, base_id);
}

absl::Status CommitGroup::Elect(const Election& election) {
  const std::string from = election.from.ToBytes();
  const std::string to = election.to.ToBytes();
  const absl::StatusOr<NewestText> elected = Reader().Newest(election.to);
  if (!elected.ok()) return elected.status();
  const absl::StatusOr<std::optional<std::string>> old = Get(kArticles, from);
  if (!old.ok()) return old.status();
  if (elected->is_representative || elected->story_id != election.story_id || !old->has_value()) {
    return Reject(Reason::kStoreFailed,
                  absl::StrCat("a commit elects ", election.to.ToString(), " in the place of ",
                               election.from.ToString(),
                               ", which are not a copy and who stands for it; this is a defect, "
                               "please report it"));
  }
  elected_.Add(election.story_id);
  elected_.Add(election.to);
  Delete(kSightings, SightingKey(election.story_id, election.to));
  Put(kArticles, to, elected->record);
  Put(kSketches, to, EncodeSketch(election.sketch));
  if (election.to == election.story_id) Delete(kAliases, to);
  Put(kStories, election.story_id.ToBytes(), EncodeStory(election.to));
  if (election.forgotten_variant.has_value()) {
    Delete(kSketches, election.forgotten_variant->ToBytes());
  }
  Delete(kArticles, from);
  Put(kAliases, from, EncodeAlias(election.story_id));
  // What others rest on stays whole: an older text, or this one.
  const absl::StatusOr<std::optional<BaseName>> named = Reader().NamedBase(election.from);
  if (!named.ok()) return named.status();
  const absl::StatusOr<bool> dependents =
      MayHaveDependents(election.from, election.story_id, election.to);
  if (!dependents.ok()) return dependents.status();
  absl::StatusOr<std::string> stored = **old;
  if (named->has_value()) {
    stored = Pack(**old, election.from, election.story_id);
  } else if (!*dependents) {
    stored = Pack(**old, election.to, election.story_id);
  }
  if (!stored.ok()) return stored.status();
  Put(kSightings, SightingKey(election.story_id, election.from),
      EncodeSighting(*stored, election.from_match, election.story_id));
  return absl::OkStatus();
}

void CommitGroup::PutRaw(const Mutation& mutation) {
  if (mutation.raw.value == nullptr) return;
  const bool newest = mutation.kind != Mutation::Kind::kRevision || mutation.becomes_newest;
  Put(kRaw,
      newest ? RevisionKey(mutation.id, mutation.url.newest_at_ms, mutation.url.newest_text_hash)
             : RevisionKey(mutation.id, mutation.older_at_ms, mutation.older_text_hash),
      mutation.raw.value);
  StoreCounts& counts = state_.counts.counts;
  ++counts.raw_files;
  counts.raw_bytes += mutation.raw.raw_bytes;
  counts.raw_stored_bytes += mutation.raw.value->size();
}

absl::Status CommitGroup::Add(const Mutation& mutation) {
  if (const char* fault = Malformed(mutation); fault != nullptr) {
    return Reject(Reason::kStoreFailed,
                  absl::StrCat("a commit holds a malformed change of ", mutation.id.ToString(),
                               " (", fault, "); this is a defect, please report it"));
  }
  const std::string id = mutation.id.ToBytes();
  StoreCounts& counts = state_.counts.counts;
  absl::Status status;
  switch (mutation.kind) {
    case Mutation::Kind::kNew:
      Put(kArticles, id, mutation.record);
      if (mutation.sketch.has_value()) Put(kSketches, id, EncodeSketch(*mutation.sketch));
      ++counts.articles;
      break;
    case Mutation::Kind::kDuplicate:
      status = PutSighting(mutation.story_id, mutation.id, *mutation.record, mutation.match);
      Put(kAliases, id, EncodeAlias(mutation.story_id));
      if (mutation.sketch.has_value()) Put(kSketches, id, EncodeSketch(*mutation.sketch));
      ++counts.sightings;
      break;
    case Mutation::Kind::kRevision:
      status = AddRevision(mutation);
      ++counts.revisions;
      break;
    case Mutation::Kind::kRemoval:
      break;  // refused above
  }
  if (!status.ok()) return status;
  if (mutation.kind != Mutation::Kind::kRevision && state_.has_tombstones) {
    Delete(kTombstones, RemovedIdKey(mutation.id));
  }
  Put(kUrls, mutation.identity.ToBytes(), EncodeUrlState(mutation.url));
  if (mutation.new_text.has_value()) {
    Put(kTexts, mutation.new_text->ToBytes(), EncodeTextOwner({mutation.id, mutation.story_id}));
  }
  PutRaw(mutation);
  if (mutation.election.has_value()) {
    if (status = Elect(*mutation.election); !status.ok()) return status;
  }
  Event event{mutation.kind, mutation.id, mutation.story_id, mutation.text_hash, mutation.learning};
  if (mutation.election.has_value()) {
    event.forgotten_variant = mutation.election->forgotten_variant;
  }
  Put(kEvents, EventKey(state_.counts.events++), EncodeEvent(event));
  return FromRocksDb(status_, "preparing a commit");
}

}  // namespace wirefold
