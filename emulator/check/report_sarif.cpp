#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "emulator/base/text.h"
#include "emulator/check/container.h"
#include "emulator/check/reports.h"
#include "emulator/model/codes.h"

namespace exthost::check {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A file as an artifact's URI: relative if it lies in the working folder, since that is what code hosts
/// match with their tree.
std::string uri_of(const std::string& file, const fs::path& working_folder) {
  if (is_url(file)) return base::percent_encode(file, ":/%");
  const fs::path whole = (working_folder / file).lexically_normal();
  const fs::path relative = whole.lexically_relative(working_folder);
  if (relative.empty() || *relative.begin() == "..") {
    return "file://" + base::percent_encode(whole.generic_string(), "/");
  }
  return base::percent_encode(relative.generic_string(), "/");
}

Json text_object(std::string_view text) {
  return Json{{"text", std::string(text)}};
}

Json rule_of(const std::string& code) {
  Json rule;
  rule["id"] = code;
  if (const model::CodeEntry* entry = model::find_code(code)) {
    rule["shortDescription"] = text_object(entry->title);
    rule["fullDescription"] = text_object(entry->meaning);
    rule["help"] = text_object(std::string(entry->meaning) + "\n\nexthost-emu help " + code);
  } else {
    rule["shortDescription"] = text_object("A problem without a code");
  }
  return rule;
}

Json location_of(const Finding& finding, const fs::path& working_folder) {
  const base::SourcePosition& where = finding.problem.where;
  Json physical;
  physical["artifactLocation"] = Json{{"uri", uri_of(where.file, working_folder)}};
  // A region would be one of the zip itself, so an entry's place stands in its logical location.
  if (where.known() && finding.entry.empty()) {
    physical["region"] = Json{{"startLine", where.line}, {"startColumn", where.column}};
  }
  Json location;
  location["physicalLocation"] = std::move(physical);
  if (!finding.entry.empty()) {
    const base::SourcePosition inside{finding.entry, where.line, where.column};
    location["logicalLocations"] =
        Json::array({Json{{"fullyQualifiedName", inside.to_string()}, {"kind", "resource"}}});
  }
  return location;
}

std::string rule_id(const model::Problem& problem) {
  return problem.code.empty() ? "EHE0000" : problem.code;
}

}  // namespace

std::string sarif_report(const CheckReport& report, const fs::path& working_folder) {
  std::set<std::string> codes;
  for (const SubjectResult& subject : report.subjects) {
    for (const Finding& finding : subject.findings) codes.insert(rule_id(finding.problem));
  }
  std::map<std::string, std::size_t> rule_index;
  Json rules = Json::array();
  for (const std::string& code : codes) {
    rule_index.emplace(code, rules.size());
    rules.push_back(rule_of(code));
  }
  Json results = Json::array();
  for (const SubjectResult& subject : report.subjects) {
    for (const Finding& finding : subject.findings) {
      const model::Problem& problem = finding.problem;
      std::string message = problem.message;
      if (!finding.entry.empty()) message = finding.entry + ": " + message;
      if (!problem.hint.empty()) message += "\n" + problem.hint;
      Json result;
      result["ruleId"] = rule_id(problem);
      result["ruleIndex"] = rule_index.at(rule_id(problem));
      result["level"] = std::string(model::to_string(problem.severity));
      result["message"] = text_object(message);
      result["locations"] = Json::array({location_of(finding, working_folder)});
      results.push_back(std::move(result));
    }
  }
  Json driver;
  driver["name"] = "exthost-emu";
  driver["version"] = EXTHOST_VERSION;
  driver["rules"] = std::move(rules);
  Json run;
  run["tool"] = Json{{"driver", std::move(driver)}};
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = std::move(results);
  Json sarif;
  sarif["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  sarif["version"] = "2.1.0";
  sarif["runs"] = Json::array({std::move(run)});
  return sarif.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exthost::check
