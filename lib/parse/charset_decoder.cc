#include "lib/parse/charset_decoder.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include <algorithm>
#include <array>
#include <memory>

#include "lib/base/reason.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

// ISO-8859-16 from 0xA0 on, which ICU does not have.
constexpr std::array<char16_t, 96> kIso885916 = {
    0x00A0, 0x0104, 0x0105, 0x0141, 0x20AC, 0x201E, 0x0160, 0x00A7, 0x0161, 0x00A9, 0x0218, 0x00AB,
    0x0179, 0x00AD, 0x017A, 0x017B, 0x00B0, 0x00B1, 0x010C, 0x0142, 0x017D, 0x201D, 0x00B6, 0x00B7,
    0x017E, 0x010D, 0x0219, 0x00BB, 0x0152, 0x0153, 0x0178, 0x017C, 0x00C0, 0x00C1, 0x00C2, 0x0102,
    0x00C4, 0x0106, 0x00C6, 0x00C7, 0x00C8, 0x00C9, 0x00CA, 0x00CB, 0x00CC, 0x00CD, 0x00CE, 0x00CF,
    0x0110, 0x0143, 0x00D2, 0x00D3, 0x00D4, 0x0150, 0x00D6, 0x015A, 0x0170, 0x00D9, 0x00DA, 0x00DB,
    0x00DC, 0x0118, 0x021A, 0x00DF, 0x00E0, 0x00E1, 0x00E2, 0x0103, 0x00E4, 0x0107, 0x00E6, 0x00E7,
    0x00E8, 0x00E9, 0x00EA, 0x00EB, 0x00EC, 0x00ED, 0x00EE, 0x00EF, 0x0111, 0x0144, 0x00F2, 0x00F3,
    0x00F4, 0x0151, 0x00F6, 0x015B, 0x0171, 0x00F9, 0x00FA, 0x00FB, 0x00FC, 0x0119, 0x021B, 0x00FF};

void DecodeIso885916(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    AppendUtf8(byte < 0xA0 ? byte : kIso885916[byte - 0xA0], out);
  }
}

struct CallbackState {
  bool gb = false;
  mutable uint64_t replaced = 0;
};

// Called for what the charset does not have: one U+FFFD for it.
void Replace(const void* context, UConverterToUnicodeArgs* args, const char* units, int32_t length,
             UConverterCallbackReason reason, UErrorCode* status) {
  if (reason > UCNV_IRREGULAR) return;  // the converter is reset, closed or cloned
  const auto* state = static_cast<const CallbackState*>(context);
  UChar replacement = 0xFFFD;
  if (state->gb && length == 1 && units[0] == '\x80') {
    replacement = 0x20AC;  // the euro sign of code page 936 (Encoding standard, section 10.2.1)
  } else {
    state->replaced += static_cast<uint64_t>(length);
  }
  *status = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(args, &replacement, 1, 0, status);
}

// UTF-16 in pieces to UTF-8; a pair may be parted by the end of a piece.
class Utf16Appender {
 public:
  explicit Utf16Appender(std::string& out) : out_(out) {}

  void Append(const UChar* units, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const char32_t unit = units[i];
      if (high_ != 0) {
        const char32_t high = high_;
        high_ = 0;
        if (unit >= 0xDC00 && unit < 0xE000) {
          AppendUtf8(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), out_);
          continue;
        }
        AppendUtf8(0xFFFD, out_);
      }
      if (unit >= 0xD800 && unit < 0xDC00) {
        high_ = unit;
      } else {
        AppendUtf8(unit >= 0xDC00 && unit < 0xE000 ? 0xFFFD : unit, out_);
      }
    }
  }
  void Finish() {
    if (high_ != 0) AppendUtf8(0xFFFD, out_);
    high_ = 0;
  }

 private:
  std::string& out_;
  char32_t high_ = 0;
};

}  // namespace

absl::StatusOr<uint64_t> DecodeAs(const Charset& charset, std::string_view bytes,
                                  std::string& out) {
  out.clear();
  out.reserve(bytes.size() + bytes.size() / 2);
  if (charset.converter == nullptr) {
    DecodeIso885916(bytes, out);
    return 0;
  }
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(
      ucnv_open(charset.converter, &status), &ucnv_close);
  CallbackState state{.gb = std::string_view(charset.converter) == "gb18030"};
  if (U_SUCCESS(status)) {
    ucnv_setToUCallBack(converter.get(), &Replace, &state, nullptr, nullptr, &status);
  }
  if (U_FAILURE(status)) {
    return Reject(Reason::kNormalizeFailed,
                  "ICU can't open its converter for " + std::string(charset.name) +
                      "; see that its data is installed and that there is memory");
  }
  Utf16Appender appender(out);
  std::array<UChar, 4096> units;
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  do {
    status = U_ZERO_ERROR;
    UChar* target = units.data();
    ucnv_toUnicode(converter.get(), &target, units.data() + units.size(), &source, end, nullptr,
                   /*flush=*/true, &status);
    appender.Append(units.data(), static_cast<size_t>(target - units.data()));
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  appender.Finish();
  if (U_FAILURE(status)) {
    return Reject(Reason::kNormalizeFailed, "ICU failed to decode; send the file again");
  }
  return std::min<uint64_t>(state.replaced, bytes.size());
}

}  // namespace wirefold
