#include "emulator/app/cdn_wiring.h"

#include <utility>

#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

base::Error off() {
  return {base::ErrorKind::conflict, "the CDN edge is off; start with --cdn on",
          std::string(model::codes::kCdnOff)};
}

}  // namespace

control::CdnStatus cdn_status(const hosting::CdnEdge& edge) {
  const hosting::CdnEdge::Status now = edge.status();
  const hosting::CdnSettings& settings = edge.settings();
  control::CdnStatus status;
  status.on = settings.on;
  status.origin_http = settings.origin_http_1_0 ? "1.0" : "1.1";
  status.namespaces.assign(settings.namespaces.begin(), settings.namespaces.end());
  status.outage = now.outage;
  status.entries = now.entries;
  status.bytes = now.bytes;
  status.limit_bytes = now.limit_bytes;
  status.hits = now.hits;
  status.misses = now.misses;
  return status;
}

base::Result<std::uint64_t> purge_cdn(hosting::CdnEdge& edge, const control::CdnPurgeOrder& order) {
  if (!edge.settings().on) return off();
  hosting::CdnPurge purge;
  if (!order.url.empty()) {
    auto parsed = hosting::parse_purge(order.url);
    if (!parsed) return std::move(parsed).error();
    purge = *std::move(parsed);
  }
  purge.extension = order.extension;
  return std::uint64_t{edge.purge(purge)};
}

base::Result<void> set_cdn_outage(hosting::CdnEdge& edge, bool outage) {
  if (!edge.settings().on) return off();
  edge.set_outage(outage);
  return {};
}

}  // namespace exthost::app
