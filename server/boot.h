// Boot: from the configuration to the options of each part of the daemon.
//
// Example:
//   auto store = RocksDbStore::Open(StoreOptions(config, url_rules));
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_SERVER_BOOT_H_
#define WIREFOLD_SERVER_BOOT_H_

#include "lib/pipeline/fair_budget.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/rocksdb_options.h"
#include "lib/store/space_guard.h"
#include "lib/url/rules.h"
#include "server/rpc_server.h"
#include "server/settings.h"

namespace wirefold {

RocksDbOptions StoreOptions(const Config& config, const UrlRules& url_rules);
SpaceReserve ReserveOptions(const Config& config);
FairBudget::Options BudgetOptions(const Config& config);
// Both keep a pointer to `url_rules`.
PipelineOptions PipelineOptionsOf(const Config& config, const UrlRules& url_rules);
RpcServer::Options ServerOptions(const Config& config, const UrlRules& url_rules);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_BOOT_H_
