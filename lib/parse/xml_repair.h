// XmlRepair: markup that means to be XML to well-formed XML, so that a strict parser reads all of
// it: what real feeds get wrong is put right, and what costs a parser dear is left out.
//
// Example:
//   XmlRepair repair;
//   repair.Append("<item><title>A & B&nbsp;<b>c</title>");
//   repair.Finish()   // "<item><title>A &amp; B\u00A0<b>c</b></title></item>"
//
// Put right: '&' that starts no reference; HTML's named references, which XML does not have; '<'
// that starts no tag; characters that XML forbids; attributes without quotes, without a value, or
// twice; end tags that are missing or too many; HTML's void elements (<br>). Left out: comments,
// processing instructions and doctypes, and with them all entities that a document declares.
// References are decoded here; CDATA sections become text.
//
// Not thread-safe; one per document. Linear.
#ifndef WIREFOLD_LIB_PARSE_XML_REPAIR_H_
#define WIREFOLD_LIB_PARSE_XML_REPAIR_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wirefold {

// Elements within each other; deeper ones lose their tags and keep their text.
inline constexpr size_t kMaxFeedDepth = 200;
// Of a tag; further ones are left out.
inline constexpr size_t kMaxXmlAttributes = 64;

class XmlRepair {
 public:
  // Adds `markup` (valid UTF-8), whose tags must be whole; it must outlive this.
  void Append(std::string_view markup);
  // Closes what is open and returns the document.
  std::string Finish();
  // Some element lay deeper than kMaxFeedDepth.
  [[nodiscard]] bool too_deep() const { return too_deep_; }

 private:
  bool AppendTag();
  bool AppendAttributes();
  bool AppendEndTag();
  bool SkipDeclaration();
  void AppendText(std::string_view text, bool references);
  [[nodiscard]] size_t FindQuote(char quote, size_t from);

  std::string_view in_;
  size_t pos_ = 0;
  std::string out_;
  std::vector<std::string_view> open_;
  size_t dropped_ = 0;  // start tags deeper than the limit that are still open
  bool too_deep_ = false;
  // Bytes read for tags that then did not end; past the input's size no more are tried, so that
  // time stays linear.
  size_t lost_ = 0;
  // From where on `in_` is known to hold no further one.
  std::array<size_t, 2> no_quote_from_ = {};
  bool unended_comment_ = false;
  bool unended_cdata_ = false;
  bool unended_instruction_ = false;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_XML_REPAIR_H_
