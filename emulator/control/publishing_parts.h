#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/control/rows.h"
#include "emulator/http/message.h"
#include "emulator/model/promotion.h"
#include "emulator/watch/config_pointers.h"

namespace exthost::control {

/// A container's config.json as it lies there.
struct ConfigDocument {
  std::string text;
  std::string etag;  ///< With quotes.
};

/// A version zip of a container: `GET /_emu/v1/extensions/{x}/versions`.
struct ContainerVersion {
  std::string version;
  std::uint64_t zip_bytes = 0;
  base::WallTime modified;
  std::vector<std::string> used_by;  ///< Names of the container's config.json that have the version.
  bool held = false;                 ///< The hosting service has fetched it.
  std::string sha256;                ///< Of what the hosting service holds; empty if it does not (yet).
};

// ---- what can be done to a config.json

/// It gets a new text.
struct ConfigText {
  std::string text;
  /// Only if it still has this one, empty: if there is still none; absent: whatever is there.
  std::optional<std::string> etag;
};
/// Stages get the versions that they had before the last change of any of them.
struct RollbackWish {
  std::vector<std::string> stages;  ///< Empty: all.
};
struct FriendlyWish {
  std::string name;
  std::string version;  ///< Empty: the name goes.
};

struct ConfigWish {
  std::string extension;  ///< Hosting service name.
  std::variant<ConfigText, model::PromotionWish, RollbackWish, FriendlyWish> edit;
  bool dry_run = false;  ///< Judge and plan, and write nothing.
};

/// A version is put into a container, and names are pointed to it.
struct PublishOrder {
  std::string extension;  ///< Hosting service name.
  std::string version;
  std::vector<std::string> names;  ///< Stages and friendly names.
  bool force = false;              ///< Put the zip although the hosting service will refuse it.
  bool dry_run = false;
};

/// What became of either.
struct ContainerChange {
  struct Zip {
    std::string version;
    std::uint64_t bytes = 0;
    std::string sha256;
    bool reused = false;  ///< The container had these very bytes already.
  };
  std::string extension;
  std::optional<Zip> zip;
  std::vector<watch::PointerChange> changes;  ///< Of stages and friendly names.
  std::string from;                           ///< Of a promotion: who had the version already; else empty.
  std::optional<PlanAnswer> plan;             ///< Of the new config.json; absent if it stays as it was.
  std::optional<SyncOutcome> sync;            ///< In fidelity `dev`: what the hosting service made of it.
  std::vector<ExtensionRow::Pointer> stages;  ///< What each stage serves after that sync.
  std::vector<std::string> notes;             ///< What else is worth knowing: a sentence each.
  bool dry_run = false;
  std::uint64_t seq =
      0;  ///< Of the event that tells of it; of the journal's last one if nothing was changed.
};

/// Publishing into the containers of this emulator (domain.md a, b). `extension` is always a known hosting
/// service name. All may block.
///
/// All fail with `conflict` (kContainerNotOurs) where the container is somebody else's, and those that change
/// something where it is read only; with `unavailable` (kServerBusy) while the emulator starts. Those that
/// change something judge the new config.json as the hosting service would, and write nothing that it would
/// refuse (`invalid_input`, the problem's own code); they append to the journal, and return in fidelity `dev`
/// when it has been synced.
struct PublishingParts {
  /// `not_found` (kConfigMissing) if there is none.
  std::function<base::Result<ConfigDocument>(const std::string& extension)> config{};
  std::function<base::Result<std::vector<ExtensionRow::Pointer>>(const std::string& extension)>
      friendly_names{};
  std::function<base::Result<std::vector<ContainerVersion>>(const std::string& extension)> versions{};
  /// kConfigChanged, kNothingToMove, kUnknownStamp for a name that is none, kVersionMissing for a version
  /// whose zip is not in the container.
  std::function<base::Result<ContainerChange>(const ConfigWish&)> edit_config{};
  /// `zip` is null if the container has the version's zip. `conflict` (kVersionTaken) if it has another one.
  std::function<base::Result<ContainerChange>(const PublishOrder&, http::BodyReader* zip)> publish{};
  /// `conflict` (kVersionInUse) while config.json refers to it. Tells the number of its event.
  std::function<base::Result<std::uint64_t>(const std::string& extension, const std::string& version)>
      remove_version{};
};

}  // namespace exthost::control
