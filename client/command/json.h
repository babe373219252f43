// JsonWriter: appends JSON to a string, one value after the other, without building a tree: an
// ingest prints one line a file, tens of thousands a second.
//
// Example:
//   std::string line;
//   JsonWriter json(line);
//   json.BeginObject();
//   json.Key("path");
//   json.String(path);
//   json.EndObject();            // {"path":"a/b.txt"}
//
// What it writes is valid UTF-8 whatever it is given: bytes that are none become U+FFFD. Commas are
// its own business; that Begin and End match and that a Key precedes each member is the caller's.
// Not thread-safe.
#ifndef WIREFOLD_CLIENT_COMMAND_JSON_H_
#define WIREFOLD_CLIENT_COMMAND_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace wirefold {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }
  // `key` must need no escaping.
  void Key(std::string_view key);

  void String(std::string_view value);
  // null where `value` is empty.
  void StringOrNull(std::string_view value);
  void Number(uint64_t value);
  void Bool(bool value);
  void Null();
  // Millionths as a decimal with at most 6 digits: 1000000 → 1.0, 123400 → 0.1234.
  void Ppm(uint32_t ppm);

 private:
  void Open(char bracket);
  void Close(char bracket);
  void Separate();

  std::string& out_;
  bool need_comma_ = false;
};

// Appends `text` with JSON's escapes and without quotes.
void AppendJsonEscaped(std::string_view text, std::string& out);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_JSON_H_
