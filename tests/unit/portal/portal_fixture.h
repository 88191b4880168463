#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "emulator/portal/portal_settings.h"

namespace exthost::portal {

/// A hosting service that has one extension, `demo`: it remembers what it was asked.
class FakeHosting {
 public:
  VersionAnswer explain(const VersionQuestion& question) {
    questions.push_back(question);
    VersionAnswer answer;
    answer.region = question.region;
    answer.stamp = question.stamp;
    answer.known_stamps = {{"stage1", "1.0.0.5", model::StampKind::stage},
                           {"stage5", "1.0.0.1", model::StampKind::stage},
                           {"dev", "1.0.0.9", model::StampKind::friendly_name}};
    const std::string key = question.stamp.empty() ? question.region : question.stamp;
    const auto found = versions.find(key);
    if (question.hosting_service_name != "demo" || found == versions.end()) {
      answer.failure = base::Error{base::ErrorKind::not_found, "demo has no stamp '" + key + "'", "EHE1301"};
      return answer;
    }
    answer.version = found->second;
    answer.page_version = page_version.value_or(answer.version);
    if (question.stamp.empty()) answer.stage = question.region == "westcentralus" ? "stage2" : "stage5";
    answer.environment_file = question.authority.empty() ? "" : "Content/Config/portal.azure.com.json";
    answer.reasons.push_back({"STAGE_MATCH", "The stage decides.", {"config.json", 6, 13}});
    return answer;
  }

  ExplainVersion callback() {
    return [this](const VersionQuestion& question) { return explain(question); };
  }

  std::map<std::string, std::string> versions = {
      {"westus", "1.0.0.2"}, {"westcentralus", "1.0.0.4"}, {"southeastasia", "1.0.0.1"}, {"dev", "1.0.0.9"}};
  std::optional<std::string> page_version;  ///< What the manifest cache has; absent: the present version.
  std::vector<VersionQuestion> questions;
};

inline model::Registration hosted_registration(std::string name, std::string hosting_service_name) {
  model::Registration registration;
  registration.name = std::move(name);
  registration.hosting_service_name = std::move(hosting_service_name);
  return registration;
}

inline PortalSettings sample_settings() {
  PortalSettings settings;
  settings.registrations = {hosted_registration("Microsoft_Azure_Demo", "demo")};
  settings.environment = &model::default_portal_environment(model::Cloud::public_cloud);
  settings.default_region = "westus";
  settings.hosting_origin = "https://localhost:14431";
  settings.own_origin = "https://localhost:14430";
  return settings;
}

}  // namespace exthost::portal
