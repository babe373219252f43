#include "lib/parse/json_ld.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace wirefold {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxAuthors = 16;

// Whether brackets outside of strings and comments are nested no deeper than the limit; the parser
// itself has no limit. `text` has no line breaks, so that a line comment is all of the rest.
bool IsShallow(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '/') {
      if (!text.substr(i).starts_with("/*")) return true;  // the rest is a comment, or no JSON
      i = text.find("*/", i + 2);
      if (i == std::string_view::npos) return true;
      ++i;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonLdDepth) return false;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return true;
}

const Json* Member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found != object.end() ? &*found : nullptr;
}

std::string StringOf(const Json* value) {
  if (value == nullptr) return {};
  const auto* text = value->get_ptr<const std::string*>();
  return text != nullptr ? *text : std::string();
}

// A string, or an object's "name".
std::string NameOf(const Json* value) {
  if (value == nullptr) return {};
  return value->is_object() ? StringOf(Member(*value, "name")) : StringOf(value);
}

bool IsArticleType(const Json* type) {
  if (type == nullptr) return false;
  if (type->is_array()) {
    return std::any_of(type->begin(), type->end(),
                       [](const Json& one) { return !one.is_array() && IsArticleType(&one); });
  }
  const std::string name = StringOf(type);
  return name.ends_with("Article") || name.ends_with("Posting") || name.ends_with("Report");
}

// The first article in `value`, sought in arrays, "@graph" and "mainEntity".
const Json* FindArticle(const Json& value, int depth) {
  if (depth > kMaxJsonLdDepth) return nullptr;
  if (value.is_array()) {
    for (const Json& one : value) {
      if (const Json* found = FindArticle(one, depth + 1)) return found;
    }
    return nullptr;
  }
  if (IsArticleType(Member(value, "@type"))) return &value;
  for (const char* name : {"@graph", "mainEntity"}) {
    const Json* member = Member(value, name);
    if (member == nullptr) continue;
    if (const Json* found = FindArticle(*member, depth + 1)) return found;
  }
  return nullptr;
}

void ReadAuthors(const Json* value, std::vector<std::string>& authors) {
  if (value == nullptr) return;
  if (value->is_array()) {
    for (const Json& one : *value) {
      if (!one.is_array()) ReadAuthors(&one, authors);
    }
    return;
  }
  std::string name = NameOf(value);
  if (!name.empty() && authors.size() < kMaxAuthors) authors.push_back(std::move(name));
}

}  // namespace

JsonLdArticle ReadJsonLd(std::string_view script) {
  JsonLdArticle article;
  if (script.size() > kMaxJsonLdBytes) return article;
  // Real pages have raw line breaks and tabs within strings, which JSON forbids.
  std::string text(script);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  std::string_view json = text;
  if (const size_t cdata = json.find("<![CDATA["); cdata < json.find('{')) {
    json = json.substr(cdata + 9, json.rfind("]]>") - (cdata + 9));
  }
  const size_t begin = json.find_first_of("[{");  // behind "<!--"
  const size_t end = json.find_last_of("]}");
  if (begin == json.npos || end == json.npos || end < begin) return article;
  json = json.substr(begin, end - begin + 1);
  if (!IsShallow(json)) return article;
  const Json root = Json::parse(json, nullptr, /*allow_exceptions=*/false,
                                /*ignore_comments=*/true);
  if (root.is_discarded()) return article;
  const Json* found = FindArticle(root, 0);
  if (found == nullptr) return article;
  article.found = true;
  article.headline = StringOf(Member(*found, "headline"));
  article.name = StringOf(Member(*found, "name"));
  article.published = StringOf(Member(*found, "datePublished"));
  ReadAuthors(Member(*found, "author"), article.authors);
  article.site_name = NameOf(Member(*found, "publisher"));
  article.url = StringOf(Member(*found, "url"));
  article.language = StringOf(Member(*found, "inLanguage"));
  article.body = StringOf(Member(*found, "articleBody"));
  return article;
}

}  // namespace wirefold
