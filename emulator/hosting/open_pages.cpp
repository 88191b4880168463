#include "emulator/hosting/open_pages.h"

#include <charconv>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/hosting/page_state.h"
#include "emulator/model/hosting_answer.h"

namespace exthost::hosting {
namespace {

using http::Request;
using http::Response;
using Reaction = PageTally::Reaction;

std::string text_parameter(const Request& request, std::string_view name) {
  return std::string(request.target.parameter(name).value_or(std::string_view()));
}

/// 0 if there is none, or if it is no number.
std::uint64_t number_parameter(const Request& request, std::string_view name) {
  const std::string text = text_parameter(request, name);
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() ? number : 0;
}

/// A failed sync: what the incident says, at the place of its main finding.
model::Problem problem_of(const model::Incident& incident) {
  const model::Problem* finding = model::main_finding(incident);
  model::Problem problem = finding == nullptr ? model::Problem{} : *finding;
  problem.code = incident.code;
  problem.message = incident.message;
  return problem;
}

Response script() {
  Response response;
  response.headers.add("Content-Type", "text/javascript; charset=utf-8");
  response.headers.add("Cache-Control", "no-cache");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = std::string(LiveReload::script());
  return response;
}

}  // namespace

OpenPages::OpenPages(Sources sources, const std::vector<DataCenter>& centers, base::Journal& journal)
    : sources_(std::move(sources)), centers_(centers), journal_(journal) {}

void OpenPages::tell_version(const ExtensionSnapshot& snapshot) const {
  std::string versions;
  for (const model::KnownStamp& stamp : model::stamps_of(snapshot.latest->deployment)) {
    versions +=
        (versions.empty() ? "" : ",") + base::json_quote(stamp.name) + ":" + base::json_quote(stamp.version);
  }
  const std::size_t told = live_reload_.tell_version(
      snapshot.hosting_service_name,
      "\"revision\":" + std::to_string(snapshot.latest->number) + ",\"versions\":{" + versions + "}");
  if (told == 0) return;
  journal_.append("page.reload", snapshot.hosting_service_name,
                  std::to_string(told) + (told == 1 ? " browser was" : " browsers were") +
                      " told to look for a new version",
                  "{\"streams\":" + std::to_string(told) + "}");
}

void OpenPages::tell_problems(const std::string& extension) const {
  live_reload_.tell_problems(extension);
}

void OpenPages::show_problems(const std::string& extension, const std::string& part,
                              std::vector<model::Problem> problems) {
  const bool changed = problems_.with([&](auto& all) {
    if (problems.empty()) return all[extension].erase(part) != 0;
    all[extension].insert_or_assign(part, std::move(problems));
    return true;
  });
  if (changed) live_reload_.tell_problems(extension);
}

std::optional<Response> OpenPages::handle(const Request& request, std::string_view path) const {
  if (path == "live-reload.js") return script();
  if (path == "v1/reload")
    return live_reload_.open_stream(base::to_lower(text_parameter(request, "extension")));
  if (path == "v1/reload/page") return page_state(request);
  if (path != "v1/reload/pages") return std::nullopt;
  live_reload_.tally().browser_has(number_parameter(request, "change"), number_parameter(request, "pages"));
  Response response;
  response.status = 204;
  return response;
}

std::vector<model::Problem> OpenPages::problems_of(const std::string& extension) const {
  std::vector<model::Problem> problems;
  for (const model::Incident& incident : sources_.incidents()) {
    const bool failed = !incident.resolved && incident.severity() != model::IncidentSeverity::note;
    if (failed && incident.extension == extension) problems.push_back(problem_of(incident));
  }
  problems_.with([&](const auto& all) {
    const auto own = all.find(extension);
    if (own == all.end()) return;
    for (const auto& [part, shown] : own->second) problems.insert(problems.end(), shown.begin(), shown.end());
  });
  return problems;
}

/// What an open page, of the version that it says, should show now.
std::optional<Response> OpenPages::page_state(const Request& request) const {
  const auto snapshot = sources_.snapshot(text_parameter(request, "extension"));
  if (snapshot == nullptr) return std::nullopt;
  const auto rules = sources_.rules();
  const std::string shown = text_parameter(request, "version");
  Reaction reaction = Reaction::none;
  PageState state;
  state.problems = problems_of(snapshot->hosting_service_name);
  if (const auto region = answering_region(request, *rules, *snapshot, centers_)) {
    const Selection selection =
        select_version(*snapshot, centers_, *region, text_parameter(request, "stamp"), rules->stamp_case);
    if (selection.version != nullptr) state.version = selection.version->name;
    if (!state.version.empty() && state.version != shown) {
      if (const HeldVersion* from = find_version(snapshot->versions, shown))
        state.stylesheets = changed_stylesheets(*from, *selection.version);
      reaction = state.stylesheets ? Reaction::restyles : Reaction::reloads;
    }
  }
  live_reload_.tally().page_asked(number_parameter(request, "change"), reaction);
  Response response = Response::json(200, page_state_json(state));
  response.headers.add("Cache-Control", "no-store");
  return response;
}

}  // namespace exthost::hosting
