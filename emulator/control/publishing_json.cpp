#include "emulator/control/publishing_json.h"

#include <nlohmann/json.hpp>

#include "emulator/control/json.h"
#include "emulator/control/json_text.h"

namespace exthost::control {
namespace {

using Json = nlohmann::ordered_json;

/// What json.h made, as a part of something larger.
Json part(const std::string& line) {
  return Json::parse(line, nullptr, false);
}

Json pointers(const std::vector<ExtensionRow::Pointer>& names) {
  Json list = Json::array();
  for (const auto& [name, version] : names)
    list.push_back({{"name", name}, {"version", null_if_empty(version)}});
  return list;
}

}  // namespace

std::string change_json(const ContainerChange& change) {
  Json changes = Json::array();
  for (const watch::PointerChange& one : change.changes) {
    changes.push_back(
        {{"name", one.name}, {"before", null_if_empty(one.before)}, {"after", null_if_empty(one.after)}});
  }
  Json zip = nullptr;
  if (change.zip) {
    zip = {{"version", change.zip->version},
           {"bytes", change.zip->bytes},
           {"sha256", change.zip->sha256},
           {"reused", change.zip->reused}};
  }
  Json sync = nullptr;
  if (change.sync) sync = part(sync_json({*change.sync}, change.seq))["extensions"][0];
  return to_line({{"extension", change.extension},
                  {"dryRun", change.dry_run},
                  {"zip", zip},
                  {"changes", changes},
                  {"from", null_if_empty(change.from)},
                  {"plan", change.plan ? part(plan_json(change.extension, *change.plan)) : Json(nullptr)},
                  {"sync", sync},
                  {"stages", pointers(change.stages)},
                  {"notes", change.notes},
                  {"seq", change.seq}});
}

std::string versions_json(const std::vector<ContainerVersion>& versions) {
  Json list = Json::array();
  for (const ContainerVersion& row : versions) {
    list.push_back({{"version", row.version},
                    {"zipBytes", row.zip_bytes},
                    {"lastModified", base::to_iso8601(row.modified)},
                    {"usedBy", row.used_by},
                    {"held", row.held},
                    {"sha256", null_if_empty(row.sha256)}});
  }
  return to_line({{"versions", list}});
}

std::string friendly_names_json(const std::vector<ExtensionRow::Pointer>& names) {
  return to_line({{"friendlyNames", pointers(names)}});
}

}  // namespace exthost::control
