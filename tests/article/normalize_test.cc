#include "lib/article/normalize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

constexpr char kFile[] =
    "<!--1598500800000-->\n"
    "[港务局公布年度报告](https://news.example/2020/08/a_(1).html?utm_source=rss)\n"
    "------\n\n"
    "<div><i>2020-08-27 03:27:28</i></div><img src='/p/1.jpg' alt='码头'>"
    "<p>（某某社海港27日电）港务局周四公布了年度报告，吞吐量比去年增加了百分之四。</p>"
    "<p>局长说，<a href='/tag/port'>新码头</a>将在明年春天投入使用。"
    "<a href='javascript:void(0)'>分享</a></p>";

absl::StatusOr<NormalizedArticle> Read(std::string_view bytes, Hints hints = {}) {
  return Normalize({.bytes = bytes, .source = "crawler", .hints = std::move(hints)});
}

Reason Refusal(std::string_view bytes, Hints hints = {}) {
  return ReasonOf(Read(bytes, std::move(hints)).status());
}

bool Warns(const NormalizedArticle& normalized, Warning warning) {
  const auto& warnings = normalized.article.warnings;
  return std::find(warnings.begin(), warnings.end(), warning) != warnings.end();
}

TEST(Normalize, ReadsAWholeFile) {
  const auto normalized = Read(kFile);
  ASSERT_TRUE(normalized.ok()) << normalized.status();
  const CanonicalArticle& article = normalized->article;
  EXPECT_EQ(article.url, "https://news.example/2020/08/a_(1).html");
  EXPECT_FALSE(article.url_key.empty());
  EXPECT_EQ(article.host, "news.example");
  EXPECT_EQ(article.title, "港务局公布年度报告");
  EXPECT_EQ(article.text,
            "（某某社海港27日电）港务局周四公布了年度报告，吞吐量比去年增加了百分之四。\n"
            "局长说，新码头将在明年春天投入使用。分享");
  EXPECT_EQ(article.dateline, "某某社海港27日电");
  EXPECT_EQ(article.source, "crawler");
  EXPECT_EQ(article.language, "zh-Hans");
  EXPECT_EQ(article.script, Script::kHans);
  EXPECT_EQ(article.observed_at_ms, 1598500800000);
  EXPECT_EQ(article.published_source, PublishedSource::kDateLine);
  EXPECT_EQ(article.published_at_ms, 1598498848000);
  EXPECT_EQ(article.images, (std::vector<Image>{{"https://news.example/p/1.jpg", "码头"}}));
  EXPECT_EQ(article.links, (std::vector<Link>{{"https://news.example/tag/port", "新码头"}}));
  EXPECT_EQ(article.dropped, std::vector<std::string>{"2020-08-27 03:27:28"});
  EXPECT_TRUE(article.warnings.empty());
  EXPECT_EQ(article.raw_bytes, sizeof(kFile) - 1);
  EXPECT_EQ(article.rules_version, kRulesVersion);
  EXPECT_EQ(normalized->text_hash, HashMatching(normalized->matching_text));
  EXPECT_EQ(normalized->identity, HashBytes128(article.url_key, 1));
  EXPECT_EQ(normalized->id, Ulid::Make(article.observed_at_ms, normalized->identity));
}

TEST(Normalize, IsDeterministic) {
  const auto once = Read(kFile);
  const auto twice = Read(kFile);
  EXPECT_EQ(once->article, twice->article);
  EXPECT_EQ(once->id, twice->id);
}

TEST(Normalize, SpellingsOfOneTextHaveOneTextHash) {
  const auto simplified = Read("<p>国务院发布经济发展报告，增长７个百分点，委员们表示满意。</p>");
  const auto traditional = Read("<div>國務院發布經濟發展報告，增長7個百分點，委員們表示滿意</div>");
  EXPECT_EQ(simplified->text_hash, traditional->text_hash);
  EXPECT_EQ(simplified->identity, traditional->identity);  // neither has a URL
  EXPECT_NE(simplified->article.text, traditional->article.text);
}

TEST(Normalize, RejectsEmptyFiles) {
  EXPECT_EQ(Refusal(""), Reason::kEmptyFile);
  EXPECT_EQ(Refusal(" \r\n\t "), Reason::kEmptyFile);
  EXPECT_EQ(Refusal("\xEF\xBB\xBF\n"), Reason::kEmptyFile);
  EXPECT_EQ(Refusal(" \u3000\u00A0\u2028"), Reason::kEmptyFile);
}

TEST(Normalize, TakesFilesUpToTheLimitAndNotPastIt) {
  std::string file = "<p>text</p>";
  file.resize(kMaxDocumentBytes, ' ');
  EXPECT_TRUE(Read(file).ok());
  file.push_back(' ');
  EXPECT_EQ(Refusal(file), Reason::kDocumentTooLarge);
}

TEST(Normalize, RejectsWhatIsNoText) {
  EXPECT_EQ(Refusal(std::string(100, '\0')), Reason::kNotText);
  EXPECT_EQ(Refusal("%PDF-1.4\n1 0 obj"), Reason::kNotText);
}

TEST(Normalize, RejectsInvalidUrlsByName) {
  EXPECT_EQ(Refusal("[t](nonsense)\n------\nx"), Reason::kInvalidUrl);
  EXPECT_EQ(Refusal("[t](ftp://a.example/)\n------\nx"), Reason::kUnsupportedScheme);
  const std::string url = "https://a.example/" + std::string(kMaxUrlBytes, 'a');
  EXPECT_EQ(Refusal("[t](" + url + ")\n------\nx"), Reason::kUrlTooLong);
  EXPECT_EQ(Refusal("x", {.url = "nonsense", .observed_at_ms = {}}), Reason::kInvalidUrl);
}

TEST(Normalize, RejectsAFileThatSaysNothing) {
  EXPECT_EQ(Refusal("<p>…</p>"), Reason::kNoContent);
  EXPECT_EQ(Refusal("<!--5-->"), Reason::kNoContent);
  EXPECT_TRUE(Read("<p>x</p>").ok());
  EXPECT_TRUE(Read("[t]()\n------\n").ok());
  EXPECT_TRUE(Read("<p>…</p>", {.url = "https://a.example/", .observed_at_ms = {}}).ok());
}

TEST(Normalize, HintsStandInForWhatTheFileLacks) {
  const Hints hints{.url = "https://hint.example/", .observed_at_ms = 7};
  const auto bare = Read("<p>text</p>", hints);
  EXPECT_EQ(bare->article.url, "https://hint.example/");
  EXPECT_EQ(bare->article.observed_at_ms, 7);
  EXPECT_FALSE(Warns(*bare, Warning::kNoLinkLine));
  EXPECT_FALSE(Warns(*bare, Warning::kNoTimestamp));
  const auto full = Read(kFile, hints);
  EXPECT_EQ(full->article.host, "news.example");
  EXPECT_EQ(full->article.observed_at_ms, 1598500800000);
}

TEST(Normalize, WarnsOfWhatIsUnusual) {
  const auto bare = Read("<p>text</p>");
  EXPECT_EQ(
      bare->article.warnings,
      (std::vector<Warning>{Warning::kNoTimestamp, Warning::kNoLinkLine, Warning::kNoUsableText}));
  EXPECT_EQ(bare->article.observed_at_ms, 0);
  EXPECT_EQ(bare->article.published_source, PublishedSource::kNone);
  EXPECT_TRUE(Warns(*Read("新闻报道的文字 \xFF"), Warning::kInvalidUtf8));
  EXPECT_EQ(Read("新闻报道的文字 \xFF")->article.replaced_bytes, 1u);
  EXPECT_TRUE(Warns(*Read("<!---5-->\n<p>text</p>"), Warning::kTimeOutOfRange));
  EXPECT_EQ(Read("<!---5-->\n<p>text</p>")->id.TimeMs(), 0);
  const auto late = Read("<!--999999999999999999-->\n<p>text</p>");
  EXPECT_TRUE(Warns(*late, Warning::kTimeOutOfRange));
  EXPECT_EQ(late->id.TimeMs(), kMaxTimeMs);
}

TEST(Normalize, IdentityWithoutUrlIsOfTheTextAndUnderTwentyLettersOfTheBytes) {
  const std::string nineteen = "<p>abcdefghij klmnopqrs</p>";
  const std::string twenty = "<p>abcdefghij klmnopqrst</p>";
  EXPECT_EQ(Read(twenty)->identity, Read("<div>ABCDEFGHIJ, klmnopqrst!</div>")->identity);
  EXPECT_EQ(Read(twenty)->identity, HashBytes128("abcdefghijklmnopqrst", 2));
  EXPECT_TRUE(Read(twenty)->HasUsableText());
  EXPECT_EQ(Read(nineteen)->identity, HashBytes128(nineteen, 3));
  EXPECT_FALSE(Read(nineteen)->HasUsableText());
}

TEST(Normalize, CutsTheTitleAtACharacter) {
  std::string title;
  while (title.size() <= kMaxTitleBytes) title += "题";
  const auto normalized = Read("[" + title + "](https://a.example/)\n------\n");
  EXPECT_EQ(normalized->article.title, title.substr(0, kMaxTitleBytes / 3 * 3));
}

TEST(Normalize, DecodesTheTitle) {
  EXPECT_EQ(Read("[a &amp; b&#39;s\n &amp;#22338;](https://a.example/)\n------\n")->article.title,
            "a & b's 坂");
}

TEST(Normalize, DropsShareLinksAndWhatIsNoLink) {
  const auto normalized = Read(
      "[t](https://a.example/x)\n------\n<p>这里有<a href='https://share.example/?u="
      "https%253A%252F%252Fa.example%252Fx&r=http://q'>分享</a>和<a href='#top'>顶</a>和"
      "<a href='mailto:a@b.example'>信</a>以及<a href='http://['>坏</a>与<a "
      "href='/y'>好</a>的链接</p>");
  EXPECT_EQ(normalized->article.links, (std::vector<Link>{{"https://a.example/y", "好"}}));
}

TEST(Normalize, LinksAndImagesAreCanonicalAndButtonsToShareAreNone) {
  const auto normalized = Read(
      "[第二届会议在某某市闭幕](https://www.news.example/cn/\xe4\xb8\xad/"
      "a?id=7&fbclid=x)\n------\n\n"
      "<p>会议于周五闭幕，与会者一致认为需要更多的合作，并将在明年再次举行会议。</p>"
      "<p>会议的文件可以在别处读到，也可以经转接读到，与会各方的讲话稿将于下周陆续公布。<img "
      "src='../img/1.jpg?utm_source=x#top'>"
      "<a href='//other.example:443/./b/../c?utm_medium=rss&p=1#x'>别处</a> "
      "<a href='https://go.example/l.php?u=https%3A%2F%2Fother.example%2Fd'>经转接</a> "
      // The article's own URL, whose escapes are encoded once more.
      "<a href='https://social.example/feed?to=https%3A%2F%2Fwww.news.example%2Fcn%2F%25E4%25B8"
      "%25AD%2Fa%3Fid%3D7'>分享</a> "
      "<a href='https://chat.example/go?text=%E7%AC%AC%E4%BA%8C%E5%B1%8A%E4%BC%9A%E8%AE%AE%E5%9C%A8"
      "%E6%9F%90%E6%9F%90%E5%B8%82%E9%97%AD%E5%B9%95%20https%3A%2F%2Fnws.example%2F1'>发送</a></"
      "p>");
  ASSERT_TRUE(normalized.ok()) << normalized.status();
  const CanonicalArticle& article = normalized->article;
  EXPECT_EQ(article.url, "https://www.news.example/cn/%E4%B8%AD/a?id=7");
  EXPECT_EQ(article.full_url, "https://www.news.example/cn/%E4%B8%AD/a?id=7&fbclid=x");
  ASSERT_EQ(article.images.size(), 1u);
  EXPECT_EQ(article.images[0].url, "https://www.news.example/cn/img/1.jpg");
  EXPECT_EQ(article.links,
            (std::vector<Link>{
                {"https://other.example/c?p=1", "别处"},
                {"https://go.example/l.php?u=https%3A%2F%2Fother.example%2Fd", "经转接"}}));
}

TEST(Normalize, GoesByTheRulesAboutUrlsThatItIsGiven) {
  const absl::StatusOr<UrlRules> rules = UrlRules::Parse("[*]\ndrop id\n");
  ASSERT_TRUE(rules.ok());
  const auto normalized = Normalize(
      {.bytes = "[T](https://a.example/?id=1&utm_source=2)\n------\n\n<a href='/?id=2'>x</a>",
       .source = {},
       .hints = {}},
      *rules);
  ASSERT_TRUE(normalized.ok()) << normalized.status();
  EXPECT_EQ(normalized->article.url, "https://a.example/?utm_source=2");
  EXPECT_EQ(normalized->article.url_key, "a.example/?utm_source=2");
  EXPECT_EQ(normalized->article.full_url, "https://a.example/?id=1&utm_source=2");
  EXPECT_EQ(normalized->article.links, (std::vector<Link>{{"https://a.example/", "x"}}));
}

TEST(Normalize, APublishedDateAfterTheObservedTimeIsNotBelieved) {
  const auto normalized = Read("<!--1598500800000-->\n<p>2021-08-27</p><p>text</p>");
  EXPECT_EQ(normalized->article.published_source, PublishedSource::kObserved);
  EXPECT_EQ(normalized->article.published_at_ms, 1598500800000);
}

TEST(Normalize, NeverThrowsOnAnyBytes) {
  std::mt19937 random(2020);
  const std::string alphabet = "<>/='\"&;#!-[]()\n\r ap中";
  for (int round = 0; round < 6000; ++round) {
    std::string bytes = round % 2 == 0 ? std::string(kFile) : std::string();
    const size_t changes = 1 + random() % 40;
    for (size_t i = 0; i < changes; ++i) {
      const size_t at = random() % (bytes.size() + 1);
      const char c =
          round % 3 == 0 ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
      bytes.insert(at, 1 + random() % 3, c);
    }
    const auto normalized = Read(bytes);
    if (normalized.ok()) {
      EXPECT_EQ(normalized->article.raw_bytes, bytes.size());
    } else {
      EXPECT_NE(ReasonOf(normalized.status()), Reason::kUnspecified) << normalized.status();
    }
  }
}

constexpr char kPage[] =
    "<!DOCTYPE html><html lang=en><head><title>Harbour report | News Example</title>"
    "<link rel=canonical href='/2020/08/report'>"
    "<meta property=article:published_time content='2020-08-27T03:27:28Z'>"
    "<meta name=author content='A. Writer'></head><body><nav><a href=/>Home</a></nav>"
    "<article><h1>Harbour report</h1><p>The harbour board said on Tuesday that traffic grew by "
    "four per cent, which is more than in the year before, and more than was hoped.</p>"
    "<p>The new quay will open in spring, it said, if the weather allows it to be "
    "finished.</p></article><div class=footer><p>All rights reserved, and all lefts.</p></div>";

TEST(Normalize, ReadsAPageWithUrlAndTimeAsHints) {
  const auto normalized =
      Read(kPage, {.url = "https://m.news.example/x?id=7", .observed_at_ms = 1598600000000});
  ASSERT_TRUE(normalized.ok()) << normalized.status();
  const CanonicalArticle& article = normalized->article;
  EXPECT_EQ(article.url, "https://m.news.example/2020/08/report");
  EXPECT_EQ(article.title, "Harbour report");
  EXPECT_EQ(article.text,
            "The harbour board said on Tuesday that traffic grew by four per cent, which is more "
            "than in the year before, and more than was hoped.\n"
            "The new quay will open in spring, it said, if the weather allows it to be finished.");
  EXPECT_EQ(article.authors, std::vector<std::string>{"A. Writer"});
  EXPECT_EQ(article.published_source, PublishedSource::kMetadata);
  EXPECT_EQ(article.published_at_ms, 1598498848000);
  EXPECT_TRUE(article.warnings.empty());
}

TEST(Normalize, BelievesACanonicalUrlOnItsOwnDomainAlone) {
  const auto url = [](std::string_view canonical, std::string hint) {
    const std::string page = "<html><link rel=canonical href='" + std::string(canonical) +
                             "'><p>The harbour board published its report.</p>";
    return Read(page, {.url = std::move(hint), .observed_at_ms = {}})->article.url;
  };
  EXPECT_EQ(url("https://www.news.example/a", "https://m.news.example/b"),
            "https://www.news.example/a");
  EXPECT_EQ(url("https://other.example/a", "https://m.news.example/b"), "https://m.news.example/b");
  EXPECT_EQ(url("https://www.news.example/", "https://m.news.example/b"),
            "https://m.news.example/b");
  EXPECT_EQ(url("http://[", "https://m.news.example/b"), "https://m.news.example/b");
  EXPECT_EQ(url("https://www.news.example/a", ""), "");
}

TEST(Normalize, ReadsArticleBodyForWantOfAText) {
  const auto normalized = Read(
      "<html><script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"Harbour "
      "report\",\"articleBody\":\"The board published it.\"}</script>");
  ASSERT_TRUE(normalized.ok()) << normalized.status();
  EXPECT_EQ(normalized->article.title, "Harbour report");
  EXPECT_EQ(normalized->article.text, "The board published it.");
}

TEST(Normalize, ExplainsWhatBecameOfEachBlock) {
  std::vector<ExplainedBlock> blocks(3);
  const auto explained =
      NormalizeAndExplain({.bytes = kFile, .source = "crawler", .hints = {}}, blocks);
  EXPECT_EQ(explained->article, Read(kFile)->article);
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].reason, BlockReason::kDateLine);
  EXPECT_EQ(blocks[0].text, "2020-08-27 03:27:28");
  EXPECT_EQ(blocks[2].reason, BlockReason::kKept);
  EXPECT_EQ(blocks[2].text, "局长说，新码头将在明年春天投入使用。分享");
}

}  // namespace
}  // namespace wirefold
