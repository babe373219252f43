// CharsetDeclaration: which charset a document says it is in: byte order mark, Content-Type header,
// <meta>, XML declaration.
//
// Example:
//   CharsetOfContentType("text/html; charset=\"gb2312\"")        // "gb2312"
//   PrescanForMeta("<html><meta charset=big5>")                  // the charset Big5
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_CHARSET_DECLARATION_H_
#define WIREFOLD_LIB_PARSE_CHARSET_DECLARATION_H_

#include <cstddef>
#include <string_view>

#include "lib/parse/charset_labels.h"

namespace wirefold {

// So much of a document's beginning is searched for a declaration, as the HTML standard recommends.
inline constexpr size_t kCharsetPrescanBytes = 1024;

struct ByteOrderMark {
  const Charset* charset = nullptr;  // null: there is none
  size_t length = 0;
};

// The mark at the start of `bytes`: UTF-8, UTF-16LE or UTF-16BE (Encoding standard, section 6,
// "BOM sniff").
ByteOrderMark FindByteOrderMark(std::string_view bytes);

// UTF-16 without a mark, told by an ASCII character at the start ('<' or white space, and another
// one behind it) of which every other byte is NUL. Null if it is not so.
const Charset* FindUtf16Pattern(std::string_view bytes);

// The value of the `charset` parameter of a Content-Type header as it stands, quotes removed; empty
// if there is none. Lenient: "text/html;charset = 'gbk'" and a bare "charset=gbk" are read.
std::string_view CharsetOfContentType(std::string_view content_type);

// The charset that a <meta> in the first kCharsetPrescanBytes declares, by the HTML standard,
// section 13.2.3.2 ("prescan a byte stream to determine its encoding"): comments and other tags are
// passed over, UTF-16 means UTF-8, x-user-defined windows-1252, unknown labels are skipped. Null if
// none does.
const Charset* PrescanForMeta(std::string_view bytes);

// The charset of an XML declaration at the start ("<?xml version='1.0' encoding='big5'?>"), white
// space ahead of it tolerated. UTF-16 means UTF-8, since the declaration itself could be read.
const Charset* FindXmlEncoding(std::string_view bytes);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_CHARSET_DECLARATION_H_
