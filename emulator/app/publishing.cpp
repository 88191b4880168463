#include "emulator/app/publishing.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/container_adapters.h"
#include "emulator/base/text.h"
#include "emulator/watch/folder_backend.h"

namespace exthost::app {
namespace {

using nlohmann::ordered_json;

watch::Instant monotonic_now() {
  return std::chrono::steady_clock::now();
}

std::string to_data(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string changed_files(const std::vector<std::string>& changed) {
  if (changed.size() == 1) return changed.front() + " changed";
  return std::to_string(changed.size()) + " files changed";
}

}  // namespace

Publishing::Publishing(const ExtensionSettings& extension, std::vector<std::string> default_stages,
                       storage::BlobStore& store, const base::Clock& clock, base::Journal& journal,
                       Callbacks callbacks)
    : extension_(extension.hosting_service_name),
      journal_(journal),
      callbacks_(std::move(callbacks)),
      sink_(make_store_sink(store, {extension.storage.account, extension.storage.container}, clock)) {
  if (extension.source) {
    watch::PublisherSettings settings;
    settings.base_version = extension.source->version;
    settings.publish_to = extension.source->publish_to;
    settings.default_stages = std::move(default_stages);
    publisher_ = std::make_unique<watch::Publisher>(std::move(settings), *sink_, clock, monotonic_now,
                                                    callbacks_.minted);
    make_source_watcher(*extension.source);
  }
  if (!extension.storage.seed.empty()) make_seed_watcher(extension.storage.seed);
}

Publishing::~Publishing() = default;

void Publishing::make_source_watcher(const SourceSettings& source) {
  watch::SourceSettings settings;
  settings.folder = source.folder;
  settings.ignore = source.ignore;
  watch::SourceCallbacks callbacks;
  callbacks.on_published = [this](const watch::Published& published) { tell_published(published); };
  callbacks.on_problem = [this](const base::Error& error) { tell_source_problem(error); };
  callbacks.on_mended = [this] {
    journal_.append("source.mended", extension_, "the source folder is good again");
    if (callbacks_.source_mended) callbacks_.source_mended();
  };
  callbacks.on_notice = [this](const base::Error& error) { tell("source.notice", error); };
  watch::BackendOptions options;
  options.ignore = source.ignore;
  source_ = std::make_unique<watch::SourceWatcher>(std::move(settings),
                                                   watch::open_folder_backend(source.folder, options),
                                                   *publisher_, std::move(callbacks), monotonic_now);
}

void Publishing::make_seed_watcher(const std::filesystem::path& folder) {
  watch::SeedSync::Pointers pointers;
  if (publisher_) pointers = [publisher = publisher_.get()] { return publisher->pointers(); };
  watch::SeedCallbacks callbacks;
  callbacks.on_synced = [this](const watch::SeedReport& report) {
    std::vector<std::string> blobs = report.put;
    blobs.insert(blobs.end(), report.removed.begin(), report.removed.end());
    const std::string what = blobs.size() == 1 ? blobs.front() : std::to_string(blobs.size()) + " blobs";
    journal_.append("seed", extension_, what + " of the container brought up to date from the seed folder",
                    to_data({{"put", report.put}, {"removed", report.removed}}));
  };
  callbacks.on_problem = [this](const base::Error& error) { tell("seed.failed", error); };
  callbacks.on_notice = [this](const base::Error& error) { tell("seed.notice", error); };
  seed_ = std::make_unique<watch::SeedWatcher>(
      std::make_unique<watch::SeedSync>(folder, *sink_, std::move(pointers)),
      watch::open_folder_backend(folder, {}), std::move(callbacks), monotonic_now);
}

void Publishing::first_turn() {
  if (seed_) {
    if (const auto turn = seed_->poll_once(); !turn) tell("seed.failed", turn.error());
  }
  if (source_) {
    if (const auto turn = source_->poll_once(); !turn) tell_source_problem(turn.error());
  }
}

void Publishing::start() {
  if (seed_) seed_->start();
  if (source_) source_->start();
}

void Publishing::config_changed() {
  if (source_) source_->config_changed();
}

bool Publishing::look_at_source() {
  if (source_) source_->look();
  return source_ != nullptr;
}

void Publishing::tell_published(const watch::Published& published) {
  const std::string synced = callbacks_.published ? callbacks_.published() : std::string();
  std::string text = changed_files(published.changed) + " → " + published.version + "  zip " +
                     base::human_bytes(published.zip_bytes);
  ordered_json data = {{"version", published.version},    {"reused", published.reused},
                       {"zipBytes", published.zip_bytes}, {"changed", published.changed},
                       {"names", published.names},        {"dropped", published.dropped}};
  if (callbacks_.tells_durations) {
    const auto milliseconds =
        std::chrono::round<std::chrono::milliseconds>(published.build + published.publish);
    text += "  " + std::to_string(milliseconds.count()) + " ms";
    data["buildMs"] = static_cast<double>(published.build.count()) / 1000.0;
    data["publishMs"] = static_cast<double>(published.publish.count()) / 1000.0;
  }
  if (!synced.empty()) text += " · " + synced;
  journal_.append("publish", extension_, text, to_data(data));
  for (const base::Error& leftover : published.leftovers) tell("publish.leftover", leftover);
}

void Publishing::tell_source_problem(const base::Error& error) {
  tell("source.failed", error);
  if (callbacks_.source_problem) callbacks_.source_problem(error);
}

void Publishing::tell(const std::string& type, const base::Error& error) {
  journal_.append(type, extension_, error.message, to_data({{"code", error.code}}));
}

}  // namespace exthost::app
