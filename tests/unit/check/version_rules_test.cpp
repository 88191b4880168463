#include "emulator/check/version_rules.h"

#include <chrono>

#include "emulator/check/web_config.h"
#include "tests/unit/check/check_fixture.h"

using namespace exthost;
using test::files_with;
using test::Lines;
using test::lines_of;

namespace {

const std::string kDefault = "Content/Config/default.json";
const std::string kPortal = "Content/Config/portal.azure.com.json";
constexpr auto kPublic = model::Cloud::public_cloud;

/// The findings of a version that is otherwise good.
Lines findings_with(std::map<std::string, std::string> texts, model::Cloud cloud = kPublic) {
  texts.emplace(kDefault, "{}");
  texts.emplace(kPortal, "{}");
  return lines_of(check::check_version(files_with(texts), cloud));
}

}  // namespace

TEST_CASE("a version with default.json and a file for the portal has no problems") {
  CHECK(findings_with({}).empty());
  CHECK(findings_with({{"index.html", "<!doctype html>"}, {"Content/Config/readme.txt", "{"}}).empty());
}

TEST_CASE("a version without default.json is an error, and a folder too many is recognised") {
  const auto bare = check::check_version(files_with({{kPortal, "{}"}}), kPublic);
  CHECK(lines_of(bare) == Lines{"error EHE1203 1.0.0.1.zip/" + kDefault});
  const auto nested =
      check::check_version(files_with({{"Output/" + kDefault, "{}"}, {"Output/" + kPortal, "{}"}}), kPublic);
  REQUIRE(nested.size() == 2);
  CHECK(nested[0].problem.hint.find("'Output'") != std::string::npos);
}

TEST_CASE("every fault of every settings file is reported, where it stands") {
  CHECK(findings_with(
            {{kPortal, "{\"a\": 1,\n \"a\": 2,\n}"}, {"Content/Config/portal.azure.cn.json", "[]"}}) ==
        Lines{"error EHE1202 1.0.0.1.zip/Content/Config/portal.azure.cn.json:1:1",
              "error EHE1202 1.0.0.1.zip/" + kPortal + ":2:2",
              "error EHE1202 1.0.0.1.zip/" + kPortal + ":2:8"});
  CHECK(findings_with({{kDefault, "\xEF\xBB\xBF{}"}}) ==
        Lines{"warning EHE1012 1.0.0.1.zip/" + kDefault + ":1:1"});
  CHECK(findings_with({{kPortal, std::string(1100 * 1024, ' ')}}) ==
        Lines{"error EHE1202 1.0.0.1.zip/" + kPortal});
}

TEST_CASE("files of Content/Config that are for no portal are not judged") {
  CHECK(findings_with({{"Content/Config/notes.json", "{"}, {"Content/Config/sub/portal.azure.cn.json", "{"}})
            .empty());
}

TEST_CASE("an object of default.json that an environment's file cuts short is a warning") {
  CHECK(findings_with({{kDefault, R"({"a": {"b": 1, "c": 2}})"}, {kPortal, R"({"a": {"b": 3}})"}}) ==
        Lines{"warning EHE1204 1.0.0.1.zip/" + kPortal + ":1:2"});
  CHECK(findings_with({{kDefault, R"({"a": {"b": 1}})"}, {kPortal, R"({"a": {"b": 3}})"}}).empty());
}

TEST_CASE("a version that no portal of the cloud can load is an error, one that some can a warning") {
  struct Row {
    const char* file;
    model::Cloud cloud;
    const char* finding;
  };
  const std::string place = " 1.0.0.1.zip/Content/Config/";
  const std::vector<Row> rows = {
      {"portal.azure.cn.json", kPublic, "error EHE1201 1.0.0.1.zip/Content/Config/portal.azure.com.json"},
      {"ms.portal.azure.com.json", kPublic,
       "warning EHE1201 1.0.0.1.zip/Content/Config/portal.azure.com.json"},
      {"df.onecloud.azure-test.net.json", kPublic,
       "warning EHE1201 1.0.0.1.zip/Content/Config/portal.azure.com.json"},
      {"azure.com.json", kPublic, ""},
      {"Portal.Azure.Com.JSON", kPublic, ""},
      {"portal.azure.com.json", model::Cloud::fairfax,
       "error EHE1201 1.0.0.1.zip/Content/Config/portal.azure.us.json"},
      {"portal.azure.us.json", model::Cloud::fairfax, ""},
      {"portal.azure.cn.json", model::Cloud::mooncake, ""},
  };
  for (const Row& row : rows) {
    INFO(row.file);
    const auto found = lines_of(check::check_version(
        files_with({{kDefault, "{}"}, {"Content/Config/" + std::string(row.file), "{}"}}), row.cloud));
    CHECK(found == (row.finding[0] == '\0' ? Lines{} : Lines{row.finding}));
  }
  const auto all = check::check_version(files_with({{kDefault, "{}"}}), kPublic);
  REQUIRE(all.size() == 1);
  for (const char* host : {"portal.azure.com", "ms.portal.azure.com", "rc.portal.azure.com"}) {
    CHECK(all[0].problem.message.find(host) != std::string::npos);
  }
}

TEST_CASE("a web.config that turns development mode on is a warning, unless the Release build turns it off") {
  const std::string on =
      "<appSettings>\n  <add key=\"Microsoft.Portal.Extensions.X.ApplicationConfiguration."
      "IsDevelopmentMode\" value=\"true\"/>";
  const std::string off = "<add key='X.IsDevelopmentMode' value='false' xdt:Transform='SetAttributes'/>";
  CHECK(findings_with({{"Web.config", on}}) == Lines{"warning EHE2007 1.0.0.1.zip/Web.config:2:94"});
  CHECK(findings_with({{"web.config", on}, {"Web.Release.config", off}}).empty());
  CHECK(findings_with({{"web.config", off}}).empty());
  CHECK(findings_with({{"web.config", "<!-- " + on + " -->"}}).empty());
  CHECK(findings_with({{"bin/web.config", on}}).empty());
}

TEST_CASE("the development mode is read from whatever XML there is") {
  struct Row {
    const char* text;
    int mode;  // 1 on, 0 off, -1 not said
  };
  for (const Row& row : std::vector<Row>{{"<add key=\"IsDevelopmentMode\" value=\"TRUE\" />", 1},
                                         {"<add value = 'true'\n key = 'a.isdevelopmentmode'>", 1},
                                         {"<add key=\"IsDevelopmentMode\" value=\"false\"/><!-- <add "
                                          "key=\"IsDevelopmentMode\" value=\"true\"/> -->",
                                          0},
                                         {"<add key=\"NotIsDevelopmentMode\" value=\"true\"/>", -1},
                                         {"<add key=\"IsDevelopmentMode\"/>", -1},
                                         {"<add key=\"IsDevelopmentMode\" value=\"true\"", -1},
                                         {"<add key=IsDevelopmentMode value=true/>", -1},
                                         {"", -1},
                                         {"<", -1},
                                         {"\xFF\xFE<\0", -1}}) {
    INFO(row.text);
    const auto mode = check::find_development_mode(row.text);
    CHECK((mode ? int{mode->on} : -1) == row.mode);
  }
}

TEST_CASE("controllers called by relative URL are warned of in scripts and pages, twenty at most") {
  CHECK(findings_with({{"Content/a.js", "x;\nfetch('/api/jobs')"},
                       {"Content/b.html", "<script>fetch('api/jobs')</script>"},
                       {"Content/c.txt", "fetch('/api/jobs')"}}) ==
        Lines{"warning EHE1601 1.0.0.1.zip/Content/a.js:2:8",
              "warning EHE1601 1.0.0.1.zip/Content/b.html:1:16"});
  std::string many;
  for (int i = 0; i < 30; ++i) many += "fetch('/api/jobs');\n";
  const auto found =
      check::check_version(files_with({{kDefault, "{}"}, {kPortal, "{}"}, {"a.js", many}}), kPublic);
  REQUIRE(found.size() == 21);
  CHECK(found.back().problem.message.find("10 more") != std::string::npos);
}

TEST_CASE("the SDK's age is judged if the version tells its build") {
  using namespace std::chrono;
  const sys_days deployed = 2026y / January / 1;
  const std::string path = "Content/AzurePortalMetadata/SdkSuppliedEnvironment.json";
  const auto judge = [&](const std::string& text, int day) {
    return lines_of(check::check_sdk_age(files_with({{path, text}}), {deployed, deployed + days(day)}));
  };
  const std::string sdk = R"({"sdkVersion": "13.238.2.1"})";
  CHECK(judge(sdk, 10).empty());
  CHECK(judge(sdk, 61) == Lines{"warning EHE1501 1.0.0.1.zip/" + path});
  CHECK(judge(sdk, 121) == Lines{"error EHE1502 1.0.0.1.zip/" + path});
  CHECK(judge("{}", 121).empty());
  CHECK(check::check_sdk_age(files_with({}), {deployed, deployed + days(500)}).empty());
}

TEST_CASE("a page too large to be filled in is an error") {
  CHECK(findings_with({{"index.html", std::string((8 << 20) + 1, ' ')}}) ==
        Lines{"error EHE2004 1.0.0.1.zip/index.html"});
}

TEST_CASE("what lies in a folder is shown as a path, what lies in a zip as an entry of it") {
  const auto in_folder =
      files_with({}, "./a/source", false).place({{}, "EHE1203", {}, {}, {"Content/x", 3, 4}, {}});
  CHECK(in_folder.place() == "a/source/Content/x:3:4");
  CHECK(in_folder.entry.empty());
  auto zip = files_with({}, "a/1.0.zip", true);
  zip.root = "1.0/";
  const auto in_zip = zip.place({{}, "EHE1203", {}, {}, {"Content/x", 3, 4}, {}});
  CHECK(in_zip.place() == "a/1.0.zip/1.0/Content/x:3:4");
  CHECK(in_zip.problem.where.file == "a/1.0.zip");
}

TEST_CASE("a zip that is no zip, cut short or with damaged files is an error that names each") {
  const auto judge = [](std::string bytes) {
    auto owner = std::make_shared<const std::string>(std::move(bytes));
    const std::string_view view = *owner;
    return check::check_zip(std::move(owner), view, "1.0.zip");
  };
  CHECK(lines_of(judge("not a zip").findings) == Lines{"error EHE2002 1.0.zip"});
  const std::string good = *test::zip_with({{"a.txt", "aaaa1"}, {"b.txt", "bbbb2"}, {"c.txt", "cccc3"}});
  CHECK(judge(good).findings.empty());
  CHECK(judge(good).package != nullptr);
  CHECK(lines_of(judge(good.substr(0, good.size() / 2)).findings) == Lines{"error EHE2002 1.0.zip"});
  std::string damaged = good;
  damaged[damaged.find("aaaa1")] = 'x';
  damaged[damaged.find("cccc3")] = 'x';
  CHECK(lines_of(judge(damaged).findings) ==
        Lines{"error EHE2002 1.0.zip/a.txt", "error EHE2002 1.0.zip/c.txt"});
}

TEST_CASE("every clash of letter case is named, in a zip and in a folder") {
  std::string zip = *test::zip_with({{"a.js", "1"}, {"b.js", "2"}, {"x.js", "3"}, {"y.js", "4"}});
  const auto rename = [&](const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = zip.find(from, at)) != std::string::npos;)
      zip.replace(at, from.size(), to);
  };
  rename("x.js", "A.js");
  rename("y.js", "B.js");
  auto owner = std::make_shared<const std::string>(zip);
  const std::string_view view = *owner;
  CHECK(lines_of(check::check_zip(owner, view, "1.0.zip").findings) ==
        Lines{"error EHE2006 1.0.zip/A.js", "error EHE2006 1.0.zip/B.js"});
  CHECK(lines_of(check::check_file_names({"Content/A.js", "Content/a.js", "b", "B", "c"}, "src")) ==
        Lines{"error EHE2006 src/Content/a.js", "error EHE2006 src/B"});
  CHECK(lines_of(check::check_file_names({"a:b"}, "src")) == Lines{"error EHE2003 src/a:b"});
}
