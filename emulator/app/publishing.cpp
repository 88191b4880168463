#include "emulator/app/publishing.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/container_adapters.h"
#include "emulator/app/json_fields.h"
#include "emulator/app/page_wiring.h"
#include "emulator/app/source_publishing.h"
#include "emulator/model/codes.h"
#include "emulator/watch/folder_backend.h"

namespace exthost::app {
namespace {

using nlohmann::ordered_json;

}  // namespace

Publishing::Publishing(const ExtensionSettings& extension, PublishingContext options,
                       storage::BlobStore& store, const base::Clock& clock, base::Journal& journal,
                       Callbacks callbacks)
    : extension_(extension.hosting_service_name),
      options_(std::move(options)),
      clock_(clock),
      journal_(journal),
      callbacks_(std::move(callbacks)),
      sink_(make_store_sink(store, {extension.storage.account, extension.storage.container}, clock)),
      source_settings_(extension.source) {
  if (source_settings_) source_.with([&](auto& source) { source = make_source(*source_settings_); });
  if (!extension.storage.seed.empty()) make_seed_watcher(extension.storage.seed);
}

Publishing::~Publishing() = default;

std::unique_ptr<SourcePublishing> Publishing::make_source(const SourceSettings& source) {
  return std::make_unique<SourcePublishing>(
      source, SourcePublishing::Parts{extension_, *sink_, clock_, journal_, callbacks_, options_});
}

std::unique_ptr<BuildCommand> Publishing::make_command(const SourceSettings& source) {
  if (source.command.empty()) return nullptr;
  BuildCommand::Callbacks callbacks;
  callbacks.on_line = callbacks_.build_output;
  callbacks.on_started = [this, command = shown_command(source.command)] {
    show("build", {});
    journal_.append("source.command", extension_, "build command started: " + command,
                    to_text(ordered_json{{"command", command}}));
  };
  callbacks.on_ended = [this](const base::Error& error, int exit_code, const std::vector<std::string>& tail) {
    // A build that ended well was no watcher, but nothing is wrong with its page.
    if (exit_code != 0) show("build", {problem_for_page(error, tail)});
    journal_.append("source.command.ended", extension_, error.message,
                    to_text(ordered_json{{"code", error.code}, {"exitCode", exit_code}, {"output", tail}}));
  };
  return std::make_unique<BuildCommand>(source.command, options_.project_folder, std::move(callbacks));
}

void Publishing::make_seed_watcher(const std::filesystem::path& folder) {
  const watch::SeedSync::Pointers pointers = [this]() -> std::vector<watch::Pointer> {
    return source_.with(
        [](const auto& source) { return source ? source->pointers() : std::vector<watch::Pointer>(); });
  };
  watch::SeedCallbacks callbacks;
  callbacks.on_synced = [this](const watch::SeedReport& report) {
    std::vector<std::string> blobs = report.put;
    blobs.insert(blobs.end(), report.removed.begin(), report.removed.end());
    const std::string what = blobs.size() == 1 ? blobs.front() : std::to_string(blobs.size()) + " blobs";
    journal_.append("seed", extension_, what + " of the container brought up to date from the seed folder",
                    to_text(ordered_json{{"put", report.put}, {"removed", report.removed}}));
  };
  callbacks.on_problem = [this](const base::Error& error) { tell("seed.failed", error); };
  callbacks.on_lasting = [this](const std::vector<base::Error>& problems) {
    std::vector<model::Problem> shown;
    for (const base::Error& problem : problems) shown.push_back(problem_for_page(problem));
    show("seed", std::move(shown));
  };
  callbacks.on_notice = [this](const base::Error& error) { tell("seed.notice", error); };
  watch::BackendOptions backend;
  backend.poll_every = options_.poll_every;
  seed_ =
      std::make_unique<watch::SeedWatcher>(std::make_unique<watch::SeedSync>(folder, *sink_, pointers),
                                           watch::open_folder_backend(folder, backend), std::move(callbacks),
                                           [] { return std::chrono::steady_clock::now(); });
}

void Publishing::first_turn() {
  if (seed_) {
    if (const auto turn = seed_->poll_once(); !turn) tell("seed.failed", turn.error());
  }
  // Nobody replaces it before start(); what it calls may come back here for the lock.
  SourcePublishing* source = source_.with([](const auto& current) { return current.get(); });
  if (source != nullptr) source->first_turn();
}

void Publishing::start() {
  if (seed_) seed_->start();
  source_.with([](const auto& source) {
    if (source) source->start();
  });
  if (source_settings_) command_.with([&](auto& command) { command = make_command(*source_settings_); });
}

void Publishing::begin_stop() {
  command_.with([](const auto& command) {
    if (command) command->stop();
  });
}

void Publishing::config_changed() {
  source_.with([](const auto& source) {
    if (source) source->config_changed();
  });
}

bool Publishing::rebuild_source() {
  command_.with([](const auto& command) {
    if (command) command->restart();
  });
  return source_.with([](const auto& source) {
    if (source) source->look();
    return source != nullptr;
  });
}

base::Result<void> Publishing::restart_command() {
  return command_.with([&](const auto& command) -> base::Result<void> {
    if (!command) {
      return base::Error{base::ErrorKind::conflict,
                         extension_ + " has no build command that could be restarted (source.command)",
                         std::string(model::codes::kBuildCommandEnded)};
    }
    command->restart();
    return {};
  });
}

void Publishing::change_source(const std::optional<SourceSettings>& wanted) {
  const bool same_command = (source_settings_ ? source_settings_->command : std::vector<std::string>()) ==
                            (wanted ? wanted->command : std::vector<std::string>());
  source_settings_ = wanted;
  const auto put = [](auto& guarded, auto next) {
    guarded.with([&](auto& current) { current.swap(next); });
    next.reset();  // the one before ends here, outside the lock
  };
  if (!same_command) {
    put(command_, std::unique_ptr<BuildCommand>());
    show("build", {});
  }
  put(source_, std::unique_ptr<SourcePublishing>());
  show("source", {});
  if (!wanted && callbacks_.waits) callbacks_.waits("");
  if (!wanted) return;
  auto source = make_source(*wanted);
  if (!options_.follow) source->first_turn();
  put(source_, std::move(source));
  if (!options_.follow) return;
  source_.with([](const auto& current) { current->start(); });
  if (!same_command) put(command_, make_command(*wanted));
}

void Publishing::tell(const std::string& type, const base::Error& error) {
  journal_.append(type, extension_, error.message, to_text(ordered_json{{"code", error.code}}));
}

void Publishing::show(const std::string& part, std::vector<model::Problem> problems) const {
  if (callbacks_.show_problems) callbacks_.show_problems(part, std::move(problems));
}

}  // namespace exthost::app
