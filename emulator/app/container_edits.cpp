#include "emulator/app/container_edits.h"

#include <algorithm>
#include <utility>

#include "emulator/app/control_wiring.h"
#include "emulator/app/publishing_events.h"
#include "emulator/hosting/sync_plan.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/findings.h"
#include "emulator/model/version.h"
#include "emulator/watch/publisher.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using control::ContainerChange;
using watch::ContainerSink;
namespace codes = model::codes;

/// What the container would not do, under the code of what was wanted.
Error not_done(Error error) {
  if (error.code.empty()) error.code = codes::kPublishFailed;
  return error;
}

std::string text_of(const ContainerSink::Blob& blob) {
  return std::string(blob.content.bytes);
}

bool has_zip(const std::vector<storage::BlobRecord>& zips, const std::string& version) {
  return std::any_of(zips.begin(), zips.end(),
                     [&](const storage::BlobRecord& zip) { return zip.name == model::zip_of(version); });
}

/// The names that have the version in a config.json.
std::vector<std::string> names_of(const std::optional<ContainerSink::Blob>& config,
                                  const std::string& version) {
  std::vector<std::string> names;
  if (!config) return names;
  for (const watch::Pointer& pointer : watch::all_pointers(config->content.bytes)) {
    if (pointer.version == version) names.push_back(pointer.name);
  }
  return names;
}

}  // namespace

// ---- reading

Result<EditableContainer> ContainerEdits::open(const std::string& extension, ContainerAccess access) const {
  if (!parts_.is_ready()) {
    return Error{ErrorKind::unavailable, "the emulator is starting or stopping: ask again when it is ready",
                 std::string(codes::kServerBusy)};
  }
  auto place =
      open_editable(parts_.settings.now(), extension, access, parts_.store, parts_.locations, parts_.clock);
  // For a change that nobody told of, such as one of a mounted folder without a watcher.
  if (place && access == ContainerAccess::write) parts_.histories.look(place->id);
  return place;
}

DraftContext ContainerEdits::context_of(const EditableContainer& place) const {
  DraftContext context;
  context.deployment_of = [this, &place](const std::string& text) { return deployment_in(place, text); };
  context.rules = place.settings->config_rules();
  context.history = parts_.histories.of(place.id);
  context.default_stages = model::stage_names(model::default_stage_definition(place.settings->cloud));
  if (place.extension->source && place.settings->watch) {
    context.kept_names = place.extension->source->publish_to;
    context.kept_names.emplace_back(watch::kDevName);
  }
  return context;
}

Result<control::ConfigDocument> ContainerEdits::config(const std::string& extension) const {
  const auto place = open(extension, ContainerAccess::read);
  if (!place) return place.error();
  auto blob = place->sink->get(model::kConfigBlob);
  if (!blob) return std::move(blob).error().within("config.json could not be read");
  if (*blob) return control::ConfigDocument{text_of(**blob), (*blob)->etag};
  return Error{ErrorKind::not_found, place->name() + " has no config.json",
               std::string(codes::kConfigMissing)};
}

Result<std::vector<control::ExtensionRow::Pointer>> ContainerEdits::friendly_names(
    const std::string& extension) const {
  const auto document = config(extension);
  if (!document) return document.error();
  const auto place = open(extension, ContainerAccess::read);
  if (!place) return place.error();
  const auto deployment = deployment_in(*place, document->text);
  if (!deployment) return deployment.error();
  std::vector<control::ExtensionRow::Pointer> names;
  for (const auto* entry : deployment->friendly_names()) names.push_back({entry->name, entry->version});
  return names;
}

Result<std::vector<control::ContainerVersion>> ContainerEdits::versions(const std::string& extension) const {
  const auto place = open(extension, ContainerAccess::read);
  if (!place) return place.error();
  const auto zips = list_version_zips(parts_.store, place->id);
  if (!zips) return zips.error();
  const auto config = place->sink->get(model::kConfigBlob);
  if (!config) return config.error();
  const auto held = held_versions(parts_.hosting, extension);
  std::vector<control::ContainerVersion> rows;
  for (const storage::BlobRecord& zip : *zips) {
    control::ContainerVersion& row = rows.emplace_back();
    row.version = *model::version_of_zip(zip.name);
    row.zip_bytes = zip.size_bytes;
    row.modified = zip.last_modified;
    row.used_by = names_of(*config, row.version);
    if (const auto known = held.find(row.version); known != held.end()) {
      row.held = true;
      row.sha256 = known->second;
    }
  }
  return rows;
}

// ---- judging and writing

/// What a wish makes of the config.json that is there.
Result<std::string> ContainerEdits::edited(const DraftContext& context, const control::ConfigWish& wish,
                                           const ContainerSink::Blob* there, ContainerChange& change) const {
  if (const auto* whole = std::get_if<control::ConfigText>(&wish.edit)) {
    const std::string etag = there == nullptr ? std::string() : there->etag;
    if (!whole->etag || *whole->etag == etag) return whole->text;
    return Error{ErrorKind::conflict, "config.json was changed by somebody else meanwhile",
                 std::string(codes::kConfigChanged)};
  }
  if (there == nullptr) {
    return Error{ErrorKind::not_found,
                 "the container has no config.json yet: publish a version to a stage, or upload one",
                 std::string(codes::kConfigMissing)};
  }
  const std::string text = text_of(*there);
  if (const auto* promotion = std::get_if<model::PromotionWish>(&wish.edit)) {
    auto next = promoted(context, text, *promotion);
    if (!next) return std::move(next).error();
    change.from = std::move(next->from);
    return std::move(next->text);
  }
  if (const auto* rollback = std::get_if<control::RollbackWish>(&wish.edit))
    return rolled_back(context, text, rollback->stages);
  return with_friendly_name(context, text, std::get<control::FriendlyWish>(wish.edit));
}

/// Every version that a name newly has must be in the container, whether or not the hosting service still
/// holds it: a data centre that does not could not have it.
Result<void> ContainerEdits::require_zips(const EditableContainer& place, const Draft& draft,
                                          const ContainerChange& change) const {
  if (!draft.zips_must_be_there) return {};
  const auto zips = list_version_zips(parts_.store, place.id);
  if (!zips) return zips.error();
  for (const watch::PointerChange& one : change.changes) {
    const auto& coming = draft.new_versions;
    const bool comes = std::find(coming.begin(), coming.end(), one.after) != coming.end();
    if (one.after.empty() || comes || has_zip(*zips, one.after)) continue;
    return Error{ErrorKind::not_found,
                 model::zip_of(one.after) + ", which " + one.name + " would need, is not in " + place.name(),
                 std::string(codes::kVersionMissing)};
  }
  return {};
}

/// The new text, if the hosting service would take it. Fills in what it changes.
Result<std::string> ContainerEdits::judged(const EditableContainer& place, const Draft& draft,
                                           const ContainerSink::Blob* there, ContainerChange& change) const {
  auto next = draft.edit(there);
  if (!next) return next;
  const std::string before = there == nullptr ? std::string() : text_of(*there);
  change.changes = watch::pointer_changes(before, *next);
  change.plan.reset();
  if (there != nullptr && *next == before) return next;
  if (auto good = require_zips(place, draft, change); !good) return std::move(good).error();
  auto plan = parts_.hosting.plan(change.extension, {*next, std::nullopt, draft.new_versions});
  if (!plan) return std::move(plan).error();
  change.plan = plan_answer(*std::move(plan), place.settings->cloud);
  if (change.plan->refusal)
    return Error(*change.plan->refusal).within("the hosting service would refuse this config.json");
  return next;
}

Result<void> ContainerEdits::rehearse(const EditableContainer& place, const Draft& draft,
                                      ContainerChange& change) const {
  const auto there = place.sink->get(model::kConfigBlob);
  if (!there) return there.error();
  auto next = judged(place, draft, *there ? &**there : nullptr, change);
  return next ? Result<void>() : std::move(next).error();
}

Result<void> ContainerEdits::carry_out(const EditableContainer& place, const Draft& draft,
                                       ContainerChange& change) {
  auto written = watch::edit_config(
      *place.sink, [&](const ContainerSink::Blob* there) { return judged(place, draft, there, change); });
  return written ? Result<void>() : std::move(written).error();
}

Result<ContainerChange> ContainerEdits::edit_config(const control::ConfigWish& wish) {
  const auto place = open(wish.extension, ContainerAccess::write);
  if (!place) return place.error();
  ContainerChange change;
  change.extension = wish.extension;
  change.dry_run = wish.dry_run;
  const DraftContext context = context_of(*place);
  Draft draft;
  draft.edit = [&](const ContainerSink::Blob* there) { return edited(context, wish, there, change); };
  draft.zips_must_be_there = !std::holds_alternative<control::ConfigText>(wish.edit);
  auto done = wish.dry_run ? rehearse(*place, draft, change) : carry_out(*place, draft, change);
  if (!done) return not_done(std::move(done).error());
  settle(*place, event_of(wish), change);
  return change;
}

// ---- versions

/// Takes in a version's zip and judges it; nothing is put yet.
Result<ReceivedZip> ContainerEdits::take_zip(const EditableContainer& place,
                                             const control::PublishOrder& order, http::BodyReader& body,
                                             ContainerChange& change) {
  const hosting::HostingLimits limits;
  auto zip = receive_zip(parts_.store, body, limits.package.zip_bytes, place.settings->storage.durability);
  if (!zip) return zip;
  const auto there = compare_version(parts_.store, place.id, order.version, *zip);
  if (!there) return there.error();
  if (*there == VersionThere::other) return version_taken(order.version, place.name());
  const auto held = held_versions(parts_.hosting, order.extension);
  const auto known = held.find(order.version);
  if (known != held.end() && !known->second.empty() && known->second != zip->content.hash)
    return version_taken(order.version, "the hosting service");
  if (!order.force) {
    const auto good = hosting::check_version_zip(order.version, zip->bytes.owner, zip->bytes.bytes, limits,
                                                 place.settings->environment_rules());
    if (!good)
      return Error(good.error()).within("the hosting service would refuse " + model::zip_of(order.version));
  }
  change.zip = ContainerChange::Zip{order.version, zip->content.size_bytes, zip->content.hash,
                                    *there == VersionThere::same};
  return zip;
}

Result<ContainerChange> ContainerEdits::publish(const control::PublishOrder& order, http::BodyReader* zip) {
  const auto place = open(order.extension, ContainerAccess::write);
  if (!place) return place.error();
  if (const auto good = model::check_version_name(order.version); !good)
    return Error{ErrorKind::invalid_input, good.error().message, std::string(codes::kVersionName)};
  ContainerChange change;
  change.extension = order.extension;
  change.dry_run = order.dry_run;
  const DraftContext context = context_of(*place);
  Draft draft;
  draft.edit = [&](const ContainerSink::Blob* there) {
    const std::string text = there == nullptr ? std::string() : text_of(*there);
    return pointed(context, there == nullptr ? nullptr : &text, order.names, order.version);
  };
  std::optional<ReceivedZip> received;
  if (zip != nullptr) {
    auto taken = take_zip(*place, order, *zip, change);
    if (!taken) return std::move(taken).error();
    received = *std::move(taken);
    draft.new_versions = {order.version};
  }
  // Ahead of the zip: with a config.json that would be refused, nothing changes.
  if (!order.names.empty()) {
    if (auto good = rehearse(*place, draft, change); !good) return std::move(good).error();
  }
  if (received && !change.zip->reused && !order.dry_run) {
    auto put = put_version(parts_.store, place->id, order.version, *received,
                           place->settings->storage.durability, parts_.clock.now());
    if (!put) return not_done(std::move(put).error());
  }
  if (!order.names.empty() && !order.dry_run) {
    if (auto done = carry_out(*place, draft, change); !done) return not_done(std::move(done).error());
  }
  settle(*place, "publish", change);
  return change;
}

Result<std::uint64_t> ContainerEdits::remove_version(const std::string& extension,
                                                     const std::string& version) {
  const auto place = open(extension, ContainerAccess::write);
  if (!place) return place.error();
  const std::string blob = model::zip_of(version);
  const auto zips = list_version_zips(parts_.store, place->id);
  if (!zips) return zips.error();
  if (!has_zip(*zips, version)) {
    return Error{ErrorKind::not_found, blob + " is not in " + place->name(),
                 std::string(codes::kVersionMissing)};
  }
  const auto config = place->sink->get(model::kConfigBlob);
  if (!config) return config.error();
  if (const auto names = names_of(*config, version); !names.empty()) {
    return Error{ErrorKind::conflict, "config.json gives " + version + " to " + model::list_of(names),
                 std::string(codes::kVersionInUse)};
  }
  if (auto removed = place->sink->remove(blob); !removed) return not_done(std::move(removed).error());
  return tell_removed(parts_.journal, extension, version);
}

// ---- afterwards

/// Has the hosting service take what was written, in fidelity `dev`, and tells the journal.
void ContainerEdits::settle(const EditableContainer& place, const std::string& event,
                            ContainerChange& change) {
  change.notes = notes_on(change, *place.extension, *place.settings);
  const bool puts_zip = change.zip && !change.zip->reused;
  if (change.dry_run || (!change.plan && !puts_zip)) {
    change.seq = parts_.journal.last_seq();
    return;
  }
  // Before the journal tells of it, so that who reads of it can load it.
  if (place.settings->fidelity == model::Fidelity::dev && change.plan) {
    auto outcomes = sync_extensions(parts_.hosting, *place.settings, {change.extension, ""});
    EXTHOST_CHECK(outcomes && outcomes->size() == 1);  // no region is named, and the extension is hosted
    change.sync = std::move(outcomes->front());
    if (change.sync->succeeded) change.stages = stages_of(parts_.hosting, change.extension);
  }
  change.seq = tell_change(parts_.journal, event, change);
}

control::PublishingParts publishing_parts(ContainerEdits& edits) {
  control::PublishingParts parts;
  parts.config = [&edits](const std::string& extension) { return edits.config(extension); };
  parts.friendly_names = [&edits](const std::string& extension) { return edits.friendly_names(extension); };
  parts.versions = [&edits](const std::string& extension) { return edits.versions(extension); };
  parts.edit_config = [&edits](const control::ConfigWish& wish) { return edits.edit_config(wish); };
  parts.publish = [&edits](const control::PublishOrder& order, http::BodyReader* zip) {
    return edits.publish(order, zip);
  };
  parts.remove_version = [&edits](const std::string& extension, const std::string& version) {
    return edits.remove_version(extension, version);
  };
  return parts;
}

}  // namespace exthost::app
