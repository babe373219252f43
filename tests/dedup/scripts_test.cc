// Near copies are found and other texts left apart in any script: made-up texts of each, through
// matching, tokens, shingles, sketch, index and comparison. The words are of the languages, their
// order is drawn.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dedup/compare.h"
#include "lib/dedup/index.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

struct Language {
  std::string name;
  std::string words;    // by spaces
  std::string between;  // two words
  // Words of a text.
  size_t length = 400;

  friend void PrintTo(const Language& language, std::ostream* out) { *out << language.name; }
};

// The formatter measures these scripts now this way, now that.
// clang-format off
const Language kLanguages[] = {
    {"Thai",
     "ตลาด สะพาน แม่น้ำ เรือ ข้าม คืน ประชาชน เทศบาล กล่าว ว่า จะ เปิด ใหม่ หลัง ปิด ซ่อม นาน สิบสี่ เดือน "
     "ค่าโดยสาร เท่าเดิม ผู้ว่าราชการ ยืนยัน ความปลอดภัย ต้อง มา ก่อน ร้านค้า ริมน้ำ หวัง ลูกค้า กลับมา ฝน ตก หนัก "
     "น้ำท่วม "
     "โรงเรียน ครู นักเรียน ห้องสมุด",
     ""},
    {"Lao",
     "ຕະຫຼາດ ຂົວ ແມ່ນ້ຳ ເຮືອ ຂ້າມ ກາງຄືນ ປະຊາຊົນ ເທດສະບານ ກ່າວ ວ່າ ຈະ ເປີດ ໃໝ່ ຫຼັງ ປິດ ສ້ອມແປງ ດົນ ເດືອນ "
     "ຄ່າໂດຍສານ ເທົ່າເກົ່າ ຢືນຢັນ ປອດໄພ ຕ້ອງ ມາ ກ່ອນ ຮ້ານຄ້າ ຝົນ ຕົກ ໜັກ ນ້ຳຖ້ວມ ໂຮງຮຽນ ຄູ ນັກຮຽນ",
     ""},
    {"Khmer",
     "ផ្សារ ស្ពាន ទន្លេ ទូក ឆ្លង យប់ ប្រជាជន សាលាក្រុង បាន និយាយ ថា នឹង បើក ឡើងវិញ ក្រោយ បិទ ជួសជុល យូរ ខែ "
     "តម្លៃ ដដែល បញ្ជាក់ សុវត្ថិភាព ត្រូវ មុន ហាង សង្ឃឹម អតិថិជន ភ្លៀង ខ្លាំង ទឹកជំនន់ សាលារៀន គ្រូ សិស្ស",
     ""},
    {"Burmese",
     "ဈေး တံတား မြစ် လှေ ညဘက် ပြည်သူ မြို့တော် ပြော သည် ဟု ဖွင့် အသစ် ပြီးနောက် ပိတ် ပြင်ဆင် ကြာ လ "
     "ခ အတူတူ အတည်ပြု လုံခြုံရေး လို ရှေ့ ဆိုင် မျှော်လင့် ဖောက်သည် မိုး ပြင်း ရေကြီး ကျောင်း ဆရာ ကျောင်းသား",
     ""},
    {"Arabic",
     "السوق الجسر النهر العبّارة تعبر ليلًا السكان البلدية قالت إنّ سوف تفتح مجددًا بعد إغلاق للصيانة "
     "طويل شهرًا "
     "الأجرة كما كانت أكّد المحافظ السلامة يجب أولًا المتاجر تأمل عودة الزبائن المطر غزير الفيضان "
     "المدرسة "
     "المعلّم الطلاب المكتبة",
     " "},
    {"Persian",
     "بازار پل رودخانه قایق شبانه مردم شهرداری گفت که می‌خواهد بازگشایی پس از "
     "تعطیلی "
     "تعمیر "
     "طولانی ماه "
     "کرایه همان استاندار تأکید ایمنی باید نخست مغازه‌ها امیدوارند مشتری باران شدید "
     "سیل "
     "مدرسه "
     "معلم دانش‌آموزان "
     "کتابخانه",
     " "},
    {"Hindi",
     "बाज़ार पुल नदी नाव रात लोगों नगरपालिका ने कहा कि फिर से खुलेगा बाद बंद मरम्मत लंबी महीने किराया वही "
     "राज्यपाल पुष्टि सुरक्षा पहले दुकानें उम्मीद ग्राहक बारिश भारी बाढ़ विद्यालय शिक्षक छात्र पुस्तकालय",
     " "},
    {"Korean",
     "시장 다리는 강을 건너는 배가 밤마다 주민들은 시청이 밝혔다 다시 열린다 수리를 위해 닫은 뒤 "
     "오랜 달 만에 "
     "요금은 그대로다 지사는 안전이 먼저라고 강조했다 가게들은 손님이 돌아오기를 바란다 비가 많이 "
     "내려 홍수가 학교 "
     "교사와 학생",
     " "},
    {"Japanese",
     "市場 の 橋 を 渡る 夜 フェリー は 住民 によると 市役所 が 述べた 再び 開く 修理 のため 長く "
     "閉じて いた 月 運賃 "
     "同じ 知事 安全 第一 だと 強調 した 店 客 戻る こと 期待 している 雨 激しい 洪水 学校 教師 "
     "生徒 図書館",
     ""},
    {"Cyrillic",
     "рынок мост река паром ночью жители мэрия сообщила что снова откроется после закрытия на "
     "ремонт долгий "
     "месяцев плата прежняя губернатор подтвердил безопасность прежде всего магазины надеются "
     "клиенты дождь "
     "сильный наводнение школа учитель ученики",
     " "},
    {"HanWithLatin",
     "夜间 渡轮 恢复 Open AI 发布 GPT 模型 市民 表示 iPhone 销量 上升 NBA 比赛 推迟 5G 网络 覆盖 "
     "city council "
     "宣布 COVID 疫苗 接种 点 增加 Wi-Fi 免费 车站 维修 十四 个月",
     ""},
};
// clang-format on

std::vector<std::string> WordsOf(const Language& language) {
  std::vector<std::string> words;
  for (size_t at = 0; at < language.words.size();) {
    const size_t end = std::min(language.words.find(' ', at), language.words.size());
    words.push_back(language.words.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// A text of drawn words, one paragraph each 60; about one word in `edited` replaced.
std::string TextOf(const Language& language, uint32_t seed, uint32_t edited = 0) {
  const std::vector<std::string> words = WordsOf(language);
  std::mt19937 random(seed);
  std::mt19937 edits(seed + 1000);
  std::string text;
  for (size_t i = 0; i < language.length; ++i) {
    size_t word = random() % words.size();
    if (edited != 0 && edits() % edited == 0) word = edits() % words.size();
    text += words[word];
    text += i % 60 == 59 ? "\n" : i % 12 == 11 ? "! " : language.between;
  }
  return text;
}

ComparisonDoc DocOf(const std::string& text) {
  return MakeComparisonDoc(ToMatching(text).text, Origin{});
}

class Scripts : public ::testing::TestWithParam<Language> {};

TEST_P(Scripts, NearCopiesAreFoundAndOtherTextsAreNot) {
  constexpr uint32_t kTexts = 40;
  CandidateIndex index;
  for (uint32_t seed = 0; seed < kTexts; ++seed) {
    const Sketch sketch = MakeSketch(MakeShingles(ToMatching(TextOf(GetParam(), seed)).text));
    ASSERT_GE(sketch.shingles, 10 * kMinShingles) << "too few to tell";
    index.Add(Ulid::Make(seed, {}), sketch);
  }
  for (uint32_t seed = 0; seed < kTexts; ++seed) {
    const std::string copy = TextOf(GetParam(), seed, /*edited=*/40);
    const std::string original = TextOf(GetParam(), seed);
    ASSERT_NE(copy, original);
    const Verdict same = Compare(DocOf(copy), DocOf(original));
    EXPECT_EQ(same.relation, Relation::kNear) << Explain(same);
    EXPECT_GT(same.scores.jaccard_ppm, 500'000u);
    const Verdict other = Compare(DocOf(copy), DocOf(TextOf(GetParam(), seed + 1)));
    EXPECT_EQ(other.relation, Relation::kNone) << Explain(other);
    // High for unrelated texts: those here have some 35 words between them, so that where a letter
    // is a token, what two words make is in most of them.
    EXPECT_LT(other.scores.jaccard_ppm, 250'000u);
    const std::vector<IndexHit> hits =
        index.Find(MakeSketch(MakeShingles(ToMatching(copy).text)), {.time_ms = 0});
    ASSERT_FALSE(hits.empty());
    EXPECT_EQ(hits[0].id, Ulid::Make(seed, {}));
  }
}

TEST_P(Scripts, MarksAndJoinersDoNotPartTokens) {
  // A word is one token, or as many as it has letters: marks, vowel signs and joiners are in none.
  for (const std::string& word : WordsOf(GetParam())) {
    const MatchingText matching = ToMatching(word);
    const size_t tokens = Tokenize(matching.text).tokens.size();
    if (matching.text.find(' ') != std::string::npos) continue;  // Wi-Fi
    EXPECT_TRUE(tokens == 1 || tokens == matching.letters) << word << ": " << tokens;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Scripts, ::testing::ValuesIn(kLanguages),
                         [](const auto& instance) { return instance.param.name; });

TEST(Figures, AreReadInTheDigitsOfAnyScript) {
  const std::vector<Token> wanted = Tokenize("2020 15").figures;
  ASSERT_EQ(wanted.size(), 2u);
  EXPECT_TRUE(IsNumberToken(wanted[0]));
  constexpr std::string_view kTexts[] = {
      "سنة ٢٠٢٠ و ١٥ يومًا",   // Arabic
      "سال ۲۰۲۰ و ۱۵ روز",    // Persian
      "सन २०२० में १५ दिन",     // Devanagari
      "ปี๒๐๒๐และ๑๕วัน",         // Thai, without spaces
      "ឆ្នាំ២០២០ និង១៥ថ្ងៃ",      // Khmer
      "၂၀၂၀ ခုနှစ် ၁၅ ရက်",       // Burmese
      "2020년 공장 15개가",   // Hangul, the counter written to its figure
      "２０２０年和15天 5g",  // full width; a name that begins with a digit is none
  };
  for (const std::string_view text : kTexts) {
    EXPECT_EQ(Tokenize(ToMatching(text).text).figures, wanted) << text;
  }
  EXPECT_TRUE(Tokenize(ToMatching("三 الف covid19 5g 19th").text).figures.empty());
}

TEST(Figures, OfATemplateTellItsInstancesApartInAnyScript) {
  const auto notice = [](std::string_view day, std::string_view high, std::string_view low) {
    std::string text = "درجات الحرارة المتوقعة في المدينة اليوم حسب دائرة الأرصاد الجوية هي ";
    for (int i = 0; i < 6; ++i) {
      text += "العظمى " + std::string(high) + " والصغرى " + std::string(low) +
              " درجة في المنطقة رقم " + std::string(1, static_cast<char>('1' + i)) +
              " والرياح معتدلة والبحر هادئ يوم " + std::string(day) + " من الشهر الجاري ";
    }
    const std::string matching = ToMatching(text).text;
    return MakeComparisonDoc(matching, {.host = "www.a.example"});
  };
  const Verdict verdict = Compare(notice("١٢", "٣١", "٢٢"), notice("١٣", "٣٤", "٢٥"));
  EXPECT_LT(verdict.figures_ppm, CompareRules::kFiguresSameDomain);
  EXPECT_EQ(verdict.relation, Relation::kNone) << Explain(verdict);
}

TEST(Scripts, TextsWithoutLettersHaveNothingToCompare) {
  for (const std::string_view text :
       {"😀🎉👩‍👩‍👧 🇨🇳", "!?…—「」", "\u0301\u0E31\u0A3C", "   \n\n"}) {
    const MatchingText matching = ToMatching(text);
    EXPECT_EQ(matching.letters, 0u) << text;
    const Tokens tokens = Tokenize(matching.text);
    EXPECT_TRUE(tokens.tokens.empty()) << text;
    EXPECT_TRUE(tokens.figures.empty()) << text;
    EXPECT_EQ(MakeSketch(MakeShingles(tokens)), Sketch()) << text;
  }
  // Emoji between words part them, as other symbols do.
  EXPECT_EQ(Tokenize(ToMatching("rain😀today").text).tokens.size(), 2u);
  EXPECT_EQ(Tokenize(ToMatching("今天😀下雨").text).tokens.size(), 4u);
}

TEST(Scripts, HangulIsOneTextHoweverItIsComposed) {
  const std::string composed = "시장의 다리가 다시 열린다";
  const std::string jamo =
      "\u1109\u1175\u110C\u1161\u11BC\u110B\u1174 다리가 다시 \u110B\u1167\u11AF\u1105\u1175\u11AB"
      "\u1103\u1161";
  EXPECT_EQ(ToMatching(jamo).text, ToMatching(composed).text);
}

}  // namespace
}  // namespace wirefold
