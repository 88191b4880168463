#include "emulator/check/examine.h"

#include "emulator/check/container_rules.h"
#include "tests/unit/check/check_fixture.h"

using namespace exthost;
using check::SubjectKind;
using test::examine;
using test::Lines;
using test::lines_of;

namespace {

const std::string kGood = R"({"$version": "3", "stage1": "1.0.0.1", "stage2": "1.0.0.1", "stage3": "1.0.0.1",
 "stage4": "1.0.0.1", "stage5": "1.0.0.1"})";

void write_version(const testing::SourceTree& tree, const std::string& folder) {
  tree.write(folder + "/index.html", "<!doctype html>");
  tree.write(folder + "/Content/Config/default.json", "{}");
  tree.write(folder + "/Content/Config/portal.azure.com.json", "{}");
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

}  // namespace

TEST_CASE("a path is taken for what it holds") {
  struct Row {
    const char* file;
    const char* text;
    const char* subject;
    SubjectKind kind;
  };
  for (const Row& row : std::vector<Row>{
           {"config.json", "{", ".", SubjectKind::container_folder},
           {"1.0.0.1.zip", "", ".", SubjectKind::container_folder},
           {"1.0.0.1/index.html", "", ".", SubjectKind::container_folder},
           {"HostingSvc.zip", "", ".", SubjectKind::container_folder},
           {"Config.json", "", ".", SubjectKind::container_folder},
           {"Content/a.js", "", ".", SubjectKind::source_folder},
           {"index.html", "", ".", SubjectKind::source_folder},
           {"Web.config", "", ".", SubjectKind::source_folder},
           {"exthost-emu.json", "{}", ".", SubjectKind::settings_file},
           {"1.0.0.1.zip", "", "1.0.0.1.zip", SubjectKind::version_zip},
           {"config.json", "", "config.json", SubjectKind::config_file},
           {"new.json", R"({"$version": "3",})", "new.json", SubjectKind::config_file},
           {"stagedefinition.json", "", "stagedefinition.json", SubjectKind::stage_definition_file},
           {"stages.json", R"({"$sequence": []})", "stages.json", SubjectKind::stage_definition_file},
           {"Extensions.prod.json", "", "Extensions.prod.json", SubjectKind::registration_file},
           {"ci.json", R"({"extensions": []})", "ci.json", SubjectKind::settings_file},
       }) {
    INFO(row.file << " as " << row.subject);
    testing::SourceTree tree;
    tree.write(row.file, row.text);
    const auto kind = check::recognise(row.subject, tree.path());
    REQUIRE(kind);
    CHECK(*kind == row.kind);
  }
  CHECK(*check::recognise("https://a.blob.core.windows.net/c", "/") == SubjectKind::container_url);
}

TEST_CASE("a program's own config.json beside its pages does not make a container") {
  testing::SourceTree tree;
  tree.write("config.json", R"({"port": 80})");
  tree.write("Content/a.js", "");
  CHECK(*check::recognise(".", tree.path()) == SubjectKind::source_folder);
  tree.write("config.json", kGood);
  CHECK(*check::recognise(".", tree.path()) == SubjectKind::container_folder);
}

TEST_CASE("what is not there or says nothing of itself is refused") {
  testing::SourceTree tree;
  tree.write("folder/notes.txt", "");
  for (const char* text : {"missing", "folder", "folder/notes.txt"}) {
    INFO(text);
    const auto kind = check::recognise(text, tree.path());
    REQUIRE_FALSE(kind);
    CHECK(kind.error().code == "EHE4004");
  }
}

TEST_CASE("a good container has no problems, and says what was looked at") {
  testing::SourceTree tree;
  tree.write("config.json", kGood);
  write_version(tree, "1.0.0.1");
  const auto result = examine(tree, ".");
  CHECK(lines_of(result.findings).empty());
  CHECK(result.kind == "container folder");
  CHECK(result.extent == "1 version");
  CHECK(result.looked_at == Lines{"config.json", "1.0.0.1"});
}

TEST_CASE("all problems of a container come at once, file by file") {
  testing::SourceTree tree;
  tree.write("config.json", with(with(kGood, "\"stage5\": \"1.0.0.1\"", "\"stage5\": \"1.0.0.2\","),
                                 "\"1.0.0.1\"", "\"1.0.0.9\""));
  tree.write("1.0.0.1/Content/Config/portal.azure.com.json", "{} x");
  tree.write("1.0.0.2.zip", "PK");
  tree.write("1.0.0.3.zip", "PK");
  tree.write("stagedefinition.json", "{}");
  CHECK(lines_of(examine(tree, ".").findings) ==
        Lines{"error EHE1007 config.json:1:29", "error EHE1003 config.json:2:42",
              "warning EHE1604 stagedefinition.json",
              "error EHE1202 1.0.0.1/Content/Config/portal.azure.com.json:1:4",
              "error EHE1203 1.0.0.1/Content/Config/default.json", "error EHE2002 1.0.0.2.zip",
              "note EHE1602 ."});
}

TEST_CASE("a version whose zip only differs by letter case, or lies elsewhere, is missing with a hint") {
  check::ContainerDocuments documents;
  documents.config_file = "config.json";
  documents.config = R"({"$version": "3", "a": "1.0-Beta", "b": "2.0", "c": "3.0", "d": "3.0"})";
  documents.blobs = {{"1.0-beta.zip", 1}, {"zips/2.0.zip", 1}, {"HostingSvc.zip", 1}};
  const auto found = check::check_missing_versions(documents, check::named_versions(*documents.config));
  REQUIRE(found.size() == 3);
  CHECK(found[0].problem.hint == "the container has 1.0-beta.zip; names are case sensitive");
  CHECK(found[1].problem.hint.find("HostingSvc.zip") != std::string::npos);
  CHECK(found[2].problem.message.find("c and d need") != std::string::npos);
  documents.blobs->pop_back();
  CHECK(check::check_missing_versions(documents, check::named_versions(*documents.config))[1].problem.hint ==
        "the container has zips/2.0.zip; move it to the top");
}

TEST_CASE("the versions of a config.json with faults are told as far as they can be") {
  CHECK(check::named_versions("not json").empty());
  CHECK(check::named_versions("[]").empty());
  CHECK(check::named_versions(R"({"$version": "2", "active": "1.0"})").empty());
  const auto versions =
      check::named_versions(R"({"$version": 3, "a": "1.0", "b": 2, "c": "a/b", "d": "1.0",})");
  REQUIRE(versions.size() == 1);
  CHECK(versions[0].names == Lines{"a", "d"});
}

TEST_CASE("a container without config.json is one error, and its versions are judged") {
  testing::SourceTree tree;
  tree.write("Config.json", kGood);
  tree.write("1.0.0.1.zip", "PK");
  const auto result = examine(tree, ".");
  CHECK(lines_of(result.findings) == Lines{"error EHE1001 config.json", "error EHE2002 1.0.0.1.zip"});
  CHECK(result.findings[0].problem.hint.find("Config.json") != std::string::npos);
}

TEST_CASE("names of blobs are judged together") {
  check::ContainerDocuments documents;
  documents.config = kGood;
  documents.blobs = {{"1.0.0.1.zip", 1},    {"1.0.0.2-A.zip", 1}, {"1.0.0.2-a.zip", 1},
                     {"HostingSvc.zip", 1}, {"config.json", 1},   {"notes.txt", 1}};
  CHECK(lines_of(check::check_blob_names(documents, "c")) ==
        Lines{"warning EHE1603 c/1.0.0.2-a.zip", "warning EHE2007 c/HostingSvc.zip", "note EHE1602 c"});
  documents.blobs = std::nullopt;
  CHECK(lines_of(check::check_blob_names(documents, "c")) == Lines{"note EHE1605 c"});
}

TEST_CASE("a custom stage definition is held against config.json, and asked for where config.json asks") {
  testing::SourceTree tree;
  tree.write("config.json", R"({"$version": "3", "$customStageDefinition": true, "one": "1.0.0.1"})");
  write_version(tree, "1.0.0.1");
  CHECK(lines_of(examine(tree, ".").findings) == Lines{"error EHE1101 config.json:1:45"});
  CHECK(lines_of(examine(tree, "config.json").findings) == Lines{"note EHE1101 config.json:1:45"});
  tree.write("stagedefinition.json", R"({"one": ["westus"], "two": ["*"], "$sequence": ["one", "two"]})");
  CHECK(lines_of(examine(tree, ".").findings) == Lines{"error EHE1006 config.json:1:67"});
  CHECK(lines_of(examine(tree, "config.json").findings) == Lines{"error EHE1006 config.json:1:67"});
  tree.write("stagedefinition.json", R"({"$sequence": ["one"]})");
  CHECK(lines_of(examine(tree, ".").findings) == Lines{"error EHE1103 stagedefinition.json:1:16"});
}

TEST_CASE("the stages of another cloud count if it is asked for") {
  testing::SourceTree tree;
  tree.write("config.json", R"({"$version": "3", "stage1": "1.0.0.1", "stage2": "1.0.0.1"})");
  tree.write("1.0.0.1/Content/Config/default.json", "{}");
  tree.write("1.0.0.1/Content/Config/portal.azure.us.json", "{}");
  CHECK(lines_of(examine(tree, ".", model::Cloud::fairfax).findings).empty());
  CHECK(examine(tree, ".").count(model::Severity::error) == 4);
}

TEST_CASE("a zip is judged by its name and its contents") {
  testing::SourceTree tree;
  const std::string zip = *test::zip_with(
      {{"1.0/Content/Config/default.json", "{"}, {"1.0/Content/Config/portal.azure.com.json", "{}"}});
  tree.write("1.0.zip", zip);
  tree.write("HostingSvc.zip", zip);
  CHECK(lines_of(examine(tree, "1.0.zip").findings) ==
        Lines{"error EHE1202 1.0.zip/1.0/Content/Config/default.json:1:2"});
  CHECK(lines_of(examine(tree, "HostingSvc.zip").findings).front() == "error EHE2007 HostingSvc.zip");
  tree.write("1 0.zip", zip);
  CHECK(lines_of(examine(tree, "1 0.zip").findings).front() == "error EHE1008 1 0.zip");
}

TEST_CASE("a source folder is judged as what it would be packed to") {
  testing::SourceTree tree;
  write_version(tree, "out");
  tree.write("out/Content/a.js", "fetch('/api/x')");
  tree.write("out/Content/A.js", "");
  CHECK(lines_of(examine(tree, "out").findings) ==
        Lines{"error EHE2006 out/Content/a.js", "warning EHE1601 out/Content/a.js:1:8"});
  CHECK(examine(tree, "./out/").subject == "out");
}

TEST_CASE("a stage definition and a registration file are judged by themselves") {
  testing::SourceTree tree;
  tree.write("stagedefinintion.json", R"({"one": ["*"], "$sequence": ["one"]})");
  tree.write("Extensions.prod.json", R"([{name: "A_B", hostingServiceName: "ab"}, {name: "true"}])");
  CHECK(lines_of(examine(tree, "stagedefinintion.json").findings) ==
        Lines{"error EHE1101 stagedefinintion.json"});
  CHECK(examine(tree, "Extensions.prod.json").count(model::Severity::error) > 0);
}

TEST_CASE("what cannot be read is an error of the subject") {
  const auto gone = check::examine({SubjectKind::container_url, "http://127.0.0.1:1/c?sig=secret", {}}, {});
  REQUIRE(gone.findings.size() == 1);
  CHECK(gone.findings[0].problem.code == "EHE2101");
  CHECK(gone.subject == "http://127.0.0.1:1/c");
  testing::SourceTree tree;
  CHECK(lines_of(check::examine({SubjectKind::version_zip, "1.0.zip", {}}, {{}, tree.path(), {}}).findings) ==
        Lines{"error EHE6001 1.0.zip"});
}
