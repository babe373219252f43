#include "tests/bench/wirefold_bench/reads_bench.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/client.h"
#include "lib/base/ulid.h"
#include "tests/bench/wirefold_bench/article_calls.h"
#include "tests/bench/wirefold_bench/calls.h"
#include "tests/bench/wirefold_bench/child.h"
#include "tests/bench/wirefold_bench/feed.h"
#include "tests/bench/wirefold_bench/servers.h"
#include "tests/bench/wirefold_bench/statistics.h"

namespace wirefold::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kInFlight = 16;
constexpr size_t kBatchInFlight = 4;
constexpr size_t kBatchArticles = 100;
constexpr int kPageArticles = 50;
constexpr v1::ArticleView kView = v1::ARTICLE_VIEW_FULL;
// Reads a second of each kind while files come in, and files that come in under each.
constexpr double kRateUnderIngest = 500;
constexpr double kLongRateUnderIngest = 50;  // of batches and pages
constexpr size_t kKinds = 4;

Json Latencies(const CallsResult& got) {
  Json json;
  json["p50_ms"] = Percentile(got.latency_ms, 0.5);
  json["p99_ms"] = Percentile(got.latency_ms, 0.99);
  return json;
}

double Rate(const CallsResult& got) { return static_cast<double>(got.calls) / got.seconds; }
double ItemRate(const CallsResult& got) { return static_cast<double>(got.items) / got.seconds; }

// A server and the calls to it.
struct Side {
  const Child& server;
  const ArticleCalls& calls;
};

// Two kinds of calls by turns, `rounds` times.
struct Turns {
  std::vector<double> rates, floor_rates, ratios, item_rates, floor_p99_ms, p50_ms, p99_ms;
  std::vector<double> cpu_us, floor_cpu_us, cpu_ratios;
  uint64_t failed = 0;
  std::string first_error;

  // CPU microseconds that a call costs server and client together.
  static double CpuUs(double cpu_s, const CallsResult& got) {
    return cpu_s * 1e6 / static_cast<double>(got.calls);
  }

  void Run(const Options& options, size_t in_flight, const Side& floor, const StartCall& empty,
           const Side& side, const StartCall& call, decltype(RunClosed) drive = RunClosed) {
    const auto cpu_s = [](const Child& server) { return server.ReadUsage().cpu_s + OwnCpu(); };
    for (int round = 0; round < options.rounds; ++round) {
      const double seconds = options.seconds / options.rounds;
      const double before_least = cpu_s(floor.server);
      const CallsResult least = drive(in_flight, seconds, empty);
      floor_cpu_us.push_back(CpuUs(cpu_s(floor.server) - before_least, least));
      const double before = cpu_s(side.server);
      const CallsResult got = drive(in_flight, seconds, call);
      cpu_us.push_back(CpuUs(cpu_s(side.server) - before, got));
      cpu_ratios.push_back(floor_cpu_us.back() / cpu_us.back());
      floor_rates.push_back(Rate(least));
      floor_p99_ms.push_back(Percentile(least.latency_ms, 0.99));
      rates.push_back(Rate(got));
      item_rates.push_back(ItemRate(got));
      ratios.push_back(Rate(got) / Rate(least));
      p50_ms.push_back(Percentile(got.latency_ms, 0.5));
      p99_ms.push_back(Percentile(got.latency_ms, 0.99));
      failed += least.failed + got.failed;
      if (first_error.empty()) first_error = got.first_error;
      if (first_error.empty()) first_error = least.first_error;
    }
  }
  Json ToJson() const {
    Json json;
    json["calls_per_s"] = Median(rates);
    json["floor_calls_per_s"] = Median(floor_rates);
    json["ratio"] = Median(ratios);
    json["ratio_values"] = ratios;
    json["cpu_us_per_call"] = Median(cpu_us);
    json["floor_cpu_us_per_call"] = Median(floor_cpu_us);
    json["cpu_ratio"] = Median(cpu_ratios);
    json["p50_ms"] = Median(p50_ms);
    json["p99_ms"] = Median(p99_ms);
    json["floor_p99_ms"] = Median(floor_p99_ms);
    json["failed"] = failed;
    if (failed > 0) json["first_error"] = first_error;
    return json;
  }
};

// One batch's answer, of middling length, as bytes in `path`.
absl::Status WriteReply(Client& client, const ArticleCalls& calls, const std::string& path) {
  std::vector<std::string> replies;
  for (size_t n = 0; n < 9; ++n) {
    const absl::StatusOr<v1::BatchGetArticlesResponse> got =
        client.BatchGetArticles(calls.BatchRequest(n, kBatchArticles, kView));
    if (!got.ok()) return got.status();
    replies.push_back(got->SerializeAsString());
  }
  std::sort(replies.begin(), replies.end(),
            [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  std::ofstream(path, std::ios::binary) << replies[replies.size() / 2];
  return absl::OkStatus();
}

// The reads alone, each beside its floor.
Json Alone(const Options& options, const Side& side, const Side& floor_side) {
  const ArticleCalls& calls = side.calls;
  const ArticleCalls& floor = floor_side.calls;
  Json json;
  Turns get;
  get.Run(options, kInFlight, floor_side, floor.GetArticle(kView), side, calls.GetArticle(kView));
  json["get_article"] = get.ToJson();
  Turns blocking;
  blocking.Run(options, kInFlight, floor_side, floor.GetArticleBlocking(kView), side,
               calls.GetArticleBlocking(kView), RunBlocking);
  json["get_article_blocking"] = blocking.ToJson();
  Turns basic;
  basic.Run(options, kInFlight, floor_side, floor.GetArticle(kView), side,
            calls.GetArticle(v1::ARTICLE_VIEW_BASIC));
  json["get_article_basic"] = basic.ToJson();
  const CallsResult paced =
      RunPaced(options.paced_rate, options.seconds, nullptr, calls.GetArticle(kView));
  json["get_article_paced"] = Latencies(paced);
  json["get_article_paced"]["calls_per_s"] = Rate(paced);
  const CallsResult paced_floor =
      RunPaced(options.paced_rate, options.seconds, nullptr, floor.GetArticle(kView));
  json["get_article_paced"]["floor_p99_ms"] = Percentile(paced_floor.latency_ms, 0.99);
  Turns batch;
  batch.Run(options, kBatchInFlight, floor_side, floor.BatchGetArticles(kBatchArticles, kView),
            side, calls.BatchGetArticles(kBatchArticles, kView));
  json["batch_get_articles"] = batch.ToJson();
  json["batch_get_articles"]["articles_per_s"] = Median(batch.item_rates);
  Turns list;
  list.Run(options, kInFlight, floor_side, floor.GetArticle(kView), side,
           calls.ListArticles(kPageArticles, kView));
  json["list_articles"] = list.ToJson();
  json["list_articles"]["articles_per_s"] = Median(list.item_rates);
  Turns story;
  story.Run(options, kInFlight, floor_side, floor.GetArticle(kView), side, calls.GetStory(kView));
  json["get_story"] = story.ToJson();
  return json;
}

// The article at a time or the next one; unset if there is none.
absl::StatusOr<std::optional<v1::Article>> ArticleFrom(Client& client, int64_t time_ms,
                                                       bool descending) {
  v1::ListArticlesRequest request;
  request.set_page_size(1);
  request.set_descending(descending);
  request.set_view(v1::ARTICLE_VIEW_BASIC);
  if (!descending) {
    request.mutable_start_time()->set_seconds(time_ms / 1000);
    request.mutable_start_time()->set_nanos(static_cast<int32_t>(time_ms % 1000) * 1'000'000);
  }
  absl::StatusOr<v1::ListArticlesResponse> found = client.ListArticles(request);
  if (!found.ok()) return found.status();
  if (found->articles().empty()) return std::nullopt;
  return std::move(*found->mutable_articles(0));
}

// The IDs of articles that lie evenly over the time that a store holds.
absl::StatusOr<std::vector<std::string>> IdsOverTime(Client& client) {
  constexpr size_t kIds = 20'000;
  const auto first = ArticleFrom(client, 0, /*descending=*/false);
  if (!first.ok()) return first.status();
  const auto last = ArticleFrom(client, 0, /*descending=*/true);
  if (!last.ok()) return last.status();
  if (!first->has_value() || !last->has_value()) {
    return absl::FailedPreconditionError("the store holds no article: nothing to read");
  }
  const absl::StatusOr<Ulid> from = Ulid::Parse((*first)->id());
  const absl::StatusOr<Ulid> to = Ulid::Parse((*last)->id());
  if (!from.ok() || !to.ok()) return absl::InternalError("an ID that is none");
  const auto range = static_cast<double>(to->TimeMs() - from->TimeMs());
  std::vector<std::string> ids;
  for (size_t i = 0; i < kIds; ++i) {
    const auto after =
        static_cast<int64_t>(range * static_cast<double>(i) / static_cast<double>(kIds));
    const auto found = ArticleFrom(client, from->TimeMs() + after, /*descending=*/false);
    if (!found.ok()) return found.status();
    if (found->has_value()) ids.push_back((*found)->id());
  }
  return ids;
}

// Each read at a moderate rate, while a share of the files comes in.
absl::StatusOr<Json> WhileIngesting(const InputFiles& files, const Options& options, size_t first,
                                    const std::string& address, const ArticleCalls& calls) {
  struct Kind {
    const char* name;
    double rate;
    StartCall call;
  };
  const std::vector<Kind> kinds = {
      {"get_article", kRateUnderIngest, calls.GetArticle(kView)},
      {"batch_get_articles", kLongRateUnderIngest, calls.BatchGetArticles(kBatchArticles, kView)},
      {"list_articles", kLongRateUnderIngest, calls.ListArticles(kPageArticles, kView)},
      {"get_story", kRateUnderIngest, calls.GetStory(kView)}};
  const size_t share = (files.contents.size() - first) / kKinds;
  Json json;
  for (size_t i = 0; i < kinds.size(); ++i) {
    std::atomic<bool> fed = false;
    absl::StatusOr<FeedResult> result = absl::UnknownError("not fed");
    std::thread feeder([&] {
      result = Feed(files, {.address = address,
                            .streams = options.streams,
                            .in_flight = options.in_flight,
                            .first = first + i * share,
                            .count = share});
      fed = true;
    });
    const CallsResult got = RunPaced(kinds[i].rate, options.seconds, &fed, kinds[i].call);
    feeder.join();
    if (!result.ok()) return result.status();
    Json& kind = json[kinds[i].name];
    kind = Latencies(got);
    kind["client_late_p99_ms"] = Percentile(got.late_ms, 0.99);
    kind["calls"] = got.calls;
    kind["calls_per_s"] = Rate(got);
    kind["failed"] = got.failed;
    if (got.failed > 0) kind["first_error"] = got.first_error;
    kind["ingested_files_per_s"] = static_cast<double>(result->files) / result->seconds;
  }
  return json;
}

}  // namespace

absl::StatusOr<Json> MeasureReads(const InputFiles& files, const Options& options) {
  const absl::StatusOr<Place> place = Place::Make(options.data_dir);
  if (!place.ok()) return place.status();
  const bool is_given = !options.store.empty();
  const absl::StatusOr<std::unique_ptr<Child>> server =
      StartWirefold(options, options.wirefoldd, place->path(), options.store);
  if (!server.ok()) return server.status();
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Client::Connect({.server = (*server)->address()});
  if (!client.ok()) return client.status();
  const size_t half = is_given ? 0 : (files.contents.size() + 1) / 2;
  std::vector<std::string> ids;
  if (is_given) {
    std::fprintf(stderr, "reads: looking for articles\n");
    absl::StatusOr<std::vector<std::string>> found = IdsOverTime(**client);
    if (!found.ok()) return found.status();
    ids = *std::move(found);
  } else {
    std::fprintf(stderr, "reads: storing %zu files\n", half);
    absl::StatusOr<FeedResult> fed = Feed(files, {.address = (*server)->address(),
                                                  .streams = options.streams,
                                                  .in_flight = options.in_flight,
                                                  .count = half});
    if (!fed.ok()) return fed.status();
    if (fed->ids.empty()) {
      return absl::FailedPreconditionError("no file was taken: nothing to read");
    }
    ids = std::move(fed->ids);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const ArticleCalls calls((*client)->channel(), ids);
  const std::string reply = place->path() + "/reply";
  if (absl::Status wrote = WriteReply(**client, calls, reply); !wrote.ok()) return wrote;
  const absl::StatusOr<Place> floor_place = Place::Make(options.data_dir);
  if (!floor_place.ok()) return floor_place.status();
  const absl::StatusOr<std::unique_ptr<Child>> floor_server =
      StartFloor(floor_place->path(), /*stores=*/false, reply);
  if (!floor_server.ok()) return floor_server.status();
  const absl::StatusOr<std::unique_ptr<Client>> floor_client =
      Client::Connect({.server = (*floor_server)->address()});
  if (!floor_client.ok()) return floor_client.status();
  const ArticleCalls floor((*floor_client)->channel(), ids);

  std::fprintf(stderr, "reads: alone\n");
  Json json;
  json["articles"] = ids.size();
  json["alone"] = Alone(options, {**server, calls}, {**floor_server, floor});
  if (!is_given || options.into_store) {
    std::fprintf(stderr, "reads: while ingesting\n");
    absl::StatusOr<Json> loaded = WhileIngesting(files, options, half, (*server)->address(), calls);
    if (!loaded.ok()) return loaded.status();
    json["while_ingesting"] = *std::move(loaded);
  }
  for (const absl::StatusOr<std::unique_ptr<Child>>* one : {&server, &floor_server}) {
    if (absl::Status stopped = (**one)->Stop(); !stopped.ok()) return stopped;
  }
  return json;
}

}  // namespace wirefold::bench
