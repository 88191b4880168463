#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "emulator/base/clock.h"
#include "emulator/hosting/cdn_rules.h"
#include "emulator/hosting/limits.h"
#include "emulator/http/message.h"

namespace exthost::hosting {

/// An answer of the origin as an edge keeps it. Immutable.
struct CdnAnswer {
  CdnAddress address;
  http::Headers headers;  ///< As the origin gave them.
  std::string body;
  base::WallTime fetched_at;
  base::WallTime stale_at;  ///< From then on it is asked for again.
};

/// What an edge keeps, by key: bounded in bytes, of which every answer counts its own and what it costs to
/// keep. What was asked for least recently goes first, and what is stale when it is asked for.
///
/// Reads no clock: times come in. Not thread-safe.
class CdnCache {
 public:
  explicit CdnCache(CdnLimits limits) : limits_(limits) {}

  /// The answer if it is fresh, else null. Counts as asked for.
  std::shared_ptr<const CdnAnswer> find(const std::string& key, base::WallTime now);
  /// Whether `find` would find it; changes nothing.
  bool has(const std::string& key, base::WallTime now) const;

  /// Whether a body of that size is kept at all.
  bool takes(std::uint64_t body_bytes) const { return body_bytes <= limits_.answer_bytes; }
  /// Replaces what is under the key. The body's size is one that it takes.
  void put(const std::string& key, std::shared_ptr<const CdnAnswer> answer);

  /// Drops all of which `unwanted` is true, and tells how many those were.
  std::size_t erase_if(const std::function<bool(const CdnAnswer&)>& unwanted);

  std::size_t entries() const { return kept_.size(); }
  std::uint64_t bytes() const { return bytes_; }
  const CdnLimits& limits() const { return limits_; }

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const CdnAnswer> answer;
  };
  using Place = std::list<Kept>::iterator;

  static std::uint64_t cost_of(const Kept& kept);
  void drop(Place place);

  CdnLimits limits_;
  std::list<Kept> kept_;                                // what was asked for last comes first
  std::unordered_map<std::string_view, Place> places_;  // by a key that lies in kept_
  std::uint64_t bytes_ = 0;
};

}  // namespace exthost::hosting
