#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

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

/// What a page of `demo` is told of itself.
base::JsonValue page_of(HostingFixture& fixture, const std::string& query) {
  const auto response = fixture.get("/_emu/v1/reload/page?extension=demo" + query);
  REQUIRE(response.status == 200);
  CHECK(response.headers.value("Cache-Control") == "no-store");
  auto parsed = base::parse_json(body_of(response), base::JsonDialect::strict);
  REQUIRE(parsed.ok());
  return *std::move(parsed.value);
}

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
  CHECK_THAT(event, ContainsSubstring("\"extension\":\"demo\"") && ContainsSubstring("\"dev\":\"2.0\"") &&
                        ContainsSubstring("\"change\":2"));
  CHECK(fixture.events("page.reload") == 1);

  CHECK(page_of(fixture, "&region=westus&stamp=dev&version=1.0.0.1&change=2").find("version")->text == "2.0");
  CHECK(page_of(fixture, "&region=westus&stamp=&version=1.0.0.2&change=2").find("version")->text ==
        "1.0.0.2");
  CHECK(page_of(fixture, "&stamp=none").find("version")->kind == base::JsonKind::null);
  CHECK(fixture.get("/_emu/v1/reload/page?extension=none").status == 404);
  CHECK(fixture.get("/_emu/v1/reload/pages?change=2&pages=2").status == 204);
  const PageCounts counts = fixture.service->wait_for_pages("demo");
  CHECK(counts.reloaded == 1);
  CHECK(counts.restyled == 0);

  stream.registration.reset();
  const std::size_t before = stream.sink->received.size();
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  fixture.sync();
  CHECK(stream.sink->received.size() == before);
}

TEST_CASE("a page of a version that differs in stylesheets alone is told which") {
  HostingFixture fixture;
  Files files = extension_files("2.0");
  files.push_back({"Content/Styles/blade.css", "p { color: red }"});
  fixture.source->put("2.0.zip", zip_of(files));
  files.back().bytes = "p { color: green }";
  fixture.source->put("2.1.zip", zip_of(files));
  fixture.source->put("config.json", config_with_all_stages("2.1", ", \"dev\": \"2.0\""));
  fixture.sync();
  const auto page = page_of(fixture, "&stamp=&version=2.0");
  REQUIRE(page.find("stylesheets")->items.size() == 1);
  CHECK(page.find("stylesheets")->items[0].text == "Content/Styles/blade.css");
  CHECK(page_of(fixture, "&stamp=&version=2.1").find("stylesheets")->kind == base::JsonKind::null);
  CHECK(page_of(fixture, "&stamp=&version=0.9").find("stylesheets")->kind == base::JsonKind::null);
}

TEST_CASE("what is wrong with an extension is shown in its pages while it lasts") {
  HostingFixture fixture;
  fixture.sync();
  auto stream = open(fixture.get("/_emu/v1/reload"));
  const auto told = [&] {
    return std::exchange(stream.sink->received, "").find("event: problems\ndata: {\"extension\":\"demo\"}") !=
           std::string::npos;
  };
  const auto codes = [&] {
    std::vector<std::string> all;
    const auto page = page_of(fixture, "&stamp=&version=1.0.0.2");
    for (const auto& problem : page.find("problems")->items) all.push_back(problem.find("code")->text);
    return all;
  };
  using Codes = std::vector<std::string>;
  CHECK(codes() == Codes{});
  CHECK_FALSE(told());

  SECTION("a failed sync, at its place in the file") {
    fixture.source->put("config.json", "{\n  \"$version\": \"3\",\n}");
    fixture.sync();
    CHECK(told());
    CHECK(codes() == Codes{"EHE1003"});
    const auto page = page_of(fixture, "&stamp=&version=1.0.0.2");
    const auto& problem = page.find("problems")->items.at(0);
    CHECK_THAT(problem.find("where")->text, ContainsSubstring("config.json:2:"));
    CHECK_THAT(problem.find("frame")->text, ContainsSubstring("^"));
    CHECK_THAT(problem.find("hint")->text, ContainsSubstring("remove the comma"));
    CHECK(page.find("version")->text == "1.0.0.2");
    fixture.source->put("config.json", sample_config());
    fixture.sync();
    CHECK(told());
    CHECK(codes() == Codes{});
  }
  SECTION("an incident that somebody resolved by hand") {
    fixture.source->put("config.json", "{");
    fixture.sync();
    REQUIRE(fixture.service->resolve_incident(fixture.open_incidents().at(0).id, {}));
    CHECK(told());
    CHECK(codes() == Codes{});
  }
  SECTION("what others say is wrong, all of a part at a time") {
    const auto show = [&](const std::string& extension, const std::string& part, const Codes& problems) {
      std::vector<model::Problem> all;
      for (const std::string& code : problems) all.emplace_back().code = code;
      fixture.service->show_problems(extension, part, all);
    };
    show("Demo", "source", {"EHE6001"});
    CHECK(told());
    show("demo", "source", {"EHE6004", "EHE6003"});
    show("demo", "build", {"EHE6005"});
    CHECK(codes() == Codes{"EHE6005", "EHE6004", "EHE6003"});
    show("none", "source", {"EHE6001"});
    show("demo", "source", {});
    CHECK(told());
    CHECK(codes() == Codes{"EHE6005"});
    show("demo", "source", {});
    CHECK_FALSE(told());
  }
}

TEST_CASE("a note that production would not make is no problem of a page") {
  HostingFixture fixture;
  fixture.sync();
  fixture.source->put("1.0.0.2.zip", zip_of(extension_files("other")));
  fixture.sync();
  REQUIRE(fixture.open_incidents().size() == 1);
  CHECK(page_of(fixture, "&stamp=&version=1.0.0.2").find("problems")->items.empty());
}

TEST_CASE("a stream of one extension hears nothing of others, and all end with the service") {
  LiveReload reload;
  auto all = open(reload.open_stream(""));
  auto demo = open(reload.open_stream("demo"));
  const std::size_t before = demo.sink->received.size();
  CHECK(reload.tell_version("other", "\"revision\":1") == 1);
  reload.tell_problems("other");
  CHECK(demo.sink->received.size() == before);
  CHECK(reload.tell_version("demo", "\"revision\":1") == 2);
  reload.close();
  CHECK(all.sink->closed);
  CHECK(demo.sink->closed);
}

TEST_CASE("outside dev there is no live reload") {
  for (const Fidelity fidelity : {Fidelity::prod, Fidelity::ci}) {
    HostingFixture fixture(options_for(fidelity));
    fixture.sync();
    for (const std::string path :
         {"v1/reload", "v1/reload/page?extension=demo", "v1/reload/pages?change=1&pages=1", "live-reload.js"})
      CHECK(fixture.get("/_emu/" + path).status == 404);
    fixture.service->show_problems("demo", "source", {model::Problem{}});
    CHECK(fixture.service->wait_for_pages("demo").reloaded == 0);
  }
  HostingFixture dev;
  const http::Response script = dev.get("/_emu/live-reload.js");
  CHECK(script.headers.value("Content-Type") == "text/javascript; charset=utf-8");
  for (const std::string part : {"takeStylesheets(change)", "class Overlay", "new EventSource"})
    CHECK_THAT(body_of(script), ContainsSubstring(part));
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
