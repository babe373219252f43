#include "lib/parse/page_metadata.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "lib/parse/html_entities.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/json_ld.h"
#include "lib/text/matching.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

std::string Line(std::string_view raw) {
  std::string decoded;
  AppendDecoded(CutAtCharacter(raw, 2 * kMaxMetadataBytes), /*in_attribute=*/false, decoded);
  if (decoded.find('&') != std::string::npos) {  // encoded twice, often enough
    std::string again;
    AppendDecoded(decoded, /*in_attribute=*/false, again);
    decoded = std::move(again);
  }
  return std::string(CutAtCharacter(StoredLine(decoded), kMaxMetadataBytes));
}

// Candidates for one value, the most trusted first; each keeps what came first in the page.
template <size_t kCount>
using Candidates = std::array<std::string, kCount>;

struct Key {
  std::string_view name;  // lower case
  size_t rank;
};

constexpr std::array kTitles = {Key{"dc:title", 0},      Key{"dc.title", 0},
                                Key{"dcterm:title", 0},  Key{"dcterms.title", 0},
                                Key{"og:title", 1},      Key{"weibo:article:title", 2},
                                Key{"title", 3},         Key{"headline", 3},
                                Key{"twitter:title", 4}, Key{"parsely-title", 5}};
constexpr std::array kDates = {Key{"article:published_time", 0},
                               Key{"og:published_time", 0},
                               Key{"datepublished", 1},
                               Key{"parsely-pub-date", 2},
                               Key{"pubdate", 2},
                               Key{"publishdate", 2},
                               Key{"publish_date", 2},
                               Key{"publish-date", 2},
                               Key{"dc.date.issued", 2},
                               Key{"dc.date", 2},
                               Key{"sailthru.date", 2},
                               Key{"date", 2}};
constexpr std::array kAuthors = {Key{"author", 0},     Key{"article:author", 1},
                                 Key{"dc:creator", 2}, Key{"dc.creator", 2},
                                 Key{"byl", 2},        Key{"parsely-author", 2}};
constexpr std::array kUrls = {Key{"og:url", 1}};
constexpr std::array kSites = {Key{"og:site_name", 0}, Key{"application-name", 2}};
constexpr std::array kLanguages = {Key{"content-language", 2}, Key{"og:locale", 3}};

template <size_t kCount>
std::optional<size_t> RankOf(std::string_view name, const std::array<Key, kCount>& keys) {
  for (const Key& key : keys) {
    if (EqualsLower(name, key.name)) return key.rank;
  }
  return std::nullopt;
}

template <size_t kCount>
std::string First(const Candidates<kCount>& candidates) {
  for (const std::string& candidate : candidates) {
    if (!candidate.empty()) return candidate;
  }
  return {};
}

// A window's title without the short segment at its end, which is nearly always the site's name;
// if enough is left to be a headline.
std::string_view WithoutLastSegment(std::string_view title) {
  size_t end = std::string_view::npos;
  size_t begin = 0;
  for (const std::string_view separator : {" - ", " – ", " — ", " | ", " » ", " · "}) {
    const size_t pos = title.rfind(separator);
    if (pos == title.npos || pos + separator.size() <= begin) continue;
    end = pos;
    begin = pos + separator.size();
  }
  if (end == title.npos) return title;
  const auto words = [](std::string_view text) {
    return std::count(text.begin(), text.end(), ' ') + 1;
  };
  const std::string_view head = title.substr(0, end);
  const std::string_view segment = title.substr(begin);
  const bool headline = words(head) >= 5 || head.size() >= 36;  // 12 Han characters
  const bool site = words(segment) <= 4 && 2 * segment.size() <= head.size();
  return headline && site ? head : title;
}

bool ContainsWord(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    const size_t end = std::min(list.find_first_of(" \t\n\r\f"), list.size());
    if (EqualsLower(list.substr(0, end), lower)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

class Reader {
 public:
  explicit Reader(std::string_view html) : tokens_(html) {}

  PageMetadata Read() {
    while (tokens_.Next()) {
      switch (tokens_.kind()) {
        case HtmlTokenizer::Kind::kText:
          Text();
          break;
        case HtmlTokenizer::Kind::kRawText:
          RawText();
          break;
        case HtmlTokenizer::Kind::kStartTag:
          StartTag();
          break;
        case HtmlTokenizer::Kind::kEndTag:
          EndTag();
          break;
      }
    }
    return Choose();
  }

 private:
  enum class Inside : uint8_t { kNothing, kTitle, kJsonLd, kHeading };

  void Text() {
    if (inside_ == Inside::kHeading && heading_.size() < kMaxMetadataBytes) {
      heading_.append(tokens_.text());
    }
  }

  void RawText() {
    if (inside_ == Inside::kTitle) {
      title_ = CutAtCharacter(tokens_.text(), 2 * kMaxMetadataBytes);
    } else if (inside_ == Inside::kJsonLd && !json_ld_.found && scripts_++ < kMaxJsonLdScripts) {
      json_ld_ = ReadJsonLd(tokens_.text());
    }
  }

  void StartTag() {
    const std::string_view name = tokens_.name();
    if (EqualsLower(name, "meta")) {
      Meta();
    } else if (EqualsLower(name, "link")) {
      if (ContainsWord(tokens_.Value("rel"), "canonical")) Keep(urls_[0], tokens_.Value("href"));
    } else if (EqualsLower(name, "base")) {
      Base();
    } else if (EqualsLower(name, "html")) {
      Keep(languages_[0], tokens_.Value("lang"));
      Keep(languages_[1], tokens_.Value("xml:lang"));
    } else if (EqualsLower(name, "title")) {
      // Pictures have titles too (<svg><title>): the first one is the page's.
      if (title_.empty()) inside_ = Inside::kTitle;
    } else if (EqualsLower(name, "script")) {
      inside_ = EqualsLower(tokens_.Value("type"), "application/ld+json") ? Inside::kJsonLd
                                                                          : Inside::kNothing;
    } else if (EqualsLower(name, "time")) {
      const std::string_view date = tokens_.Value("datetime");
      if (tokens_.Has("pubdate") || EqualsLower(tokens_.Value("itemprop"), "datepublished")) {
        Keep(dates_[3], date);
      }
      Keep(dates_[4], date);
    } else if (EqualsLower(name, "h1") || EqualsLower(name, "h2")) {
      inside_ = Inside::kHeading;
      heading_.clear();
      in_h1_ = name[1] == '1';
    }
  }

  void EndTag() {
    const std::string_view name = tokens_.name();
    if (inside_ == Inside::kHeading && (EqualsLower(name, "h1") || EqualsLower(name, "h2"))) {
      std::string heading = Line(heading_);
      if (!heading.empty()) {
        if (in_h1_) ++h1_count_;
        if (in_h1_ && h1_.empty()) h1_ = heading;
        if (headings_.size() < kMaxPageHeadings) headings_.push_back(std::move(heading));
      }
      inside_ = Inside::kNothing;
    } else if (EqualsLower(name, "title") || EqualsLower(name, "script")) {
      inside_ = Inside::kNothing;
    }
  }

  // The first one with an href is the page's, whatever it says (HTML standard, 4.2.3).
  void Base() {
    if (has_base_ || !tokens_.Has("href")) return;
    has_base_ = true;
    const std::string_view href = tokens_.Value("href");
    if (href.size() <= kMaxBaseBytes) AppendDecoded(href, /*in_attribute=*/true, base_);
  }

  void Meta() {
    const std::string_view content = tokens_.Value("content");
    if (content.empty()) return;
    for (const std::string_view attribute : {"property", "name", "itemprop", "http-equiv"}) {
      std::string_view names = tokens_.Value(attribute);
      // Several names in one attribute are parted by spaces.
      while (!names.empty()) {
        const size_t end = std::min(names.find_first_of(" \t\n\r\f"), names.size());
        MetaNamed(names.substr(0, end), content);
        names.remove_prefix(std::min(end + 1, names.size()));
      }
    }
  }

  void MetaNamed(std::string_view name, std::string_view content) {
    if (name.empty()) return;
    if (const auto rank = RankOf(name, kTitles)) Keep(titles_[*rank], content);
    if (const auto rank = RankOf(name, kDates)) Keep(dates_[*rank], content);
    if (const auto rank = RankOf(name, kAuthors)) {
      // article:author is as often the address of a profile.
      if (content.find("://") == content.npos && authors_[*rank].size() < kMaxPageAuthors) {
        authors_[*rank].push_back(Line(content));
      }
    }
    if (const auto rank = RankOf(name, kUrls)) Keep(urls_[*rank], content);
    if (const auto rank = RankOf(name, kSites)) Keep(sites_[*rank], content);
    if (const auto rank = RankOf(name, kLanguages)) Keep(languages_[*rank], content);
  }

  static void Keep(std::string& slot, std::string_view value) {
    if (slot.empty()) slot = Line(value);
  }

  PageMetadata Choose() {
    PageMetadata page;
    if (json_ld_.found) {
      Keep(page.title, TitleOfJsonLd());
      Keep(page.published, json_ld_.published);
      for (const std::string& author : json_ld_.authors) page.authors.push_back(Line(author));
      Keep(sites_[1], json_ld_.site_name);
      Keep(urls_[2], json_ld_.url);
      Keep(languages_[4], json_ld_.language);
      page.json_ld_body = std::move(json_ld_.body);
    }
    page.title_source = page.title.empty() ? MetadataSource::kMeta : MetadataSource::kJsonLd;
    if (page.title.empty()) page.title = First(titles_);
    page.site_name = First(sites_);
    if (page.title.empty()) {
      page.title_source = MetadataSource::kElement;
      page.title = TitleOfElement();
    }
    if (page.title.empty()) page.title_source = MetadataSource::kNone;
    ChooseDate(page);
    for (const std::vector<std::string>& authors : authors_) {
      if (page.authors.empty()) page.authors = authors;
    }
    page.canonical_url = First(urls_);
    for (std::string& language : languages_) {
      if (!language.empty()) page.languages.push_back(std::move(language));
    }
    page.base = std::move(base_);
    return page;
  }

  void ChooseDate(PageMetadata& page) {
    page.published_source = MetadataSource::kJsonLd;
    for (size_t i = 0; i < dates_.size() && page.published.empty(); ++i) {
      page.published = dates_[i];
      page.published_source = i < 3 ? MetadataSource::kMeta : MetadataSource::kTime;
    }
    if (page.published.empty()) page.published_source = MetadataSource::kNone;
  }

  // The headline, or the name where <title> has that and not the headline.
  [[nodiscard]] std::string TitleOfJsonLd() const {
    if (json_ld_.headline.empty()) return json_ld_.name;
    if (json_ld_.name.empty()) return json_ld_.headline;
    const std::string title = ToMatching(Line(title_)).text;
    const auto stands = [&](const std::string& text) {
      return title.find(ToMatching(Line(text)).text) != title.npos;
    };
    return stands(json_ld_.name) && !stands(json_ld_.headline) ? json_ld_.name : json_ld_.headline;
  }

  // <title>, or the one heading that is a part of it.
  [[nodiscard]] std::string TitleOfElement() const {
    std::string title = Line(title_);
    if (title.empty()) return h1_count_ == 1 ? h1_ : std::string();
    const std::string folded = ToMatching(title).text;
    std::string_view best;
    for (const std::string& heading : headings_) {
      if (heading.size() < title.size() && heading.size() > best.size() &&
          2 * heading.size() >= title.size() &&
          folded.find(ToMatching(heading).text) != folded.npos) {
        best = heading;
      }
    }
    return std::string(best.empty() ? WithoutLastSegment(title) : best);
  }

  HtmlTokenizer tokens_;
  Inside inside_ = Inside::kNothing;
  std::string title_;
  std::string heading_;
  bool in_h1_ = false;
  size_t h1_count_ = 0;
  std::string h1_;
  std::vector<std::string> headings_;
  size_t scripts_ = 0;
  JsonLdArticle json_ld_;
  Candidates<6> titles_;
  Candidates<5> dates_;
  std::array<std::vector<std::string>, 3> authors_;
  Candidates<3> urls_;
  Candidates<3> sites_;
  Candidates<5> languages_;
  bool has_base_ = false;
  std::string base_;
};

// Behind white space, comments and processing instructions at the start.
std::string_view SkipPreamble(std::string_view text) {
  while (true) {
    const size_t begin = text.find_first_not_of(" \t\r\n\f");
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin);
    std::string_view end;
    if (text.starts_with("<!--")) {
      end = "-->";
    } else if (text.starts_with("<?")) {
      end = ">";
    } else {
      return text;
    }
    const size_t close = text.find(end);
    if (close == std::string_view::npos) return {};
    text.remove_prefix(close + end.size());
  }
}

}  // namespace

bool IsHtmlPage(std::string_view text) {
  text = SkipPreamble(text.substr(0, kMaxPageStartBytes));
  for (const std::string_view start : {"<!doctype html", "<html", "<head", "<body"}) {
    if (!EqualsLower(text.substr(0, start.size()), start)) continue;
    const std::string_view rest = text.substr(start.size());
    return rest.empty() || rest[0] == '>' || rest[0] == '/' || rest[0] == ' ' || rest[0] == '\t' ||
           rest[0] == '\n' || rest[0] == '\r' || rest[0] == '\f';
  }
  return false;
}

PageMetadata ReadPageMetadata(std::string_view html) { return Reader(html).Read(); }

}  // namespace wirefold
