#include "tests/bench/synth/page.h"

#include <algorithm>
#include <chrono>

namespace wirefold {
namespace {

// A page has one related link for so many Han letters of its article, and not more: a page that is
// mostly links is another kind of page.
constexpr uint32_t kLettersOfRelated = 100;

struct CivilTime {
  std::chrono::year_month_day date;
  std::chrono::weekday weekday;
  int64_t seconds = 0;  // of the day
};

CivilTime CivilOf(int64_t time_ms) {
  const auto time =
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time_ms));
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day(day), std::chrono::weekday(day),
          std::chrono::floor<std::chrono::seconds>(time - day).count()};
}

void AppendClock(int64_t seconds, ByteSink& out) {
  out.AppendNumber(static_cast<uint64_t>(seconds / 3600), 2);
  out.Append(":");
  out.AppendNumber(static_cast<uint64_t>(seconds / 60 % 60), 2);
  out.Append(":");
  out.AppendNumber(static_cast<uint64_t>(seconds % 60), 2);
}

void AppendDate(const PageFrame& frame, ByteSink& out) {
  constexpr std::string_view kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime time = CivilOf(frame.published_ms);
  const auto year = static_cast<uint64_t>(static_cast<int>(time.date.year()));
  const unsigned month = static_cast<unsigned>(time.date.month());
  const unsigned day = static_cast<unsigned>(time.date.day());
  out.Append("<div><i>");
  if (frame.outlet->iso_date) {
    out.AppendNumber(year, 4);
    out.Append("-");
    out.AppendNumber(month, 2);
    out.Append("-");
    out.AppendNumber(day, 2);
    out.Append("T");
    AppendClock(time.seconds, out);
    out.Append("Z");
  } else {
    out.Append(kWeekdays[time.weekday.c_encoding()]);
    out.Append(", ");
    out.AppendNumber(day, 2);
    out.Append(" ");
    out.Append(kMonths[month - 1]);
    out.Append(" ");
    out.AppendNumber(year, 4);
    out.Append(" ");
    AppendClock(time.seconds, out);
    out.Append(" GMT");
  }
  out.Append("</i></div>");
}

// Where the text is from: "（NAME PLACE 5日電）".
void AppendDateline(const PageFrame& frame, const Subject& subject, SynthScript script,
                    const SynthVocabulary& vocabulary, ByteSink& out) {
  constexpr uint64_t kPlaces = 5;  // that an agency reports from
  const unsigned day = static_cast<unsigned>(CivilOf(frame.dateline_ms).date.day());
  // The name as its outlet writes it has its script; a copy in the other one writes it so.
  const uint32_t number = frame.origin->number;
  const Word agency = OutletName(vocabulary, script, number);
  const Word place = vocabulary.MakeName(script, MixKeys(number, 8, subject.key % kPlaces));
  if (script == SynthScript::kLatin) {
    out.Append(place);
    out.Append("(");
    out.Append(agency.view().substr(0, agency.size - 1u));
    out.Append(") - ");
    return;
  }
  out.Append("（");
  out.Append(agency);
  out.Append(place);
  out.AppendNumber(day);
  out.Append(script == SynthScript::kHant ? "日電）" : "日电）");
}

void AppendRelated(const PageFrame& frame, uint32_t links, WordsWriter& words, ByteSink& out) {
  out.Append("<div class=\"related\"><ul>");
  SynthRandom random(MixKeys(frame.key, 11));
  for (uint32_t i = 0; i < links; ++i) {
    const uint64_t key = random.Next();
    out.Append("<li><a href=\"https://");
    out.Append(frame.outlet->host);
    out.Append("/2020/");
    out.AppendNumber(key % 100'000'000, 8);
    out.Append(".html\">");
    words.WriteTitle(key, 16 + static_cast<uint32_t>(key % 10), 0, out);
    out.Append("</a></li>");
  }
  out.Append("</ul></div>");
}

void AppendShareLinks(const PageFrame& frame, ByteSink& out) {
  out.Append("<ul class=\"share\">");
  for (const std::string_view site : {"post", "chat", "mail"}) {
    out.Append("<li><a href=\"https://");
    out.Append(site);
    out.Append(".share.example/submit?url=https%3A%2F%2F");
    out.Append(frame.outlet->host);
    out.Append("%2F");
    out.AppendNumber(frame.key % 100'000'000, 8);
    out.Append("\" target=\"_blank\">");
    out.Append(site);
    out.Append("</a></li>");
  }
  out.Append("</ul>");
}

}  // namespace

void WritePage(const PageFrame& frame, const Draft& draft, const SynthVocabulary& vocabulary,
               ByteSink& out) {
  const Outlet& outlet = *frame.outlet;
  WordsWriter words(vocabulary, outlet.script);
  out.Append("<!--");
  out.AppendNumber(static_cast<uint64_t>(frame.time_ms));
  out.Append("-->\n[");
  out.Append(frame.title);
  out.Append("](");
  out.Append(frame.url);
  out.Append(")\n------\n\n<div>\n");
  AppendDate(frame, out);
  words.SetSubject(draft.subjects.front());
  if (outlet.has_image) {
    out.Append("<img src=\"https://");
    out.Append(outlet.host);
    out.Append("/images/");
    out.AppendNumber(frame.key % 1'000'000'000, 9);
    out.Append("_w900.jpg\" width=\"100%\">");
  }
  uint32_t subject = 0;
  bool first = true;
  for (size_t p = 0; p < draft.used; ++p) {
    if (draft.paragraphs[p].empty()) continue;
    out.Append(outlet.paragraph);
    if (first && frame.origin->is_agency)
      AppendDateline(frame, draft.subjects.front(), outlet.script, vocabulary, out);
    first = false;
    for (const Sentence& sentence : draft.paragraphs[p]) {
      if (sentence.subject != subject) {
        subject = sentence.subject;
        words.SetSubject(draft.subjects[subject]);
      }
      words.WriteSentence(sentence, out);
    }
    out.TrimBlank();
    out.Append("</p>");
  }
  if (outlet.has_share_links) AppendShareLinks(frame, out);
  const uint32_t links = std::min(outlet.related, draft.letters() / kLettersOfRelated);
  if (links > 0) AppendRelated(frame, links, words, out);
  out.Append(outlet.footer);
  out.Append("\n</div>\n");
}

}  // namespace wirefold
