// What the tests of the store share: one in a temporary folder.
#ifndef WIREFOLD_TESTS_STORE_STORE_FIXTURE_H_
#define WIREFOLD_TESTS_STORE_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "lib/store/rocksdb_store.h"
#include "tests/store/store_testing.h"

namespace wirefold {

class StoreFixture : public ::testing::Test {
 protected:
  void Commit(const std::vector<Mutation>& mutations) {
    const absl::Status status = store_->Commit(mutations);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Reopen() {
    store_.reset();
    store_ = testing::OpenOrDie(testing::OptionsFor(folder_.path()));
  }
  StoredArticle Get(const Ulid& id) { return store_->GetArticle(id).value(); }

  testing::TempFolder folder_;
  std::unique_ptr<RocksDbStore> store_ = testing::OpenOrDie(testing::OptionsFor(folder_.path()));
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_STORE_STORE_FIXTURE_H_
