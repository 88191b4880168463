#include "emulator/control/clock_routes.h"

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/control/exchange.h"
#include "emulator/control/json_text.h"
#include "emulator/model/clock_mode.h"
#include "emulator/model/codes.h"
#include "emulator/model/expression.h"

namespace exthost::control {
namespace {

using base::Error;
using base::JsonKind;
using base::JsonValue;
using base::Result;
using http::Response;
using Json = nlohmann::ordered_json;
using Travel = base::SteeredScheduler::Travel;
namespace codes = model::codes;

constexpr std::size_t kBodyLimit = 4 * 1024;
constexpr base::Duration kUsualMost = std::chrono::hours(2);
constexpr const char* kModeForms = "\"mode\" must be real, virtual or scaled:N, with N from 0.01 to 86400";

/// As a whole number if it is one.
Json rate_json(double rate) {
  return Json::parse(model::to_rate_text(rate));
}

/// What a body asks for: a rate.
Result<double> read_rate(const JsonValue& body) {
  if (body.members.size() != 1)
    return bad_body("the body must have one of \"mode\", \"frozen\" and \"scale\", and nothing else");
  const auto& [key, offset, value] = body.members.front();
  if (key == "mode") {
    const auto rate =
        value.kind == JsonKind::string ? model::parse_clock_mode(value.text) : std::optional<double>();
    if (!rate) return bad_body(kModeForms);
    return *rate;
  }
  if (key == "frozen") {
    if (value.kind != JsonKind::boolean) return bad_body("\"frozen\" must be true or false");
    return value.boolean ? 0.0 : 1.0;
  }
  if (key == "scale") {
    const auto scale =
        value.kind == JsonKind::number ? model::parse_clock_scale(value.text) : std::optional<double>();
    if (!scale) return bad_body("\"scale\" must be a number from 0.01 to 86400");
    return *scale;
  }
  return bad_body("the clock has no \"" + key + "\"; the body must have \"mode\", \"frozen\" or \"scale\"");
}

Result<base::Duration> read_duration(const JsonValue& body, const char* name) {
  const JsonValue* value = body.find(name);
  const auto duration = value != nullptr && value->kind == JsonKind::string
                            ? base::parse_duration(value->text)
                            : std::optional<base::Duration>();
  if (!duration)
    return bad_body("\"" + std::string(name) + "\" must be a duration such as 250ms, 30s, 5m or 1h30m");
  return *duration;
}

/// Changes of the clock, one at a time, so that the journal tells them in the order in which they happened.
class Steering {
 public:
  explicit Steering(const ControlParts& parts) : parts_(parts) {}

  Response show() const {
    const std::uint64_t seq =
        parts_.journal.last_seq();  // before the time: a later change is an event to follow
    return status(seq);
  }

  Response change(const http::Request& request) {
    const Result<JsonValue> body = read_object(request, kBodyLimit);
    if (!body) return problem(body.error());
    const Result<double> rate = read_rate(*body);
    if (!rate) return problem(rate.error());
    const std::lock_guard lock(mutex_);
    if (*rate == parts_.clock.rate()) return status(parts_.journal.last_seq());
    parts_.clock.set_rate(*rate);
    if (*rate == 0) return status(tell("clock.frozen", "The clock stands still."));
    if (*rate == 1) return status(tell("clock.resumed", "Time passes as on the machine."));
    return status(tell("clock.scaled", "Time passes at " + model::to_rate_text(*rate) + " times its speed."));
  }

  Response advance(const http::Request& request) {
    const Result<JsonValue> body = read_object(request, "by", kBodyLimit);
    if (!body) return problem(body.error());
    const Result<base::Duration> by = read_duration(*body, "by");
    if (!by) return problem(by.error());
    const std::lock_guard lock(mutex_);
    const Travel travel = parts_.clock.advance(*by);
    const std::string& text = body->find("by")->text;
    const std::uint64_t seq = tell("clock.advanced", "The clock was moved by " + text + ".",
                                   {{"by", text}, {"from", base::to_iso8601(travel.from)}});
    return travel.ended ? stopping() : status(seq);
  }

  Response run_until(const http::Request& request) {
    const Result<JsonValue> body = read_object(request, "expr", kBodyLimit);
    if (!body) return problem(body.error());
    base::Duration most = kUsualMost;
    if (body->find("max") != nullptr) {
      const Result<base::Duration> given = read_duration(*body, "max");
      if (!given) return problem(given.error());
      most = *given;
    }
    const std::string& text = body->find("expr")->text;
    Result<model::Expression> expression = read_expression(text);
    if (!expression) return problem(expression.error());
    const std::lock_guard lock(mutex_);
    return run_until(text, *expression, most);
  }

 private:
  /// With the hosting service name, whichever name was given.
  Result<model::Expression> read_expression(const std::string& text) const {
    model::Checked<model::Expression> checked = model::parse_expression(text);
    if (!checked.value) return model::to_error(checked.problems);
    if (!checked.value->extension.empty()) {
      Result<ExtensionRow> row = find_extension(parts_.extensions(), checked.value->extension);
      if (!row) return std::move(row).error();
      checked.value->extension = row->hosting_service_name;
    }
    return *std::move(checked.value);
  }

  Response run_until(const std::string& text, const model::Expression& expression, base::Duration most) {
    model::ExpressionVerdict verdict;
    const auto holds = [&] {
      verdict = model::evaluate(expression, facts());
      return verdict.holds || verdict.refusal.has_value();
    };
    const Travel travel = parts_.clock.advance_until(holds, most);
    if (verdict.refusal && travel.to == travel.from) return problem(*verdict.refusal);
    if (!verdict.holds && !travel.ended) holds();  // at the end of the way
    const base::Duration passed = travel.to - travel.from;
    const std::uint64_t seq =
        tell("clock.advanced",
             "The clock was moved until " + text + (verdict.holds ? "." : ", which did not come true."),
             {{"by", base::to_duration_text(passed)},
              {"from", base::to_iso8601(travel.from)},
              {"until", text},
              {"reached", verdict.holds}});
    if (verdict.holds) return status(seq, {{"by", base::to_duration_text(passed)}, {"reached", true}});
    if (travel.ended) return stopping();
    if (verdict.refusal) return problem(*verdict.refusal);
    return problem(Error{base::ErrorKind::conflict,
                         text + " did not come true within " + base::to_duration_text(most) + ": at " +
                             base::to_iso8601(travel.to) + " " + verdict.found,
                         std::string(codes::kNotReached)});
  }

  model::ExpressionFacts facts() const {
    model::ExpressionFacts facts;
    for (RegionRow& row : parts_.regions()) {
      facts.regions.push_back({std::move(row.extension), std::move(row.region), std::move(row.stage),
                               std::move(row.served_version)});
    }
    for (model::Incident& incident : parts_.incidents()) {
      if (!incident.resolved) facts.open_incidents.push_back(std::move(incident.extension));
    }
    return facts;
  }

  /// Tells the journal, with where the clock is now.
  std::uint64_t tell(const char* type, const std::string& text, Json data = Json::object()) {
    data["now"] = base::to_iso8601(parts_.clock.now());
    data["rate"] = rate_json(parts_.clock.rate());
    return parts_.journal.append(type, "", text, to_text(data));
  }

  Response status(std::uint64_t seq, const Json& more = Json::object()) const {
    const double rate = parts_.clock.rate();
    Json json = {{"mode", rate == 0   ? "virtual"
                          : rate == 1 ? "real"
                                      : "scaled"},
                 {"rate", rate_json(rate)},
                 {"frozen", rate == 0},
                 {"now", base::to_iso8601(parts_.clock.now())},
                 {"seed", parts_.clock_seed}};
    json.update(more);
    json["seq"] = seq;
    return Response::json(200, to_text(json) + "\n");
  }

  static Response stopping() {
    return problem(Error{base::ErrorKind::unavailable, "the emulator is stopping, and its clock with it",
                         std::string(codes::kServerBusy)});
  }

  const ControlParts& parts_;
  std::mutex mutex_;
};

}  // namespace

std::vector<Route> clock_routes(const ControlParts& parts) {
  const auto steering = std::make_shared<Steering>(parts);
  Route show = make_route("GET", "/_emu/v1/clock", "The emulator's time, and how fast it passes.", "");
  show.handle = [steering](const Call&) { return steering->show(); };
  Route change = make_route(
      "POST", "/_emu/v1/clock", "Changes how fast time passes: one of the three.",
      R"({"type":"object","minProperties":1,"maxProperties":1,"additionalProperties":false,"properties":{)"
      R"("mode":{"type":"string","description":"real, virtual (time stands still) or scaled:N."},)"
      R"("frozen":{"type":"boolean","description":"true: time stands still; false: as on the machine."},)"
      R"("scale":{"type":"number","minimum":0.01,"maximum":86400,)"
      R"("description":"So many seconds pass in one of the machine's."}}})");
  change.handle = [steering](const Call& call) { return steering->change(call.request); };
  Route advance =
      make_route("POST", "/_emu/v1/clock:advance",
                 "Moves the clock ahead, and answers when everything due on the way has happened.",
                 R"({"type":"object","required":["by"],"properties":{"by":{"type":"string",)"
                 R"("description":"A duration such as 31m."}}})");
  advance.handle = [steering](const Call& call) { return steering->advance(call.request); };
  Route run_until = make_route(
      "POST", "/_emu/v1/clock:runUntil",
      "Moves the clock ahead to the first moment at which an expression holds.",
      R"({"type":"object","required":["expr"],"properties":{"expr":{"type":"string","description":)"
      R"("Such as westus=1.0.0.5, demo/stage4!=1.0.0.2, *=1.0.0.5 or incidents=0."},)"
      R"("max":{"type":"string","description":"How far to go at most; 2h if it is left out."}}})");
  run_until.handle = [steering](const Call& call) { return steering->run_until(call.request); };
  return {std::move(show), std::move(change), std::move(advance), std::move(run_until)};
}

}  // namespace exthost::control
