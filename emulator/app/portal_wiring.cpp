#include "emulator/app/portal_wiring.h"

#include <utility>

#include "emulator/app/registrations.h"
#include "emulator/hosting/past_snapshots.h"
#include "emulator/model/cloud.h"
#include "emulator/portal/manifest_cache.h"
#include "emulator/web/assets.h"

namespace exthost::app {

// The portal asks back at most so far, and at such times only.
static_assert(portal::kManifestPoll % hosting::PastSnapshots::kGrain == base::Duration::zero() &&
              portal::kManifestPoll <= hosting::PastSnapshots::kReach);

portal::PortalSettings portal_settings(const Settings& settings, std::string own_origin,
                                       std::string hosting_origin) {
  portal::PortalSettings portal;
  portal.registrations = registrations_of(settings);
  portal.hosted_names.emplace();
  for (const ExtensionSettings& extension : settings.extensions)
    portal.hosted_names->push_back(extension.hosting_service_name);
  portal.environment = &model::default_portal_environment(settings.cloud);
  portal.default_region = settings.region;
  portal.own_origin = std::move(own_origin);
  portal.hosting_origin = std::move(hosting_origin);
  portal.fidelity = settings.fidelity;
  portal.live_reload = settings.fidelity == model::Fidelity::dev;
  portal.trust_sideloads = settings.fidelity == model::Fidelity::ci;
  return portal;
}

portal::ExplainVersion explain_for_portal(const hosting::HostingService& hosting, const base::Clock& clock,
                                          model::Fidelity fidelity) {
  return [&hosting, &clock, fidelity](const portal::VersionQuestion& question) {
    portal::VersionAnswer answer;
    answer.region = question.region;
    answer.stamp = question.stamp;
    auto explained =
        hosting.explain(question.hosting_service_name, question.region, question.stamp, question.authority);
    if (!explained) {
      answer.failure = std::move(explained).error();
      return answer;
    }
    answer.failure = explained->resolution.failure;
    if (!answer.failure) answer.failure = std::move(explained->environment_failure);
    if (explained->environment) answer.environment_file = explained->environment->file;
    answer.version = std::move(explained->resolution.version);
    answer.region = std::move(explained->resolution.region);
    answer.stage = std::move(explained->resolution.stage);
    if (question.authority.empty()) return answer;  // it is the version alone that is asked for
    const base::WallTime now = clock.now();
    const base::WallTime asked = portal::last_manifest_poll(now, fidelity);
    answer.page_version = asked == now ? answer.version
                                       : hosting.version_at(asked, question.hosting_service_name,
                                                            question.region, question.stamp);
    answer.reasons = std::move(explained->reasons);
    answer.known_stamps = std::move(explained->stamps);
    for (const model::Incident& incident : hosting.incidents()) {
      const bool open = incident.extension == question.hosting_service_name && !incident.resolved;
      if (open) answer.incident = incident.code + ": " + incident.message;
    }
    return answer;
  };
}

std::optional<std::string_view> find_portal_asset(std::string_view name) {
  const auto asset = web::find_asset(name);
  if (!asset) return std::nullopt;
  return asset->bytes;
}

}  // namespace exthost::app
