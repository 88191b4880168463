#pragma once

#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "emulator/storage/sqlite_blob_store.h"
#include "tests/unit/storage/account_model.h"
#include "tests/unit/storage/blob_service_fixture.h"

/// Random requests on a durable account, each held against the model (random_operations_test.cpp).
namespace exthost::test {

using Strings = std::vector<std::string>;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  /// 0 to `sides` - 1.
  int roll(int sides) { return static_cast<int>(engine_() % static_cast<unsigned>(sides)); }
  bool once_in(int sides) { return roll(sides) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(roll(static_cast<int>(choices.size())))];
  }

 private:
  std::mt19937_64 engine_;  // the same everywhere, unlike the standard's distributions
};

/// A development account in a folder, which outlives its store.
class DurableAccount {
 public:
  DurableAccount() { open(); }

  void reopen() {
    service_.reset();
    store_.reset();
    open();
  }
  http::Response send(HttpRequest& request) {
    sign_request(request, accounts_, clock.now());
    return service_->handle(request);
  }
  /// Names of the content files: their digests.
  std::set<std::string> files(const char* below) const {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path() / below)) {
      if (!entry.is_regular_file()) continue;
      files.insert(entry.path().parent_path().filename().string() + entry.path().filename().string());
    }
    return files;
  }

  base::VirtualScheduler clock{base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20))};

 private:
  void open() {
    auto store = storage::open_sqlite_blob_store(folder_.path(), log_);
    REQUIRE(store);
    store_ = std::move(*store);
    storage::BlobServiceOptions options;
    options.durability = base::Durability::process;
    service_ = std::make_unique<storage::BlobService>(*store_, accounts_, clock, ids_, log_, options);
  }

  base::TemporaryFolder folder_ = *base::TemporaryFolder::create("exthost-random");
  std::shared_ptr<spdlog::logger> log_ = std::make_shared<spdlog::logger>("test");
  storage::Accounts accounts_;
  base::SeededIdSource ids_{1};
  std::unique_ptr<storage::BlobStore> store_;
  std::unique_ptr<storage::BlobService> service_;
};

/// A sequence under way: each step makes a request and says what its answer must be.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : dice_(seed) {}

  void step();
  /// Whether the content folder has what is referred to, and nothing else.
  void check_content();

 private:
  using Method = void (Sequence::*)();

  base::WallTime now() const { return account_.clock.now(); }
  std::string blob_target(const std::string& query = "") {
    return at(container_ + "/" + base::percent_encode(name_, "/") + query);
  }
  std::string container_target(const std::string& query = "") {
    return at(container_ + "?restype=container" + query);
  }

  std::string some_bytes();
  model::Texts some_texts();
  const model::Name* there() const;
  std::string some_lease(const model::Lease* lease);
  std::string some_blob_lease();
  std::string some_container_lease();
  std::string some_snapshot();
  std::string some_tier();
  model::Conditions some_conditions();
  model::Blob some_blob(HttpRequest& request);
  model::LeaseAction some_action(HttpRequest& request);
  void add(HttpRequest& request, const model::Conditions& asked);
  static void add_metadata(HttpRequest& request, const model::Texts& metadata);
  http::Response check(HttpRequest request, const model::Expected& expected);
  http::Response send(HttpRequest& request);

  void put();
  void stage();
  void commit();
  void get_block_list();
  void get();
  void remove();
  void undelete();
  void snapshot();
  void set_metadata();
  void set_properties();
  void set_tier();
  void set_tags();
  void lease_blob();
  void lease_container();
  void create_container();
  void delete_container();
  void change_container();
  void get_container();
  void list();
  void set_policy();
  void pass_time();
  void reopen();

  Dice dice_;
  DurableAccount account_;
  model::Account model_;
  std::string container_;  // what the step is about
  std::string name_;
  Strings snapshots_;  // times that were once told
};

}  // namespace exthost::test
