#include "emulator/app/settings_in_force.h"

#include "emulator/base/virtual_scheduler.h"
#include "tests/support/catch.h"
#include "tests/unit/app/settings_text.h"

using namespace exthost;
using app::Settings;
using app::testing::settings_of;
using Lines = std::vector<std::string>;

namespace {

Settings with_source(const std::string& source, const std::string& more = "") {
  return settings_of(R"({"extensions": [{"name": "A_Demo", "source": )" + source + "}]" + more + "}");
}

/// The settings in force of an emulator that writes down what is put into effect.
struct Running {
  explicit Running(const Settings& at_start) : settings(at_start, effects(), journal) {}

  app::SettingsInForce::Effects effects() {
    app::SettingsInForce::Effects effects;
    effects.change_source = [this](const std::string& extension, const auto& source) {
      done.push_back(extension + ": " + (source ? source->folder.string() : "no source"));
    };
    effects.change_log_level = [this](const std::string& level) { done.push_back("log " + level); };
    effects.change_outage = [this](storage::Outage) { done.emplace_back("outage"); };
    return effects;
  }

  /// What was told since the last time, as `type: text`.
  Lines told() {
    Lines lines;
    for (const base::Event& event : journal.since(seen)) lines.push_back(event.type + ": " + event.text);
    seen = journal.last_seq();
    return lines;
  }

  base::VirtualScheduler clock{base::WallTime(std::chrono::seconds(1'800'000'000))};
  base::Journal journal{clock};
  Lines done;
  std::uint64_t seen = 0;
  app::SettingsInForce settings;
};

}  // namespace

TEST_CASE("what can be changed is put into effect once, and told") {
  Running running(with_source(R"({"folder": "./a"})"));
  const Settings next =
      with_source(R"({"folder": "./b"})", R"(, "log": {"level": "debug"}, "storage": {"outage": "primary"})");
  const auto before = running.settings.now();
  running.settings.reload(next);
  CHECK(before->extensions.at(0).source->folder == "/p/a");
  CHECK(running.settings.now()->extensions.at(0).source->folder == "/p/b");
  CHECK(running.settings.now()->storage.outage == storage::Outage::primary);
  CHECK(running.done == Lines{"demo: /p/b", "log debug", "outage"});
  CHECK(running.told() ==
        Lines{"settings.changed: in force from now on: extensions[demo].source, log.level, storage.outage"});
  running.settings.reload(next);
  CHECK(running.done.size() == 3);
  CHECK(running.told().empty());
  running.settings.reload(settings_of(R"({"extensions": [{"name": "A_Demo"}], "log": {"level": "debug"},
                                   "storage": {"outage": "primary"}})"));
  CHECK(running.done.back() == "demo: no source");
}

TEST_CASE("what waits for the next start is told once a change, and not when it is changed back") {
  Running running(settings_of(R"({"fidelity": "dev"})"));
  running.settings.reload(settings_of(R"({"fidelity": "prod"})"));
  CHECK(running.told() == Lines{"settings.waits: fidelity takes effect at the next start"});
  running.settings.reload(settings_of(R"({"fidelity": "prod", "ports": {"base": 2000}})"));
  CHECK(running.told() == Lines{"settings.waits: ports.base takes effect at the next start"});
  running.settings.reload(settings_of(R"({"fidelity": "dev", "ports": {"base": 2000}})"));
  CHECK(running.told().empty());
  CHECK(running.done.empty());
  CHECK(running.settings.now()->base_port == settings_of("{}").base_port);
}
