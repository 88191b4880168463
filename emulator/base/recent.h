#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace exthost::base {

/// What was read lately, so that reading it again asks neither the database nor the disk. Never behind them.
///
/// A reader looks (`look`); if nothing is there it reads what it wants and gives it here (`keep`) with the
/// ticket of its look. A writer holds a `Changing` of what it writes from before the write can be seen until
/// after that: what is there is forgotten when it begins, and nothing is kept whose reader looked before it
/// ended. So a value is there only while it is what everybody reads, and a reader never sees an older one
/// than another reader has seen before.
///
/// Bounded: a value has a cost, the caller's unit, and what would exceed the capacity makes all of its shard
/// forgotten. `Value` is copied with a lock held, so it should be a handle. Thread-safe.
template <class Key, class Value, class Hash = std::hash<Key>>
class Recent {
 public:
  /// `capacity` is the cost of all values together, `shards` the parts that have locks of their own. A value
  /// that costs more than a shard's part is not kept.
  Recent(std::uint64_t capacity, std::size_t shards) : shard_capacity_(capacity / shards), shards_(shards) {}

  struct Look {
    std::optional<Value> value;
    std::uint64_t ticket = 0;  ///< For `keep`; 0 while the key's shard is being changed.
  };
  Look look(const Key& key) const {
    Shard& shard = shard_of(key);
    std::lock_guard lock(shard.mutex);
    const auto at = shard.values.find(key);
    if (at != shard.values.end()) return {at->second.first, 0};
    return {std::nullopt, shard.changing == 0 ? shard.epoch : 0};
  }

  /// Passed over if something of the key's shard was changed since the look.
  void keep(const Key& key, std::uint64_t ticket, Value value, std::uint64_t cost) const {
    if (ticket == 0 || cost > shard_capacity_) return;
    Values forgotten;  // freed without the lock
    Shard& shard = shard_of(key);
    std::lock_guard lock(shard.mutex);
    if (shard.epoch != ticket) return;
    if (shard.cost + cost > shard_capacity_) shard.forget_all(forgotten);
    const bool added = shard.values.emplace(key, std::pair(std::move(value), cost)).second;
    if (added) shard.cost += cost;
  }

  /// Lives as long as a write of a key, or of any key.
  class Changing {
   public:
    Changing(Recent& recent, const Key& key) : first_(&recent.shard_of(key)), last_(first_ + 1) {
      std::lock_guard lock(first_->mutex);
      first_->begin_change();
      first_->forget(key);
    }
    explicit Changing(Recent& recent) : first_(recent.shards_.data()), last_(first_ + recent.shards_.size()) {
      for (Shard* shard = first_; shard != last_; ++shard) {
        Values forgotten;
        std::lock_guard lock(shard->mutex);
        shard->begin_change();
        shard->forget_all(forgotten);
      }
    }
    ~Changing() {
      for (Shard* shard = first_; shard != last_; ++shard) {
        std::lock_guard lock(shard->mutex);
        --shard->changing;
      }
    }
    Changing(const Changing&) = delete;
    Changing& operator=(const Changing&) = delete;

   private:
    typename Recent::Shard* first_;
    typename Recent::Shard* last_;
  };

 private:
  using Values = std::unordered_map<Key, std::pair<Value, std::uint64_t>, Hash>;  // with their costs

  struct Shard {
    std::mutex mutex;
    Values values;
    std::uint64_t cost = 0;   // of all values
    std::uint64_t epoch = 1;  // how many changes have begun, and 1
    std::size_t changing = 0;

    void begin_change() {
      ++changing;
      ++epoch;
    }
    void forget(const Key& key) {
      const auto at = values.find(key);
      if (at == values.end()) return;
      cost -= at->second.second;
      values.erase(at);
    }
    void forget_all(Values& forgotten) {
      forgotten.swap(values);
      cost = 0;
    }
  };

  Shard& shard_of(const Key& key) const { return shards_[Hash()(key) % shards_.size()]; }

  const std::uint64_t shard_capacity_;
  mutable std::vector<Shard> shards_;
};

}  // namespace exthost::base
