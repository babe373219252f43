#include "lib/parse/charset.h"

#include <uchardet.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>

#include "lib/base/reason.h"
#include "lib/parse/charset_declaration.h"
#include "lib/parse/charset_decoder.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

const Charset& Utf8() {
  static const Charset* const utf8 = FindCharset("utf-8");
  return *utf8;
}
const Charset& Windows1252() {
  static const Charset* const charset = FindCharset("windows-1252");
  return *charset;
}

struct Declaration {
  const Charset* charset = nullptr;  // null: nothing is declared that is known
  CharsetEvidence evidence = CharsetEvidence::kLastResort;
};

const Charset* CharsetOfHint(std::string_view content_type) {
  const std::string_view label = CharsetOfContentType(content_type);
  return FindCharset(label.empty() ? content_type : label);
}

Declaration FindDeclaration(std::string_view bytes, const CharsetHints& hints) {
  if (const Charset* charset = CharsetOfHint(hints.content_type)) {
    return {charset, CharsetEvidence::kContentType};
  }
  if (const Charset* charset = PrescanForMeta(bytes)) return {charset, CharsetEvidence::kMeta};
  if (const Charset* charset = FindXmlEncoding(bytes)) {
    return {charset, CharsetEvidence::kXmlDeclaration};
  }
  return {};
}

// What the bytes look like, read as UTF-8.
struct Shape {
  size_t sequences = 0;  // well-formed characters beyond ASCII
  size_t broken = 0;     // bytes that belong to none
  size_t non_ascii = 0;  // bytes
  size_t controls = 0;   // that text does not have
};

// Characters beyond ASCII in valid `text`, counted up to kMinUtf8Sequences.
size_t CountSequences(std::string_view text) {
  size_t count = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xC0 && ++count == kMinUtf8Sequences) break;
  }
  return count;
}

Shape LookAt(std::string_view bytes) {
  Shape shape;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) ++shape.non_ascii;
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\f' && byte != '\r' &&
        byte != 0x1B) {
      ++shape.controls;
    }
  }
  while (!bytes.empty()) {
    const std::string_view valid = bytes.substr(0, ValidUtf8Prefix(bytes));
    for (const char c : valid) shape.sequences += static_cast<unsigned char>(c) >= 0xC0 ? 1 : 0;
    bytes.remove_prefix(valid.size());
    if (bytes.empty()) break;
    ++shape.broken;
    bytes.remove_prefix(1);
  }
  return shape;
}

// Escape sequences that nothing else has: ISO 2022's for JIS X 0208, 0201 Roman and 0201 kana.
bool HasJapaneseEscapes(std::string_view bytes) {
  for (size_t pos = bytes.find('\x1B'); pos != std::string_view::npos;
       pos = bytes.find('\x1B', pos + 1)) {
    const std::string_view escape = bytes.substr(pos + 1, 2);
    if (escape == "$B" || escape == "$@" || escape == "(J" || escape == "(I") return true;
  }
  return false;
}

// Whether the non-ASCII bytes come in pairs of GB 2312, at least half of them of its common
// characters (level 1, rows 16 to 55).
bool IsPairsOfCommonChinese(std::string_view bytes) {
  size_t pairs = 0;
  size_t common = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (IsAscii(bytes[i])) continue;
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const unsigned char trail =
        i + 1 < bytes.size() ? static_cast<unsigned char>(bytes[i + 1]) : '\0';
    if (lead < 0xA1 || lead > 0xF7 || trail < 0xA1 || trail == 0xFF) return false;
    ++pairs;
    if (lead >= 0xB0 && lead <= 0xD7) ++common;
    ++i;
  }
  return common * 2 >= pairs;
}

struct Guess {
  const Charset* charset = nullptr;  // null: none is confident
  CharsetEvidence evidence = CharsetEvidence::kDetection;
};

Guess Detect(std::string_view bytes, const Shape& shape) {
  const auto first = std::find_if_not(bytes.begin(), bytes.end(), IsAscii);
  const std::string_view probe = bytes.substr(static_cast<size_t>(first - bytes.begin()));
  const bool short_text = shape.non_ascii < kMinDetectionBytes;
  if (short_text && IsPairsOfCommonChinese(probe)) {
    return {FindCharset("gbk"), CharsetEvidence::kBytePattern};
  }
  // uchardet is C++ behind a C interface; what it may throw ends here.
  try {
    const std::unique_ptr<std::remove_pointer_t<uchardet_t>, decltype(&uchardet_delete)> detector(
        uchardet_new(), &uchardet_delete);
    if (detector == nullptr) return {};
    uchardet_handle_data(detector.get(), probe.data(), std::min(probe.size(), kMaxDetectionBytes));
    uchardet_data_end(detector.get());
    const Charset* charset = FindCharset(uchardet_get_charset(detector.get()));
    if (charset == nullptr || charset->kind == CharsetKind::kUtf8 ||
        charset->kind == CharsetKind::kUtf16) {
      return {};
    }
    if (short_text && charset->kind == CharsetKind::kSingleByte && charset != &Windows1252()) {
      return {};
    }
    return {charset, CharsetEvidence::kDetection};
  } catch (const std::exception&) {
    return {};
  }
}

absl::Status Binary() {
  return Reject(Reason::kNotText, "the file is binary (it is full of control bytes); send text");
}

// One document on its way; each Try… leaves a result if it holds.
class Decoder {
 public:
  Decoder(std::string_view bytes, const CharsetHints& hints, std::string& storage)
      : bytes_(bytes), hints_(hints), storage_(storage) {}

  absl::StatusOr<DecodedText> Run() {
    if (const auto done = TryByteOrderMark()) return *done;
    const bool has_nul = !bytes_.empty() && std::memchr(bytes_.data(), 0, bytes_.size()) != nullptr;
    if (has_nul) {
      if (const auto done = TryUtf16()) return *done;
      const auto nuls = static_cast<size_t>(std::count(bytes_.begin(), bytes_.end(), '\0'));
      if (nuls > bytes_.size() / kMaxNulByteShare) return Binary();
    }
    if (ValidUtf8Prefix(bytes_) == bytes_.size()) return DecodeValid();
    return DecodeOther();
  }

 private:
  DecodedText Done(const Charset& charset, CharsetEvidence evidence, uint64_t replaced) {
    return {.text = storage_,
            .charset = charset.name,
            .evidence = evidence,
            .replaced_bytes = replaced};
  }

  // Decodes into storage_ unless more than one in `share` of `of` bytes has no meaning.
  std::optional<DecodedText> Try(const Charset& charset, CharsetEvidence evidence, size_t of,
                                 size_t share) {
    const absl::StatusOr<uint64_t> replaced = DecodeAs(charset, bytes_, storage_);
    if (!replaced.ok()) failure_ = replaced.status();
    if (!replaced.ok() || *replaced > of / share) return std::nullopt;
    return Done(charset, evidence, *replaced);
  }

  std::optional<DecodedText> TryByteOrderMark() {
    const ByteOrderMark mark = FindByteOrderMark(bytes_);
    if (mark.charset == nullptr) return std::nullopt;
    const std::string_view all = bytes_;
    bytes_.remove_prefix(mark.length);
    if (mark.charset->kind == CharsetKind::kUtf8) {
      if (const auto text = Repair(CharsetEvidence::kByteOrderMark); text.ok()) return *text;
      return std::nullopt;  // the mark is no text in any charset, so it stays off
    }
    const auto text =
        Try(*mark.charset, CharsetEvidence::kByteOrderMark, bytes_.size(), kMaxInvalidByteShare);
    if (!text.has_value()) bytes_ = all;
    return text;
  }

  std::optional<DecodedText> TryUtf16() {
    const Charset* charset = FindUtf16Pattern(bytes_);
    CharsetEvidence evidence = CharsetEvidence::kBytePattern;
    if (charset == nullptr) {
      charset = CharsetOfHint(hints_.content_type);
      evidence = CharsetEvidence::kContentType;
      if (charset == nullptr || charset->kind != CharsetKind::kUtf16) return std::nullopt;
    }
    auto text = Try(*charset, evidence, bytes_.size(), kMaxInvalidByteShare);
    // What is still full of NULs was no UTF-16.
    if (text.has_value() &&
        static_cast<size_t>(std::count(storage_.begin(), storage_.end(), '\0')) >
            storage_.size() / kMaxNulByteShare) {
      return std::nullopt;
    }
    return text;
  }

  absl::StatusOr<DecodedText> Repair(CharsetEvidence evidence) {
    const absl::StatusOr<Utf8Text> text = RepairUtf8(bytes_, storage_);
    if (!text.ok()) return text.status();
    return DecodedText{.text = text->text,
                       .charset = Utf8().name,
                       .evidence = evidence,
                       .replaced_bytes = text->replaced_bytes};
  }

  // Every byte is UTF-8.
  absl::StatusOr<DecodedText> DecodeValid() {
    const DecodedText utf8{.text = bytes_, .charset = Utf8().name};
    const size_t sequences = CountSequences(bytes_);
    if (sequences == 0) {
      if (!HasJapaneseEscapes(bytes_)) return utf8;
      // Where UTF-8 is declared, not one byte may speak against it.
      const size_t of = FindDeclaration(bytes_, hints_).charset == &Utf8() ? 0 : bytes_.size();
      const auto text =
          Try(*FindCharset("iso-2022-jp"), CharsetEvidence::kBytePattern, of, kMaxUndecodableShare);
      return text.value_or(utf8);
    }
    if (sequences >= kMinUtf8Sequences) return utf8;
    const Declaration declared = FindDeclaration(bytes_, hints_);
    if (declared.charset == nullptr || declared.charset->kind != CharsetKind::kMultiByte) {
      return utf8;
    }
    return Try(*declared.charset, declared.evidence, 0, 1).value_or(utf8);
  }

  absl::StatusOr<DecodedText> DecodeOther() {
    const Shape shape = LookAt(bytes_);
    const Declaration declared = FindDeclaration(bytes_, hints_);
    const bool utf8 = declared.charset == &Utf8();
    const bool legacy =
        declared.charset != nullptr && !utf8 && declared.charset->kind != CharsetKind::kUtf16;
    if (utf8 && shape.sequences > shape.broken) return Repair(declared.evidence);
    if (!legacy && shape.sequences / 2 > shape.broken) return Repair(CharsetEvidence::kUtf8);
    if (shape.sequences >= kMinUtf8Sequences &&
        shape.sequences / kUtf8DespiteDeclaration >= shape.broken) {
      return Repair(CharsetEvidence::kUtf8);
    }
    if (shape.controls > bytes_.size() / kMaxControlByteShare) return Binary();
    if (legacy) {
      const size_t of =
          declared.charset->kind == CharsetKind::kEscapes ? bytes_.size() : shape.non_ascii;
      if (const auto text = Try(*declared.charset, declared.evidence, of, kMaxUndecodableShare)) {
        return *text;
      }
    }
    if (const Guess guess = Detect(bytes_, shape); guess.charset != nullptr) {
      if (const auto text =
              Try(*guess.charset, guess.evidence, shape.non_ascii, kMaxGuessUndecodableShare)) {
        return *text;
      }
    }
    return LastResort(declared, utf8, legacy);
  }

  absl::StatusOr<DecodedText> LastResort(const Declaration& declared, bool utf8, bool legacy) {
    if (utf8) return Repair(declared.evidence);
    if (legacy) {
      if (const auto text =
              Try(*declared.charset, declared.evidence, bytes_.size(), kMaxUndecodableShare)) {
        return *text;
      }
    }
    if (!failure_.ok()) return failure_;
    // Five bytes mean nothing in windows-1252 (the standard reads them as C1 control characters).
    const auto undefined = std::count_if(bytes_.begin(), bytes_.end(), [](char c) {
      return c == '\x81' || c == '\x8D' || c == '\x8F' || c == '\x90' || c == '\x9D';
    });
    if (static_cast<size_t>(undefined) <= bytes_.size() / kMaxControlByteShare) {
      if (const auto text = Try(Windows1252(), CharsetEvidence::kLastResort, bytes_.size(), 1)) {
        return *text;
      }
    }
    return Reject(Reason::kNotText,
                  "no charset reads the file; convert it to UTF-8 before sending");
  }

  std::string_view bytes_;
  const CharsetHints& hints_;
  std::string& storage_;
  absl::Status failure_;
};

}  // namespace

std::string_view CharsetEvidenceName(CharsetEvidence evidence) {
  switch (evidence) {
    case CharsetEvidence::kUtf8:
      return "utf8";
    case CharsetEvidence::kByteOrderMark:
      return "bom";
    case CharsetEvidence::kContentType:
      return "content-type";
    case CharsetEvidence::kMeta:
      return "meta";
    case CharsetEvidence::kXmlDeclaration:
      return "xml";
    case CharsetEvidence::kBytePattern:
      return "pattern";
    case CharsetEvidence::kDetection:
      return "detection";
    case CharsetEvidence::kLastResort:
      return "last-resort";
  }
  return "unknown";
}

absl::StatusOr<DecodedText> DecodeText(std::string_view bytes, const CharsetHints& hints,
                                       std::string& storage) {
  return Decoder(bytes, hints, storage).Run();
}

}  // namespace wirefold
