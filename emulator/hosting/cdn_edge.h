#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/hosting/cdn_cache.h"
#include "emulator/hosting/cdn_rules.h"
#include "emulator/http/message.h"

namespace exthost::hosting {

/// The edge of a CDN in front of extensions' content (domain.md i1 to i4, i8): an http::Service before the
/// hosting service, its origin.
///
/// What is asked for by a host of the CDN's forms is looked up by its whole URL; on a miss the origin is
/// asked in process, by `/CDN/…`, by one request at a time for a URL, without anything that came from the
/// client but the URL. What its Cache-Control allows is kept, and then answered from here: whole, or in a
/// range, or with 304. `X-Cache` says which: TCP_HIT, TCP_MISS, or PRIVATE_NOSTORE for what no shared cache
/// may keep. Other hosts' requests, and other methods than GET and HEAD, go to the origin as they are.
///
/// While the CDN is off, its hosts answer 404 (kCdnOff); in an outage 503 (kCdnOutage). Thread-safe.
class CdnEdge final : public http::Service {
 public:
  /// `origin`, `clock` and `journal` outlive this. Ages are told by `clock`.
  CdnEdge(CdnSettings settings, http::Service& origin, const base::Clock& clock, base::Journal& journal,
          CdnLimits limits = {});

  /// Forgets what is purged, also what is being fetched meanwhile, and tells the journal (`cdn.purged`).
  /// Returns how many answers were forgotten.
  std::size_t purge(const CdnPurge& purge);

  /// Begins or ends an outage; if that is news, tells the journal (`cdn.outage`, `cdn.restored`). What is
  /// kept stays.
  void set_outage(bool outage);

  struct Status {
    bool outage = false;
    std::size_t entries = 0;
    std::uint64_t bytes = 0;  ///< Of what is kept, as it counts against the limit.
    std::uint64_t limit_bytes = 0;
    std::uint64_t hits = 0;    ///< Answered from here since the start.
    std::uint64_t misses = 0;  ///< Asked of the origin since the start.
  };
  Status status() const;
  const CdnSettings& settings() const { return settings_; }

  /// A hit is answered at once; a miss may wait for another request's fetch.
  bool may_block(const http::Request& request) const override;
  http::Response handle(const http::Request& request) override;

 private:
  /// A request to the edge, with what follows from it.
  struct Asked {
    CdnAddress address;
    http::Request origin;  ///< What the origin is asked.
    std::string key;
  };
  /// Holds a URL's place in `fetching_` and gives it up at the end.
  class Fetching;

  base::Result<Asked> understand(const http::Request& request, const std::string& name) const;
  http::Response answer(const http::Request& request, const Asked& asked);
  http::Response fetch(const http::Request& request, const Asked& asked, std::uint64_t purges);

  const CdnSettings settings_;
  http::Service& origin_;
  const base::Clock& clock_;
  base::Journal& journal_;
  std::atomic<bool> outage_{false};
  std::atomic<std::uint64_t> hits_{0}, misses_{0};

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable fetched_;
  CdnCache cache_;
  std::set<std::string> fetching_;  // keys
  std::uint64_t purges_ = 0;        // what was asked for before one is not kept
};

}  // namespace exthost::hosting
