// The rules of lib/parse/tail_rules.h and link_rules.h, through Extract: what is dropped of a page
// whose article is kBody, and why.
#include <gtest/gtest.h>

#include "lib/parse/extract.h"

namespace wirefold {
namespace {

constexpr char kBody[] =
    "<p>港务局周二公布了年度报告，吞吐量比去年增加了百分之四，其中集装箱增加得最多。</p>"
    "<p>局长说，新码头将在明年春天投入使用，届时运力还会提高，等候的时间也会缩短。</p>"
    "<p>市议会将在下月讨论港口的预算，反对的人担心沿岸的湿地，支持的人说工作更要紧。</p>"
    "<p>报告还说，去年夏天的大雾使码头停工十一天，损失由保险公司承担了一半以上。</p>";
constexpr size_t kBodyBlocks = 4;

// "reason:text" of every block behind the body (or, with before, in front of it).
std::string Behind(const std::string& html, bool before = false) {
  HtmlDocument document = ReadHtml(before ? html + kBody : kBody + html);
  std::vector<std::string> texts;
  for (const HtmlBlock& block : document.blocks) texts.push_back(block.text);
  const ExtractedArticle article = Extract(document, std::nullopt);
  std::string out;
  for (size_t i = 0; i < texts.size(); ++i) {
    const bool body = before ? i + kBodyBlocks >= texts.size() : i < kBodyBlocks;
    EXPECT_EQ(article.kept[i], IsKept(article.reasons[i]));
    if (body) {
      EXPECT_EQ(article.reasons[i], BlockReason::kKept) << texts[i];
      continue;
    }
    if (!out.empty()) out += '|';
    out += std::string(BlockReasonName(article.reasons[i])) + ":" + texts[i];
  }
  return out;
}

TEST(DropNotes, BracketsWithALinkOrAnAddress) {
  EXPECT_EQ(Behind("<p>（点击<a href=/s>此处</a>可以收到我们每天早上的信）</p>", true),
            "bracketed_note:（点击此处可以收到我们每天早上的信）");
  EXPECT_EQ(Behind("<p>（联系：desk@paper.example）</p>", true),
            "bracketed_note:（联系：desk@paper.example）");
  EXPECT_EQ(Behind("<p>（记者林某某从港口报道）</p>"), "kept:（记者林某某从港口报道）");
  EXPECT_EQ(
      Behind("<h2>【港口的<a href=/t>预算</a>之争】</h2>" + std::string(kBody), true).substr(0, 5),
      "kept:");
}

TEST(DropNotes, CopyrightLines) {
  EXPECT_EQ(Behind("<p>© 2020年某报：未经许可不得转载。</p>"),
            "copyright:© 2020年某报：未经许可不得转载。");
  EXPECT_EQ(Behind("<p>© " + std::string(220, 'x') + "</p>"), "kept:© " + std::string(220, 'x'));
}

TEST(DropTail, ParagraphsWithAMailAddressOrAUrlAtTheirEnd) {
  EXPECT_EQ(Behind("<p>有话要说的读者请写信到 desk@paper.example 。</p>"),
            "tail_note:有话要说的读者请写信到 desk@paper.example 。");
  EXPECT_EQ(Behind("<p>Read all of it in print, subscribe here www.paper.example/offer</p>"),
            "tail_note:Read all of it in print, subscribe here www.paper.example/offer");
  // Not where the article goes on behind it.
  EXPECT_EQ(Behind("<p>读者可以写信到 desk@port.example 报名参观。</p>", true),
            "kept:读者可以写信到 desk@port.example 报名参观。");
}

TEST(DropTail, ItalicsAndSmallPrintOnAPageThatIsNotAllSo) {
  EXPECT_EQ(Behind("<p><em>本报的评论只代表作者的看法。</em></p><p><small>Set by hand</small></p>"),
            "tail_note:本报的评论只代表作者的看法。|tail_note:Set by hand");
  EXPECT_EQ(Behind("<p>他说：<em>够了。</em></p>"), "kept:他说：够了。");
  HtmlDocument italics = ReadHtml("<i>" + std::string(kBody) + "</i>");
  EXPECT_EQ(Extract(italics, std::nullopt).paragraphs.size(), kBodyBlocks);
}

TEST(DropTail, WhatStandsBehindARuleOfSigns) {
  EXPECT_EQ(Behind("<p>=====<br>来宾的话不是本台的意见。<br>=====</p>"),
            "no_letters:=====|tail_note:来宾的话不是本台的意见。|no_letters:=====");
  // A table drawn with signs ends in figures, and stars part sections.
  EXPECT_EQ(Behind("<p>-----<br>1月 3,217 11,315</p>"), "no_letters:-----|kept:1月 3,217 11,315");
  EXPECT_EQ(Behind("<p>***</p>" + std::string(kBody)).substr(0, 20), "no_letters:***|kept:");
}

TEST(DropTail, LeavesQuotedPostsAlone) {
  EXPECT_EQ(Behind("<blockquote><p>看看 <a href=/1>#港口报告</a> <a href=/2>pic.example/a</a></p>"
                   "</blockquote>"),
            "kept:看看 #港口报告 pic.example/a");
}

TEST(DropLinkBlocks, ALabelWithALink) {
  EXPECT_EQ(Behind("<p>节目全文：<a href=/v>港务局长谈新码头和沿岸的湿地</a></p>", true),
            "links:节目全文：港务局长谈新码头和沿岸的湿地");
  EXPECT_EQ(Behind("<p><a href=/u>@港口的林先生某某</a>：怀念你</p>", true),
            "kept:@港口的林先生某某：怀念你");
}

TEST(DropUrlBlocks, ALabelWithAnAddressAndTheOfferAboveOne) {
  EXPECT_EQ(Behind("<p>本台直播：video.example/port</p>", true),
            "urls:本台直播：video.example/port");
  EXPECT_EQ(Behind("<p>【支持】就在今天<br>https://give.example/port</p><p>本报制作组</p>"),
            "label:【支持】就在今天|urls:https://give.example/port|kept:本报制作组");
}

TEST(DropCaptions, SmallPrintBehindAnImage) {
  EXPECT_EQ(Behind("<img src=a.jpg><div><small>码头的清晨。</small></div>", true),
            "context:码头的清晨。");
  EXPECT_EQ(Behind("<img src=a.jpg><div>码头的清晨。</div>", true), "kept:码头的清晨。");
}

TEST(DropGallery, PicturesUnderAHeadingAtTheEnd) {
  const std::string picture = "<div><img src=a.jpg><b>旧码头</b>：百年前的样子</div>";
  EXPECT_EQ(Behind("<h3>图集：海港百年</h3>" + picture + picture + picture),
            "gallery:图集：海港百年|gallery:旧码头：百年前的样子|gallery:旧码头：百年前的样子|"
            "gallery:旧码头：百年前的样子");
  // Two pictures are no gallery, and an article in pictures is one.
  EXPECT_EQ(Behind("<h3>图集</h3>" + picture + picture).substr(0, 5), "kept:");
  HtmlDocument pictures = ReadHtml("<h3>图集</h3>" + picture + picture + picture);
  EXPECT_EQ(Extract(pictures, std::nullopt).paragraphs.size(), 4u);
}

TEST(DropGallery, PicturesUnderAHeadingWithinTheArticle) {
  const std::string picture = "<div><img src=a.jpg><b>旧码头</b>：百年前的样子</div>";
  const std::string pictures = picture + picture + picture;
  const std::string body = std::string(kBody).substr(0, std::string(kBody).find("</p>") + 4);
  HtmlDocument document =
      ReadHtml(body + "<h3>图集：海港百年</h3>" + pictures + body + "<h3>吊机</h3>" + body);
  const ExtractedArticle article = Extract(document, std::nullopt);
  EXPECT_EQ(article.dropped.size(), 4u);
  ASSERT_EQ(article.paragraphs.size(), 4u);
  EXPECT_EQ(article.paragraphs[2], "吊机");
  // Pictures that are most of the page go where there is a text of its own; without a heading they
  // belong to it.
  std::string many;
  for (int i = 0; i < 200; ++i) many += picture;
  const auto kept = [&](const std::string& html) {
    HtmlDocument page = ReadHtml(html);
    return Extract(page, std::nullopt).paragraphs.size();
  };
  EXPECT_EQ(kept(body + body + body + body + "<h3>图集</h3>" + many), 4u);
  EXPECT_EQ(kept(body + body + body + "<h3>图集</h3>" + many), 204u);
  EXPECT_EQ(kept(body + pictures + body), 5u);
}

TEST(TailRules, HoldTheirLimits) {
  const std::string note = "© " + std::string(199, 'x');
  EXPECT_EQ(Behind("<p>" + note + "</p>"), "copyright:" + note);
  EXPECT_EQ(Behind("<p>" + note + "x</p>"), "kept:" + note + "x");
  // Among bodies enough for the caption to be little of the page.
  const auto reason = [](const std::string& caption) {
    const std::string bodies = std::string(kBody) + kBody + kBody;
    HtmlDocument document = ReadHtml("<img src=a><div><i>" + caption + "</i></div>" + bodies);
    return Extract(document, std::nullopt).reasons.at(0);
  };
  EXPECT_EQ(reason(std::string(120, 'x')), BlockReason::kContext);
  EXPECT_EQ(reason(std::string(121, 'x')), BlockReason::kKept);
}

}  // namespace
}  // namespace wirefold
