#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/app/config_drafts.h"
#include "emulator/app/config_histories.h"
#include "emulator/app/editable_container.h"
#include "emulator/app/settings_in_force.h"
#include "emulator/app/version_zips.h"
#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/control/publishing_parts.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/locations.h"
#include "emulator/watch/config_edit.h"
#include "emulator/watch/container_sink.h"

namespace exthost::app {

/// Publishing by hand, as control::PublishingParts promises it: what the verbs and the control API do to a
/// container, and what everybody is told of it.
///
/// config.json is edited as text, as the watcher edits it; zips go ahead of it (domain.md b21). Only
/// containers are written: a seed folder never, and a mounted folder because it is the container.
/// Thread-safe; blocks.
class ContainerEdits {
 public:
  /// All of it outlives the edits.
  struct Parts {
    const SettingsInForce& settings;
    storage::BlobStore& store;
    const storage::Locations& locations;
    hosting::HostingService& hosting;
    ConfigHistories& histories;
    const base::Clock& clock;
    base::Journal& journal;
    std::function<bool()> is_ready;
  };
  explicit ContainerEdits(Parts parts) : parts_(std::move(parts)) {}

  base::Result<control::ConfigDocument> config(const std::string& extension) const;
  base::Result<std::vector<control::ExtensionRow::Pointer>> friendly_names(
      const std::string& extension) const;
  base::Result<std::vector<control::ContainerVersion>> versions(const std::string& extension) const;
  base::Result<control::ContainerChange> edit_config(const control::ConfigWish& wish);
  base::Result<control::ContainerChange> publish(const control::PublishOrder& order, http::BodyReader* zip);
  base::Result<std::uint64_t> remove_version(const std::string& extension, const std::string& version);

 private:
  /// What config.json is to become, and which zips will be there by then.
  struct Draft {
    watch::ConfigEdit edit;
    std::vector<std::string> new_versions = {};
    bool zips_must_be_there = true;
  };

  base::Result<EditableContainer> open(const std::string& extension, ContainerAccess access) const;
  DraftContext context_of(const EditableContainer& place) const;

  base::Result<std::string> edited(const DraftContext& context, const control::ConfigWish& wish,
                                   const watch::ContainerSink::Blob* there,
                                   control::ContainerChange& change) const;
  base::Result<std::string> judged(const EditableContainer& place, const Draft& draft,
                                   const watch::ContainerSink::Blob* there,
                                   control::ContainerChange& change) const;
  base::Result<void> require_zips(const EditableContainer& place, const Draft& draft,
                                  const control::ContainerChange& change) const;
  base::Result<void> rehearse(const EditableContainer& place, const Draft& draft,
                              control::ContainerChange& change) const;
  base::Result<void> carry_out(const EditableContainer& place, const Draft& draft,
                               control::ContainerChange& change);
  base::Result<ReceivedZip> take_zip(const EditableContainer& place, const control::PublishOrder& order,
                                     http::BodyReader& body, control::ContainerChange& change);
  void settle(const EditableContainer& place, const std::string& event, control::ContainerChange& change);

  const Parts parts_;
};

/// The same as functions for the control API. `edits` outlives them.
control::PublishingParts publishing_parts(ContainerEdits& edits);

}  // namespace exthost::app
