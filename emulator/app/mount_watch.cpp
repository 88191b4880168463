#include "emulator/app/mount_watch.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "emulator/storage/mounted_folder.h"
#include "emulator/watch/folder_backend.h"

namespace exthost::app {
namespace {

// Our own unfinished uploads are nobody's change.
watch::BackendOptions backend_options(std::optional<base::Duration> poll_every) {
  watch::BackendOptions options;
  options.poll_every = poll_every;
  options.ignore = {std::string(storage::kDraftGlob)};
  return options;
}

}  // namespace

std::vector<storage::Mount> mounts_of(const Settings& settings) {
  std::vector<storage::Mount> mounts;
  std::set<storage::ContainerId> known;  // extensions may share a container
  for (const ExtensionSettings& extension : settings.extensions) {
    const ContainerSettings& container = extension.storage;
    if (container.mount.empty()) continue;
    const storage::ContainerId id{container.account, container.container};
    if (known.insert(id).second) mounts.push_back({id, container.mount, container.read_only});
  }
  for (const ContainerEntry& container : settings.storage.containers) {
    if (!container.mount.empty())
      mounts.push_back({{container.account, container.name}, container.mount, container.read_only});
  }
  return mounts;
}

MountWatch::MountWatch(storage::MountedBlobStore& store, const storage::Mount& mount, base::Journal& journal,
                       std::optional<base::Duration> poll_every, OnFailure on_failure)
    : container_(mount.container.container),
      journal_(journal),
      on_failure_(std::move(on_failure)),
      watcher_(
          watch::open_folder_backend(mount.folder, backend_options(poll_every)),
          [&store,
           id = mount.container](const watch::FolderWatcher::Turn&) -> std::optional<watch::Duration> {
            store.look(id);
            return std::nullopt;
          },
          [this](const base::Error& notice) { tell("mount.notice", notice); },
          [] { return std::chrono::steady_clock::now(); }) {}

void MountWatch::first_turn() {
  if (const auto turn = watcher_.poll_once(); !turn) fail(turn.error());
}

void MountWatch::start() {
  runner_ = std::make_unique<watch::WatchRunner>(watcher_, [this](const base::Error& error) { fail(error); });
}

void MountWatch::fail(const base::Error& error) {
  tell("mount.failed", error);
  on_failure_(error);
}

void MountWatch::tell(const std::string& type, const base::Error& error) {
  journal_.append(type, "", container_ + ": " + error.message,
                  nlohmann::ordered_json({{"code", error.code}}).dump());
}

}  // namespace exthost::app
