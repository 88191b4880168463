#pragma once

#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/base/journal.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/package/zip_writer.h"
#include "tests/support/catch.h"
#include "tests/support/fake_container_source.h"

namespace exthost::hosting {

using Files = std::vector<package::NamedBytes>;

inline std::string zip_of(const Files& files) {
  return **package::write_zip(files);
}

/// What every version of the tests has, with `marker` in its script, so that one can tell whose bytes were
/// served.
inline Files extension_files(const std::string& marker) {
  return {
      {"index.html",
       "<!doctype html>\n<html><head><meta charset=\"utf-8\"><script "
       "src=\"Content/Scripts/app.js\"></script></head>"
       "<body>" +
           marker + "</body></html>\n"},
      {"Content/Config/default.json",
       R"({"title": "Demo", "endpoint": "https://default.example", "debug": false})"},
      {"Content/Config/portal.azure.com.json", R"({"endpoint": "https://prod.example"})"},
      {"Content/Scripts/app.js", "// " + marker + "\n" + std::string(2000, 'x') + "\n"},
      {"Content/Dynamic/" + marker + "hash.js", "define('" + marker + "')"},
      {"Content/Images/logo.png", std::string("\x89PNG") + marker},
  };
}

/// As the sample of the hosting service's document: a version for each stage, the oldest in the last one, and
/// a friendly name.
inline std::string sample_config() {
  return R"({
  "$version": "3",
  "stage1": "1.0.0.5",
  "stage2": "1.0.0.4",
  "stage3": "1.0.0.3",
  "stage4": "1.0.0.2",
  "stage5": "1.0.0.1",
  "friendlyName": "1.0.0.5"
})";
}

inline std::string config_with_all_stages(const std::string& version, const std::string& more = {}) {
  return "{\"$version\": \"3\", \"stage1\": \"" + version + "\", \"stage2\": \"" + version +
         "\", \"stage3\": \"" + version + "\", \"stage4\": \"" + version + "\", \"stage5\": \"" + version +
         "\"" + more + "}";
}

inline std::shared_ptr<spdlog::logger> silent_log() {
  return std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
}

/// A hosting service with one extension, `demo`, on a virtual clock, in a folder of its own.
class HostingFixture {
 public:
  /// `told`: whoever changes `source` calls the service's `nudge`, as the settings of the extension say.
  explicit HostingFixture(HostingOptions given = {}, bool told = false)
      : options(std::move(given)), changes_are_told(told) {
    options.state_folder = folder_.path();
    source->put("config.json", sample_config());
    for (int build = 1; build <= 5; ++build) put_version("1.0.0." + std::to_string(build));
    restart();
  }

  /// A new service on the same folder and container, as after a restart of the emulator. Not yet restored.
  void restart() {
    service.reset();
    service = std::make_unique<HostingService>(
        options,
        std::vector<HostedExtension>{
            {"Contoso_Demo", "demo", "owner@contoso.example", source, changes_are_told}},
        scheduler, journal, silent_log());
  }

  void put_version(const std::string& version) {
    source->put(version + ".zip", zip_of(extension_files(version)));
  }

  SyncReport sync() {
    auto report = service->sync_now("demo");
    REQUIRE(report);
    return std::move(*report);
  }

  http::Response get(const std::string& url, const http::Headers& headers = {},
                     const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    auto target = http::parse_target(url);
    REQUIRE(target);
    request.target = std::move(*target);
    request.headers = headers;
    request.secure = true;
    request.host = "localhost";
    request.port = 14431;
    return service->handle(request);
  }

  /// The version that a page URL is answered by; empty if it is not answered with a page.
  std::string version_at(const std::string& url) {
    const http::Response response = get(url);
    return response.status == 200 ? std::string(response.headers.value("x-ms-version")) : std::string();
  }

  std::string served_in(const std::string& region) const {
    for (const RegionStatus& status : service->regions()) {
      if (status.region == region) return status.served_version;
    }
    return {};
  }

  std::vector<model::Incident> open_incidents() const {
    auto incidents = service->incidents();
    std::erase_if(incidents, [](const model::Incident& incident) { return incident.resolved.has_value(); });
    return incidents;
  }

  std::size_t events(const std::string& type) const {
    const auto all = journal.since(0);
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const base::Event& event) { return event.type == type; }));
  }

  HostingOptions options;
  const bool changes_are_told;
  base::VirtualScheduler scheduler{base::WallTime(std::chrono::hours(24 * 365 * 56))};
  base::Journal journal{scheduler};
  std::shared_ptr<test::FakeContainerSource> source = std::make_shared<test::FakeContainerSource>();
  std::unique_ptr<HostingService> service;

 private:
  base::TemporaryFolder folder_ = *base::TemporaryFolder::create("exthost-hosting-test-");
};

/// Waits for what another thread brings about in real time; false if it does not come.
inline bool becomes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

inline http::Headers headers_of(std::initializer_list<std::pair<std::string, std::string>> fields) {
  http::Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return headers;
}

inline std::string body_of(const http::Response& response) {
  return *http::body_text(response.body);
}

inline HostingOptions options_for(Fidelity fidelity) {
  HostingOptions options;
  options.fidelity = fidelity;
  return options;
}

}  // namespace exthost::hosting
