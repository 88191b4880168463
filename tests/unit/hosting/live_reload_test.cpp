#include <condition_variable>
#include <mutex>
#include <thread>

#include "emulator/base/json_document.h"
#include "emulator/hosting/live_reload.h"
#include "emulator/hosting/single_flight.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

class RecordingSink final : public http::StreamSink {
 public:
  void send(std::string bytes) override { received += bytes; }
  void close() override { closed = true; }
  std::string received;
  bool closed = false;
};

struct OpenStream {
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
  std::shared_ptr<void> registration;
};

OpenStream open(const http::Response& response) {
  REQUIRE(response.headers.value("Content-Type") == "text/event-stream; charset=utf-8");
  OpenStream stream;
  stream.registration = std::get<http::StreamBody>(response.body).open(stream.sink);
  return stream;
}

}  // namespace

TEST_CASE("an open page is told of a new version and asks whether it is the one behind its URL") {
  HostingFixture fixture;
  fixture.sync();
  auto stream = open(fixture.get("/_emu/v1/reload"));
  const std::string greeting = stream.sink->received;
  CHECK_THAT(greeting, ContainsSubstring("event: version\ndata: {\"extension\":\"\"}"));

  fixture.put_version("2.0");
  fixture.source->put("config.json", config_with_all_stages("1.0.0.2", ", \"dev\": \"2.0\""));
  fixture.sync();
  const std::string event = stream.sink->received.substr(greeting.size());
  CHECK_THAT(event, ContainsSubstring("\"extension\":\"demo\"") && ContainsSubstring("\"dev\":\"2.0\""));
  CHECK(fixture.events("page.reload") == 1);

  CHECK(body_of(fixture.get("/_emu/v1/reload/version?extension=demo&region=westus&stamp=dev")) ==
        "{\"version\":\"2.0\"}\n");
  CHECK(body_of(fixture.get("/_emu/v1/reload/version?extension=demo&region=westus&stamp=")) ==
        "{\"version\":\"1.0.0.2\"}\n");
  CHECK(fixture.get("/_emu/v1/reload/version?extension=demo&stamp=none").status == 404);
  CHECK(fixture.get("/_emu/v1/reload/version?extension=none").status == 404);

  stream.registration.reset();
  const std::size_t before = stream.sink->received.size();
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  fixture.sync();
  CHECK(stream.sink->received.size() == before);
}

TEST_CASE("a stream of one extension hears nothing of others, and all end with the service") {
  LiveReload reload;
  auto all = open(reload.open_stream(""));
  auto demo = open(reload.open_stream("demo"));
  const std::size_t before = demo.sink->received.size();
  CHECK(reload.tell("other", "{}") == 1);
  CHECK(demo.sink->received.size() == before);
  CHECK(reload.tell("demo", "{}") == 2);
  reload.close();
  CHECK(all.sink->closed);
  CHECK(demo.sink->closed);
}

TEST_CASE("outside dev there is no live reload") {
  for (const Fidelity fidelity : {Fidelity::prod, Fidelity::ci}) {
    HostingFixture fixture(options_for(fidelity));
    fixture.sync();
    CHECK(fixture.get("/_emu/v1/reload").status == 404);
    CHECK(fixture.get("/_emu/live-reload.js").status == 404);
  }
  HostingFixture dev;
  CHECK(dev.get("/_emu/live-reload.js").headers.value("Content-Type") == "text/javascript; charset=utf-8");
}

TEST_CASE("diagnostics have production's shape") {
  HostingFixture fixture(options_for(Fidelity::prod));
  fixture.sync();
  const std::string all = body_of(fixture.get("/api/diagnostics"));
  const auto parsed = base::parse_json(all, base::JsonDialect::strict);
  REQUIRE(parsed.ok());
  CHECK(parsed.value->members.size() == 3);
  CHECK(parsed.value->find("buildInfo")->find("buildVersion") != nullptr);
  const auto* demo = parsed.value->find("extensions")->find("demo");
  REQUIRE(demo != nullptr);
  CHECK(demo->find("extensionName")->text == "demo");
  CHECK(demo->find("manageSdpEnabled")->kind == base::JsonKind::boolean);
  CHECK(demo->find("config")->find("$version")->text == "3");
  CHECK(demo->find("config")->find("friendlyName")->text == "1.0.0.5");
  CHECK(demo->find("stageDefinition")->find("stage1")->items.at(0).text == "centraluseuap");
  CHECK(demo->find("stageDefinition")->find("stage5")->items.at(0).text == "*");
  const auto* server = parsed.value->find("serverInfo");
  CHECK(server->find("extensionSync")->find("totalSyncAllCount")->text == "1");
  CHECK(server->find("uptime") != nullptr);
  CHECK(fixture.get("/Demo/API/diagnostics").status == 200);
}

TEST_CASE("diagnostics show a failed sync, alone or beside what still serves") {
  HostingFixture fixture;
  fixture.source->set_reachable(false);
  fixture.sync();
  const auto entry = [&] {
    const auto parsed =
        base::parse_json(body_of(fixture.get("/demo/api/diagnostics")), base::JsonDialect::strict);
    REQUIRE(parsed.ok());
    CHECK(parsed.value->find("emulator")->find("regions")->items.size() > 40);
    return *parsed.value->find("extensions")->find("demo");
  };
  auto failed = entry();
  CHECK(failed.find("extensionName") == nullptr);
  CHECK_THAT(failed.find("lastError")->find("errorMessage")->text, ContainsSubstring("connection refused"));

  fixture.source->set_reachable(true);
  fixture.sync();
  CHECK(entry().find("lastError") == nullptr);
  fixture.source->put("config.json", "{");
  fixture.sync();
  auto last_good = entry();
  CHECK(last_good.find("extensionName") != nullptr);
  CHECK(last_good.find("lastError") != nullptr);
  CHECK(last_good.find("config")->find("stage1")->text == "1.0.0.5");
}

TEST_CASE("requests that come while a job runs are served together by one more run") {
  std::mutex mutex;
  std::condition_variable changed;
  int runs = 0;
  bool hold_first = true;
  SingleFlight flight([&] {
    std::unique_lock lock(mutex);
    ++runs;
    changed.notify_all();
    if (runs == 1) changed.wait(lock, [&] { return !hold_first; });
  });
  std::thread first([&] { flight.request(); });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return runs == 1; });
  }
  for (int i = 0; i < 5; ++i) flight.request();
  std::thread waiter([&] { flight.run(); });
  {
    const std::lock_guard lock(mutex);
    hold_first = false;
    changed.notify_all();
  }
  first.join();
  waiter.join();
  CHECK(runs >= 2);
  CHECK(runs <= 3);  // the waiter came before or after the first run's end
  flight.close();
  flight.run();
  flight.request();
  CHECK(runs <= 3);
}
