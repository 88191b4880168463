#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/memory_blob_store.h"
#include "emulator/storage/mounted_blob_store.h"
#include "emulator/storage/sqlite_blob_store.h"
#include "spdlog/sinks/null_sink.h"
#include "spdlog/spdlog.h"
#include "tests/support/catch.h"

/// A container in a store of each kind, for tests of what every store promises.
namespace exthost::test {

using namespace exthost::storage;  // NOLINT: these tests speak of nothing else

inline const ContainerId kContainer{"acct", "files"};
inline const base::WallTime kNow{base::Duration{1'700'000'000'000}};
inline const base::WallTime kLater = kNow + std::chrono::hours(1);

inline BlobId blob(const std::string& name) {
  return {kContainer.account, kContainer.container, name};
}

// A store of each kind with one container, and the folder it needs.
struct MemoryFixture {
  std::unique_ptr<BlobStore> store = make_memory_blob_store();
};
struct SqliteFixture {
  base::TemporaryFolder folder = *base::TemporaryFolder::create("exthost-store");
  std::unique_ptr<BlobStore> store = *open_sqlite_blob_store(folder.path(), spdlog::null_logger_mt("store"));
  SqliteFixture() { spdlog::drop("store"); }
};

// A folder as the container, over either kind.
template <class Below>
struct MountedFixture : Below {
  base::TemporaryFolder mounted = *base::TemporaryFolder::create("exthost-mounted");
  MountedFixture() {
    this->store =
        *MountedBlobStore::open(std::move(this->store), {{kContainer, mounted.path() / "made", false}});
  }
};
using MountedOverMemory = MountedFixture<MemoryFixture>;
using MountedOverSqlite = MountedFixture<SqliteFixture>;

template <class Fixture>
struct WithContainer : Fixture {
  WithContainer() { REQUIRE(ensure_container(*this->store, kContainer, AccessLevel::container, kNow)); }

  BlobRecord put(const std::string& name, std::string_view bytes, const PutOptions& options = {}) {
    auto put = put_blob(*this->store, blob(name), bytes, options, kNow);
    REQUIRE(put);
    return *put;
  }
  std::string get(const std::string& name) {
    auto open = open_blob(*this->store, blob(name), "", 1 << 30);
    REQUIRE(open);
    return std::string(open->content.bytes);
  }
  Content stage(const std::string& name, const std::string& id, std::string_view bytes) {
    auto content = this->store->receive(bytes, {});
    REQUIRE(content);
    REQUIRE(this->store->stage_block(blob(name), id, *content, base::Durability::process));
    return *content;
  }
  std::vector<std::string> names(const BlobScan& scan) {
    auto found = this->store->list(kContainer, scan);
    REQUIRE(found);
    std::vector<std::string> names;
    for (const BlobRecord& record : *found) names.push_back(record.name);
    return names;
  }
};

#define FOR_EVERY_STORE(sentence)                                                               \
  TEMPLATE_TEST_CASE_METHOD(WithContainer, sentence, "[storage]", MemoryFixture, SqliteFixture, \
                            MountedOverMemory, MountedOverSqlite)
// What is not so where the content is files of a folder: equal content is not shared, nothing is
// soft-deleted, there are block blobs only, and the container goes with its folder.
#define FOR_BOTH_STORES(sentence) \
  TEMPLATE_TEST_CASE_METHOD(WithContainer, sentence, "[storage]", MemoryFixture, SqliteFixture)

}  // namespace exthost::test
