#include "emulator/app/settings_watch.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "emulator/app/json_fields.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/watch/folder_backend.h"

namespace exthost::app {
namespace {

constexpr std::size_t kMostTold = 5;

std::unique_ptr<watch::WatchBackend> open_backend(const std::filesystem::path& file,
                                                  std::optional<base::Duration> poll_every) {
  watch::BackendOptions options;
  options.poll_every = poll_every;
  return watch::open_file_backend(file, std::move(options));
}

model::Problem gone(const std::filesystem::path& file) {
  return {model::Severity::error,
          std::string(model::codes::kTargetMissing),
          file.filename().string() + " is gone",
          "",
          {},
          {}};
}

}  // namespace

SettingsWatch::SettingsWatch(const std::filesystem::path& file, Load load, Emulator& emulator,
                             Options options)
    : file_(file),
      load_(std::move(load)),
      emulator_(emulator),
      watcher_(
          open_backend(file, options.poll_every),
          [this, follow = options.follow](
              const watch::FolderWatcher::Turn& turn) -> std::optional<watch::Duration> {
            if (turn.nudged || follow) act();
            return std::nullopt;
          },
          [this](const base::Error& notice) { tell_notice(notice); },
          [] { return std::chrono::steady_clock::now(); }),
      runner_(watcher_, [this](const base::Error& error) { tell_notice(error); }) {}

void SettingsWatch::tell_notice(const base::Error& error) {
  emulator_.journal().append("settings.notice", "", error.message, to_text({{"code", error.code}}));
}

void SettingsWatch::act() {
  std::error_code fault;
  if (!std::filesystem::exists(file_, fault)) return refuse({gone(file_)});
  const LoadedSettings loaded = load_();
  if (loaded.exit_code != 0) return refuse(loaded.problems);
  // Without a target the file is looked for; it may have gone meanwhile.
  if (loaded.settings.settings_file != file_) return refuse({gone(file_)});
  if (!std::exchange(told_, {}).empty())
    emulator_.journal().append("settings.mended", "", file_.filename().string() + " is good again");
  emulator_.reload(loaded.settings);
}

void SettingsWatch::refuse(const std::vector<model::Problem>& problems) {
  std::vector<std::string> wrong;
  std::vector<const model::Problem*> errors;
  for (const model::Problem& problem : problems) {
    if (problem.severity != model::Severity::error) continue;
    errors.push_back(&problem);
    wrong.push_back(problem.where.to_string() + " " + problem.message);
  }
  if (std::exchange(told_, wrong) == wrong) return;
  for (std::size_t i = 0; i < errors.size() && i < kMostTold; ++i) {
    const model::Problem& problem = *errors[i];
    const std::string place = problem.where.file.empty() ? "" : problem.where.to_string() + ": ";
    emulator_.journal().append(
        "settings.failed", "", place + problem.message + "; the settings in force stay",
        to_text({{"code", problem.code}, {"frame", problem.frame}, {"hint", problem.hint}}));
  }
  if (errors.size() > kMostTold) {
    const std::string more = base::counted(errors.size() - kMostTold, "more problem");
    emulator_.journal().append("settings.failed", "", file_.filename().string() + " has " + more,
                               to_text({{"code", errors.back()->code}}));
  }
}

}  // namespace exthost::app
