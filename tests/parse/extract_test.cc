#include "lib/parse/extract.h"

#include <gtest/gtest.h>

#include "lib/parse/dates.h"

namespace wirefold {
namespace {

ExtractedArticle Read(std::string_view html) {
  HtmlDocument document = ReadHtml(html);
  return Extract(document, std::nullopt);
}

std::string Text(std::string_view html) {
  std::string out;
  for (const std::string& paragraph : Read(html).paragraphs) {
    if (!out.empty()) out += '|';
    out += paragraph;
  }
  return out;
}

constexpr char kBody[] =
    "<p>港务局周二公布了年度报告，吞吐量比去年增加了百分之四。</p>"
    "<p>局长说，新码头将在明年春天投入使用，届时运力还会提高。</p>";
constexpr char kBodyText[] =
    "港务局周二公布了年度报告，吞吐量比去年增加了百分之四。|"
    "局长说，新码头将在明年春天投入使用，届时运力还会提高。";

TEST(Extract, DropsListsOfLinksAndTheirLabel) {
  EXPECT_EQ(Text(std::string(kBody) + "<p>相关阅读：</p><ul><li><a href=/1>旧码头的故事</a></li>"
                                      "<li><a href=/2>海港百年</a></li></ul>"),
            kBodyText);
  EXPECT_EQ(Text(std::string(kBody) + "<div><div>延伸阅读</div><a href=/1>旧码头的故事</a>"
                                      "<a href=/2>海港百年</a></div>"),
            kBodyText);
}

TEST(Extract, KeepsAPageThatIsAListOfLinks) {
  EXPECT_EQ(Text("<li><a href=/1>港务局公布报告</a></li><li><a href=/2>新码头将启用</a></li>"),
            "港务局公布报告|新码头将启用");
}

TEST(Extract, DropsAFooterThatIsMostlyUrls) {
  const std::string footer =
      "<br><hr><div>更多内容：<br><a href=https://mirror.example>https://mirror.example</a>"
      "<br><a href=https://mirror2.example>https://mirror2.example</a></div>";
  EXPECT_EQ(Text(kBody + footer), kBodyText);
  EXPECT_EQ(Text(footer), "");
  EXPECT_EQ(Read(footer).dropped.size(), 3u);
}

TEST(Extract, DropsAsidesNavigationPromotionsAndCopyright) {
  EXPECT_EQ(Text("<nav>首页</nav><aside>专题</aside>" + std::string(kBody) +
                 "<div class=newsletter>订阅我们的简报</div><footer>联系我们</footer>"
                 "<p>© 2020 某报</p>"),
            kBodyText);
}

TEST(Extract, KeepsAnArticleThatStandsInAnAside) {
  EXPECT_EQ(Text("<aside>" + std::string(kBody) + "</aside>"), kBodyText);
}

TEST(Extract, KeepsLinksWithinSentences) {
  EXPECT_EQ(Text("<p>据<a href=/r>年度报告</a>，吞吐量增加了。</p>"), "据年度报告，吞吐量增加了。");
}

TEST(Extract, ReadsTheDateLineAndTheNameAboveIt) {
  const ExtractedArticle article =
      Read("<div><i>林某某,Lin Moumou<br>2020-08-27 11:27:28</i></div>" + std::string(kBody));
  EXPECT_EQ(article.date_line_ms, ParseDate("2020-08-27 11:27:28", {}));
  EXPECT_EQ(article.authors, (std::vector<std::string>{"林某某", "Lin Moumou"}));
  EXPECT_EQ(article.paragraphs.size(), 2u);
}

TEST(Extract, TakesAnAuthorFromTheByline) {
  EXPECT_EQ(Read("<p class=byline>null 林某某</p>" + std::string(kBody)).authors,
            std::vector<std::string>{"林某某"});
  EXPECT_TRUE(Read(kBody).authors.empty());
}

TEST(Extract, DatelineStaysInTheText) {
  const ExtractedArticle article =
      Read("<p>（某某社台北24日電）港務局今天表示，報告已經公布。</p>");
  EXPECT_EQ(article.dateline, "某某社台北24日電");
  EXPECT_EQ(article.paragraphs.front().substr(0, 3), "（");
}

TEST(Extract, NothingIsLost) {
  const ExtractedArticle article = Read("<nav>首页</nav>" + std::string(kBody) + "<p>====</p>");
  EXPECT_EQ(article.dropped, (std::vector<std::string>{"首页", "===="}));
}

TEST(Extract, AnEmptyPageIsEmpty) {
  EXPECT_TRUE(Read("").paragraphs.empty());
  EXPECT_TRUE(Read("<p>&nbsp;</p>").dropped.empty());
}

}  // namespace
}  // namespace wirefold
