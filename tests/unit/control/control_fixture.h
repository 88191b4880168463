#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "emulator/base/virtual_scheduler.h"
#include "emulator/control/control_api.h"
#include "emulator/http/message.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

namespace exthost::control {

inline constexpr const char* kToken = "3f9c0d4e5a6b7c8d";
inline constexpr std::uint16_t kPort = 14433;

/// A request's body that lies in memory.
class TextBody final : public http::BodyReader {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  base::Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t count = std::min(buffer.size(), text_.size() - at_);
    std::memcpy(buffer.data(), text_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

/// What a stream was sent, and whether it was ended.
class RecordingSink final : public http::StreamSink {
 public:
  void send(std::string bytes) override { sent += bytes; }
  void close() override { closed = true; }
  std::string take() { return std::exchange(sent, {}); }

  std::string sent;
  bool closed = false;
};

/// A request under construction.
class Ask {
 public:
  Ask(std::string method, const std::string& target) {
    request_.method = std::move(method);
    auto parsed = http::parse_target(target);
    REQUIRE(parsed);
    request_.target = *std::move(parsed);
    request_.host = "localhost";
    request_.port = kPort;
  }

  Ask& header(const std::string& name, const std::string& value) {
    request_.headers.add(name, value);
    return *this;
  }
  Ask& token(const std::string& token = kToken) { return header("Authorization", "Bearer " + token); }
  Ask& body(std::string text, const std::string& type = "application/json") {
    request_.content_length = text.size();
    body_ = std::make_shared<TextBody>(std::move(text));
    request_.body = body_.get();
    if (!type.empty()) header("Content-Type", type);
    return *this;
  }
  const http::Request& request() const { return request_; }

 private:
  http::Request request_;
  std::shared_ptr<TextBody> body_;
};

inline Ask get(const std::string& target) {
  return {"GET", target};
}
inline Ask post(const std::string& target) {
  return {"POST", target};
}

/// The control service over an emulator that consists of the values here.
class ControlFixture {
 public:
  ControlFixture() {
    ExtensionRow demo;
    demo.name = "Microsoft_Azure_Demo";
    demo.hosting_service_name = "demo";
    demo.owner = "demo@example.com";
    demo.container_url = "http://127.0.0.1:14432/devstoreaccount1/demo";
    demo.stages = {{"stage1", "1.0.0.2"}, {"stage2", "1.0.0.1"}, {"stage3", ""}};
    demo.friendly_names = {{"dev", "1.0.0.2"}};
    demo.versions = {{"1.0.0.2", 2048, 7, "ab", {"stage1", "dev"}}, {"1.0.0.1", 1024, 6, "", {"stage2"}}};
    demo.last_sync = clock.now();
    extensions = {demo};
    RegionRow west;
    west.extension = "demo";
    west.region = "westus";
    west.display_name = "West US";
    west.cloud = "public";
    west.stage = "stage1";
    west.served_version = "1.0.0.1";
    west.pending_version = "1.0.0.2";
    west.lag = std::chrono::milliseconds(90'500);
    west.health = "healthy";
    RegionRow other = west;
    other.extension = "another";
    regions = {west, other};
  }

  ControlService& service() {
    if (!service_) service_ = std::make_unique<ControlService>(parts());
    return *service_;
  }
  http::Response answer(const Ask& ask) { return service().handle(ask.request()); }
  http::Response answer(const Ask& ask, int status) {
    http::Response response = answer(ask);
    INFO(text_of(response));
    REQUIRE(response.status == status);
    return response;
  }
  nlohmann::json json(const Ask& ask, int status = 200) {
    const http::Response response = answer(ask, status);
    return nlohmann::json::parse(text_of(response));
  }
  /// The problem's code; checks its shape.
  std::string problem(const Ask& ask, int status) {
    const http::Response response = answer(ask, status);
    CHECK(response.headers.value("Content-Type") == "application/problem+json");
    const nlohmann::json body = nlohmann::json::parse(text_of(response));
    CHECK(body["status"] == status);
    CHECK_FALSE(body["title"].get<std::string>().empty());
    CHECK_FALSE(body["detail"].get<std::string>().empty());
    detail = body["detail"];
    return body["code"];
  }
  static std::string text_of(const http::Response& response) {
    if (std::holds_alternative<http::StreamBody>(response.body)) return "(a stream)";
    const auto text = http::body_text(response.body);
    REQUIRE(text);
    return *text;
  }

  base::VirtualScheduler clock{base::WallTime(std::chrono::seconds(1'700'000'000))};
  base::VirtualScheduler heartbeats{base::WallTime(std::chrono::seconds(0))};
  base::Journal journal{clock};
  std::vector<std::string> waiting_for;
  std::vector<ExtensionRow> extensions;
  std::vector<RegionRow> regions;
  std::vector<model::Incident> incidents;
  std::vector<ExplainQuestion> explained;
  std::vector<PlanQuestion> planned;
  PlanAnswer plan_result;
  std::vector<std::string> synced;
  std::map<std::string, bool> regions_down;
  base::Result<std::vector<SyncOutcome>> sync_result = std::vector<SyncOutcome>{};
  StorageStatus storage{"none",
                        "power",
                        {{"devstoreaccount1", "http://127.0.0.1:14432/devstoreaccount1",
                          "http://127.0.0.1:14432/devstoreaccount1-secondary", std::nullopt, true}}};
  std::vector<std::string> outages;  ///< Put in force, in order.
  std::vector<std::string> moves;    ///< Failovers and failbacks, with their accounts.
  std::vector<model::IncidentRemark> remarks;
  CdnStatus cdn;
  std::vector<CdnPurgeOrder> purged;
  PublishingParts publishing;          ///< None of it unless a test sets it.
  std::vector<std::string> restarted;  ///< Builds, by extension.
  int shutdowns = 0;
  std::string detail;  ///< Of the last problem.

 private:
  ControlParts parts() {
    ControlParts parts{journal, clock, heartbeats, kToken, {}, {}, {}, {}, {}, {}, {}, {}};
    parts.info = [this] {
      InstanceInfo info;
      info.version = "0.1.0";
      info.instance = "default";
      info.pid = 41234;
      info.started_at = clock.now();
      info.urls = {"https://localhost:14430", "https://localhost:14431", "", "http://localhost:14433"};
      info.fidelity = "dev";
      info.cloud = "public";
      info.region = "westus";
      info.limits = {{"requestLineBytes", 8192}};
      return info;
    };
    parts.waiting_for = [this] { return waiting_for; };
    parts.extensions = [this] { return extensions; };
    parts.regions = [this] { return regions; };
    parts.incidents = [this] { return incidents; };
    parts.explain = [this](const ExplainQuestion& question) {
      explained.push_back(question);
      Explanation answer;
      answer.name = "Microsoft_Azure_Demo";
      answer.hosting_service_name = "demo";
      answer.enabled = true;
      answer.environment = model::find_portal_environment("PROD");
      answer.region = question.region.empty() ? "westus" : question.region;
      answer.reasons = {{"STAGE_MATCH", "stage1 lists westus", {"stagedefinition.json", 3, 5}}};
      answer.status = 200;
      answer.hosted.emplace();
      answer.hosted->resolution.version = "1.0.0.2";
      answer.hosted->resolution.stage = "stage1";
      answer.counterfactuals = {{"would be 1.0.0.1 in Central US (centralus)",
                                 {model::Change::Kind::region, "", "centralus"},
                                 "1.0.0.1",
                                 200}};
      std::vector<Explanation> answers{answer};
      if (!question.url.empty() && question.extension.empty()) answers.push_back(answer);
      return answers;
    };
    parts.plan = [this](const PlanQuestion& question) -> base::Result<PlanAnswer> {
      planned.push_back(question);
      return plan_result;
    };
    parts.set_region_down = [this](const std::string& region, bool down) -> base::Result<void> {
      if (region == "westeros") {
        return base::Error{base::ErrorKind::not_found, "there is no such region",
                           std::string(model::codes::kUnknownRegion)};
      }
      regions_down[region] = down;
      journal.append(down ? "region.down" : "region.up", "", "A region.");
      return {};
    };
    parts.sync = [this](const SyncWish& wish) {
      synced.push_back(wish.extension + (wish.region.empty() ? "" : " in " + wish.region));
      journal.append("sync.succeeded", "demo", "Synced.");
      return sync_result;
    };
    parts.storage = [this] { return storage; };
    parts.set_outage = [this](const std::string& outage) -> base::Result<void> {
      if (outage == "all") {
        return base::Error{base::ErrorKind::invalid_input, "there is no such outage",
                           std::string(model::codes::kBadRequestBody)};
      }
      outages.push_back(outage);
      storage.outage = outage;
      journal.append("storage.outage", "", "An outage.");
      return {};
    };
    parts.clock_seed = 7;
    parts.fail_over = [this](const std::string& account) { return move("over " + account); };
    parts.fail_back = [this](const std::string& account) { return move("back " + account); };
    parts.acknowledge_incident = [this](std::uint64_t id, model::IncidentRemark remark) {
      return handle(id, std::move(remark));
    };
    parts.resolve_incident = parts.acknowledge_incident;
    parts.cdn = [this] { return cdn; };
    parts.purge_cdn = [this](const CdnPurgeOrder& order) -> base::Result<std::uint64_t> {
      purged.push_back(order);
      if (!cdn.on) {
        return base::Error{base::ErrorKind::conflict, "the CDN edge is off",
                           std::string(model::codes::kCdnOff)};
      }
      journal.append("cdn.purged", "", "Purged.");
      return std::uint64_t{3};
    };
    parts.set_cdn_outage = [this](bool outage) -> base::Result<void> {
      cdn.outage = outage;
      journal.append("cdn.outage", "", "An outage.");
      return {};
    };
    parts.restart_build = [this](const std::string& extension) -> base::Result<void> {
      if (!restarted.empty()) {
        return base::Error{base::ErrorKind::conflict, extension + " has no build command",
                           std::string(model::codes::kBuildCommandEnded)};
      }
      restarted.push_back(extension);
      return {};
    };
    parts.shut_down = [this] { ++shutdowns; };
    parts.publishing = publishing;
    return parts;
  }

  base::Result<void> move(const std::string& what) {
    if (what == "over moved") {
      return base::Error{base::ErrorKind::conflict, "it failed over before",
                         std::string(model::codes::kFailoverRefused)};
    }
    moves.push_back(what);
    journal.append("storage.failover", "", "A failover.");
    return {};
  }

  base::Result<model::Incident> handle(std::uint64_t id, model::IncidentRemark remark) {
    if (id != 3)
      return base::Error{base::ErrorKind::conflict, "it is resolved",
                         std::string(model::codes::kIncidentResolved)};
    journal.append("incident.acknowledged", "demo", "Acknowledged.");
    remarks.push_back(remark);
    model::Incident incident;
    incident.id = id;
    incident.acknowledged = clock.now();
    incident.acknowledgement = std::move(remark);
    return incident;
  }

  std::unique_ptr<ControlService> service_;
};

}  // namespace exthost::control
