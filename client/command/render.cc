#include "client/command/render.h"

#include <cstdint>

#include "lib/base/clock.h"

namespace wirefold {
namespace {

// A descriptor's name of an enum value without its prefix.
std::string WithoutPrefix(const std::string& name, std::string_view prefix, int value) {
  if (name.empty()) return std::to_string(value);
  return std::string(std::string_view(name).substr(prefix.size()));
}

void AppendTime(bool present, const google::protobuf::Timestamp& time, JsonWriter& json) {
  if (present) {
    json.String(FormatTimestamp(time));
  } else {
    json.Null();
  }
}

template <typename Strings>
void AppendStrings(const Strings& strings, JsonWriter& json) {
  json.BeginArray();
  for (const auto& text : strings) json.String(text);
  json.EndArray();
}

void AppendMember(std::string_view key, std::string_view value, JsonWriter& json) {
  json.Key(key);
  json.StringOrNull(value);
}

void AppendPadded(std::string_view text, size_t width, std::string& out) {
  out += text;
  if (text.size() < width) out.append(width - text.size(), ' ');
}

// Control characters would play with the terminal.
void AppendOneLine(std::string_view text, std::string& out) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
}

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  AppendPadded(name, 14, out);
  AppendOneLine(value, out);
  out += '\n';
}

void AppendImagesAndLinks(const v1::Article& article, JsonWriter& json) {
  json.Key("images");
  json.BeginArray();
  for (const v1::Image& image : article.images()) {
    json.BeginObject();
    json.Key("url");
    json.String(image.url());
    json.Key("caption");
    json.String(image.caption());
    json.EndObject();
  }
  json.EndArray();
  json.Key("links");
  json.BeginArray();
  for (const v1::Link& link : article.links()) {
    json.BeginObject();
    json.Key("url");
    json.String(link.url());
    json.Key("text");
    json.String(link.text());
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string_view OutcomeName(v1::Outcome outcome) {
  switch (outcome) {
    case v1::OUTCOME_NEW:
      return "NEW";
    case v1::OUTCOME_DUPLICATE:
      return "DUPLICATE";
    case v1::OUTCOME_REVISION:
      return "REVISION";
    case v1::OUTCOME_UNCHANGED:
      return "UNCHANGED";
    case v1::OUTCOME_REJECTED:
      return "REJECTED";
    default:
      return "UNKNOWN";
  }
}

std::string RelationName(v1::Relation relation) {
  if (relation == v1::RELATION_UNSPECIFIED) return {};
  return WithoutPrefix(v1::Relation_Name(relation), "RELATION_", relation);
}

std::string WarningName(v1::Warning warning) {
  return WithoutPrefix(v1::Warning_Name(warning), "WARNING_", warning);
}

std::string PublishedSourceName(v1::PublishedSource source) {
  if (source == v1::PUBLISHED_SOURCE_UNSPECIFIED) return {};
  return WithoutPrefix(v1::PublishedSource_Name(source), "PUBLISHED_SOURCE_", source);
}

std::string FormatTimestamp(const google::protobuf::Timestamp& time) {
  return FormatRfc3339(time.seconds() * 1000 + time.nanos() / 1'000'000);
}

std::string DescribeCharset(const std::string& charset, uint64_t replaced_bytes) {
  if (replaced_bytes == 0) return charset;
  return charset + (charset.empty() ? "" : ", ") + std::to_string(replaced_bytes) +
         (replaced_bytes == 1 ? " byte replaced" : " bytes replaced");
}

void AppendSimilarityMembers(bool present, const v1::Similarity& similarity, JsonWriter& json) {
  const auto figure = [&](std::string_view key, uint32_t ppm) {
    json.Key(key);
    if (present) {
      json.Ppm(ppm);
    } else {
      json.Null();
    }
  };
  figure("jaccard", similarity.jaccard_ppm());
  figure("containment", similarity.containment_ppm());
  figure("score", similarity.score_ppm());
}

void AppendPlaceMembers(const Place& place, JsonWriter& json) {
  json.Key("path");
  json.String(place.path);
  json.Key("item");
  json.Number(place.item);
  if (!place.offset.has_value()) return;
  json.Key("offset");
  json.Number(*place.offset);
}

void AppendPlace(const Place& place, std::string& out) {
  AppendOneLine(place.path, out);
  if (place.offset.has_value()) out.append(" item ").append(std::to_string(place.item));
}

void AppendResultMembers(const Place& place, const v1::IngestResult& result, JsonWriter& json) {
  AppendPlaceMembers(place, json);
  json.Key("outcome");
  json.String(OutcomeName(result.outcome()));
  AppendMember("id", result.id(), json);
  AppendMember("story_id", result.story_id(), json);
  AppendMember("representative_id", result.representative_id(), json);
  AppendMember("relation", RelationName(result.relation()), json);
  AppendMember("matched_id", result.matched_id(), json);
  AppendSimilarityMembers(result.has_similarity(), result.similarity(), json);
  json.Key("related");
  AppendStrings(result.related_ids(), json);
  AppendMember("reason", result.reason(), json);
}

void AppendArticle(const v1::Article& article, bool full, JsonWriter& json) {
  json.BeginObject();
  AppendMember("id", article.id(), json);
  AppendMember("url", article.url(), json);
  AppendMember("url_key", article.url_key(), json);
  AppendMember("host", article.host(), json);
  AppendMember("registrable_domain", article.registrable_domain(), json);
  json.Key("title");
  json.String(article.title());
  if (full) {
    json.Key("text");
    json.String(article.text());
  }
  json.Key("authors");
  AppendStrings(article.authors(), json);
  AppendMember("dateline", article.dateline(), json);
  AppendMember("source", article.source(), json);
  AppendMember("language", article.language(), json);
  json.Key("observed_time");
  AppendTime(article.has_observed_time(), article.observed_time(), json);
  json.Key("published_time");
  AppendTime(article.has_published_time(), article.published_time(), json);
  AppendMember("published_source", PublishedSourceName(article.published_source()), json);
  json.Key("ingested_time");
  AppendTime(article.has_ingested_time(), article.ingested_time(), json);
  if (full) {
    AppendImagesAndLinks(article, json);
    json.Key("dropped");
    AppendStrings(article.dropped(), json);
    json.Key("left_out");
    AppendStrings(article.left_out(), json);
    json.Key("boilerplate_version");
    json.Number(article.boilerplate_version());
  }
  json.Key("warnings");
  json.BeginArray();
  for (const int warning : article.warnings()) {
    json.String(WarningName(static_cast<v1::Warning>(warning)));
  }
  json.EndArray();
  json.Key("raw_bytes");
  json.Number(article.raw_bytes());
  AppendMember("charset", article.charset(), json);
  json.Key("replaced_bytes");
  json.Number(article.replaced_bytes());
  json.Key("letters");
  json.Number(article.letters());
  json.Key("rules_version");
  json.Number(article.rules_version());
  AppendMember("story_id", article.story_id(), json);
  AppendMember("representative_id", article.representative_id(), json);
  AppendMember("relation", RelationName(article.relation()), json);
  AppendMember("matched_id", article.matched_id(), json);
  AppendSimilarityMembers(article.has_similarity(), article.similarity(), json);
  json.Key("revision_count");
  json.Number(article.revision_count());
  AppendMember("text_hash", article.text_hash(), json);
  json.EndObject();
}

void AppendResultLine(const Place& place, const v1::IngestResult& result, std::string& out) {
  AppendPadded(OutcomeName(result.outcome()), 11, out);
  if (!result.id().empty()) {
    out += result.id();
    out += "  ";
  }
  AppendPlace(place, out);
  if (result.outcome() == v1::OUTCOME_REJECTED) {
    out += "  ";
    AppendOneLine(result.reason(), out);
    if (!result.message().empty()) {
      out += ": ";
      AppendOneLine(result.message(), out);
    }
  }
  if (result.relation() != v1::RELATION_UNSPECIFIED) {
    out += "  ";
    out += RelationName(result.relation());
    out += " of ";
    out += result.matched_id();
    if (result.has_similarity()) {
      out += " (score ";
      JsonWriter(out).Ppm(result.similarity().score_ppm());
      out += ")";
    }
  }
  out += '\n';
}

void AppendArticleLine(const v1::Article& article, std::string& out) {
  out += article.has_observed_time() ? FormatTimestamp(article.observed_time()) : "-";
  out += "  ";
  out += article.id();
  out += "  ";
  AppendPadded(article.language().empty() ? "und" : article.language(), 8, out);
  AppendPadded(article.host().empty() ? "-" : article.host(), 20, out);
  out += "  ";
  AppendOneLine(article.title(), out);
  out += '\n';
}

void AppendArticleBlock(const v1::Article& article, std::string& out) {
  const auto time = [](bool present, const google::protobuf::Timestamp& value) {
    return present ? FormatTimestamp(value) : std::string();
  };
  std::string authors;
  for (const std::string& author : article.authors()) {
    if (!authors.empty()) authors += ", ";
    authors += author;
  }
  AppendField("id", article.id(), out);
  AppendField("title", article.title(), out);
  AppendField("url", article.url(), out);
  AppendField("source", article.source(), out);
  AppendField("language", article.language(), out);
  AppendField("charset", DescribeCharset(article.charset(), article.replaced_bytes()), out);
  AppendField("authors", authors, out);
  AppendField("dateline", article.dateline(), out);
  AppendField("published", time(article.has_published_time(), article.published_time()), out);
  AppendField("observed", time(article.has_observed_time(), article.observed_time()), out);
  AppendField("ingested", time(article.has_ingested_time(), article.ingested_time()), out);
  AppendField("story", article.story_id(), out);
  if (article.representative_id() != article.id()) {
    AppendField("shown as", article.representative_id(), out);
  }
  if (article.relation() != v1::RELATION_UNSPECIFIED) {
    AppendField("copy", RelationName(article.relation()) + " of " + article.matched_id(), out);
  }
  if (article.revision_count() > 0) {
    AppendField("other texts", std::to_string(article.revision_count()), out);
  }
  if (!article.text().empty()) {
    out += '\n';
    out += article.text();
    out += '\n';
  }
}

}  // namespace wirefold
