#pragma once

#include <memory>
#include <string>

#include "emulator/base/clock.h"
#include "emulator/hosting/container_source.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/locations.h"
#include "emulator/watch/container_sink.h"

namespace exthost::app {

/// A container of our own account as the hosting service reads it: in process, the same answers as over HTTP,
/// an outage of the primary endpoint included. `store` and `locations` outlive it. `url` is for messages.
std::shared_ptr<hosting::ContainerSource> make_store_source(storage::BlobStore& store,
                                                            const storage::Locations& locations,
                                                            storage::ContainerId id, std::string url);

/// The same container as watchers write it. A blob put so survives the end of the process, not the end of
/// power: whatever a folder on this machine made can be made again. No outage stands in its way: what was
/// saved meanwhile is there when the outage ends. `store` and `clock` outlive it.
std::unique_ptr<watch::ContainerSink> make_store_sink(storage::BlobStore& store, storage::ContainerId id,
                                                      const base::Clock& clock);

}  // namespace exthost::app
