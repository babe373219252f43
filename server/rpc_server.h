// RpcServer: the gRPC server with its services, health and reflection; from the first connection
// to the last answer.
//
// Example:
//   absl::StatusOr<std::unique_ptr<RpcServer>> server =
//       RpcServer::Open({.listen = "127.0.0.1:0"}, store, pipeline, budget, clock);
//   (*server)->address();                       // "127.0.0.1:41507"
//   …
//   (*server)->Shutdown(std::chrono::seconds(20));
//
// Health (grpc.health.v1) is kept per service: IngestService is NOT_SERVING while no file is
// accepted; the whole ("") is NOT_SERVING while draining and after a failed commit.
//
// Thread-safe, but for Shutdown and the destructor.
#ifndef WIREFOLD_SERVER_RPC_SERVER_H_
#define WIREFOLD_SERVER_RPC_SERVER_H_

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "lib/base/clock.h"
#include "lib/base/reason.h"
#include "lib/pipeline/fair_budget.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"
#include "lib/url/rules.h"
#include "server/admin_service.h"
#include "server/article_reader.h"
#include "server/article_service.h"
#include "server/ingest_hub.h"
#include "server/ingest_service.h"
#include "server/read_pool.h"
#include "server/revision_reader.h"

namespace wirefold {

class RpcServer {
 public:
  struct Options {
    std::string listen = "127.0.0.1:0";
    size_t read_threads = 4;
    // For articles that are asked for by URL; must outlive the server.
    const UrlRules* url_rules = &UrlRules::BuiltIn();
    IngestHub::Options ingest;
    // What gRPC may take for bytes received from all connections and not yet taken over by a call
    // (partly received messages, and those that wait for their turn). Under pressure it narrows the
    // clients' flow-control windows, at the bound it ends streams and refuses connections.
    size_t receive_bytes = size_t{512} << 20;
    // How often the state of the store is looked at, for health and the log.
    std::chrono::milliseconds health_period{1000};
  };

  // Serves on return. All arguments must outlive the server. Fails when the address can't be
  // listened on. `budget` must outlive `pipeline` too, which may still hold calls that count in it.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Open(const Options& options, Store& store,
                                                         Pipeline& pipeline, FairBudget& budget,
                                                         const Clock& clock);
  ~RpcServer();  // shuts down without waiting for streams unless Shutdown was called

  // Where it serves, with the port that was taken.
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] size_t streams() const { return hub_.streams(); }

  // Takes no new streams; lets everything submitted be acknowledged and ends the streams with
  // SHUTTING_DOWN, cuts off what is open after `drain_timeout`, then lets reads finish. The
  // pipeline is drained on return. False if streams had to be cut off. Idempotent.
  bool Shutdown(std::chrono::milliseconds drain_timeout);

 private:
  RpcServer(const Options& options, Store& store, Pipeline& pipeline, FairBudget& budget,
            const Clock& clock);
  [[nodiscard]] absl::Status Start(const Options& options);
  void RunHealth(std::chrono::milliseconds period);
  void UpdateHealth();
  // Logs when files are no longer accepted, and when they are again.
  void LogChange(const absl::Status& accepting);
  void LogIndexProblem(const std::string& problem);

  Pipeline& pipeline_;
  IngestHub hub_;
  ReadPool pool_;
  ArticleReader reader_;
  RevisionReader revisions_;
  IngestServiceImpl ingest_;
  ArticleServiceImpl articles_;
  AdminServiceImpl admin_;
  std::unique_ptr<grpc::Server> server_;  // null once it is shut down
  std::string address_;

  std::mutex mutex_;  // guards draining_ and health, so that NOT_SERVING stays
  std::condition_variable changed_;
  bool draining_ = false;
  Reason logged_ = Reason::kUnspecified;  // of what was logged last; the health thread's
  std::string logged_index_problem_;
  std::thread health_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_RPC_SERVER_H_
