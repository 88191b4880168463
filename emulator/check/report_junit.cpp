#include <algorithm>
#include <set>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/reports.h"

namespace exthost::check {
namespace {

/// Text for XML 1.0: special characters as entities, what XML may not hold as U+FFFD. In attributes line
/// feeds and tabs become references, or readers would turn them into spaces.
std::string escape_xml(std::string_view text, bool in_attribute) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    const std::size_t valid = base::valid_utf8_prefix(text);
    for (std::size_t at = 0; at < valid; ++at) {
      const char c = text[at];
      const auto byte = static_cast<unsigned char>(c);
      if (c == '&') {
        out += "&amp;";
      } else if (c == '<') {
        out += "&lt;";
      } else if (c == '>') {
        out += "&gt;";
      } else if (c == '"') {
        out += "&quot;";
      } else if (c == '\n' || c == '\t') {
        out += !in_attribute ? std::string(1, c) : c == '\n' ? "&#10;" : "&#9;";
      } else if (byte < 0x20 || byte == 0x7F) {
        out += kReplacement;
      } else if (text.substr(at, 3) == "\xEF\xBF\xBE" || text.substr(at, 3) == "\xEF\xBF\xBF") {
        out += kReplacement;
        at += 2;
      } else {
        out += c;
      }
    }
    text.remove_prefix(valid);
    if (text.empty()) break;
    out += kReplacement;
    text.remove_prefix(1);
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escape_xml(value, true) + "\"";
}

std::string attribute(std::string_view name, std::size_t value) {
  return attribute(name, std::to_string(value));
}

/// A finding as text: sentence, code, place, frame, hint.
std::string text_of(const Finding& finding) {
  const model::Problem& problem = finding.problem;
  std::string text = std::string(model::to_string(problem.severity)) + ": " + problem.message;
  if (!problem.code.empty()) text += "  " + problem.code;
  text += "\n  " + finding.place() + "\n";
  if (!problem.frame.empty()) text += problem.frame + "\n";
  if (!problem.hint.empty()) text += "  " + problem.hint + "\n";
  return text;
}

/// The findings of one file under one code.
struct Case {
  std::string name;
  std::string code;
  std::string failures;  // texts of those that count
  std::string output;    // of the others
  std::string first_failure;
};

std::vector<Case> cases_of(const SubjectResult& subject, const CheckReport& report) {
  std::vector<Case> cases;
  std::set<std::string> files;
  for (const Finding& finding : subject.findings) {
    files.insert(finding.path());
    const std::string name = finding.path() + ": " + finding.problem.code;
    auto found = std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.name == name; });
    if (found == cases.end()) found = cases.insert(cases.end(), Case{name, finding.problem.code, {}, {}, {}});
    if (report.counts(finding.problem.severity)) {
      if (found->failures.empty()) found->first_failure = finding.problem.message;
      found->failures += text_of(finding);
    } else {
      found->output += text_of(finding);
    }
  }
  for (const std::string& file : subject.looked_at) {
    if (files.insert(file).second) cases.push_back(Case{file, {}, {}, {}, {}});
  }
  return cases;
}

}  // namespace

std::string junit_report(const CheckReport& report) {
  std::string suites;
  std::size_t all_tests = 0;
  std::size_t all_failures = 0;
  for (const SubjectResult& subject : report.subjects) {
    const std::vector<Case> cases = cases_of(subject, report);
    std::string body;
    std::size_t failures = 0;
    for (const Case& one : cases) {
      body += "    <testcase" + attribute("classname", subject.subject) + attribute("name", one.name);
      if (one.failures.empty() && one.output.empty()) {
        body += "/>\n";
        continue;
      }
      body += ">\n";
      if (!one.failures.empty()) {
        ++failures;
        body += "      <failure" + attribute("message", one.first_failure) + attribute("type", one.code) +
                ">" + escape_xml(one.failures, false) + "</failure>\n";
      }
      if (!one.output.empty())
        body += "      <system-out>" + escape_xml(one.output, false) + "</system-out>\n";
      body += "    </testcase>\n";
    }
    suites += "  <testsuite" + attribute("name", subject.subject + " (" + subject.kind + ")") +
              attribute("tests", cases.size()) + attribute("failures", failures) +
              attribute("errors", std::size_t{0}) + attribute("skipped", std::size_t{0}) + ">\n" + body +
              "  </testsuite>\n";
    all_tests += cases.size();
    all_failures += failures;
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "exthost-emu check") +
         attribute("tests", all_tests) + attribute("failures", all_failures) +
         attribute("errors", std::size_t{0}) + ">\n" + suites + "</testsuites>\n";
}

}  // namespace exthost::check
