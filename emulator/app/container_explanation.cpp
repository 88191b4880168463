#include "emulator/app/container_explanation.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "emulator/app/explain_wiring.h"
#include "emulator/app/resolve_settings.h"
#include "emulator/app/settings_file.h"
#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/check/container.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/model/portal_choice.h"
#include "emulator/model/version.h"

namespace exthost::app {
namespace {

using base::Result;

/// A name in the portal URL's query that is none of the portal's own parameters (domain.md h3); or empty.
std::string name_in_url(const model::PortalUrl& url) {
  constexpr std::array<std::string_view, 12> kOwn = {"l",
                                                     "region",
                                                     "location",
                                                     "page",
                                                     "env",
                                                     "nocdn",
                                                     "bundlingKind",
                                                     "configHash",
                                                     "pageVersion",
                                                     "sessionId",
                                                     "clientOptimizations",
                                                     "testExtensions"};
  for (const auto& parameter : url.query) {
    const std::string& name = parameter.first;
    const bool own = std::any_of(kOwn.begin(), kOwn.end(), [&name](std::string_view word) {
      return base::equals_ignoring_case(word, name);
    });
    const bool hides = base::to_lower(name).ends_with("_itemhidekey");
    if (!own && !hides && !parameter.second.empty() && model::check_extension_name(name)) return name;
  }
  return model::blade_extension(url.fragment);
}

/// The name that a start from settings would give it too.
std::string service_name_for(const std::string& name) {
  const auto good = model::check_hosting_service_name(suggested_service_name(name));
  return good ? *good : "extension";
}

/// The folder's name, or the last segment of the URL's path.
std::string last_part(const std::string& container, const std::filesystem::path& folder) {
  const std::filesystem::path path = check::is_url(container)
                                         ? std::filesystem::path(check::without_secrets(container))
                                         : (folder / container).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

Settings settings_for(const model::ExplainQuestion& question, const std::string& container,
                      const std::filesystem::path& folder) {
  const model::PortalUrl url = model::parse_portal_url(question.url);
  const model::PortalEnvironment* environment = model::find_environment(question.environment);
  if (environment == nullptr && !question.url.empty())
    environment = model::find_environment_of_host(url.host);
  Settings settings;
  if (environment != nullptr) settings.cloud = environment->cloud;
  settings.region = usual_region(settings.cloud);
  ExtensionSettings extension;
  extension.name = question.extension.empty() ? name_in_url(url) : question.extension;
  if (extension.name.empty()) extension.name = service_name_for(last_part(container, folder));
  extension.hosting_service_name = service_name_for(extension.name);
  settings.extensions.push_back(std::move(extension));
  return settings;
}

/// What came of the sync, as problems: those of the files, or the failure itself if no file is to blame.
std::vector<model::Problem> problems_of(const hosting::SyncReport& report) {
  std::vector<model::Problem> problems = report.warnings;
  if (!report.incident) return problems;
  const model::Incident& incident = *report.incident;
  problems.insert(problems.end(), incident.evidence.begin(), incident.evidence.end());
  if (!model::has_errors(problems)) {
    model::Problem problem;
    problem.code = incident.code;
    problem.message = incident.message;
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace

Result<ContainerExplanation> explain_container(const std::string& container,
                                               const std::filesystem::path& folder,
                                               const model::ExplainQuestion& question) {
  if (auto refusal = model::refuse_question(question)) return *std::move(refusal);
  auto opened = check::open_container(container, folder);
  if (!opened) return std::move(opened).error();
  auto state_folder = base::TemporaryFolder::create("exthost-explain-");
  if (!state_folder) return std::move(state_folder).error();

  const Settings settings = settings_for(question, container, folder);
  const ExtensionSettings& extension = settings.extensions.front();
  base::VirtualScheduler scheduler(base::MachineClock().now());
  base::Journal journal(scheduler);
  hosting::HostingOptions options;
  options.cloud = settings.cloud;
  options.default_region = settings.region;
  options.portal_host = std::string(model::default_portal_environment(settings.cloud).portal_host);
  options.state_folder = state_folder->path();
  hosting::HostingService hosting(
      std::move(options),
      {{extension.name, extension.hosting_service_name, "",
        std::shared_ptr<check::Container>(*std::move(opened))}},
      scheduler, journal,
      std::make_shared<spdlog::logger>("explain", std::make_shared<spdlog::sinks::null_sink_mt>()));
  auto report = hosting.sync_now(extension.hosting_service_name);
  if (!report) return std::move(report).error();

  model::ExplainQuestion about = question;
  if (about.extension.empty() && about.url.empty()) about.extension = extension.name;
  ContainerExplanation result;
  result.explanations = model::explain(about, explain_basis(settings, hosting, ""));
  result.problems = problems_of(*report);
  result.refused = !report->succeeded;
  hosting.stop();
  return result;
}

}  // namespace exthost::app
