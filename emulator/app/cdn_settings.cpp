#include "emulator/app/cdn_settings.h"

#include <algorithm>
#include <string>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::app {
namespace {

/// As the first label of a host's name.
bool is_label(std::string_view name) {
  return !name.empty() && name.size() <= 63 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

void read_cdn_namespaces(SettingsFields& fields, const base::JsonMember& member,
                         hosting::CdnSettings& settings) {
  if (member.value.kind != base::JsonKind::object) {
    fields.report(member.value.offset, model::codes::kSettingsValue, "'cdn.namespaces' is not an object",
                  R"(write {"az123456": "myextension"})");
    return;
  }
  for (const base::JsonMember& entry : member.value.members) {
    const std::string name = base::to_lower(entry.key);
    if (!is_label(name)) {
      fields.report(entry.value.offset, model::codes::kSettingsValue,
                    "'" + entry.key + "' is no namespace of a CDN",
                    "give what stands ahead of .vo.msecnd.net: letters, digits and hyphens");
      continue;
    }
    if (const auto extension = fields.string_of(entry, "cdn.namespaces"))
      settings.namespaces[name] = *extension;
  }
}

std::vector<model::Problem> complete_cdn(Settings& settings) {
  std::vector<model::Problem> problems;
  for (auto& [name, wanted] : settings.cdn.namespaces) {
    const auto found =
        std::find_if(settings.extensions.begin(), settings.extensions.end(),
                     [&wanted](const ExtensionSettings& extension) {
                       return base::equals_ignoring_case(extension.hosting_service_name, wanted) ||
                              base::equals_ignoring_case(extension.name, wanted);
                     });
    if (found != settings.extensions.end()) {
      wanted = found->hosting_service_name;
      continue;
    }
    std::vector<std::string> names;
    for (const ExtensionSettings& extension : settings.extensions)
      names.push_back(extension.hosting_service_name);
    model::Problem problem;
    problem.severity = model::Severity::error;
    problem.code = model::codes::kSettingsValue;
    problem.message =
        "'cdn.namespaces' maps " + name + " to '" + wanted + "', which is no extension of these settings";
    problem.hint = "there is " + model::list_of(names);
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace exthost::app
