#include "tests/bench/synth/outlets.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace wirefold {
namespace {

// Of ten outlets in a row, so that each script has large and small ones.
constexpr SynthScript kScripts[] = {SynthScript::kHans,  SynthScript::kHant, SynthScript::kHans,
                                    SynthScript::kLatin, SynthScript::kHans, SynthScript::kHant,
                                    SynthScript::kHans,  SynthScript::kHans, SynthScript::kHant,
                                    SynthScript::kHans};

// What word processors and editors leave in paragraphs, from much to nothing.
constexpr std::string_view kParagraphs[] = {
    "<p>",
    "<p>",
    "<p>",
    "<p>",
    "<p class=\"article-body\">",
    "<p dir=\"ltr\" style=\"text-align: justify; margin: 0 0 10px; line-height: 1.6em;\">",
    "<p style=\"margin: 0px 0px 15px; padding: 0px; border: 0px; font-size: 16px; line-height: "
    "28px; "
    "vertical-align: baseline; color: rgb(51, 51, 51); background-color: rgb(255, 255, 255);\">"};

std::string Line(const SynthVocabulary& vocabulary, SynthScript script, SynthRandom& random,
                 int phrases) {
  std::string out;
  for (int i = 0; i < phrases; ++i) out += vocabulary.DrawPhrase(script, random.Next()).view();
  return out;
}

std::string Trimmed(std::string_view text) {
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

// Navigation, a notice of rights, a mirror's footer.
std::string MakeFooter(const SynthVocabulary& vocabulary, const Outlet& outlet,
                       SynthRandom& random) {
  std::string out;
  const uint32_t links = random.Below(9);
  if (links > 3) {
    absl::StrAppend(&out, "<div class=\"nav-footer\"><ul>");
    for (uint32_t i = 0; i < links; ++i) {
      // Drawn one after the other: the order of arguments is the compiler's.
      const std::string section = SynthVocabulary::MakeLatinWord(random.Next());
      const Word& label = vocabulary.DrawWord(outlet.script, random.Next());
      absl::StrAppend(&out, "<li><a href=\"https://", outlet.host, "/section/", section, "\">",
                      Trimmed(label.view()), "</a></li>");
    }
    absl::StrAppend(&out, "</ul></div>");
  }
  if (random.Chance(0.5)) {
    absl::StrAppend(&out, "<div class=\"footer copyright\"><p>© 2020 ", outlet.name, " ",
                    Trimmed(Line(vocabulary, outlet.script, random, 2)), "</p></div>");
  }
  return out;
}

}  // namespace

Word OutletName(const SynthVocabulary& vocabulary, SynthScript script, uint32_t number) {
  return vocabulary.MakeName(script, MixKeys(number, 7));
}

SynthOutlets::SynthOutlets(const SynthVocabulary& vocabulary, uint64_t seed, size_t count) {
  SynthRandom random(MixKeys(seed, 5));
  std::set<std::string> hosts;
  outlets_.resize(std::max<size_t>(count, 4));
  for (uint32_t number = 0; number < outlets_.size(); ++number) {
    Outlet& outlet = outlets_[number];
    outlet.number = number;
    outlet.script = kScripts[number % std::size(kScripts)];
    std::string word = SynthVocabulary::MakeLatinWord(random.Next());
    while (!hosts.insert(word).second) word = SynthVocabulary::MakeLatinWord(random.Next());
    outlet.host = absl::StrCat("www.", word, ".example");
    outlet.name = Trimmed(OutletName(vocabulary, outlet.script, number).view());
    outlet.is_agency = random.Chance(0.25);
    outlet.iso_date = random.Chance(0.5);
    outlet.has_image = random.Chance(0.5);
    outlet.suffixes_title = random.Chance(0.2);
    outlet.paragraph = kParagraphs[random.Below(std::size(kParagraphs))];
    outlet.related = random.Chance(0.4) ? 3 + random.Below(8) : 0;
    outlet.has_share_links = random.Chance(0.2);
    outlet.footer = MakeFooter(vocabulary, outlet, random);
    numbers_[static_cast<size_t>(outlet.script)].push_back(number);
  }
  for (size_t script = 0; script < kSynthScripts; ++script) {
    shares_[script] = AliasTable(ZipfWeights(numbers_[script].size(), 1.0, 1));
  }
}

}  // namespace wirefold
