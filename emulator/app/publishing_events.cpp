#include "emulator/app/publishing_events.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/json_fields.h"
#include "emulator/base/text.h"
#include "emulator/model/fidelity.h"
#include "emulator/model/findings.h"
#include "emulator/watch/publisher.h"

namespace exthost::app {
namespace {

using control::ContainerChange;
using nlohmann::ordered_json;

/// `stage2 1.0.0.4 → 1.0.0.5`
std::string describe(const watch::PointerChange& change) {
  if (change.after.empty()) return change.name + " removed (it was " + change.before + ")";
  if (change.before.empty()) return change.name + " " + change.after + " (new)";
  return change.name + " " + change.before + " → " + change.after;
}

std::string describe(const std::string& type, const ContainerChange& change) {
  std::string text;
  if (change.zip)
    text = change.zip->version + ".zip " + base::human_bytes(change.zip->bytes) + " put by hand";
  for (const watch::PointerChange& one : change.changes) text += (text.empty() ? "" : " · ") + describe(one);
  if (text.empty()) text = "config.json was replaced, and no version changed";
  if (!change.from.empty()) text += ", promoted from " + change.from;
  if (type == "rollback") text += ", rolled back";
  if (change.sync) text += change.sync->succeeded ? " · synced" : " · not synced";
  return text;
}

ordered_json or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

}  // namespace

std::uint64_t tell_change(base::Journal& journal, const std::string& type, const ContainerChange& change) {
  ordered_json data = ordered_json::object();
  if (change.zip) {
    data["version"] = change.zip->version;
    data["zipBytes"] = change.zip->bytes;
    data["sha256"] = change.zip->sha256;
    data["reused"] = change.zip->reused;
  }
  if (!change.from.empty()) data["from"] = change.from;
  data["changes"] = ordered_json::array();
  for (const watch::PointerChange& one : change.changes) {
    data["changes"].push_back(
        {{"name", one.name}, {"before", or_null(one.before)}, {"after", or_null(one.after)}});
  }
  return journal.append(type, change.extension, describe(type, change), to_text(data));
}

std::uint64_t tell_removed(base::Journal& journal, const std::string& extension, const std::string& version) {
  return journal.append("version.removed", extension, version + ".zip was removed from the container",
                        to_text({{"version", version}}));
}

std::string event_of(const control::ConfigWish& wish) {
  if (std::holds_alternative<model::PromotionWish>(wish.edit)) return "promote";
  if (std::holds_alternative<control::RollbackWish>(wish.edit)) return "rollback";
  if (std::holds_alternative<control::FriendlyWish>(wish.edit)) return "friendly";
  return "config.put";
}

std::vector<std::string> notes_on(const ContainerChange& change, const ExtensionSettings& extension,
                                  const Settings& settings) {
  std::vector<std::string> notes;
  if (!change.plan) return notes;
  std::vector<std::string> stages;
  if (change.plan->plan) {
    for (const model::PlannedStage& line : change.plan->plan->stages) stages.push_back(line.stage);
  }
  std::vector<std::string> followers;
  for (const watch::PointerChange& one : change.changes) {
    const bool is_stage = std::find(stages.begin(), stages.end(), one.name) != stages.end();
    const auto meant = base::nearest_word(one.name, stages);
    if (one.before.empty() && !is_stage && meant)
      notes.push_back(one.name + " is a new friendly name; if " + *meant +
                      " was meant, exthost-emu friendly " + change.extension + " --rm " + one.name +
                      " takes it away");
    if (!extension.source || !settings.watch) continue;
    const auto& targets = extension.source->publish_to;
    if (one.name == watch::kDevName || std::find(targets.begin(), targets.end(), one.name) != targets.end())
      followers.push_back(one.name);
  }
  if (!followers.empty()) {
    notes.push_back("the next saved change in " + extension.source->folder.string() + " points " +
                    model::list_of(followers) + " to a new version again");
  }
  if (!extension.storage.seed.empty()) {
    notes.push_back("the container is filled from " + extension.storage.seed.string() +
                    ", which stays as it is: its config.json comes back at the next start");
  }
  if (settings.fidelity != model::Fidelity::dev) {
    notes.push_back("in fidelity " + std::string(model::to_string(settings.fidelity)) +
                    " each data centre takes it by its own polls (now: exthost-emu sync " + change.extension +
                    ")");
  }
  return notes;
}

std::map<std::string, std::string> held_versions(const hosting::HostingService& hosting,
                                                 const std::string& extension) {
  std::map<std::string, std::string> held;
  for (const hosting::ExtensionStatus& status : hosting.extensions()) {
    if (status.hosting_service_name != extension) continue;
    for (const hosting::VersionStatus& version : status.versions) held[version.version] = version.sha256;
  }
  return held;
}

std::vector<control::ExtensionRow::Pointer> stages_of(const hosting::HostingService& hosting,
                                                      const std::string& extension) {
  std::vector<control::ExtensionRow::Pointer> stages;
  for (const hosting::ExtensionStatus& status : hosting.extensions()) {
    if (status.hosting_service_name != extension) continue;
    for (const auto& [name, version] : status.stages) stages.push_back({name, version});
  }
  return stages;
}

}  // namespace exthost::app
