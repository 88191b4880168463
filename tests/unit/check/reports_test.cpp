#include "emulator/check/reports.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "emulator/base/text.h"
#include "tests/support/catch.h"

using namespace exthost;
using check::CheckReport;
using check::SubjectResult;
using model::Severity;
using nlohmann::json;

namespace {

/// Field by field: GCC 12, when it optimises, takes a member of the nested aggregate for uninitialised.
check::Finding finding(Severity severity, std::string code, std::string message, std::string hint,
                       base::SourcePosition where, std::string frame = {}, std::string entry = {}) {
  check::Finding made;
  made.problem.severity = severity;
  made.problem.code = std::move(code);
  made.problem.message = std::move(message);
  made.problem.hint = std::move(hint);
  made.problem.where = std::move(where);
  made.problem.frame = std::move(frame);
  made.entry = std::move(entry);
  return made;
}

/// A report with one of everything.
CheckReport sample() {
  SubjectResult bad{"apps/shop & co",
                    "container folder",
                    "1 version",
                    {"apps/shop & co/config.json", "apps/shop & co/1.0.zip", "apps/shop & co/2.0.zip"},
                    {}};
  bad.findings.push_back(
      finding(Severity::error, "EHE1003", "trailing comma before }", "remove the comma",
              {"apps/shop & co/config.json", 7, 24},
              "     7 \xE2\x94\x82 \"stage5\": \"<2.0>\",\n       \xE2\x94\x82   ^ trailing comma before }"));
  bad.findings.push_back(
      finding(Severity::error, "EHE1003", "a second one", "", {"apps/shop & co/config.json", 8, 1}));
  bad.findings.push_back(finding(Severity::warning, "EHE1204", "'a' replaces \"b\"", "repeat what is needed",
                                 {"apps/shop & co/1.0.zip", 1, 2}, "",
                                 "Content/Config/portal.azure.com.json"));
  bad.findings.push_back(
      finding(Severity::note, "EHE1602", "config.json does not name 0.9.zip", "", {"apps/shop & co", 0, 0}));
  SubjectResult good{
      "https://example.com/c", "container", "2 versions", {"https://example.com/c/config.json"}, {}};
  return {{bad, good}, false};
}

CheckReport only(Severity severity) {
  SubjectResult subject{"a", "version zip", "", {"a"}, {}};
  subject.findings.push_back(finding(severity, "EHE1204", "so", "", {"a", 0, 0}));
  return {{subject}, false};
}

std::string golden(const std::string& name) {
  std::ifstream file(std::string(EXTHOST_FIXTURES) + "/reports/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Bytes that no format may pass on as they are.
CheckReport hostile() {
  SubjectResult subject{"a\xFF<b>\x01", "k", "", {"a\xFF<b>\x01"}, {}};
  subject.findings.push_back(finding(Severity::error, "EHE1003", "]]> & \x02 \xC3( \xEF\xBF\xBF \x1B[31m",
                                     "h\n\t", {"a\xFF<b>\x01", 1, 1}, "f\xFE", "e\xFF"));
  return {{subject}, false};
}

}  // namespace

TEST_CASE("each report looks as its golden file") {
  CHECK(check::text_report(sample(), {}, std::chrono::milliseconds(34)) == golden("sample.txt"));
  CHECK(check::json_report(sample()) == golden("sample.json"));
  // The texts of the rules are the codes' own, and change with them.
  auto sarif = nlohmann::ordered_json::parse(check::sarif_report(sample(), "/project"));
  auto& driver = sarif["runs"][0]["tool"]["driver"];
  driver.erase("version");
  for (auto& rule : driver["rules"]) rule = {{"id", rule["id"]}};
  CHECK(sarif.dump(2) + "\n" == golden("sample.sarif"));
  CHECK(check::junit_report(sample()) == golden("sample.xml"));
}

TEST_CASE("the text ends with the outcome") {
  const auto last_line = [](CheckReport report, bool strict) {
    report.strict = strict;
    const std::string text = check::text_report(report, {});
    return text.substr(text.rfind('\n', text.size() - 2) + 1);
  };
  CHECK(last_line(only(Severity::error), false) == "✖ 1 error in a\n");
  CHECK(last_line(only(Severity::warning), false) == "⚠ 1 warning in a\n");
  CHECK(last_line(only(Severity::warning), true) == "✖ 1 warning in a\n");
  CHECK(last_line(only(Severity::note), true) == "✔ a: no problems, 1 note\n");
  CHECK(last_line({{sample().subjects[1]}, false}, false) ==
        "✔ https://example.com/c: 2 versions, no problems\n");
}

TEST_CASE("text without unicode has marks of ASCII, and colours where there are any") {
  check::TextLook look;
  look.unicode = false;
  look.paint = [](check::TextLook::Ink ink, std::string_view text) {
    return ink == check::TextLook::Ink::bad ? "[" + std::string(text) + "]" : std::string(text);
  };
  CHECK(check::text_report(only(Severity::error), look, std::chrono::milliseconds(5)) ==
        "a: version zip\n[x so]  EHE1204\n  a\n[x 1 error in a] - 5 ms\n");
}

TEST_CASE("warnings count only if they are told to") {
  CheckReport report = only(Severity::warning);
  CHECK(report.good());
  CHECK(check::junit_report(report).find("failures=\"1\"") == std::string::npos);
  report.strict = true;
  CHECK_FALSE(report.good());
  CHECK(check::junit_report(report).find("failures=\"1\"") != std::string::npos);
  CHECK(json::parse(check::json_report(report))["ok"] == false);
  CheckReport note = only(Severity::note);
  note.strict = true;
  CHECK(note.good());
}

TEST_CASE("SARIF names rules with their help, places in files, and entries of zips") {
  const json sarif = json::parse(check::sarif_report(sample(), "/project"));
  CHECK(sarif["version"] == "2.1.0");
  const json& run = sarif["runs"][0];
  const json& rules = run["tool"]["driver"]["rules"];
  REQUIRE(rules.size() == 3);
  for (const json& rule : rules) CHECK_FALSE(rule["help"]["text"].get<std::string>().empty());
  for (const json& result : run["results"]) {
    CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
  }
  CHECK(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
        "apps/shop%20%26%20co/config.json");
}

TEST_CASE("SARIF's URIs are relative within the working folder, and absolute beyond it") {
  struct Row {
    const char* file;
    const char* uri;
  };
  for (const Row& row :
       std::vector<Row>{{"a/b.json", "a/b.json"},
                        {"./a/../b.json", "b.json"},
                        {"/project/a b", "a%20b"},
                        {"/elsewhere/a#b", "file:///elsewhere/a%23b"},
                        {"../x", "file:///x"},
                        {".", "."},
                        {"https://example.com/c/1.0.zip", "https://example.com/c/1.0.zip"}}) {
    CheckReport report = only(Severity::error);
    report.subjects[0].findings[0].problem.where.file = row.file;
    const json sarif = json::parse(check::sarif_report(report, "/project"));
    CHECK(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
          row.uri);
  }
}

TEST_CASE("no byte of a name or a file breaks a report") {
  CHECK(json::accept(check::json_report(hostile())));
  CHECK(json::accept(check::sarif_report(hostile(), "/")));
  const std::string xml = check::junit_report(hostile());
  CHECK(base::is_valid_utf8(xml));
  for (const char* bad : {"\x01", "\x02", "\x1B", "\xEF\xBF\xBF", "]]>", "<b>"})
    CHECK(xml.find(bad) == std::string::npos);
}

TEST_CASE("text has nothing that a terminal would obey, whatever files are called") {
  const std::string text = check::text_report(hostile(), {});
  for (const char* bad : {"\x01", "\x02", "\x1B"}) CHECK(text.find(bad) == std::string::npos);
}

TEST_CASE("a report of nothing is still a report") {
  CHECK(check::text_report({}, {}).empty());
  CHECK(json::parse(check::json_report({}))["subjects"].empty());
  CHECK(json::parse(check::sarif_report({}, "/"))["runs"][0]["results"].empty());
  CHECK(check::junit_report({}).find("tests=\"0\"") != std::string::npos);
}
