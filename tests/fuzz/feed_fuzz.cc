// Fuzzes ReadFeed: items are numbered, in the order of their offsets, and valid UTF-8; what
// XmlRepair has repaired it leaves as it is.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/parse/feed.h"
#include "lib/parse/feed_dates.h"
#include "lib/parse/xml_repair.h"
#include "lib/text/utf8.h"
#include "tests/fuzz/check.h"

namespace {

using wirefold::fuzz::Check;
using wirefold::fuzz::CheckText;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<wirefold::Feed> feed = wirefold::ReadFeed(input);
  if (feed.ok()) {
    CheckText(feed->title);
    size_t offset = 0;
    for (size_t i = 0; i < feed->items.size(); ++i) {
      const wirefold::FeedItem& item = feed->items[i];
      Check(item.index == i);
      Check(i == 0 || item.offset > offset);
      offset = item.offset;
      CheckText(item.title);
      CheckText(item.body_html);
      CheckText(item.link);
      Check(item.title.size() <= wirefold::kMaxTitleBytes);
    }
  }
  if (wirefold::ValidUtf8Prefix(input) == input.size()) {
    wirefold::XmlRepair repair;
    repair.Append(input);
    const std::string once = repair.Finish();
    CheckText(once);
    if (!repair.too_deep()) {
      wirefold::XmlRepair second;
      second.Append(once);
      Check(second.Finish() == once);
    }
  }
  wirefold::ParseFeedDate(input);
  return 0;
}
