#include <nlohmann/json.hpp>

#include "emulator/check/reports.h"

namespace exthost::check {
namespace {

using Json = nlohmann::ordered_json;
using model::Severity;

template <class Counted>
void add_counts(Json& json, const Counted& counted) {
  json["errors"] = counted.count(Severity::error);
  json["warnings"] = counted.count(Severity::warning);
  json["notes"] = counted.count(Severity::note);
}

Json json_of(const Finding& finding) {
  const model::Problem& problem = finding.problem;
  Json json;
  json["severity"] = std::string(model::to_string(problem.severity));
  json["code"] = problem.code;
  json["message"] = problem.message;
  json["file"] = problem.where.file;
  if (!finding.entry.empty()) json["entry"] = finding.entry;
  if (problem.where.known()) {
    json["line"] = problem.where.line;
    json["column"] = problem.where.column;
  }
  if (!problem.hint.empty()) json["hint"] = problem.hint;
  if (!problem.frame.empty()) json["frame"] = problem.frame;
  return json;
}

}  // namespace

std::string json_report(const CheckReport& report) {
  Json json;
  json["format"] = 1;
  json["ok"] = report.good();
  add_counts(json, report);
  json["subjects"] = Json::array();
  for (const SubjectResult& subject : report.subjects) {
    Json entry;
    entry["subject"] = subject.subject;
    entry["kind"] = subject.kind;
    if (!subject.extent.empty()) entry["extent"] = subject.extent;
    add_counts(entry, subject);
    entry["problems"] = Json::array();
    for (const Finding& finding : subject.findings) entry["problems"].push_back(json_of(finding));
    json["subjects"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exthost::check
