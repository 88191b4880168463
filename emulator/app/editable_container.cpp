#include "emulator/app/editable_container.h"

#include <algorithm>
#include <utility>

#include "emulator/app/container_adapters.h"
#include "emulator/app/mount_watch.h"
#include "emulator/check/container.h"
#include "emulator/hosting/config_change.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
namespace codes = model::codes;

Result<void> check_writable(const EditableContainer& container, const storage::Locations& locations) {
  for (const storage::Mount& mount : mounts_of(*container.settings)) {
    if (mount.container != container.id || !mount.read_only) continue;
    return Error{
        ErrorKind::conflict,
        container.name() + " is the folder " + mount.folder.string() + ", which is mounted read only",
        std::string(codes::kContainerNotOurs)};
  }
  if (!locations.is_out(container.id.account, false)) return {};
  return Error{
      ErrorKind::unavailable,
      "the storage account " + container.id.account + " answers 503 ServerBusy: a storage outage is on",
      std::string(codes::kStorageUnavailable)};
}

}  // namespace

Result<EditableContainer> open_editable(std::shared_ptr<const Settings> settings,
                                        const std::string& extension, ContainerAccess access,
                                        storage::BlobStore& store, const storage::Locations& locations,
                                        const base::Clock& clock) {
  const auto& all = settings->extensions;
  const auto found = std::find_if(all.begin(), all.end(), [&](const ExtensionSettings& one) {
    return one.hosting_service_name == extension;
  });
  EXTHOST_CHECK(found != all.end());
  if (!found->storage.url.empty()) {
    return Error{ErrorKind::conflict,
                 "the container of " + extension +
                     " is somebody else's, and only read: " + check::without_secrets(found->storage.url),
                 std::string(codes::kContainerNotOurs)};
  }
  EditableContainer container;
  container.settings = std::move(settings);
  container.extension = &*found;
  container.id = {found->storage.account, found->storage.container};
  container.sink = make_store_sink(store, container.id, clock);
  container.source = make_store_source(store, locations, container.id,
                                       "/" + container.id.account + "/" + container.id.container);
  if (access == ContainerAccess::write) {
    if (auto good = check_writable(container, locations); !good) return std::move(good).error();
  }
  return container;
}

Result<model::Deployment> deployment_in(const EditableContainer& container, const std::string& config_text) {
  const Settings& settings = *container.settings;
  auto read = hosting::read_deployment_in(*container.source, config_text,
                                          {settings.cloud, settings.config_rules(), {}});
  if (!read) return std::move(read).error();
  if (read->refusal) return Error{ErrorKind::invalid_input, read->refusal->message, read->refusal->code};
  return *std::move(read->deployment);
}

}  // namespace exthost::app
