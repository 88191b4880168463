#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "emulator/storage/blob_store.h"

namespace exthost::storage {

/// Pieces of mounted files whose bytes were taken into the store below, so that records elsewhere can have
/// them: by the hash that they have in the mounted blob, for as long as somebody holds them. Thread-safe.
class HeldPieces {
 public:
  using Held = std::shared_ptr<const Content>;

  /// The content to hold: this one, or that of somebody who holds the piece already.
  Held add(const std::string& hash, Held content) {
    std::lock_guard lock(mutex_);
    std::erase_if(pieces_, [](const auto& entry) { return entry.second.expired(); });
    std::weak_ptr<const Content>& entry = pieces_[hash];
    if (Held held = entry.lock()) return held;
    entry = content;
    return content;
  }

  /// Null if nobody holds it.
  Held find(const std::string& hash) const {
    std::lock_guard lock(mutex_);
    const auto at = pieces_.find(hash);
    return at == pieces_.end() ? nullptr : at->second.lock();
  }

  /// Names in place of each held piece the content that has its bytes below. Whether there was one.
  bool resolve(std::vector<Piece>& pieces) const {
    bool any = false;
    for (Piece& piece : pieces) {
      const Held held = find(piece.hash);
      if (!held) continue;
      piece.hash = held->hash;
      any = true;
    }
    return any;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::weak_ptr<const Content>> pieces_;
};

}  // namespace exthost::storage
