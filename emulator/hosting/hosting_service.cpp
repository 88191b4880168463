#include "emulator/hosting/hosting_service.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "emulator/base/guarded.h"
#include "emulator/base/text.h"
#include "emulator/hosting/diagnostics.h"
#include "emulator/hosting/extension_host.h"
#include "emulator/hosting/extension_service.h"
#include "emulator/hosting/hosting_events.h"
#include "emulator/hosting/open_pages.h"
#include "emulator/hosting/request_route.h"
#include "emulator/hosting/selection.h"
#include "emulator/hosting/status.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::hosting {
namespace {

namespace codes = model::codes;
using base::Error;
using base::ErrorKind;
using base::Result;
using http::Request;
using http::Response;

ServingRules serving_rules(const HostingOptions& options, std::vector<std::string> portal_origins) {
  return ServingRules{
      options.fidelity,
      model::normalise_region(options.default_region),
      options.portal_host,
      options.authority_aliases,
      std::move(portal_origins),
      options.limits,
      options.environment_rules,
      options.rules.strict_names ? model::StampCase::exact : model::StampCase::ignored_if_unique,
      options.cdn};
}

Response method_refused() {
  Response response =
      Response::problem(405, codes::kMethodRefused, "the hosting service is read only: use GET or HEAD");
  response.headers.add("Allow", "GET, HEAD, OPTIONS");
  return response;
}

/// To a browser that asks before it reads from another origin.
Response preflight() {
  Response response;
  response.status = 204;
  add_open_headers(response);
  response.headers.add("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
  response.headers.add("Access-Control-Allow-Headers", "*");
  response.headers.add("Access-Control-Max-Age", "7200");
  response.headers.add("Allow", "GET, HEAD, OPTIONS");
  return response;
}

}  // namespace

class HostingService::Impl {
 public:
  Impl(HostingOptions options, std::vector<HostedExtension> extensions, base::Scheduler& scheduler,
       base::Journal& journal, std::shared_ptr<spdlog::logger> log)
      : context_{options,
                 make_data_centers(options.cloud, options.fidelity, options.poll_interval, options.seed),
                 scheduler,
                 journal,
                 std::move(log),
                 {},
                 {},
                 {},
                 {}},
        started_(scheduler.now()),
        rules_(std::make_shared<const ServingRules>(serving_rules(options, {}))),
        inflated_(options.limits.inline_inflate_bytes),
        pages_({[this](std::string_view name) { return snapshot_of(name); }, [this] { return incidents(); },
                [this] { return rules_.get(); }},
               context_.centers, journal) {
    EXTHOST_CHECK(options.poll_interval > base::Duration::zero());
    if (options.fidelity == Fidelity::dev) {
      context_.activated = [this](const ExtensionSnapshot& snapshot) { pages_.tell_version(snapshot); };
      context_.incidents_changed = [this](const std::string& name) { pages_.tell_problems(name); };
    }
    for (HostedExtension& extension : extensions) {
      std::string name = extension.hosting_service_name;
      hosts_.emplace(std::move(name), std::make_shared<ExtensionHost>(context_, std::move(extension)));
    }
  }

  ~Impl() { stop(); }

  void allow_frames_from(std::vector<std::string> origins) {
    rules_.set(std::make_shared<const ServingRules>(serving_rules(context_.options, std::move(origins))));
  }

  void restore() {
    for (const auto& [name, host] : hosts_) host->restore();
  }
  void start() {
    for (const auto& [name, host] : hosts_) host->start();
  }
  void stop() {
    for (const auto& [name, host] : hosts_) host->stop();
    context_.saver.close();
    pages_.close();
  }

  std::shared_ptr<ExtensionHost> find(std::string_view extension) const {
    const auto host = hosts_.find(base::to_lower(extension));
    return host == hosts_.end() ? nullptr : host->second;
  }

  std::shared_ptr<const ExtensionSnapshot> snapshot_of(std::string_view extension) const {
    const auto host = find(extension);
    return host == nullptr ? nullptr : host->snapshot();
  }

  /// `; there is demo`, for messages.
  std::string names_hosted() const {
    std::vector<std::string> names;
    for (const auto& [name, host] : hosts_) names.push_back(name);
    return names.empty() ? "; none is hosted at all" : "; there is " + model::list_of(names);
  }

  Error unknown_extension(std::string_view extension) const {
    return Error{ErrorKind::not_found,
                 "no extension is hosted under the name " + model::quoted(extension) + names_hosted(),
                 std::string(codes::kUnknownExtension)};
  }

  std::vector<std::shared_ptr<ExtensionHost>> hosts() const {
    std::vector<std::shared_ptr<ExtensionHost>> all;
    for (const auto& [name, host] : hosts_) all.push_back(host);
    return all;
  }

  std::vector<RegionStatus> regions_of(const ExtensionHost& host) const {
    const auto times = host.poll_times();
    const auto snapshot = host.snapshot();
    std::vector<RegionStatus> rows;
    for (std::size_t i = 0; i < context_.centers.size(); ++i) {
      RegionStatus& row =
          rows.emplace_back(describe_region(*snapshot, context_.centers[i], snapshot->regions[i]));
      row.last_sync = times[i].last;
      row.next_poll = times[i].next;
    }
    return rows;
  }
  ExtensionStatus status_of(const ExtensionHost& host) const {
    std::optional<base::WallTime> last;
    for (const ExtensionHost::PollTimes& times : host.poll_times()) last = std::max(last, times.last);
    return describe_extension(*host.snapshot(), last);
  }

  /// The data centre's index; `not_found` if the cloud has no such region.
  Result<std::size_t> center_of(std::string_view region) const {
    const std::string name = model::normalise_region(region);
    for (std::size_t i = 0; i < context_.centers.size(); ++i) {
      if (context_.centers[i].region == name) return i;
    }
    return Error{ErrorKind::not_found,
                 "the " + std::string(model::to_string(context_.options.cloud)) +
                     " cloud has no data centre in " + model::quoted(name) +
                     "; 'exthost-emu regions' lists them",
                 std::string(codes::kUnknownRegion)};
  }

  Result<bool> set_down(std::string_view region, bool down) {
    const auto center = center_of(region);
    if (!center) return std::move(center).error();
    const std::string& name = context_.centers[*center].region;
    const bool changes = down_.with([&](std::set<std::string, std::less<>>& names) {
      return down ? names.insert(name).second : names.erase(name) > 0;
    });
    if (!changes) return false;
    context_.journal.append(down ? "region.down" : "region.up", "",
                            "the data centre in " + name + (down ? " is down" : " is up again"),
                            "{\"region\":" + base::json_quote(name) + "}");
    for (const auto& [extension, host] : hosts_) host->set_down(*center, down);
    return true;
  }
  bool is_down(std::string_view region) const {
    return down_.with([&](const auto& names) { return names.find(region) != names.end(); });
  }
  std::vector<model::Incident> incidents() const {
    count_polls();
    return context_.incidents.with([](const model::IncidentLog& log) { return log.all(); });
  }
  std::optional<model::Incident> incident(std::uint64_t id) const {
    count_polls();
    return context_.incidents.with([id](const model::IncidentLog& log) { return log.find(id); });
  }
  Result<model::Incident> acknowledge(std::uint64_t id, model::IncidentRemark remark) {
    count_polls();
    const base::WallTime now = context_.scheduler.now();
    auto incident = context_.incidents.with(
        [&](model::IncidentLog& log) { return log.acknowledge(id, std::move(remark), now); });
    if (incident) tell_incident("incident.acknowledged", *incident, describe_acknowledgement(*incident));
    return incident;
  }
  Result<model::Incident> resolve(std::uint64_t id, model::IncidentRemark remark) {
    count_polls();
    const base::WallTime now = context_.scheduler.now();
    auto incident = context_.incidents.with(
        [&](model::IncidentLog& log) { return log.resolve(id, std::move(remark), now); });
    if (!incident) return incident;
    tell_incident("incident.resolved", *incident, describe_incident(*incident));
    if (const auto host = find(incident->extension)) host->poll_anew();
    if (context_.incidents_changed) context_.incidents_changed(incident->extension);
    return incident;
  }
  PageCounts wait_for_pages(std::string_view extension) const {
    const auto snapshot = snapshot_of(extension);
    return snapshot == nullptr ? PageCounts{} : pages_.wait_for_pages(snapshot->hosting_service_name);
  }
  void show_problems(std::string_view extension, const std::string& part,
                     std::vector<model::Problem> problems) {
    if (const auto snapshot = snapshot_of(extension))
      pages_.show_problems(snapshot->hosting_service_name, part, std::move(problems));
  }
  std::uint64_t incidents_opened() const {
    return context_.incidents.with([](const model::IncidentLog& log) { return log.opened(); });
  }
  model::HostedState state_of(const ExtensionHost& host) const {
    return hosted_state(host.snapshot(), context_.centers, *rules_.get());
  }
  model::HostingAnswer explain(const ExtensionHost& host, std::string_view region, std::string_view stamp,
                               std::string_view authority) const {
    const auto rules = rules_.get();
    model::HostingQuestion question;
    question.region = region.empty() ? rules->default_region : model::normalise_region(region);
    question.stamp = stamp;
    if (!authority.empty())
      question.host = model::normalise_authority(authority, rules->portal_host, rules->authority_aliases);
    return model::answer_request(state_of(host), question);
  }

  std::string version_at(base::WallTime time, const ExtensionHost& host, std::string_view region,
                         std::string_view stamp) const {
    const auto rules = rules_.get();
    const std::string name = model::normalise_region(region.empty() ? rules->default_region : region);
    return select_version(*host.snapshot_at(time), context_.centers, name, stamp, rules->stamp_case)
        .resolution.version;
  }

  Result<ConfigChange> plan(const ExtensionHost& host, ProposedConfig proposed) const {
    const auto snapshot = host.snapshot();
    const HostingOptions& options = context_.options;
    return plan_config_change(snapshot->latest ? &snapshot->latest->deployment : nullptr, std::move(proposed),
                              host.source(), snapshot->versions,
                              {options.cloud, options.rules, options.limits});
  }

  Response handle(const Request& request);

 private:
  void count_polls() const {
    for (const auto& [name, host] : hosts_) host->count_polls();
  }
  void tell_incident(const char* type, const model::Incident& incident, EventText event) const {
    context_.log->info("extension={} {}", incident.extension, event.text);
    context_.journal.append(type, incident.extension, std::move(event.text), std::move(event.data));
  }
  Response handle_emulator(const Request& request, const Route& route) const;
  Response diagnostics(const Request& request, const std::shared_ptr<ExtensionHost>& only) const;

  HostingContext context_;
  const base::WallTime started_;
  base::Published<ServingRules> rules_;
  InflatedFiles inflated_;
  OpenPages pages_;
  base::Guarded<std::set<std::string, std::less<>>> down_;       // regions
  std::map<std::string, std::shared_ptr<ExtensionHost>> hosts_;  // by hosting service name; never changes
};

// ---- requests

Response HostingService::Impl::handle(const Request& request) {
  if (request.method == "OPTIONS") return preflight();
  if (!http::is_read(request)) return method_refused();
  const Route route = route_of(request.target.path);
  if (route.kind == Route::Kind::emulator) return handle_emulator(request, route);
  if (route.kind == Route::Kind::all_diagnostics) return diagnostics(request, nullptr);
  if (route.kind == Route::Kind::root) {
    return refuse(request, 404, codes::kUnknownExtension,
                  "the path must begin with the name of an extension" + names_hosted());
  }
  if (route.kind == Route::Kind::unknown) {
    return refuse(request, 404, codes::kUnknownRoute,
                  "the hosting service has /<extension>, /<extension>/<stamp>, /<extension>/Content/… and "
                  "/api/diagnostics");
  }
  const auto host = find(route.extension);
  if (host == nullptr) {
    Response response =
        refuse(request, 404, codes::kUnknownExtension, unknown_extension(route.extension).message);
    add_open_headers(response);
    return response;
  }
  if (route.kind == Route::Kind::extension_diagnostics) return diagnostics(request, host);
  const auto snapshot = host->snapshot();
  const auto rules = rules_.get();
  return route.kind == Route::Kind::content
             ? serve_extension_content(request, route, snapshot, context_.centers, *rules, inflated_)
             : serve_page(request, route, snapshot, context_.centers, *rules);
}

Response HostingService::Impl::diagnostics(const Request& request,
                                           const std::shared_ptr<ExtensionHost>& only) const {
  const auto rules = rules_.get();
  DiagnosticsFacts facts;
  facts.centers = &context_.centers;
  facts.region = region_of(request, *rules).value_or(rules->default_region);
  facts.hostname = request.host;
  facts.syncs = context_.syncs;
  facts.started = started_;
  facts.uptime_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(context_.scheduler.now() - started_).count();
  facts.fidelity = context_.options.fidelity;
  facts.limits = context_.options.limits;
  facts.incidents = incidents();
  for (const auto& [name, host] : hosts_) {
    if (only != nullptr && host != only) continue;
    facts.extensions.push_back(host->snapshot());
    if (facts.fidelity == Fidelity::prod) continue;
    for (RegionStatus& status : regions_of(*host)) facts.regions.push_back(std::move(status));
  }
  if (only != nullptr) {
    const std::string& name = facts.extensions.front()->hosting_service_name;
    std::erase_if(facts.incidents,
                  [&](const model::Incident& incident) { return incident.extension != name; });
  }
  Response response = Response::json(200, diagnostics_json(facts));
  response.headers.add("Cache-Control", "no-store");
  add_open_headers(response);
  return response;
}

/// Below `/_emu/`: what an open page needs in order to keep up. There is nothing else, and outside `dev` not
/// that.
Response HostingService::Impl::handle_emulator(const Request& request, const Route& route) const {
  if (context_.options.fidelity == Fidelity::dev) {
    if (auto response = pages_.handle(request, route.path)) return *std::move(response);
  }
  return Response::problem(404, codes::kUnknownRoute,
                           "the hosting listener has nothing at " + request.target.path);
}

// ---- the public face

HostingService::HostingService(HostingOptions options, std::vector<HostedExtension> extensions,
                               base::Scheduler& scheduler, base::Journal& journal,
                               std::shared_ptr<spdlog::logger> log)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(extensions), scheduler, journal,
                                   std::move(log))) {}

HostingService::~HostingService() = default;

void HostingService::allow_frames_from(std::vector<std::string> origins) {
  impl_->allow_frames_from(std::move(origins));
}
void HostingService::restore() {
  impl_->restore();
}
void HostingService::start() {
  impl_->start();
}
void HostingService::stop() {
  impl_->stop();
}

Result<SyncReport> HostingService::sync_now(std::string_view extension, std::string_view region) {
  const auto host = impl_->find(extension);
  if (host == nullptr) return impl_->unknown_extension(extension);
  if (region.empty()) return host->sync_now(std::nullopt);
  const auto center = impl_->center_of(region);
  if (!center) return center.error();
  return host->sync_now(*center);
}

Result<bool> HostingService::set_down(std::string_view region, bool down) {
  return impl_->set_down(region, down);
}
bool HostingService::is_down(std::string_view region) const {
  return impl_->is_down(region);
}

void HostingService::expect_config(std::string_view extension, std::string awaited) {
  if (const auto host = impl_->find(extension)) host->expect_config(std::move(awaited));
}

void HostingService::nudge(std::string_view extension) {
  if (const auto host = impl_->find(extension)) host->nudge();
}

PageCounts HostingService::wait_for_pages(std::string_view extension) const {
  return impl_->wait_for_pages(extension);
}

void HostingService::show_problems(std::string_view extension, const std::string& part,
                                   std::vector<model::Problem> problems) {
  impl_->show_problems(extension, part, std::move(problems));
}

Result<void> HostingService::adopt(std::string_view extension, const std::string& version,
                                   std::shared_ptr<const package::Package> package, std::string etag) {
  const auto host = impl_->find(extension);
  if (host == nullptr) return impl_->unknown_extension(extension);
  return host->adopt(version, std::move(package), std::move(etag));
}

std::vector<std::string> HostingService::unsettled() const {
  std::vector<std::string> names;
  for (const auto& host : impl_->hosts()) {
    const auto snapshot = host->snapshot();
    if (!snapshot->settled) names.push_back(snapshot->hosting_service_name);
  }
  return names;
}

std::vector<ExtensionStatus> HostingService::extensions() const {
  std::vector<ExtensionStatus> all;
  for (const auto& host : impl_->hosts()) {
    all.push_back(impl_->status_of(*host));
  }
  return all;
}

std::vector<RegionStatus> HostingService::regions() const {
  std::vector<RegionStatus> all;
  for (const auto& host : impl_->hosts()) {
    for (RegionStatus& status : impl_->regions_of(*host)) all.push_back(std::move(status));
  }
  return all;
}

std::vector<model::Incident> HostingService::incidents() const {
  return impl_->incidents();
}

std::optional<model::Incident> HostingService::incident(std::uint64_t id) const {
  return impl_->incident(id);
}

Result<model::HostingAnswer> HostingService::explain(std::string_view extension, std::string_view region,
                                                     std::string_view stamp,
                                                     std::string_view authority) const {
  const auto host = impl_->find(extension);
  if (host == nullptr) return impl_->unknown_extension(extension);
  return impl_->explain(*host, region, stamp, authority);
}

std::string HostingService::version_at(base::WallTime time, std::string_view extension,
                                       std::string_view region, std::string_view stamp) const {
  const auto host = impl_->find(extension);
  return host == nullptr ? std::string() : impl_->version_at(time, *host, region, stamp);
}

Result<model::HostedState> HostingService::state_of(std::string_view extension) const {
  const auto host = impl_->find(extension);
  if (host == nullptr) return impl_->unknown_extension(extension);
  return impl_->state_of(*host);
}

Result<ConfigChange> HostingService::plan(std::string_view extension, ProposedConfig proposed) const {
  const auto host = impl_->find(extension);
  if (host == nullptr) return impl_->unknown_extension(extension);
  return impl_->plan(*host, std::move(proposed));
}

Response HostingService::handle(const Request& request) {
  return impl_->handle(request);
}

Result<model::Incident> HostingService::acknowledge_incident(std::uint64_t id, model::IncidentRemark remark) {
  return impl_->acknowledge(id, std::move(remark));
}
Result<model::Incident> HostingService::resolve_incident(std::uint64_t id, model::IncidentRemark remark) {
  return impl_->resolve(id, std::move(remark));
}
std::uint64_t HostingService::incidents_opened() const {
  return impl_->incidents_opened();
}
std::string HostingService::container_url(std::string_view extension) const {
  const auto host = impl_->find(extension);
  return host == nullptr ? std::string() : host->source().url();
}

}  // namespace exthost::hosting
