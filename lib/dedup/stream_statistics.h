// StreamStatistics: what the stream of accepted articles teaches, as deciding and reading use it:
// which paragraphs are boilerplate, and which shingles are rare.
//
// Every article's shingles are counted, a copy's too: a template whose instances were once taken
// for copies becomes known as one all the same.
//
// Example:
//   StreamStatistics statistics;
//   statistics.Learn(MakeLearntArticle(…));            // the deciding thread, in order
//   const StreamStatistics::View view(statistics);     // any thread
//   if (view.boilerplate().IsBoilerplate(domain, key)) …
//
// What it answers changes only at the ends of epochs (EpochLength), so that an answer depends on
// the articles learnt and their order, and not on when it was asked for. version() says how many
// articles the answers rest on.
//
// Reading articles asks about boilerplate alone (BoilerplateView), and so waits neither for the
// shingles that are counted at an epoch's end nor for all of its paragraphs: they are counted some
// articles at a time, and a view between two of these rests on a part of the epoch, as its version
// says.
//
// Thread-safe: one thread learns, one makes room, any number ask.
#ifndef WIREFOLD_LIB_DEDUP_STREAM_STATISTICS_H_
#define WIREFOLD_LIB_DEDUP_STREAM_STATISTICS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/dedup/boilerplate.h"
#include "lib/dedup/rarity.h"
#include "lib/dedup/stream_position.h"

namespace wirefold {

// What an article gives to learn from.
struct LearntArticle {
  Learning learning = Learning::kFull;
  uint64_t domain = 0;                 // DomainKey
  int64_t day = 0;                     // of its time, days since 1970
  std::vector<uint64_t> paragraphs{};  // ParagraphKeys
  std::vector<uint32_t> shingles{};    // those that RarityTable::UsesShingle names
  uint32_t distinct = 0;               // shingles of the text
  bool ahead = false;                  // of a day that nobody believes: it moves no window
  int64_t at_ms = 0;                   // its time
  int64_t stream_day = 0;              // StreamStatistics fills it in: how far the stream has come
};

class StreamStatistics {
 public:
  // Articles between two changes of the answers: a sixteenth of what has been learnt up to
  // kFewArticles, half of it beyond, at most kMaxEpoch. At each change what workers have compared
  // ahead has to be compared again, so changes are few where many files are in flight.
  static constexpr uint64_t kFewArticles = 4096;
  static constexpr uint64_t kMaxEpoch = 65'536;

  struct Sizes {
    size_t boilerplate_entries = BoilerplateTable::kDefaultEntries;  // 32 bytes each
    size_t rarity_entries = RarityTable::kDefaultMaxEntries;         // 8 bytes each
    int64_t window_days = 0;                           // that rarity looks back; 0: all
    size_t recent_articles = StreamPosition::kRecent;  // that say how far the stream has come
  };
  StreamStatistics() : StreamStatistics(Sizes()) {}
  explicit StreamStatistics(const Sizes& sizes)
      : sizes_(sizes),
        boilerplate_(sizes.boilerplate_entries),
        rarity_(sizes.rarity_entries, sizes.window_days),
        position_at_version_(sizes.recent_articles),
        position_(sizes.recent_articles) {}

  // Epochs end at multiples of their length behind `articles` learnt ones.
  static uint64_t EpochLength(uint64_t articles);

  // Counts an article. Returns whether an epoch ended with it.
  bool Learn(LearntArticle article);

  // How far the stream has come, the last article included. The learning thread's.
  [[nodiscard]] const StreamPosition& position() const { return position_; }
  // Articles that the answers rest on.
  [[nodiscard]] uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // Articles learnt, those of the epoch that has not ended included. The learning thread's.
  [[nodiscard]] uint64_t learnt() const { return learnt_; }
  [[nodiscard]] size_t memory_bytes() const;

  // Takes memory for what is learnt next, so that Learn need not. One thread, beside all others.
  void MakeRoom();

  // All of one moment. Learning waits while there is a view, and further views wait for it: a
  // thread has one at a time.
  class View {
   public:
    explicit View(const StreamStatistics& statistics)
        : statistics_(statistics), lock_(statistics.gate_.LockShared()) {}

    [[nodiscard]] const BoilerplateTable& boilerplate() const { return statistics_.boilerplate_; }
    [[nodiscard]] const RarityTable& rarity() const { return statistics_.rarity_; }
    [[nodiscard]] uint64_t version() const { return statistics_.version_; }
    // Two views of one stamp answer the same: it is of one version of one object.
    [[nodiscard]] uint64_t stamp() const { return statistics_.stamp_; }

   private:
    const StreamStatistics& statistics_;
    const std::shared_lock<std::shared_mutex> lock_;
  };

  // Of boilerplate alone, of one moment. Two of one version answer the same.
  class BoilerplateView {
   public:
    explicit BoilerplateView(const StreamStatistics& statistics)
        : statistics_(statistics), lock_(statistics.boilerplate_gate_.LockShared()) {}

    [[nodiscard]] const BoilerplateTable& boilerplate() const { return statistics_.boilerplate_; }
    // Articles that it rests on.
    [[nodiscard]] uint64_t version() const { return statistics_.boilerplate_version_; }

   private:
    const StreamStatistics& statistics_;
    const std::shared_lock<std::shared_mutex> lock_;
  };

  // All as of the last epoch's end, compressed; the same for the same articles. Any thread; the end
  // of an epoch waits for it. `version`, if given, becomes what version() was.
  [[nodiscard]] std::string Serialize(uint64_t* version = nullptr) const;
  // Takes over what Serialize made, with tables of any size; learnt() is version() then. After an
  // error (kStoreCorrupt, kStoreTooNew) nothing is learnt.
  [[nodiscard]] absl::Status Restore(std::string_view bytes);

 private:
  absl::Status TakeFrom(std::string_view bytes);
  void LearnShingles();
  void LearnParagraphs();
  static uint64_t NextStamp();

  // Many read or one writes. Everybody passes the turnstile on the way: one who waits to write
  // keeps further readers out, who would otherwise take turns for ever.
  class Gate {
   public:
    [[nodiscard]] std::shared_lock<std::shared_mutex> LockShared() const {
      const std::lock_guard turn(turnstile_);
      return std::shared_lock(mutex_);
    }
    [[nodiscard]] std::unique_lock<std::shared_mutex> Lock() const {
      const std::lock_guard turn(turnstile_);
      return std::unique_lock(mutex_);
    }

   private:
    mutable std::mutex turnstile_;
    mutable std::shared_mutex mutex_;
  };

  const Sizes sizes_;
  Gate gate_;              // guards all up to position_at_version_ but for room_
  Gate boilerplate_gate_;  // taken behind gate_ to change the next two; either is enough to read
  BoilerplateTable boilerplate_;
  uint64_t boilerplate_version_ = 0;  // version(), or on the way to the next one
  std::atomic<uint64_t> version_ = 0;
  uint64_t stamp_ = NextStamp();
  RarityTable rarity_;
  mutable std::mutex room_mutex_;  // guards the next; taken behind gate_
  HugePageVector<uint64_t> room_;  // what rarity_ will grow to, as of this version; or empty
  StreamPosition position_at_version_;
  HugePageVector<uint64_t> zeros_;  // the thread's that makes room: for the growth that is near
  std::atomic<size_t> zeros_bytes_ = 0;
  // The learning thread's.
  StreamPosition position_;
  std::vector<LearntArticle> pending_;
  uint64_t learnt_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_STREAM_STATISTICS_H_
