#pragma once

#include <memory>
#include <string>

#include "emulator/app/settings.h"
#include "emulator/base/clock.h"
#include "emulator/base/result.h"
#include "emulator/hosting/container_source.h"
#include "emulator/model/deployment_config.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/locations.h"
#include "emulator/watch/container_sink.h"

namespace exthost::app {

/// The container of an extension, for whoever publishes into it.
struct EditableContainer {
  std::shared_ptr<const Settings> settings;      ///< It was opened with these.
  const ExtensionSettings* extension = nullptr;  ///< One of theirs.
  storage::ContainerId id;
  std::unique_ptr<watch::ContainerSink> sink;
  std::shared_ptr<hosting::ContainerSource> source;  ///< As the hosting service reads it.

  std::string name() const { return "the container " + id.container; }
};

enum class ContainerAccess { read, write };

/// Opens it. `extension` is the hosting service name of one of the settings' extensions. Fails with
/// `conflict` (kContainerNotOurs) if the container is somebody else's or, for writing, read only; for writing
/// with `unavailable` (kStorageUnavailable) while its account is out. `store`, `locations` and `clock`
/// outlive it.
base::Result<EditableContainer> open_editable(std::shared_ptr<const Settings> settings,
                                              const std::string& extension, ContainerAccess access,
                                              storage::BlobStore& store, const storage::Locations& locations,
                                              const base::Clock& clock);

/// A config.json with the stage definition that it is read by in this container, as the hosting service reads
/// both; or why it would refuse them.
base::Result<model::Deployment> deployment_in(const EditableContainer& container,
                                              const std::string& config_text);

}  // namespace exthost::app
