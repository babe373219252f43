// XmlProlog: what stands ahead of a document's first element, and what that element is called.
//
// Example:
//   FindFirstElement("<?xml version='1.0'?><!-- x --><rdf:RDF …>").local_name   // "RDF"
//
// Thread-safe: pure functions, linear.
#ifndef WIREFOLD_LIB_PARSE_XML_PROLOG_H_
#define WIREFOLD_LIB_PARSE_XML_PROLOG_H_

#include <cstddef>
#include <string_view>

namespace wirefold {

struct FirstElement {
  size_t position = std::string_view::npos;  // of its '<'; npos: there is none
  std::string_view prefix;                   // "rdf", or empty
  std::string_view local_name;
  bool after_text = false;  // something else than white space stands ahead of it
};

// Behind a comment, CDATA section, processing instruction or declaration (a doctype with its
// internal subset) that starts at `pos`, or npos if it does not end. `pos` itself if none starts
// there.
size_t SkipMarkupDeclaration(std::string_view text, size_t pos);

// The first start tag of `text`; a byte order mark, comments, processing instructions, doctypes and
// text ahead of it are passed over.
FirstElement FindFirstElement(std::string_view text);

// Whether the element is the root of a feed: <rss>, <feed>, <RDF>, in any case and with any prefix.
bool IsFeedRoot(const FirstElement& element);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_XML_PROLOG_H_
