#include "emulator/app/source_publishing.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/json_fields.h"
#include "emulator/app/page_wiring.h"
#include "emulator/base/text.h"
#include "emulator/watch/folder_backend.h"

namespace exthost::app {
namespace {

using nlohmann::ordered_json;

watch::Instant monotonic_now() {
  return std::chrono::steady_clock::now();
}

std::string changed_files(const std::vector<std::string>& changed) {
  if (changed.size() == 1) return changed.front() + " changed";
  return std::to_string(changed.size()) + " files changed";
}

watch::PublisherSettings publisher_settings(const SourceSettings& source, const PublishingContext& options) {
  watch::PublisherSettings settings;
  settings.base_version = source.version;
  settings.publish_to = source.publish_to;
  settings.default_stages = options.default_stages;
  return settings;
}

/// With a ready file nothing but that one is watched.
std::unique_ptr<watch::WatchBackend> open_backend(const SourceSettings& source,
                                                  const PublishingContext& options) {
  watch::BackendOptions backend;
  backend.poll_every = options.poll_every;
  if (!source.ready.empty()) return watch::open_file_backend(source.ready, std::move(backend));
  backend.ignore = {source.ignore, source.gitignore};
  return watch::open_folder_backend(source.folder, backend);
}

}  // namespace

SourcePublishing::SourcePublishing(const SourceSettings& source, Parts parts)
    : parts_(std::move(parts)),
      publisher_(publisher_settings(source, parts_.options), parts_.sink, parts_.clock, monotonic_now,
                 parts_.callbacks.stored) {
  watch::SourceSettings settings;
  settings.folder = source.folder;
  settings.ignore = {source.ignore, source.gitignore};
  settings.ready = source.ready;
  settings.overlay = {source.local_config, "Content/Config"};
  if (source.debounce) settings.timing = watch::timing_with_quiet(*source.debounce);
  watcher_ = std::make_unique<watch::SourceWatcher>(std::move(settings), open_backend(source, parts_.options),
                                                    publisher_, watcher_callbacks(source), monotonic_now);
  if (!source.local_config.empty()) watch_local_config(source.local_config);
}

/// A thread of its own: the folder may lie anywhere, and changes once in a while.
void SourcePublishing::watch_local_config(const std::filesystem::path& folder) {
  watch::BackendOptions backend;
  backend.poll_every = parts_.options.poll_every;
  local_config_ = std::make_unique<watch::FolderWatcher>(
      watch::open_folder_backend(folder, backend),
      [this](const watch::FolderWatcher::Turn&) -> std::optional<watch::Duration> {
        watcher_->look();
        return std::nullopt;
      },
      [this](const base::Error& error) { tell("source.notice", error); }, monotonic_now);
}

void SourcePublishing::start() {
  watcher_->start();
  if (!local_config_) return;
  local_config_runner_ = std::make_unique<watch::WatchRunner>(
      *local_config_, [this](const base::Error& error) { tell("source.notice", error); });
}

watch::SourceCallbacks SourcePublishing::watcher_callbacks(const SourceSettings& source) {
  watch::SourceCallbacks callbacks;
  callbacks.on_published = [this](const watch::Published& published) { tell_published(published); };
  callbacks.on_problem = [this](const base::Error& error) { tell_problem(error); };
  callbacks.on_mended = [this] {
    parts_.journal.append("source.mended", parts_.extension, "the source folder is good again");
    show({});
  };
  callbacks.on_notice = [this](const base::Error& error) { tell("source.notice", error); };
  callbacks.on_waiting = [this, ready = source.ready.string()] {
    const std::string awaited = "the folder is packed when " + ready + " is written";
    parts_.journal.append("source.waiting", parts_.extension, awaited,
                          to_text(ordered_json{{"ready", ready}}));
    if (parts_.callbacks.waits) parts_.callbacks.waits(awaited);
  };
  return callbacks;
}

void SourcePublishing::first_turn() {
  if (const auto turn = watcher_->poll_once(); !turn) tell_problem(turn.error());
}

void SourcePublishing::tell_published(const watch::Published& published) {
  const std::string synced = parts_.callbacks.published ? parts_.callbacks.published() : std::string();
  if (parts_.callbacks.waits) parts_.callbacks.waits("");
  std::string text = changed_files(published.changed) + " → " + published.version + "  zip " +
                     base::human_bytes(published.zip_bytes);
  ordered_json data = {{"version", published.version},    {"reused", published.reused},
                       {"zipBytes", published.zip_bytes}, {"changed", published.changed},
                       {"names", published.names},        {"dropped", published.dropped}};
  if (parts_.callbacks.tells_durations) {
    const auto milliseconds =
        std::chrono::round<std::chrono::milliseconds>(published.build + published.publish);
    text += "  " + std::to_string(milliseconds.count()) + " ms";
    data["buildMs"] = static_cast<double>(published.build.count()) / 1000.0;
    data["publishMs"] = static_cast<double>(published.publish.count()) / 1000.0;
  }
  if (!synced.empty()) text += " · " + synced;
  parts_.journal.append("publish", parts_.extension, text, to_text(data));
  for (const base::Error& leftover : published.leftovers) tell("publish.leftover", leftover);
}

void SourcePublishing::tell_problem(const base::Error& error) {
  tell("source.failed", error);
  show({problem_for_page(error)});
  if (parts_.callbacks.waits) parts_.callbacks.waits("");
}

void SourcePublishing::show(std::vector<model::Problem> problems) const {
  if (parts_.callbacks.show_problems) parts_.callbacks.show_problems("source", std::move(problems));
}

void SourcePublishing::tell(const std::string& type, const base::Error& error) {
  parts_.journal.append(type, parts_.extension, error.message, to_text(ordered_json{{"code", error.code}}));
}

}  // namespace exthost::app
