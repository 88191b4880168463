#include "emulator/app/emulator.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "emulator/app/control_client.h"
#include "emulator/base/file.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/http/client.h"
#include "tests/support/catch.h"

using namespace exthost;
using nlohmann::json;

namespace {

constexpr std::chrono::seconds kLimit{20};
const base::WallTime kStart{std::chrono::seconds(1'800'000'000)};

/// A whole emulator on free ports and a clock that stands still, with the sample's container in a folder that
/// a test may edit.
class WholeEmulator {
 public:
  explicit WholeEmulator(model::Fidelity fidelity)
      : folder_(*base::TemporaryFolder::create("exthost-whole-")) {
    std::filesystem::copy(EXTHOST_FIXTURES "/demo/container", container(),
                          std::filesystem::copy_options::recursive);
    settings_.instance = "test";
    settings_.base_port = 0;
    settings_.https = false;
    settings_.fidelity = fidelity;
    settings_.region = "westus";
    settings_.extensions.resize(1);
    settings_.extensions[0].name = "Microsoft_Azure_Demo";
    settings_.extensions[0].hosting_service_name = "demo";
    settings_.extensions[0].owner = "somebody";
    settings_.extensions[0].storage.container = "demo";
    settings_.extensions[0].storage.seed = container();
    auto log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
    const auto state = folder_.path() / "state";
    REQUIRE(base::make_private_folder(state));
    auto started = app::Emulator::start(settings_, {clock, real_, ids_, log, state, folder_.path() / "tls"});
    if (!started) FAIL(started.error().message);
    emulator = *std::move(started);
    record = emulator->record();
  }

  std::filesystem::path container() const { return folder_.path() / "container"; }

  /// Rewrites config.json in the seed and waits until it is in the emulated container.
  void publish(const std::string& from, const std::string& to) {
    std::mutex mutex;
    std::condition_variable changed;
    bool seeded = false;
    const auto subscription = emulator->journal().subscribe([&](const base::Event& event) {
      if (event.type != "seed") return;
      std::lock_guard lock(mutex);
      seeded = true;
      changed.notify_one();
    });
    const auto file = container() / "config.json";
    std::string text = **base::read_file(file, 1 << 20);
    text.replace(text.find(from), from.size(), to);
    REQUIRE(base::write_file(file, text, base::Durability::process, 0644));
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, kLimit, [&] { return seeded; }));
  }

  json get(const std::string& path) const {
    const auto answer = app::ControlClient(record).get(path);
    if (!answer) FAIL(answer.error().message);
    return json::parse(*answer);
  }
  json post(const std::string& path, const std::string& body = {}) const {
    const auto answer = app::ControlClient(record).post(path, body);
    if (!answer) FAIL(answer.error().message);
    return json::parse(*answer);
  }

  json put(const std::string& path, const std::string& body) const {
    const auto answer = app::ControlClient(record).put(path, body);
    if (!answer) FAIL(answer.error().message);
    return json::parse(*answer);
  }

  /// How many regions serve `version`.
  std::size_t regions_with(const std::string& version) const {
    std::size_t count = 0;
    const json answer = get("/_emu/v1/regions");
    for (const json& row : answer["regions"]) count += row["servedVersion"] == version ? 1 : 0;
    return count;
  }

  std::string served(const std::string& path) const {
    http::FetchRequest request;
    request.url = record.hosting + path;
    const auto answer = http::fetch(request);
    REQUIRE(answer);
    return std::string(answer->headers.value("x-ms-version"));
  }

  base::VirtualScheduler clock{kStart};
  std::unique_ptr<app::Emulator> emulator;
  app::InstanceRecord record;

 private:
  base::TemporaryFolder folder_;
  base::SteeredScheduler real_{{}};
  base::SeededIdSource ids_{7};
  app::Settings settings_;
};

}  // namespace

TEST_CASE("a whole emulator is ready once the first sync has settled") {
  const WholeEmulator whole(model::Fidelity::ci);
  CHECK(whole.get("/_emu/ready")["ready"] == true);
  CHECK(whole.served("/demo?region=westus") == "1.0.0.2");
  CHECK(whole.served("/demo/stage1") == "1.0.0.5");
  CHECK(whole.record.extensions.at(0).stages.at(0) ==
        std::pair<std::string, std::string>{"stage1", "1.0.0.5"});
  CHECK(whole.get("/_emu/v1/incidents")["incidents"].empty());
}

TEST_CASE("on a clock that stands still a publish waits, and half an hour later every region has it") {
  WholeEmulator whole(model::Fidelity::prod);
  const std::size_t everywhere = whole.regions_with("1.0.0.1");
  REQUIRE(everywhere > 30);
  whole.publish("\"stage5\": \"1.0.0.1\"", "\"stage5\": \"1.0.0.4\"");
  CHECK(whole.regions_with("1.0.0.1") == everywhere);

  whole.post("/_emu/v1/clock:advance", R"({"by":"10m"})");
  const std::size_t on_the_way = whole.regions_with("1.0.0.1");
  CHECK(on_the_way > 0);
  CHECK(on_the_way < everywhere);

  whole.post("/_emu/v1/clock:advance", R"({"by":"25m"})");
  CHECK(whole.regions_with("1.0.0.1") == 0);
  CHECK(whole.served("/demo?region=southeastasia") == "1.0.0.4");
}

TEST_CASE("a sync that is asked for takes the change at once, and a broken one keeps what was live") {
  WholeEmulator whole(model::Fidelity::ci);
  whole.publish("\"stage4\": \"1.0.0.2\"", "\"stage4\": \"1.0.0.3\"");
  CHECK(whole.served("/demo?region=westus") == "1.0.0.2");
  json outcome = whole.post("/_emu/v1/sync?extension=demo");
  CHECK(outcome["extensions"][0]["succeeded"] == true);
  CHECK(whole.served("/demo?region=westus") == "1.0.0.3");

  whole.publish("1.0.0.3\"", "9.9.9.9\"");
  outcome = whole.post("/_emu/v1/sync?extension=Microsoft_Azure_Demo");
  CHECK(outcome["extensions"][0]["succeeded"] == false);
  CHECK(outcome["extensions"][0]["code"] == "EHE1007");
  CHECK(whole.served("/demo?region=westus") == "1.0.0.3");
  CHECK(whole.served("/demo?region=southcentralus") == "1.0.0.3");
}

TEST_CASE(
    "in an outage of storage the polls open an incident and what was live is served, until a poll gets "
    "through") {
  WholeEmulator whole(model::Fidelity::prod);
  const auto status_of_storage = [&] {
    http::FetchRequest request;
    request.url = whole.record.storage + "/devstoreaccount1/demo/config.json";
    const auto answer = http::fetch(request);
    REQUIRE(answer);
    return answer->status;
  };
  REQUIRE(status_of_storage() == 200);
  whole.put("/_emu/v1/storage", R"({"outage":"primary"})");
  CHECK(status_of_storage() == 503);
  CHECK(whole.get("/_emu/v1/incidents")["incidents"].empty());

  whole.post("/_emu/v1/clock:advance", R"({"by":"2m"})");
  json incidents = whole.get("/_emu/v1/incidents?state=open")["incidents"];
  REQUIRE(incidents.size() == 1);
  CHECK(incidents[0]["cause"] == "storage_unavailable");
  CHECK(incidents[0]["code"] == "EHE2101");
  CHECK(whole.served("/demo?region=westus") == "1.0.0.2");

  CHECK(whole.put("/_emu/v1/storage", R"({"outage":"none"})")["outage"] == "none");
  CHECK(status_of_storage() == 200);
  whole.post("/_emu/v1/clock:advance", R"({"by":"2m"})");
  CHECK(whole.get("/_emu/v1/incidents?state=open")["incidents"].empty());
}

TEST_CASE("an end that the control API is asked for is passed on once") {
  WholeEmulator whole(model::Fidelity::ci);
  int asked = 0;
  whole.emulator->on_stop_request([&] { ++asked; });
  whole.post("/_emu/v1/shutdown");
  whole.post("/_emu/v1/shutdown");
  whole.emulator->stop(std::chrono::seconds(5));
  CHECK(asked == 1);
}
