// The servers that are measured, each started in a process and a fresh folder of its own.
//
// Example:
//   absl::StatusOr<Place> place = Place::Make(options.data_dir);
//   absl::StatusOr<std::unique_ptr<Child>> server =
//       StartWirefold(options, options.wirefoldd, place->path());
//
// One thread, as child.h.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_SERVERS_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_SERVERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/wirefold_bench/child.h"
#include "tests/bench/wirefold_bench/options.h"

namespace wirefold::bench {

// A temporary folder, which goes when this does.
class Place {
 public:
  // In `base`. What was written to its disk before is settled first, so that it is not paid for by
  // what comes next.
  static absl::StatusOr<Place> Make(const std::string& base);
  Place(Place&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Place& operator=(Place&&) = delete;
  ~Place();

  const std::string& path() const { return path_; }

 private:
  explicit Place(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// A wirefoldd with its default settings and `options.server_flags`, its log in `place` and its
// folder too, or `data`, if given.
absl::StatusOr<std::unique_ptr<Child>> StartWirefold(const Options& options,
                                                     const std::string& wirefoldd,
                                                     const std::string& place,
                                                     const std::string& data = {});

// The floor. With `stores` false the bare echo; `reply_file`: floor_server.h.
absl::StatusOr<std::unique_ptr<Child>> StartFloor(const std::string& place, bool stores,
                                                  const std::string& reply_file = {});

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_SERVERS_H_
