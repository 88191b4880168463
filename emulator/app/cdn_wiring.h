#pragma once

#include "emulator/control/rows.h"
#include "emulator/hosting/cdn_edge.h"

namespace exthost::app {

/// The edge as the control API shows it.
control::CdnStatus cdn_status(const hosting::CdnEdge& edge);

/// What the control API orders of the edge. kCdnOff (`conflict`) if there is none.
base::Result<std::uint64_t> purge_cdn(hosting::CdnEdge& edge, const control::CdnPurgeOrder& order);
base::Result<void> set_cdn_outage(hosting::CdnEdge& edge, bool outage);

}  // namespace exthost::app
