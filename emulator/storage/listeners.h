#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "emulator/storage/blob_store.h"

namespace exthost::storage {

/// Those who follow a store's changes. Thread-safe; called without a lock held.
class Listeners {
 public:
  std::shared_ptr<void> add(BlobStore::Listener listener) {
    auto registration = std::make_shared<BlobStore::Listener>(std::move(listener));
    std::lock_guard lock(mutex_);
    listeners_.remove_if([](const auto& entry) { return entry.expired(); });
    listeners_.push_back(registration);
    return registration;
  }

  void tell(const Change& change) const {
    std::vector<std::shared_ptr<BlobStore::Listener>> current;
    {
      std::lock_guard lock(mutex_);
      for (const auto& entry : listeners_) {
        if (auto listener = entry.lock()) current.push_back(std::move(listener));
      }
    }
    for (const auto& listener : current) (*listener)(change);
  }

 private:
  mutable std::mutex mutex_;
  std::list<std::weak_ptr<BlobStore::Listener>> listeners_;
};

}  // namespace exthost::storage
