#include "lib/article/normalize.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "lib/article/identity.h"
#include "lib/article/open_document.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/parse/dates.h"
#include "lib/parse/dump_format.h"
#include "lib/parse/extract.h"
#include "lib/parse/html_blocks.h"
#include "lib/parse/html_entities.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/page_metadata.h"
#include "lib/parse/plain_text.h"
#include "lib/parse/title_outlet.h"
#include "lib/text/language.h"
#include "lib/text/matching.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"
#include "lib/url/canonicalize.h"
#include "lib/url/share_link.h"
#include "lib/url/url.h"

namespace wirefold {
namespace {

// A date that an article gives itself may lie so far behind the crawler's time, which allows for
// time zones and no more: a text can't be observed before it is published.
constexpr int64_t kMaxPublishedAheadMs = 48 * int64_t{3'600'000};

Script ToScript(TextScript script) {
  switch (script) {
    case TextScript::kHans:
      return Script::kHans;
    case TextScript::kHant:
      return Script::kHant;
    case TextScript::kLatin:
      return Script::kLatin;
    case TextScript::kOther:
      return Script::kOther;
    case TextScript::kUnknown:
      break;
  }
  return Script::kUnknown;
}

std::string CutTitle(std::string title) {
  title.resize(CutAtCharacter(title, kMaxTitleBytes).size());
  while (title.ends_with(' ')) title.pop_back();
  return title;
}

std::string ReadTitle(std::string_view raw) {
  std::string decoded;
  decoded.reserve(raw.size());
  AppendDecoded(raw, /*in_attribute=*/false, decoded);
  // Some feeds encode twice ("大&amp;#22338;直美"); nobody means "&#22338;" in a title.
  if (decoded.find("&#") != std::string::npos) {
    std::string again;
    AppendDecoded(decoded, /*in_attribute=*/false, again);
    decoded = std::move(again);
  }
  return CutTitle(StoredLine(decoded));
}

void ReadTime(std::optional<int64_t> own, const Hints& hints, CanonicalArticle& article) {
  const std::optional<int64_t> time = own.has_value() ? own : hints.observed_at_ms;
  article.observed_at_ms = time.value_or(0);
  if (!time.has_value()) article.warnings.push_back(Warning::kNoTimestamp);
  if (article.observed_at_ms < 0 || article.observed_at_ms > kMaxTimeMs) {
    article.warnings.push_back(Warning::kTimeOutOfRange);
    article.observed_at_ms = std::min(article.observed_at_ms, kMaxTimeMs);
  }
}

absl::Status ReadUrl(std::string_view text, const UrlRules& rules, CanonicalArticle& article) {
  absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(text, {}, rules);
  if (!canonical.ok()) return canonical.status();
  article.host = canonical->host();
  article.registrable_domain = canonical->registrable_domain();
  article.url = std::move(canonical->url);
  article.url_key = std::move(canonical->url_key);
  if (canonical->has_dropped_parameters) {
    if (absl::StatusOr<std::string> full = FullUrl(text); full.ok()) article.full_url = *full;
  }
  return absl::OkStatus();
}

bool HasScheme(std::string_view href, std::string_view lower_scheme) {
  const size_t begin = href.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos &&
         EqualsLower(href.substr(begin, lower_scheme.size()), lower_scheme);
}

// What the URLs of a body are read with.
struct UrlContext {
  std::optional<Url> base;  // the article's URL
  const UrlRules& rules;
};

void ReadImages(std::vector<HtmlImage>& images, const UrlContext& urls, CanonicalArticle& article) {
  for (HtmlImage& image : images) {
    std::string url =
        CanonicalUrlOnly(image.src, urls.base.has_value() ? &*urls.base : nullptr, urls.rules)
            .value_or("");
    const bool known = std::any_of(article.images.begin(), article.images.end(),
                                   [&](const Image& other) { return other.url == url; });
    if (url.empty() || known) continue;
    article.images.push_back({std::move(url), std::move(image.caption)});
  }
}

void ReadLinks(std::vector<HtmlLink>& links, const std::vector<bool>& kept, const UrlContext& urls,
               CanonicalArticle& article) {
  const SharedArticle shared{article.url_key, article.title};
  for (HtmlLink& link : links) {
    if (link.href.starts_with('#') || HasScheme(link.href, "javascript:")) continue;
    if (link.block < kept.size() && !kept[link.block]) continue;  // boilerplate's
    absl::StatusOr<Url> url = ParseWebUrl(link.href, urls.base.has_value() ? &*urls.base : nullptr);
    if (!url.ok() || IsShareLink(*url, shared, urls.rules)) continue;
    absl::StatusOr<std::string> canonical = CanonicalUrlOf(*std::move(url), urls.rules);
    if (!canonical.ok()) continue;
    article.links.push_back({*std::move(canonical), std::move(link.text)});
  }
}

void ChoosePublished(const ExtractedArticle& extracted, CanonicalArticle& article) {
  const bool observed = article.observed_at_ms > 0;
  const auto credible = [&](const std::optional<int64_t>& date) {
    return date.has_value() && *date >= 0 && *date <= kMaxTimeMs &&
           (!observed || *date <= article.observed_at_ms + kMaxPublishedAheadMs);
  };
  if (credible(extracted.metadata_date_ms)) {
    article.published_at_ms = *extracted.metadata_date_ms;
    article.published_source = PublishedSource::kMetadata;
  } else if (credible(extracted.date_line_ms)) {
    article.published_at_ms = *extracted.date_line_ms;
    article.published_source = PublishedSource::kDateLine;
  } else if (observed) {
    article.published_at_ms = article.observed_at_ms;
    article.published_source = PublishedSource::kObserved;
  }
}

// What the page's head says of its article goes before what its text says.
void ReadPageBody(const PageMetadata& page, std::optional<int64_t> observed,
                  ExtractedArticle& extracted) {
  if (const auto date = ParseDate(page.published, observed)) extracted.metadata_date_ms = date;
  if (!page.authors.empty()) extracted.authors = page.authors;
  if (extracted.paragraphs.empty() && !page.json_ld_body.empty()) {
    std::string body = StoredLine(page.json_ld_body);
    if (!body.empty()) extracted.paragraphs.push_back(std::move(body));
  }
}

// Likewise what a feed says of its item.
void ReadItemFields(const FeedItem& item, ExtractedArticle& extracted) {
  if (item.published_ms.has_value()) extracted.metadata_date_ms = item.published_ms;
  if (!item.authors.empty()) {
    extracted.authors.clear();
    for (const std::string& author : item.authors) {
      extracted.authors.push_back(StoredLine(author));
    }
  }
}

// A text with what is known of it beside it.
struct Body {
  HtmlDocument document;
  const PageMetadata* page = nullptr;  // of a whole HTML page
  const FeedItem* item = nullptr;      // of an item of a feed
  // What its addresses are relative to, if that is not the article's own.
  std::optional<Url> base = std::nullopt;
};

// What reading one file works with, and what it finds on the way.
struct Task {
  const Hints& hints;
  const UrlRules& rules;
  CanonicalArticle& article;
  std::vector<ExplainedBlock>* blocks;      // null unless someone asks
  StageClock* stages;                       // likewise
  std::vector<std::string> languages = {};  // that the file declares, the most trusted first
};

void ReadBody(Body body, Task& task) {
  CanonicalArticle& article = task.article;
  HtmlDocument& document = body.document;
  if (document.truncated) article.warnings.push_back(Warning::kTruncated);
  const std::optional<int64_t> observed =
      article.observed_at_ms > 0 ? std::optional<int64_t>(article.observed_at_ms) : std::nullopt;
  ExtractedArticle extracted = Extract(
      document,
      {.observed_ms = observed, .whole_page = body.page != nullptr, .title = article.title});
  if (task.blocks != nullptr) *task.blocks = Explain(extracted);
  if (body.page != nullptr) ReadPageBody(*body.page, observed, extracted);
  if (body.item != nullptr) ReadItemFields(*body.item, extracted);
  size_t size = 0;
  for (const std::string& paragraph : extracted.paragraphs) size += paragraph.size() + 1;
  article.text.reserve(size);
  for (const std::string& paragraph : extracted.paragraphs) {
    if (!article.text.empty()) article.text.push_back('\n');
    article.text.append(paragraph);
  }
  article.dropped = std::move(extracted.dropped);
  article.authors = std::move(extracted.authors);
  article.dateline = std::move(extracted.dateline);
  ChoosePublished(extracted, article);
  const StageScope scope(task.stages, Stage::kUrl);
  UrlContext urls{std::move(body.base), task.rules};
  if (!urls.base.has_value()) {
    if (absl::StatusOr<Url> url = ParseUrl(article.url); url.ok()) urls.base = *std::move(url);
  }
  ReadImages(document.images, urls, article);
  ReadLinks(document.links, extracted.kept, urls, article);
}

// What the page's addresses are relative to: its <base>, unless that is no URL or of data: or
// javascript: (HTML standard, 4.2.3, "set the frozen base URL"); else where it was fetched from.
std::optional<Url> BaseOfPage(const PageMetadata& page, const std::string& page_url) {
  std::optional<Url> own;
  if (absl::StatusOr<Url> url = ParseUrl(page_url); url.ok()) own = *std::move(url);
  if (page.base.empty()) return own;
  absl::StatusOr<Url> base = ParseUrl(page.base, own.has_value() ? &*own : nullptr);
  if (!base.ok() || base->scheme() == "data" || base->scheme() == "javascript") return own;
  return *std::move(base);
}

// A page without a frame: its title, and the address that it gives itself, relative to `base`. That
// is believed on the registrable domain that it was fetched from alone, and not if it is the
// domain's front page (a common mistake of templates).
void ReadPageHead(const PageMetadata& page, const std::optional<Url>& base, const UrlRules& rules,
                  CanonicalArticle& article) {
  article.title = TitleWithoutOutlet(CutAtCharacter(page.title, kMaxTitleBytes),
                                     {.domain = article.registrable_domain,
                                      .site_name = page.site_name,
                                      .source = article.source});
  if (page.canonical_url.empty() || article.registrable_domain.empty()) return;
  const absl::StatusOr<Url> own = ParseUrl(article.url);
  if (!own.ok() || !base.has_value()) return;
  const absl::StatusOr<CanonicalUrl> url = CanonicalizeUrl(page.canonical_url, base->href(), rules);
  if (!url.ok() || url->registrable_domain() != article.registrable_domain) return;
  const absl::StatusOr<Url> parsed = ParseUrl(url->url);
  if (!parsed.ok() || (parsed->path().size() <= 1 && own->path().size() > 1)) return;
  static_cast<void>(ReadUrl(url->url, rules, article));
}

void Identify(std::string_view raw, NormalizedArticle& normalized) {
  const CanonicalArticle& article = normalized.article;
  normalized.text_hash = HashMatching(normalized.matching_text);
  if (!article.url_key.empty()) {
    normalized.identity = IdentityOfUrlKey(article.url_key);
  } else if (normalized.HasUsableText()) {
    normalized.identity = IdentityOfText(normalized.matching_text);
  } else {
    normalized.identity = IdentityOfBytes(raw);
  }
  normalized.id = Ulid::Make(article.observed_at_ms, normalized.identity);
}

absl::Status ReadUrlOrHint(std::string_view own, Task& task) {
  const StageScope scope(task.stages, Stage::kUrl);
  const std::string_view url = own.empty() ? std::string_view(task.hints.url) : own;
  return url.empty() ? absl::OkStatus() : ReadUrl(url, task.rules, task.article);
}

// Everything in markup but a feed's item: a dump file, a page, a fragment.
absl::Status ReadMarkup(const OpenedDocument& document, Task& task) {
  CanonicalArticle& article = task.article;
  const DumpFile file = SplitDump(document.text);
  ReadTime(file.time_ms, task.hints, article);
  const std::string_view own_url = file.has_link_line ? file.url : std::string_view();
  if (absl::Status url = ReadUrlOrHint(own_url, task); !url.ok()) return url;
  if (!file.has_link_line && task.hints.url.empty()) {
    article.warnings.push_back(Warning::kNoLinkLine);
  }
  article.title = ReadTitle(file.title);
  std::optional<PageMetadata> page;
  std::optional<Url> base;
  if (document.format == Format::kHtmlPage || IsHtmlPage(file.body)) {
    page = ReadPageMetadata(file.body);
    base = BaseOfPage(*page, article.url);
    if (!file.has_link_line) ReadPageHead(*page, base, task.rules, article);
    task.languages = std::move(page->languages);
  }
  ReadBody({.document = ReadHtml(file.body),
            .page = page.has_value() ? &*page : nullptr,
            .base = std::move(base)},
           task);
  article.title = TitleWithoutOutlet(
      article.title,
      {.domain = article.registrable_domain,
       .site_name = page.has_value() ? std::string_view(page->site_name) : std::string_view(),
       .source = article.source,
       .dateline = article.dateline});
  return absl::OkStatus();
}

absl::Status ReadText(const OpenedDocument& document, Task& task) {
  ReadTime(std::nullopt, task.hints, task.article);
  if (absl::Status url = ReadUrlOrHint({}, task); !url.ok()) return url;
  if (task.hints.url.empty()) task.article.warnings.push_back(Warning::kNoLinkLine);
  PlainText text = ReadPlainText(document.text);
  task.article.title = CutTitle(std::move(text.title));
  ReadBody({.document = std::move(text.document)}, task);
  return absl::OkStatus();
}

// What a feed's addresses are relative to: the feed's own address or, unless the hint says where it
// was fetched from, its site's; then each xml:base inwards.
std::optional<Url> BaseOfItem(const Feed& feed, const FeedItem& item, const Hints& hints) {
  std::optional<Url> base;
  const std::string& outermost = hints.url.empty() ? feed.link : hints.url;
  for (const std::string* next : {&outermost, &feed.base, &item.base}) {
    if (next->empty()) continue;
    absl::StatusOr<Url> url = ParseUrl(*next, base.has_value() ? &*base : nullptr);
    if (url.ok()) base = *std::move(url);
  }
  return base;
}

// An item is never known by its feed's address, which it shares with all others.
absl::Status ReadItem(const Feed& feed, Task& task) {
  CanonicalArticle& article = task.article;
  const FeedItem& item = feed.items[0];
  ReadTime(std::nullopt, task.hints, article);
  std::optional<Url> base = BaseOfItem(feed, item, task.hints);
  if (item.link.empty()) {
    article.warnings.push_back(Warning::kNoLinkLine);
  } else {
    const absl::StatusOr<Url> link = ParseWebUrl(item.link, base.has_value() ? &*base : nullptr);
    if (!link.ok()) return link.status();
    if (absl::Status url = ReadUrl(link->href(), task.rules, article); !url.ok()) return url;
  }
  // A text is written for the page that it stands on, unless an xml:base says otherwise.
  if (item.base.empty() && feed.base.empty() && !article.url.empty()) base.reset();
  task.languages = {item.language, feed.language};
  article.title = CutTitle(StoredLine(item.title));
  Body body{.document = ReadHtml(item.body_html), .item = &item, .base = std::move(base)};
  for (const std::string& image : item.images) {
    if (body.document.images.size() == kMaxImages) break;
    body.document.images.push_back({.src = image, .caption = {}});
  }
  ReadBody(std::move(body), task);
  article.title = TitleWithoutOutlet(article.title, {.domain = article.registrable_domain,
                                                     .site_name = feed.title,
                                                     .source = article.source,
                                                     .dateline = article.dateline});
  return absl::OkStatus();
}

absl::Status ReadDocument(const OpenedDocument& document, Task& task) {
  if (document.feed.has_value()) return ReadItem(*document.feed, task);
  if (document.format == Format::kPlainText) return ReadText(document, task);
  return ReadMarkup(document, task);
}

// By the text, and where that leaves it open by what was declared beside it, the server's word
// last.
void ReadLanguage(const Task& task, bool has_usable_text) {
  CanonicalArticle& article = task.article;
  std::vector<std::string_view> declared(task.languages.begin(), task.languages.end());
  declared.emplace_back(task.hints.content_language);
  const bool by_text = has_usable_text || article.title.empty();
  LanguageGuess guess = ChooseLanguage(by_text ? article.text : article.title, declared);
  article.language = std::move(guess.language);
  article.script = ToScript(guess.script);
}

absl::StatusOr<NormalizedArticle> NormalizeOrThrow(const RawDocument& raw,
                                                   const UrlRules& url_rules,
                                                   std::vector<ExplainedBlock>* blocks,
                                                   StageClock* stages) {
  const StageScope parse(stages, Stage::kParse);
  DocumentStorage storage;
  const absl::StatusOr<OpenedDocument> document = OpenDocument(raw, storage);
  if (!document.ok()) return document.status();

  NormalizedArticle normalized;
  normalized.format = document->feed.has_value() ? "feed-item" : FormatName(document->format);
  CanonicalArticle& article = normalized.article;
  article.rules_version = kRulesVersion;
  article.raw_bytes = raw.bytes.size();
  article.charset = document->charset;
  article.replaced_bytes = document->replaced_bytes;
  article.source = CutAtCharacter(raw.source, kMaxSourceBytes);
  if (article.replaced_bytes > 0) article.warnings.push_back(Warning::kInvalidUtf8);
  if (raw.hints.truncated) article.warnings.push_back(Warning::kNotWhole);
  Task task{.hints = raw.hints,
            .rules = url_rules,
            .article = article,
            .blocks = blocks,
            .stages = stages};
  if (absl::Status read = ReadDocument(*document, task); !read.ok()) return read;

  const StageScope text(stages, Stage::kText);
  MatchingText matching = ToMatching(article.text);
  normalized.matching_text = std::move(matching.text);
  normalized.matching_letters = matching.letters;
  if (article.url.empty() && article.title.empty() && matching.letters == 0) {
    return Reject(Reason::kNoContent, "the file has no URL, no title and not one letter of text");
  }
  if (!normalized.HasUsableText()) article.warnings.push_back(Warning::kNoUsableText);
  ReadLanguage(task, normalized.HasUsableText());
  std::sort(article.warnings.begin(), article.warnings.end());
  Identify(raw.bytes, normalized);
  return normalized;
}

absl::StatusOr<NormalizedArticle> NormalizeOrReject(const RawDocument& raw,
                                                    const UrlRules& url_rules,
                                                    std::vector<ExplainedBlock>* blocks,
                                                    StageClock* stages) {
  try {
    return NormalizeOrThrow(raw, url_rules, blocks, stages);
  } catch (const std::exception& error) {
    // Only what the libraries throw (out of memory, in practice) ends here.
    return Reject(Reason::kNormalizeFailed,
                  std::string("the file could not be read (") + error.what() +
                      "); if it happens again, please report it with the file");
  }
}

}  // namespace

bool NormalizedArticle::HasUsableText() const { return matching_letters >= kMinMatchingLetters; }

absl::StatusOr<NormalizedArticle> Normalize(const RawDocument& raw, const UrlRules& url_rules,
                                            StageClock* stages) {
  return NormalizeOrReject(raw, url_rules, nullptr, stages);
}

absl::StatusOr<NormalizedArticle> NormalizeAndExplain(const RawDocument& raw,
                                                      std::vector<ExplainedBlock>& blocks,
                                                      const UrlRules& url_rules) {
  blocks.clear();
  return NormalizeOrReject(raw, url_rules, &blocks, nullptr);
}

}  // namespace wirefold
