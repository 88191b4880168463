#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;

namespace codes = model::codes;

namespace {

using Names = std::vector<std::string>;
constexpr const char* kPath = "/_emu/v1/extensions/demo/";

/// The control API over a publisher that does nothing but remember what it was asked.
struct PublishingFixture : ControlFixture {
  PublishingFixture() {
    publishing.config = [this](const std::string&) -> base::Result<ConfigDocument> {
      if (config.text.empty()) {
        return base::Error{base::ErrorKind::not_found, "there is no config.json",
                           std::string(codes::kConfigMissing)};
      }
      return config;
    };
    publishing.friendly_names = [](const std::string&) {
      return std::vector<ExtensionRow::Pointer>{{"preview", "1.0.0.2"}};
    };
    publishing.versions = [this](const std::string&) {
      return std::vector<ContainerVersion>{{"1.0.0.2", 2048, clock.now(), {"stage1"}, true, "ab"},
                                           {"1.0.0.3", 4096, clock.now(), {}, false, ""}};
    };
    publishing.edit_config = [this](const ConfigWish& wish) -> base::Result<ContainerChange> {
      wishes.push_back(wish);
      return outcome;
    };
    publishing.publish = [this](const PublishOrder& order,
                                http::BodyReader* body) -> base::Result<ContainerChange> {
      orders.push_back(order);
      zips.push_back(body == nullptr ? "none" : read(*body));
      return outcome;
    };
    publishing.remove_version = [this](const std::string&,
                                       const std::string& version) -> base::Result<std::uint64_t> {
      if (version == "1.0.0.2") {
        return base::Error{base::ErrorKind::conflict, "stage1 has it", std::string(codes::kVersionInUse)};
      }
      removed.push_back(version);
      return journal.append("version.removed", "demo", "Removed.");
    };
    ContainerChange change;
    change.extension = "demo";
    change.zip = ContainerChange::Zip{"1.0.0.3", 4096, "cd", false};
    change.changes = {{"stage2", "1.0.0.1", "1.0.0.2"}, {"new", "", "1.0.0.2"}, {"old", "1.0.0.1", ""}};
    change.from = "stage1";
    change.plan.emplace();
    change.plan->cloud = "public";
    change.sync.emplace();
    change.sync->extension = "demo";
    change.sync->succeeded = true;
    change.stages = {{"stage1", "1.0.0.2"}};
    change.notes = {"a note"};
    change.seq = 17;
    outcome = change;
  }
  static std::string read(http::BodyReader& body) {
    std::string text;
    std::vector<char> piece(16);
    for (;;) {
      const auto count = body.read(piece);
      REQUIRE(count);
      if (*count == 0) return text;
      text.append(piece.data(), *count);
    }
  }

  ConfigDocument config{"{ \"$version\": \"3\" }\n", "\"0x1\""};
  base::Result<ContainerChange> outcome = ContainerChange{};
  std::vector<ConfigWish> wishes;
  std::vector<PublishOrder> orders;
  Names zips, removed;
};

Ask ask(const char* method, const std::string& what) {
  Ask request(method, kPath + what);
  request.token();
  return request;
}
Ask ask(const char* method, const std::string& what, const std::string& body,
        const std::string& type = "application/json") {
  Ask request = ask(method, what);
  request.body(body, type);
  return request;
}

}  // namespace

TEST_CASE("config.json is given byte for byte, with its ETag, and not again to who has it") {
  PublishingFixture control;
  const auto answer = control.answer(get(std::string(kPath) + "config"), 200);
  CHECK(PublishingFixture::text_of(answer) == control.config.text);
  CHECK(answer.headers.value("ETag") == "\"0x1\"");
  const auto known =
      control.answer(get(std::string(kPath) + "config").header("If-None-Match", "\"0x1\""), 304);
  CHECK(PublishingFixture::text_of(known).empty());
  control.config.text.clear();
  CHECK(control.problem(get(std::string(kPath) + "config"), 404) == codes::kConfigMissing);
}

TEST_CASE("a new config.json is taken with the ETag that it replaces") {
  PublishingFixture control;
  control.json(ask("PUT", "config", "{\"a\": 1}"));
  CHECK_FALSE(std::get<ConfigText>(control.wishes.at(0).edit).etag);
  CHECK(std::get<ConfigText>(control.wishes.at(0).edit).text == "{\"a\": 1}");
  control.json(ask("PUT", "config", "{}").header("If-Match", "\"0x1\""));
  CHECK(std::get<ConfigText>(control.wishes.at(1).edit).etag == "\"0x1\"");
  CHECK(control.problem(ask("PUT", "config", "{}").header("If-Match", "\"0x2\""), 412) ==
        codes::kConfigChanged);
  CHECK(control.problem(ask("PUT", "config", "{}").header("If-None-Match", "*"), 412) ==
        codes::kConfigChanged);
  CHECK(control.problem(ask("PUT", "config"), 400) == codes::kBadRequestBody);
  CHECK(control.problem(ask("PUT", "config", "{}", "text/plain"), 415) == codes::kBadRequestBody);
  CHECK(control.wishes.size() == 2);
  control.config.text.clear();
  control.json(ask("PUT", "config", "{}").header("If-None-Match", "*"));
  CHECK(std::get<ConfigText>(control.wishes.at(2).edit).etag == "");
  CHECK(control.problem(ask("PUT", "config", "{}").header("If-Match", "*"), 412) == codes::kConfigChanged);
}

TEST_CASE("a promotion may say from where, to where and which version, or nothing") {
  PublishingFixture control;
  const auto answer = control.json(ask("POST", "stages:promote"));
  control.json(ask("POST", "stages:promote", R"({"from":"stage1","to":"stage3","version":"2"})"));
  REQUIRE(control.wishes.size() == 2);
  CHECK(std::get<model::PromotionWish>(control.wishes[0].edit).to.empty());
  const auto wish = std::get<model::PromotionWish>(control.wishes[1].edit);
  CHECK(wish.from + " " + wish.to + " " + wish.version == "stage1 stage3 2");
  CHECK(control.problem(ask("POST", "stages:promote", R"({"stage":"stage1"})"), 400) ==
        codes::kBadRequestBody);

  CHECK(answer["seq"] == 17);
  CHECK(answer["from"] == "stage1");
  CHECK(answer["changes"][0]["before"] == "1.0.0.1");
  CHECK(answer["changes"][1]["before"] == nullptr);
  CHECK(answer["changes"][2]["after"] == nullptr);
  CHECK(answer["zip"]["sha256"] == "cd");
  CHECK(answer["plan"]["accepted"] == true);
  CHECK(answer["sync"]["succeeded"] == true);
  CHECK(answer["stages"][0]["version"] == "1.0.0.2");
  CHECK(answer["notes"][0] == "a note");
  CHECK(answer["dryRun"] == false);
}

TEST_CASE("a rollback is of the stages that are listed, or of all") {
  PublishingFixture control;
  control.json(ask("POST", "stages:rollback"));
  control.json(ask("POST", "stages:rollback", R"({"stages":["stage2","stage3"]})"));
  CHECK(std::get<RollbackWish>(control.wishes.at(0).edit).stages.empty());
  CHECK(std::get<RollbackWish>(control.wishes.at(1).edit).stages == Names{"stage2", "stage3"});
  for (const char* body : {R"({"stages":"stage2"})", R"({"stages":[1]})", R"({"stage":[]})", "[]"}) {
    INFO(body);
    CHECK(control.problem(ask("POST", "stages:rollback", body), 400) == codes::kBadRequestBody);
  }
  CHECK(control.wishes.size() == 2);
}

TEST_CASE("friendly names are listed, set and removed") {
  PublishingFixture control;
  CHECK(control.json(get(std::string(kPath) + "friendly"))["friendlyNames"][0]["version"] == "1.0.0.2");
  control.json(ask("PUT", "friendly/flight", R"({"version":"2"})"));
  control.json(ask("DELETE", "friendly/flight?dryRun=true"));
  const auto set = std::get<FriendlyWish>(control.wishes.at(0).edit);
  CHECK(set.name + "=" + set.version == "flight=2");
  CHECK(std::get<FriendlyWish>(control.wishes.at(1).edit).version.empty());
  CHECK(control.wishes[1].dry_run);
  CHECK(control.problem(ask("PUT", "friendly/flight"), 400) == codes::kBadRequestBody);
  CHECK(control.problem(ask("PUT", "friendly/flight", R"({"version":""})"), 400) == codes::kBadRequestBody);
  CHECK(control.problem(ask("PUT", "friendly/flight", R"({"version":2})"), 400) == codes::kBadRequestBody);
}

TEST_CASE("a version comes as a zip, with the names that shall have it") {
  PublishingFixture control;
  control.json(ask("POST", "versions?version=2&to=stage1,dev&force=true", "PK and so on", "application/zip"));
  control.json(ask("POST", "versions?version=2&dryRun=true", "PK", "application/octet-stream"));
  control.json(ask("POST", "versions?version=2&to=stage1"));
  REQUIRE(control.orders.size() == 3);
  CHECK(control.orders[0].names == Names{"stage1", "dev"});
  CHECK(control.orders[0].force);
  CHECK_FALSE(control.orders[0].dry_run);
  CHECK(control.orders[1].dry_run);
  CHECK(control.zips == Names{"PK and so on", "PK", "none"});
  CHECK(control.problem(ask("POST", "versions?version=2", "{}"), 415) == codes::kBadRequestBody);
  CHECK(control.problem(ask("POST", "versions?version=2"), 400) == codes::kBadTarget);
  CHECK(control.problem(ask("POST", "versions", "PK", "application/zip"), 400) == codes::kBadTarget);
  CHECK(control.problem(ask("POST", "versions?version=2&to=a&force=yes"), 400) == codes::kBadTarget);
  CHECK(control.orders.size() == 3);
}

TEST_CASE("versions are listed, and removed unless config.json refers to them") {
  PublishingFixture control;
  const auto versions = control.json(get(std::string(kPath) + "versions"))["versions"];
  CHECK(versions[0]["usedBy"][0] == "stage1");
  CHECK(versions[0]["sha256"] == "ab");
  CHECK(versions[1]["held"] == false);
  CHECK(versions[1]["sha256"] == nullptr);
  const auto gone = control.json(ask("DELETE", "versions/1.0.0.3"));
  CHECK(gone["seq"] == control.journal.last_seq());
  CHECK(control.removed == Names{"1.0.0.3"});
  CHECK(control.problem(ask("DELETE", "versions/1.0.0.2"), 409) == codes::kVersionInUse);
}

TEST_CASE("what changes something takes the token, and an extension that exists, by either of its names") {
  PublishingFixture control;
  CHECK(control.problem(post(std::string(kPath) + "stages:promote"), 401) == codes::kTokenRequired);
  CHECK(control.problem(Ask("DELETE", std::string(kPath) + "versions/1.0.0.3"), 401) ==
        codes::kTokenRequired);
  CHECK(control.problem(post("/_emu/v1/extensions/dem/stages:promote").token(), 404) ==
        codes::kUnknownExtension);
  CHECK(control.problem(get("/_emu/v1/extensions/dem/config"), 404) == codes::kUnknownExtension);
  control.json(post("/_emu/v1/extensions/Microsoft_Azure_Demo/stages:promote").token());
  CHECK(control.wishes.at(0).extension == "demo");
  CHECK(control.wishes.size() == 1);
}

TEST_CASE("a refusal keeps its code, and has the status of its kind") {
  PublishingFixture control;
  const auto refuse = [&](base::ErrorKind kind, std::string_view code) {
    control.outcome = base::Error{kind, "no", std::string(code)};
  };
  refuse(base::ErrorKind::conflict, codes::kNothingToMove);
  CHECK(control.problem(ask("POST", "stages:promote"), 409) == codes::kNothingToMove);
  refuse(base::ErrorKind::conflict, codes::kConfigChanged);
  CHECK(control.problem(ask("POST", "stages:promote"), 412) == codes::kConfigChanged);
  refuse(base::ErrorKind::unavailable, codes::kConfigChanged);
  CHECK(control.problem(ask("POST", "stages:promote"), 503) == codes::kConfigChanged);
  refuse(base::ErrorKind::invalid_input, codes::kStageMissing);
  CHECK(control.problem(ask("PUT", "config", "{}"), 400) == codes::kStageMissing);
}

TEST_CASE("the API's description has every route of publishing, and the type of a zip") {
  PublishingFixture control;
  const auto paths = control.json(get("/_emu/openapi.json"))["paths"];
  const std::string prefix = "/_emu/v1/extensions/{extension}/";
  const std::vector<std::pair<std::string, std::string>> routes = {{"config", "get"},
                                                                   {"config", "put"},
                                                                   {"friendly", "get"},
                                                                   {"friendly/{name}", "put"},
                                                                   {"friendly/{name}", "delete"},
                                                                   {"stages:promote", "post"},
                                                                   {"stages:rollback", "post"},
                                                                   {"versions", "get"},
                                                                   {"versions", "post"},
                                                                   {"versions/{version}", "delete"}};
  for (const auto& [path, method] : routes) {
    INFO(method + " " + path);
    CHECK(paths[prefix + path].contains(method));
    CHECK(control.service().may_block(Ask(method == "get"    ? "GET"
                                          : method == "put"  ? "PUT"
                                          : method == "post" ? "POST"
                                                             : "DELETE",
                                          "/_emu/v1/extensions/demo/" + path)
                                          .request()));
  }
  CHECK(paths[prefix + "versions"]["post"]["requestBody"]["content"].contains("application/zip"));
}
