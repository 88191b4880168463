#include "emulator/app/emulator.h"

#include <spdlog/logger.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "emulator/app/cdn_wiring.h"
#include "emulator/app/config_histories.h"
#include "emulator/app/container_adapters.h"
#include "emulator/app/container_edits.h"
#include "emulator/app/control_wiring.h"
#include "emulator/app/explain_wiring.h"
#include "emulator/app/hooks.h"
#include "emulator/app/json_fields.h"
#include "emulator/app/listeners.h"
#include "emulator/app/mount_watch.h"
#include "emulator/app/page_wiring.h"
#include "emulator/app/portal_wiring.h"
#include "emulator/app/publishing.h"
#include "emulator/app/settings_in_force.h"
#include "emulator/app/storage_failover.h"
#include "emulator/app/storage_wiring.h"
#include "emulator/control/control_api.h"
#include "emulator/control/json.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/hosting/http_container_source.h"
#include "emulator/http/server.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/stage_definition.h"
#include "emulator/portal/portal_service.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/blob_service.h"
#include "emulator/storage/http_copy_source.h"
#include "emulator/storage/mounted_blob_store.h"
#include "emulator/storage/sqlite_blob_store.h"

namespace exthost::app {

using base::Error;
using base::Result;

/// Members stand in the order in which they are made; each uses only what stands above it, and so ends before
/// it.
class Emulator::Impl {
 public:
  Impl(const Settings& settings, EmulatorParts parts)
      : settings_(settings),
        parts_(std::move(parts)),
        started_at_(parts_.clock.now()),
        mounts_(mounts_of(settings_)),
        journal_(parts_.clock),
        in_force_(settings_, effects(), journal_),
        failover_(parts_.state_folder / "failover.json", locations_, accounts_, parts_.clock, journal_),
        listeners_(settings_, parts_.log) {}

  ~Impl() { stop(std::chrono::milliseconds(0)); }

  Result<void> start() {
    if (auto opened = journal_.open_file(parts_.state_folder / "journal.ndjson"); !opened)
      return std::move(opened).error();
    if (auto opened = open_storage(); !opened) return opened;
    make_hooks();
    make_hosting();
    make_portal();
    make_control();
    if (auto opened = open_listeners(); !opened) return opened;
    listeners_.start();
    // Hosting looks at the containers only once they hold what their folders have: half a seed is nobody's
    // mistake.
    for (auto& publishing : publishings_) publishing->first_turn();
    for (auto& mount : mount_watches_) mount->first_turn();
    store_changes_ =
        store_->on_change([this](const storage::Change& change) { container_changed(change.blob); });
    for (const ExtensionSettings& extension : settings_.extensions) {
      if (extension.storage.url.empty()) histories_->look(container_of(extension));
    }
    hosting_->start();
    wait_for_first_syncs();
    if (settings_.watch) {
      for (auto& publishing : publishings_) publishing->start();
      for (auto& mount : mount_watches_) mount->start();
    }
    ready_.store(true);
    tell_hooks(HookKind::ready, "ready");
    journal_.append("ready", "", "all listeners accept and the first sync has settled");
    return {};
  }

  void stop(std::chrono::milliseconds drain) {
    if (stopping_.exchange(true)) return;
    if (ready_.exchange(false)) tell_hooks(HookKind::shutdown, "shutdown");
    for (auto& publishing : publishings_) publishing->begin_stop();
    parts_.clock.end_steering();
    if (control_) control_->stop();
    listeners_.stop(drain);
    store_changes_.reset();
    mount_watches_.clear();
    publishings_.clear();
    if (hosting_) hosting_->stop();
    incident_events_ = {};
    if (hooks_) hooks_->stop(drain);
  }

  std::uint64_t incidents_opened() const { return hosting_->incidents_opened(); }
  std::vector<model::Incident> incidents() const {
    return incident_rows(*hosting_, settings_, listeners_.storage_origin());
  }

  InstanceRecord record() const {
    InstanceRecord record;
    record.instance = settings_.instance;
    record.pid = ::getpid();
    record.started_at = started_at_;
    record.project = settings_.project_folder.string();
    record.portal = listeners_.portal_origin();
    record.hosting = listeners_.hosting_origin();
    record.storage = listeners_.storage_origin();
    record.control = listeners_.control_origin();
    record.token = token_;
    record.ca_certificate = listeners_.ca_certificate().string();
    record.state_dir = parts_.state_folder.string();
    const auto connection = [&](const std::string& account) {
      return storage::connection_string(accounts_, account, listeners_.storage_origin());
    };
    record.connection_string = connection(usual_account(settings_));
    for (const std::string& account : accounts_.names())
      record.connection_strings.emplace_back(account, connection(account));
    for (const hosting::ExtensionStatus& status : hosting_->extensions()) {
      record.extensions.push_back({status.name, status.hosting_service_name, status.stages});
    }
    return record;
  }

  bool rebuild_sources() {
    bool any = false;
    if (!settings_.watch) return any;
    for (auto& publishing : publishings_) any = publishing->rebuild_source() || any;
    return any;
  }

  Result<void> restart_build(const std::string& hosting_service_name) {
    if (Publishing* publishing = publishing_of(hosting_service_name)) return publishing->restart_command();
    return Error{base::ErrorKind::conflict, hosting_service_name + " has no source folder here",
                 std::string(model::codes::kBuildCommandEnded)};
  }

  void reload(const Settings& settings) { in_force_.reload(settings); }

  base::Journal& journal() { return journal_; }
  void on_stop_request(std::function<void()> call) {
    stop_call_.with([&](auto& current) { current = std::move(call); });
  }

 private:
  static storage::ContainerId container_of(const ExtensionSettings& extension) {
    return {extension.storage.account, extension.storage.container};
  }

  /// The store, with what the settings want to be there, and the service in front of it.
  Result<void> open_storage() {
    auto store = storage::open_sqlite_blob_store(parts_.state_folder / "storage", parts_.log);
    if (!store) return std::move(store).error();
    auto mounted = storage::MountedBlobStore::open(*std::move(store), mounts_);
    if (!mounted) return std::move(mounted).error();
    store_ = *std::move(mounted);
    for (const storage::Mount& mount : mounts_) {
      mount_watches_.push_back(std::make_unique<MountWatch>(
          *store_, mount, journal_, settings_.poll_files,
          [this, id = mount.container](const Error& error) { show_mount_problem(id, error); }));
    }
    if (auto swept = store_->forget_expired(parts_.clock.now()); !swept) {
      return storage::to_error(swept.failure());
    }
    auto accounts = make_accounts(settings_);
    if (!accounts) return std::move(accounts).error();
    accounts_ = *std::move(accounts);
    if (auto prepared = prepare_store(*store_, settings_, parts_.clock.now()); !prepared) return prepared;
    if (auto restored = failover_.restore(); !restored) return restored;
    switch_outage(locations_, settings_.storage.outage, journal_);
    blob_service_ = std::make_unique<storage::BlobService>(
        *store_, accounts_, parts_.clock, parts_.ids, parts_.log,
        storage::BlobServiceOptions{settings_.storage.durability, &locations_, &copy_source_,
                                    &parts_.real_time});
    return {};
  }

  void make_hooks() {
    HookLimits limits;
    limits.timeout = settings_.hooks.timeout;
    hooks_ = std::make_unique<Hooks>(settings_.hooks, journal_, parts_.log, limits);
    if (!hooks_->wants(HookKind::incident)) return;
    incident_events_ = journal_.subscribe([this](const base::Event& event) {
      if (event.type.rfind("incident.", 0) == 0) tell_hooks_of_incident(event);
    });
  }

  /// On the thread that appends the event; the incident is as it is now.
  void tell_hooks_of_incident(const base::Event& event) {
    const auto data = nlohmann::json::parse(event.data, nullptr, false);
    const auto incident = hosting_->incident(data.is_object() ? data.value("id", std::uint64_t{0}) : 0);
    if (!incident) return;
    hooks_->tell(
        HookKind::incident, event.type,
        with_event(control::incident_json(
                       incident_row(*incident, *hosting_, settings_, listeners_.storage_origin()), event.seq),
                   event.type, settings_.instance));
  }

  void tell_hooks(HookKind kind, const char* event) {
    if (!hooks_->wants(kind)) return;
    hooks_->tell(kind, event, with_event(to_json(without_secrets(record())), event, settings_.instance));
  }

  void make_hosting() {
    std::vector<hosting::HostedExtension> hosted;
    for (const ExtensionSettings& extension : settings_.extensions) {
      std::shared_ptr<hosting::ContainerSource> source;
      if (extension.storage.url.empty()) {
        source = make_store_source(*store_, locations_, container_of(extension),
                                   "/" + extension.storage.account + "/" + extension.storage.container);
      } else {
        source = std::make_shared<hosting::HttpContainerSource>(extension.storage.url);
      }
      hosted.push_back({extension.name, extension.hosting_service_name, extension.owner, std::move(source),
                        changes_are_told(extension)});
    }
    hosting::HostingOptions options;
    options.cloud = settings_.cloud;
    options.fidelity = settings_.fidelity;
    options.default_region = settings_.region;
    options.portal_host = std::string(model::default_portal_environment(settings_.cloud).portal_host);
    options.authority_aliases = settings_.authority_aliases;
    options.rules = settings_.config_rules();
    options.environment_rules = settings_.environment_rules();
    options.poll_interval = settings_.poll_interval;
    options.state_folder = parts_.state_folder;
    options.seed = settings_.seed;
    options.cdn = settings_.cdn;
    hosting_ = std::make_unique<hosting::HostingService>(std::move(options), std::move(hosted), parts_.clock,
                                                         journal_, parts_.log);
    hosting_->restore();
    histories_ = std::make_unique<ConfigHistories>(parts_.state_folder / "config-history", *store_,
                                                   parts_.clock, journal_);
    edits_ = std::make_unique<ContainerEdits>(ContainerEdits::Parts{in_force_, *store_, locations_, *hosting_,
                                                                    *histories_, parts_.clock, journal_,
                                                                    [this] { return ready_.load(); }});
    cdn_edge_ = std::make_unique<hosting::CdnEdge>(settings_.cdn, *hosting_, parts_.clock, journal_);

    PublishingContext publishing;
    publishing.project_folder = settings_.project_folder;
    publishing.poll_every = settings_.poll_files;
    publishing.follow = settings_.watch;
    for (const auto& stage : model::default_stage_definition(settings_.cloud).stages)
      publishing.default_stages.push_back(stage.name);
    for (const ExtensionSettings& extension : settings_.extensions) {
      if (!extension.storage.url.empty()) continue;
      publishings_.push_back(
          std::make_unique<Publishing>(extension, publishing, *store_, parts_.clock, journal_,
                                       publishing_callbacks(extension.hosting_service_name)));
      publishing_of_[container_of(extension)] = publishings_.back().get();
    }
  }

  /// Of our own containers the store tells each change as it happens; into a mounted folder anybody may
  /// write.
  bool changes_are_told(const ExtensionSettings& extension) const {
    if (!extension.storage.url.empty()) return false;
    const storage::ContainerId id = container_of(extension);
    return std::none_of(mounts_.begin(), mounts_.end(),
                        [&](const storage::Mount& mount) { return mount.container == id; });
  }

  Publishing::Callbacks publishing_callbacks(const std::string& name) {
    Publishing::Callbacks callbacks;
    callbacks.tells_durations = settings_.fidelity != model::Fidelity::ci;
    callbacks.build_output = [this, name](const std::string& line) {
      if (parts_.build_output) {
        parts_.build_output(name, line);
      } else {
        parts_.log->info("extension={} build: {}", name, line);
        parts_.log->flush();  // whoever follows a build follows it now
      }
    };
    callbacks.stored = [this, name](const std::string& version,
                                    const std::shared_ptr<const package::Package>& package,
                                    const std::string& etag) {
      if (const auto adopted = hosting_->adopt(name, version, package, etag); !adopted) {
        parts_.log->warn("extension={} version={} not adopted: {}", name, version, adopted.error().message);
      }
    };
    callbacks.published = [this, name]() -> std::string {
      if (settings_.fidelity != model::Fidelity::dev || !store_changes_) return "";
      const auto begin = std::chrono::steady_clock::now();
      const auto report = hosting_->sync_now(name);
      if (!report || !report->succeeded) return "not synced";
      const auto took =
          std::chrono::round<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
      return "synced " + std::to_string(took.count()) + " ms" +
             describe_pages(hosting_->wait_for_pages(name));
    };
    callbacks.show_problems = [this, name](const std::string& part, std::vector<model::Problem> problems) {
      hosting_->show_problems(name, part, std::move(problems));
    };
    callbacks.waits = [this, name](const std::string& awaited) { hosting_->expect_config(name, awaited); };
    return callbacks;
  }

  void show_mount_problem(const storage::ContainerId& id, const Error& error) {
    for (const ExtensionSettings& extension : settings_.extensions) {
      if (extension.storage.url.empty() && container_of(extension) == id)
        hosting_->show_problems(extension.hosting_service_name, "mount", {problem_for_page(error)});
    }
  }

  void container_changed(const storage::BlobId& blob) {
    const bool may_be_config = blob.name.empty() || blob.name == model::kConfigBlob;
    for (const ExtensionSettings& extension : settings_.extensions) {
      if (!extension.storage.url.empty() || container_of(extension) != blob.in()) continue;
      hosting_->nudge(extension.hosting_service_name);
      if (may_be_config) histories_->look(blob.in());
    }
    const auto found = publishing_of_.find(blob.in());
    if (found != publishing_of_.end() && blob.name == model::kConfigBlob) found->second->config_changed();
  }

  /// What draws flights and names sessions: the same in every run of `ci` (none of it is a secret).
  base::IdSource& portal_ids() {
    if (settings_.fidelity != model::Fidelity::ci) return parts_.ids;
    return seeded_ids_.emplace(settings_.seed);
  }

  void make_portal() {
    portal_ = std::make_unique<portal::PortalService>(
        portal::PortalService::Parts{
            journal_, portal_ids(), explain_for_portal(*hosting_, parts_.clock, settings_.fidelity),
            find_portal_asset,
            // The control API's event stream and clock, for pages of the portal's own origin.
            [this](const http::Request& request) { return control_->handle(request); },
            [this](const model::ExplainQuestion& question) {
              return find_counterfactuals(question,
                                          explain_basis(settings_, *hosting_, listeners_.hosting_origin()));
            }},
        portal_settings_now());
  }

  std::shared_ptr<const portal::PortalSettings> portal_settings_now() const {
    portal::PortalSettings portal =
        portal_settings(settings_, listeners_.portal_origin(), listeners_.hosting_origin());
    portal.is_up = [this](std::string_view region) { return !hosting_->is_down(region); };
    return std::make_shared<const portal::PortalSettings>(std::move(portal));
  }

  void make_control() {
    token_ = parts_.ids.hex(16);
    control::ControlParts control{
        journal_, parts_.clock, parts_.real_time, token_, {}, {}, {}, {}, {}, {}, {}, {}};
    control.info = [this] { return info(); };
    control.waiting_for = [this] { return waiting_for(); };
    control.extensions = [this] {
      return extension_rows(*hosting_, *in_force_.now(), listeners_.storage_origin());
    };
    control.regions = [this] { return region_rows(*hosting_); };
    control.incidents = [this] { return incident_rows(*hosting_, settings_, listeners_.storage_origin()); };
    control.acknowledge_incident = [this](std::uint64_t id, model::IncidentRemark remark) {
      return told(hosting_->acknowledge_incident(id, std::move(remark)));
    };
    control.resolve_incident = [this](std::uint64_t id, model::IncidentRemark remark) {
      return told(hosting_->resolve_incident(id, std::move(remark)));
    };
    control.explain = [this](const control::ExplainQuestion& question) {
      return model::explain(question, explain_basis(settings_, *hosting_, listeners_.hosting_origin()));
    };
    control.plan = [this](const control::PlanQuestion& question) -> base::Result<control::PlanAnswer> {
      auto change = hosting_->plan(question.extension, {question.config_text, question.definition_text});
      if (!change) return std::move(change).error();
      return plan_answer(*std::move(change), settings_.cloud);
    };
    control.sync = [this](const control::SyncWish& wish) {
      return sync_extensions(*hosting_, settings_, wish);
    };
    control.set_region_down = [this](const std::string& region, bool down) -> Result<void> {
      auto changed = hosting_->set_down(region, down);
      return changed ? Result<void>() : std::move(changed).error();
    };
    control.clock_seed = settings_.seed;
    control.storage = [this] {
      return storage_status(settings_, accounts_, locations_, listeners_.storage_origin());
    };
    control.set_outage = [this](const std::string& outage) { return set_outage(outage); };
    control.fail_over = [this](const std::string& account) {
      return after_change_of_storage(failover_.fail_over(account));
    };
    control.fail_back = [this](const std::string& account) {
      return after_change_of_storage(failover_.fail_back(account));
    };
    control.cdn = [this] { return cdn_status(*cdn_edge_); };
    control.purge_cdn = [this](const control::CdnPurgeOrder& order) { return purge_cdn(*cdn_edge_, order); };
    control.set_cdn_outage = [this](bool outage) { return set_cdn_outage(*cdn_edge_, outage); };
    control.publishing = publishing_parts(*edits_);
    control.restart_build = [this](const std::string& extension) { return restart_build(extension); };
    control.shut_down = [this] { request_stop(); };
    control_ = std::make_unique<control::ControlService>(std::move(control));
  }

  /// What became of an incident, as the control API shows it.
  Result<model::Incident> told(Result<model::Incident> incident) const {
    if (!incident) return incident;
    return incident_row(*std::move(incident), *hosting_, settings_, listeners_.storage_origin());
  }

  /// Null for an extension whose container is elsewhere.
  Publishing* publishing_of(const std::string& hosting_service_name) const {
    for (const auto& publishing : publishings_) {
      if (publishing->extension() == hosting_service_name) return publishing.get();
    }
    return nullptr;
  }

  SettingsInForce::Effects effects() {
    SettingsInForce::Effects effects;
    effects.change_source = [this](const std::string& extension,
                                   const std::optional<SourceSettings>& source) {
      publishing_of(extension)->change_source(source);
    };
    effects.change_log_level = [this](const std::string& level) {
      parts_.log->set_level(spdlog::level::from_str(level));
    };
    effects.change_outage = [this](storage::Outage outage) {
      if (switch_outage(locations_, outage, journal_)) nudge_all();
    };
    return effects;
  }

  Result<void> set_outage(const std::string& text) {
    const auto outage = storage::parse_outage(text);
    if (!outage) {
      return Error{base::ErrorKind::invalid_input, "\"outage\" must be none, primary, secondary or both",
                   std::string(model::codes::kBadRequestBody)};
    }
    if (!switch_outage(locations_, *outage, journal_)) return {};
    return after_change_of_storage({});
  }

  /// Hosting looks at its containers when an outage begins or ends and when an account fails over, as after
  /// any change of theirs.
  Result<void> after_change_of_storage(Result<void> changed) {
    if (changed) nudge_all();
    return changed;
  }

  void nudge_all() {
    for (const ExtensionSettings& extension : settings_.extensions) {
      if (extension.storage.url.empty()) hosting_->nudge(extension.hosting_service_name);
    }
  }

  control::InstanceInfo info() const {
    control::InstanceInfo info;
    info.version = EXTHOST_VERSION;
    info.instance = settings_.instance;
    info.pid = ::getpid();
    info.started_at = started_at_;
    info.urls = {listeners_.portal_origin(), listeners_.hosting_origin(), listeners_.storage_origin(),
                 listeners_.control_origin()};
    info.fidelity = std::string(model::to_string(settings_.fidelity));
    info.cloud = std::string(model::to_string(settings_.cloud));
    info.region = settings_.region;
    info.state_dir = parts_.state_folder.string();
    const http::ServerLimits server;
    const hosting::HostingLimits limits;
    info.limits = {{"configBytes", limits.config_bytes},
                   {"zipBytes", limits.package.zip_bytes},
                   {"expandedBytes", limits.package.expanded_bytes},
                   {"zipEntries", limits.package.entries},
                   {"requestLineBytes", server.request_line_bytes},
                   {"headerBytes", server.header_bytes},
                   {"connections", server.connections},
                   {"streams", server.streams}};
    return info;
  }

  std::vector<std::string> waiting_for() const {
    if (ready_.load()) return {};
    std::vector<std::string> waiting;
    for (const std::string& extension : hosting_->unsettled())
      waiting.push_back("first sync of " + extension);
    if (waiting.empty())
      waiting.push_back(stopping_.load() ? "the end: this instance is stopping" : "start-up");
    return waiting;
  }

  void request_stop() {
    const auto call = stop_call_.with([](auto& current) { return std::exchange(current, nullptr); });
    if (call) call();
  }

  Result<void> open_listeners() {
    auto opened = listeners_.open({*portal_, *cdn_edge_, *blob_service_, *control_}, parts_.tls_folder,
                                  parts_.real_time);
    if (!opened) return opened;
    // The ports are known now: tells those who print or check origins.
    hosting_->allow_frames_from(listeners_.portal_sources());
    portal_->publish(portal_settings_now());
    return {};
  }

  void wait_for_first_syncs() {
    std::mutex mutex;
    std::condition_variable changed;
    bool look = true;
    const auto subscription = journal_.subscribe([&](const base::Event& event) {
      if (event.type != "sync.settled") return;
      std::lock_guard lock(mutex);
      look = true;
      changed.notify_one();
    });
    if (parts_.clock.rate() == 0) parts_.clock.advance(base::Duration::zero());
    while (!hosting_->unsettled().empty()) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return look; });
      look = false;
    }
  }

  const Settings settings_;
  EmulatorParts parts_;
  const base::WallTime started_at_;
  const std::vector<storage::Mount> mounts_;
  base::Journal journal_;
  SettingsInForce in_force_;  // `settings_`, but for what was changed since the start
  std::unique_ptr<Hooks> hooks_;
  std::unique_ptr<storage::MountedBlobStore> store_;
  storage::Locations locations_;
  storage::Accounts accounts_;
  StorageFailover failover_;
  storage::HttpCopySource copy_source_;
  std::unique_ptr<storage::BlobService> blob_service_;
  std::unique_ptr<hosting::HostingService> hosting_;
  base::Journal::Subscription incident_events_;
  std::unique_ptr<ConfigHistories> histories_;
  std::unique_ptr<ContainerEdits> edits_;
  std::unique_ptr<hosting::CdnEdge> cdn_edge_;  // in front of it
  std::vector<std::unique_ptr<Publishing>> publishings_;
  std::map<storage::ContainerId, Publishing*> publishing_of_;  // fixed once made
  std::shared_ptr<void> store_changes_;
  std::vector<std::unique_ptr<MountWatch>> mount_watches_;  // their threads call container_changed()
  std::optional<base::SeededIdSource> seeded_ids_;
  std::unique_ptr<portal::PortalService> portal_;
  std::unique_ptr<control::ControlService> control_;
  Listeners listeners_;
  std::string token_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> stopping_{false};
  base::Guarded<std::function<void()>> stop_call_;
};

Emulator::Emulator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Emulator::~Emulator() = default;

Result<std::unique_ptr<Emulator>> Emulator::start(const Settings& settings, EmulatorParts parts) {
  auto impl = std::make_unique<Impl>(settings, std::move(parts));
  if (auto started = impl->start(); !started) return std::move(started).error();
  return std::unique_ptr<Emulator>(new Emulator(std::move(impl)));
}

InstanceRecord Emulator::record() const {
  return impl_->record();
}
std::uint64_t Emulator::incidents_opened() const {
  return impl_->incidents_opened();
}
std::vector<model::Incident> Emulator::incidents() const {
  return impl_->incidents();
}
base::Journal& Emulator::journal() {
  return impl_->journal();
}
bool Emulator::rebuild_sources() {
  return impl_->rebuild_sources();
}
void Emulator::reload(const Settings& settings) {
  impl_->reload(settings);
}
Result<void> Emulator::restart_build(const std::string& hosting_service_name) {
  return impl_->restart_build(hosting_service_name);
}
void Emulator::on_stop_request(std::function<void()> call) {
  impl_->on_stop_request(std::move(call));
}
void Emulator::stop(std::chrono::milliseconds drain) {
  impl_->stop(drain);
}

}  // namespace exthost::app
