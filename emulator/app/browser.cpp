#include "emulator/app/browser.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

extern char** environ;

namespace exthost::app {
namespace {

constexpr const char* kCiVariables[] = {"CI",
                                        "GITHUB_ACTIONS",
                                        "AZURE_PIPELINES",
                                        "TF_BUILD",
                                        "JENKINS_URL",
                                        "GITLAB_CI",
                                        "CIRCLECI",
                                        "TRAVIS",
                                        "BUILDKITE",
                                        "APPVEYOR",
                                        "TEAMCITY_VERSION",
                                        "CODEBUILD_BUILD_ID",
                                        "BITBUCKET_BUILD_NUMBER"};

/// Ends at once, with 127 if there is no such program, and leaves the program running as nobody's child.
constexpr const char* kStartAndLeave =
    "command -v \"$1\" >/dev/null 2>&1 || exit 127; \"$@\" </dev/null >/dev/null 2>&1 &";

bool is_set(const Environment& environment, const char* name) {
  const char* value = environment(name);
  const std::string text = value == nullptr ? "" : base::to_lower(value);
  return !text.empty() && text != "false" && text != "0";
}

/// Whether the program is there, and so was started: in a session of its own, which our terminal's signals do
/// not reach, and with signals as they are for a new program.
bool start_and_leave(const std::vector<std::string>& command) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none{}, ignored{};
  sigemptyset(&none);
  sigemptyset(&ignored);
  sigaddset(&ignored, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &ignored);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  std::vector<std::string> words = {"sh", "-c", kStartAndLeave, "sh"};
  words.insert(words.end(), command.begin(), command.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  const int fault = ::posix_spawn(&child, "/bin/sh", nullptr, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (fault != 0) return false;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool is_ci(const Environment& environment) {
  return std::any_of(std::begin(kCiVariables), std::end(kCiVariables),
                     [&](const char* name) { return is_set(environment, name); });
}

bool may_open_browser(const Environment& environment) {
  return !is_ci(environment) && !is_set(environment, "EXTHOST_EMU_NO_BROWSER");
}

std::vector<std::vector<std::string>> browser_commands(std::string_view browser, const std::string& url) {
  constexpr std::string_view kPlace = "%s";
  std::vector<std::vector<std::string>> commands;
  for (const std::string& text : base::split(browser, ':')) {
    std::vector<std::string> words;
    bool placed = false;
    for (std::string& word : base::split(text, ' ')) {
      if (word.empty()) continue;
      if (const std::size_t at = word.find(kPlace); at != std::string::npos) {
        word.replace(at, kPlace.size(), url);
        placed = true;
      }
      words.push_back(std::move(word));
    }
    if (words.empty()) continue;
    if (!placed) words.push_back(url);
    commands.push_back(std::move(words));
  }
  if (commands.empty()) commands.push_back({"xdg-open", url});
  return commands;
}

base::Result<void> open_browser(const std::string& url, const Environment& environment) {
  const char* browser = environment("BROWSER");
  std::string tried;
  for (const std::vector<std::string>& command : browser_commands(browser == nullptr ? "" : browser, url)) {
    if (start_and_leave(command)) return {};
    tried += (tried.empty() ? "" : ", ") + command.front();
  }
  return base::Error{base::ErrorKind::not_found, "no browser could be started (" + tried + ") for " + url,
                     std::string(model::codes::kBrowserNotStarted)};
}

}  // namespace exthost::app
