#include "tests/article/golden_inputs.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/unistr.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

#include "lib/text/utf8.h"

namespace wirefold {
namespace {

// Knuth's MMIX generator: a standard library's distributions are its own affair.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint32_t Below(uint32_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<uint32_t>((state_ >> 33) % bound);
  }

 private:
  uint64_t state_;
};

struct Voice {
  std::string_view name;
  std::vector<std::string_view> words;
  std::string_view between;
  std::string_view stop;
};

const std::vector<Voice>& Voices() {
  static const std::vector<Voice> voices = {
      {"english",
       {"the",   "harbour", "board", "said", "on",      "Tuesday",  "its",   "quay",
        "would", "open",    "again", "in",   "1,250.5", "ships",    "don't", "U.S.",
        "Café",  "naïve",   "ﬁrst",  "Ⅷ",    "10°",     "e\xCC\x81"},
       " ",
       ". "},
      {"simplified",
       {"港务局",   "星期四", "公布",   "年度", "报告", "吞吐量", "比去年",   "增加",
        "百分之四", "７个月", "新码头", "将在", "明年", "春天",   "投入使用", "局长",
        "说",       "（",     "）",     "《",   "》",   "GDP"},
       "",
       "。"},
      {"traditional",
       {"港務局",   "星期四", "公佈",   "年度", "報告", "吞吐量", "比去年",   "增加",
        "百分之四", "７個月", "新碼頭", "將在", "明年", "春天",   "投入使用", "局長",
        "說",       "「",     "」",     "㍿",   "臺灣", "2020"},
       "",
       "。"},
      {"japanese",
       {"港湾局は", "木曜日に", "年次報告書を", "発表し", "取扱量が", "ｶﾀｶﾅ", "増えたと",
        "コンテナ", "埠頭", "が", "ヴ", "第３"},
       "",
       "。"},
      {"korean",
       {"항만청은", "목요일", "연례", "보고서를", "발표했다",
        "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "부두", "선박", "2020년", "증가했다"},
       " ",
       ". "},
      {"russian",
       {"Управление", "порта", "в", "четверг", "опубликовало", "годовой", "отчёт", "причал", "№",
        "откроется", "ещё", "весной"},
       " ",
       ". "},
      {"arabic",
       {"نشرت", "هيئة", "الميناء", "تقريرها", "السنوي", "يوم", "الخميس", "١٢٣", "ﻻ", "رصيف"},
       " ",
       ". "},
      {"thai", {"การท่าเรือ", "เผยแพร่", "รายงาน", "ประจำปี", "๒๕๖๗", "ท่าเทียบเรือ"}, " ", " "},
      {"mixed",
       {"港口", "port", "порт", "पत्तन", "😀", "👩‍👩‍👧", "\xE2\x80\x8B", "\xEF\xBB\xBF",
        "&amp;", "&#x4E2D;", "&notanentity;", "\xC2\xA0", "𠮷", "ǅ", "ß", "İ", "ﷺ", "\xCC\x81"},
       " ",
       "! "},
  };
  return voices;
}

std::string Sentence(const Voice& voice, Random& random) {
  std::string text;
  for (uint32_t words = 5 + random.Below(15); words > 0; --words) {
    if (!text.empty()) text += voice.between;
    text += voice.words[random.Below(static_cast<uint32_t>(voice.words.size()))];
  }
  return text.append(voice.stop);
}

// Here and below everything is put together with <<, whose operands are evaluated in their order;
// those of + are in whatever order the compiler likes, and each takes from `random`.
std::string Fragment(const Voice& voice, Random& random) {
  std::ostringstream html;
  html << "<div><i>2020-08-27 03:27:28</i></div><img src='/p/1.jpg' alt='1'>";
  for (uint32_t paragraphs = 3 + random.Below(6); paragraphs > 0; --paragraphs) {
    html << "<p>";
    for (uint32_t sentences = 1 + random.Below(5); sentences > 0; --sentences) {
      html << Sentence(voice, random);
    }
    if (random.Below(4) == 0) {
      html << "<a href='../x?utm_source=a&id=7'>" << Sentence(voice, random) << "</a>";
    }
    html << (random.Below(5) == 0 ? "<br>" : "</p>");
  }
  html << "<ul><li><a href=/1>" << Sentence(voice, random) << "</a><li><a href=/2>2</a></ul>";
  return html.str();
}

std::string Page(const Voice& voice, Random& random, const std::string& charset) {
  std::ostringstream html;
  html << "<!doctype html><html lang=en><head><meta charset=" << charset << "><title>"
       << Sentence(voice, random) << " | Harbour News</title><base href='/base/'>"
       << "<meta property=article:published_time content='2020-08-27T03:27:28+02:00'>"
       << "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"author\":\"A. B\"}"
       << "</script></head><body><nav><a href=/>x</a></nav><article>" << Fragment(voice, random)
       << "</article><footer>&copy; 2020</footer></body></html>";
  return html.str();
}

std::string Escaped(std::string_view html) {
  std::string text;
  for (const char c : html) {
    if (c == '&') {
      text += "&amp;";
    } else if (c == '<') {
      text += "&lt;";
    } else {
      text += c;
    }
  }
  return text;
}

std::string Encoded(std::string_view utf8, const char* charset) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(charset, &status);
  // What the charset does not have is left out.
  ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_SKIP, nullptr, nullptr, nullptr, &status);
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  std::string bytes(4 * utf8.size() + 16, '\0');
  const int32_t size = ucnv_fromUChars(converter, bytes.data(), static_cast<int32_t>(bytes.size()),
                                       text.getBuffer(), text.length(), &status);
  ucnv_close(converter);
  bytes.resize(U_SUCCESS(status) ? static_cast<size_t>(size) : 0);
  return bytes;
}

void AppendLittleEndian(uint64_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

// gzip and zstd as RFC 1952 and RFC 8878 have them, of stored blocks: what a library compresses to
// depends on its version, and its size is part of an article.
std::string StoredGzip(std::string_view text) {
  std::string out("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
  uint32_t crc = static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
  const size_t size = text.size();
  do {
    const std::string_view block = text.substr(0, 0xFFFF);
    text.remove_prefix(block.size());
    out += text.empty() ? '\1' : '\0';
    AppendLittleEndian(block.size(), 2, out);
    AppendLittleEndian(~block.size(), 2, out);
    out += block;
  } while (!text.empty());
  AppendLittleEndian(crc, 4, out);
  AppendLittleEndian(size, 4, out);
  return out;
}

std::string StoredZstd(std::string_view text) {
  std::string out("\x28\xB5\x2F\xFD\xA0", 5);  // one segment, its size in four bytes
  AppendLittleEndian(text.size(), 4, out);
  AppendLittleEndian(text.size() << 3 | 1, 3, out);  // the last block, raw
  return out.append(text);
}

std::string Dump(const Voice& voice, Random& random) {
  std::ostringstream file;
  file << "<!--1598500800000-->\n[" << Sentence(voice, random)
       << " - 港口网](https://news.example/2020/08/a_(1).html?utm_source=rss&id=3)\n------\n\n"
       << Fragment(voice, random);
  return file.str();
}

std::string Text(const Voice& voice, Random& random) {
  std::ostringstream text;
  text << Sentence(voice, random) << "\n\n";
  for (int i = 0; i < 4; ++i) {
    text << Sentence(voice, random) << Sentence(voice, random) << "\n\n";
  }
  return text.str();
}

std::string Rss(const Voice& voice, Random& random) {
  std::ostringstream feed;
  feed << "<?xml version='1.0'?><rss version='2.0'><channel><title>Harbour News</title>"
       << "<link>https://feed.example/</link><language>en-us</language>";
  for (int i = 0; i < 3; ++i) {
    feed << "<item><title>" << Escaped(Sentence(voice, random)) << "</title><link>/item/" << i
         << "</link><pubDate>Thu, 27 Aug 2020 03:27:28 GMT</pubDate><description>"
         << Escaped(Fragment(voice, random)) << "</description></item>";
  }
  feed << "</channel></rss>";
  return feed.str();
}

std::string Atom(const Voice& voice, Random& random) {
  std::ostringstream feed;
  feed << "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://feed.example/b/'><entry "
       << "xml:lang='zh-TW'><title>" << Escaped(Sentence(voice, random))
       << "</title><link href='1'/><updated>2020-08-27T03:27:28Z</updated><content type='html'>"
       << Escaped(Fragment(voice, random)) << "</content></entry></feed>";
  return feed.str();
}

std::string Warc(const std::string& page, const std::string& charset) {
  std::string file;
  for (int i = 0; i < 2; ++i) {
    const std::string block = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=" + charset +
                              "\r\nContent-Language: en\r\n\r\n" + page;
    file += "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://warc.example/" +
            std::to_string(i) + "\r\nWARC-Date: 2024-06-01T08:00:00Z\r\n" +
            (i == 1 ? "WARC-Truncated: length\r\n" : "") +
            "Content-Length: " + std::to_string(block.size()) + "\r\n\r\n" + block + "\r\n\r\n";
  }
  return file;
}

void AddMade(std::vector<GoldenInput>& inputs) {
  Random random(7);
  const auto add = [&](std::string name, std::string bytes) {
    inputs.push_back({"made/" + std::move(name), std::move(bytes), false});
  };
  for (const Voice& voice : Voices()) {
    const std::string prefix = std::string(voice.name) + "/";
    add(prefix + "dump", Dump(voice, random));
    const std::string page = Page(voice, random, "utf-8");
    add(prefix + "page.html", page);
    add(prefix + "fragment", Fragment(voice, random));
    add(prefix + "text", Text(voice, random));
    add(prefix + "note.xml", "<?xml version='1.0'?><note>" + Fragment(voice, random) + "</note>");
    add(prefix + "rss.xml", Rss(voice, random));
    add(prefix + "atom.xml", Atom(voice, random));
    add(prefix + "pages.warc", Warc(page, "utf-8"));
    add(prefix + "dump.gz", StoredGzip(Dump(voice, random)));
    add(prefix + "page.zst", StoredZstd(Page(voice, random, "utf-8")));
  }
  struct Charset {
    const char* name;
    size_t voice;
  };
  constexpr std::array kCharsets = {
      Charset{"gb18030", 1},      Charset{"gbk", 1},         Charset{"big5", 2},
      Charset{"shift_jis", 3},    Charset{"euc-jp", 3},      Charset{"euc-kr", 4},
      Charset{"windows-1251", 5}, Charset{"koi8-r", 5},      Charset{"windows-1256", 6},
      Charset{"windows-874", 7},  Charset{"windows-1252", 0}};
  for (const Charset& charset : kCharsets) {
    const Voice& voice = Voices()[charset.voice];
    const std::string name = charset.name;
    add(name + "/declared.html", Encoded(Page(voice, random, name), charset.name));
    add(name + "/guessed.html", Encoded(Page(voice, random, "x"), charset.name));
    add(name + "/text", Encoded(Text(voice, random), charset.name));
  }
  for (const char* charset : {"UTF-16LE", "UTF-16BE"}) {
    add(std::string(charset) + "/marked",
        Encoded("\xEF\xBB\xBF" + Page(Voices()[1], random, "x"), charset));
    add(std::string(charset) + "/bare", Encoded(Page(Voices()[0], random, "x"), charset));
  }
  // Bytes of no meaning, and texts with some of them broken.
  for (int i = 0; i < 8; ++i) {
    std::string broken = Dump(Voices()[static_cast<size_t>(i)], random);
    for (int hits = 0; hits < 12; ++hits) {
      const uint32_t at = random.Below(static_cast<uint32_t>(broken.size()));
      broken[at] = static_cast<char>(random.Below(256));
    }
    add("broken/" + std::to_string(i), std::move(broken));
    std::string noise = i % 2 == 0 ? "<p>" : "";
    for (int bytes = 0; bytes < 600; ++bytes) noise += static_cast<char>(random.Below(256));
    add("noise/" + std::to_string(i), std::move(noise));
  }
  // Every character, in pieces: what the tables say of each.
  std::string block;
  int index = 0;
  for (char32_t c = 1; c <= 0x2FFFF; ++c) {
    if (c < 0xD800 || c > 0xDFFF) AppendUtf8(c, block);
    if (c % 64 == 63) block += "\n\n";
    if (c % 0x1000 == 0xFFF) {
      add("characters/" + std::to_string(index++), std::exchange(block, ""));
    }
  }
}

}  // namespace

std::vector<GoldenInput> GoldenInputs() {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(WIREFOLD_SOURCE_DIR) / "tests" / "testdata";
  std::vector<GoldenInput> inputs;
  for (const char* folder : {"articles", "bad", "feeds", "url", "warc"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      inputs.push_back({fs::relative(entry.path(), root).generic_string(),
                        {std::istreambuf_iterator<char>(in), {}},
                        entry.path().extension() == ".tsv"});
    }
  }
  std::sort(inputs.begin(), inputs.end(),
            [](const GoldenInput& a, const GoldenInput& b) { return a.name < b.name; });
  AddMade(inputs);
  return inputs;
}

}  // namespace wirefold
