#include <spdlog/logger.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "emulator/app/banner.h"
#include "emulator/app/certificate.h"
#include "emulator/app/clock_wiring.h"
#include "emulator/app/commands.h"
#include "emulator/app/emulator.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/journal_printer.h"
#include "emulator/app/key_commands.h"
#include "emulator/app/keyboard.h"
#include "emulator/app/logging.h"
#include "emulator/app/open_command.h"
#include "emulator/app/resolve_settings.h"
#include "emulator/app/settings_watch.h"
#include "emulator/app/signals.h"
#include "emulator/base/file.h"
#include "emulator/base/steered_scheduler.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Result;
using Path = std::filesystem::path;

constexpr std::chrono::milliseconds kDrain{5000};

int exit_code_for(const base::Error& error) {
  if (error.code == model::codes::kPortInUse) return kExitPort;
  if (error.code == model::codes::kStateInUse) return kExitStateInUse;
  if (error.code == model::codes::kTlsFailed) return kExitTls;
  if (error.code == model::codes::kStateUnwritable) return kExitStateUnwritable;
  return kExitUnexpected;
}

/// The state folder, ours alone for as long as this lives.
struct StateFolder {
  std::optional<base::TemporaryFolder> temporary;  // removed last
  Path path;
  std::unique_ptr<base::FileLock> lock;
};

Result<StateFolder> take_state_folder(const Settings& settings, const UserFolders& folders) {
  StateFolder state;
  if (settings.ephemeral) {
    auto temporary = base::TemporaryFolder::create("exthost-emu-");
    if (!temporary) return std::move(temporary).error();
    state.temporary.emplace(*std::move(temporary));
    state.path = state.temporary->path();
  } else {
    state.path = state_folder_of(settings, folders);
  }
  const auto unwritable = [&](base::Error error) {
    error.code = std::string(model::codes::kStateUnwritable);
    return std::move(error).within("the state folder cannot be used");
  };
  if (auto made = base::make_private_folder(state.path); !made) return unwritable(std::move(made).error());
  auto lock = base::FileLock::acquire(state.path / kLockFileName);
  if (!lock) {
    if (lock.error().kind != base::ErrorKind::conflict) return unwritable(std::move(lock).error());
    base::Error error = std::move(lock).error();
    error.code = std::string(model::codes::kStateInUse);
    return std::move(error).within("another emulator uses " + state.path.string() +
                                   " (give this one a name with --instance)");
  }
  state.lock = *std::move(lock);
  return state;
}

/// Takes as many descriptors as the system gives: the usual soft limit is below what one listener may hold.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE,
              &limit);  // a refusal leaves what there was, and the server says so when it runs out
}

/// Waits until somebody asks for an end: a signal, or the control API.
class EndRequest {
 public:
  void ask() {
    std::lock_guard lock(mutex_);
    asked_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
};

void dump_to_log(const Emulator& emulator, spdlog::logger& log) {
  log.warn("dump asked for by SIGUSR1: {}", to_json(without_secrets(emulator.record())));
}

/// Why the run ends with exit code 6.
void tell_incidents(const Emulator& emulator, Terminal& err) {
  constexpr std::size_t kShown = 10;
  const std::uint64_t opened = emulator.incidents_opened();
  err.line(err.styled(Style::bad, err.symbol(Style::bad)) + " " + std::to_string(opened) +
           (opened == 1 ? " incident was" : " incidents were") +
           " opened during this run (--fail-on-incident)");
  std::size_t shown = 0;
  for (const model::Incident& incident : emulator.incidents()) {
    if (incident.severity() == model::IncidentSeverity::note) continue;
    if (shown++ == kShown) {
      err.line("  and others: see incident.opened in journal.ndjson of the state folder");
      return;
    }
    err.line("  #" + std::to_string(incident.id) + "  " + incident.extension + "  " + incident.message +
             "  " + err.styled(Style::dim, incident.code) + (incident.resolved ? "  (resolved)" : ""));
  }
}

/// A browser that does not start is told of, and stops nothing.
void open_page(const Settings& settings, const InstanceRecord& record, Terminal& out, Terminal& err) {
  const ExtensionSettings& first = settings.extensions.front();
  show_page(settings.open == "dashboard" ? dashboard_link(record)
                                         : portal_link(record, first.name, first.source.has_value()),
            process_environment(), false, out, err);
}

/// Passes on that the settings are to be read again. Asked before there is a watch, it is done when there is.
class ReloadRequests {
 public:
  void ask() {
    const std::lock_guard lock(mutex_);
    if (watch_) return watch_->reload();
    asked_ = true;
  }
  void begin(std::unique_ptr<SettingsWatch> watch) {
    const std::lock_guard lock(mutex_);
    watch_ = std::move(watch);
    if (watch_ && asked_) watch_->reload();
  }
  /// Ends the watch, which may be at work and is waited for.
  void end() {
    std::unique_ptr<SettingsWatch> watch;
    const std::lock_guard lock(mutex_);
    watch.swap(watch_);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<SettingsWatch> watch_;  // null if the settings come from no file
  bool asked_ = false;
};

/// Null if the settings come from no file.
std::unique_ptr<SettingsWatch> watch_settings(const CommandLine& command, const UserFolders& folders,
                                              const Terminal& out, const Settings& settings,
                                              Emulator& emulator) {
  if (settings.settings_file.empty()) return nullptr;
  return std::make_unique<SettingsWatch>(
      settings.settings_file,
      [&command, &folders, &out] { return resolve_settings(command, folders, out.abilities().is_terminal); },
      emulator, SettingsWatch::Options{settings.watch, settings.poll_files});
}

}  // namespace

int run_start(const CommandLine& command, Terminal& out, Terminal& err) {
  const auto begin = std::chrono::steady_clock::now();
  const UserFolders folders = UserFolders::from_environment();
  const LoadedSettings loaded = resolve_settings(command, folders, out.abilities().is_terminal);
  for (const model::Problem& problem : loaded.problems) err.problem(problem);
  if (loaded.exit_code != 0) return loaded.exit_code;
  const Settings& settings = loaded.settings;

  const auto fail = [&](const base::Error& error) {
    err.error(error);
    return exit_code_for(error);
  };

  EndRequest end;
  std::atomic<Emulator*> running{nullptr};
  ReloadRequests reloads;
  auto log = make_log(settings);
  if (!log) return fail(log.error());
  SignalWatcher signals([&](int) { end.ask(); },
                        [&] {
                          if (const Emulator* emulator = running.load()) dump_to_log(*emulator, **log);
                        },
                        [&] { reloads.ask(); });

  raise_descriptor_limit();
  auto state = take_state_folder(settings, folders);
  if (!state) return fail(state.error());

  base::SteeredScheduler real({});
  const auto options = clock_options(settings, state->path, real);
  if (!options) return fail(options.error());
  base::SteeredScheduler clock(*options);
  base::RandomIdSource ids;
  EmulatorParts parts{clock, real, ids, *log, state->path, folders.data / "tls"};
  if (out.abilities().is_terminal) {
    parts.build_output = [&out](const std::string& extension, const std::string& line) {
      out.line(out.styled(Style::dim, extension + " | ") + line);
    };
  }
  auto emulator = Emulator::start(settings, std::move(parts));
  if (!emulator) return fail(emulator.error());
  (*emulator)->on_stop_request([&] { end.ask(); });
  running.store(emulator->get());

  const InstanceRecord record = (*emulator)->record();
  std::vector<PublishedRecord> published;
  if (auto made = base::make_private_folder(folders.runtime); !made) return fail(made.error());
  std::vector<Path> files = {folders.runtime / (settings.instance + ".json")};
  if (!settings.ready_file.empty()) files.push_back(settings.ready_file);
  for (const Path& file : files) {
    auto written = PublishedRecord::write(file, record);
    if (!written) return fail(written.error());
    published.push_back(*std::move(written));
  }

  const auto took = std::chrono::round<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  for (const std::string& line : banner_lines(record, settings, took, is_certificate_trusted(folders), out))
    out.line(line);
  KeyCommands keys({[&](std::vector<std::string> verb) {
                      verb.insert(verb.end(), {"-i", settings.instance});
                      run_command(verb, out, err);
                    },
                    [&] { return (*emulator)->rebuild_sources(); }, [&] { end.ask(); }},
                   out);
  std::optional<Keyboard> keyboard;
  if (Keyboard::is_available() && !is_ci(process_environment())) {
    keyboard.emplace([&](char key) { keys.press(key); });
    out.line("");
    out.line("  " + KeyCommands::summary(out));
  }
  if (settings.ready_line || !out.abilities().is_terminal) out.line(ready_line(record));
  {
    const JournalPrinter printer((*emulator)->journal(), out);
    if (!settings.open.empty()) open_page(settings, record, out, err);
    reloads.begin(watch_settings(command, folders, out, settings, **emulator));
    end.wait();
    keys.end();
    reloads.end();
    published.clear();
    (*emulator)->stop(kDrain);
    keyboard.reset();  // after what a key's verb may have waited for
  }
  running.store(nullptr);
  if (!settings.fail_on_incident || (*emulator)->incidents_opened() == 0) return kExitOk;
  tell_incidents(**emulator, err);
  return kExitIncidents;
}

}  // namespace exthost::app
