#include "emulator/app/command_line.h"

#include "emulator/app/settings_table.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using app::CommandLine;
using app::Verb;

namespace {

base::Result<CommandLine> parse(std::vector<std::string> arguments) {
  return app::parse_command_line(arguments, "/home/u");
}

using Pair = std::pair<std::string, std::string>;

}  // namespace

TEST_CASE("start is what is meant when no verb is given") {
  const auto line = parse({"./folder", "--port", "0", "--no-https", "--fidelity=prod"});
  REQUIRE(line);
  CHECK(line->verb == Verb::start);
  CHECK(line->targets == std::vector<std::string>{"./folder"});
  CHECK_THAT(line->settings, Catch::UnorderedEquals(std::vector<Pair>{
                                 {"ports.base", "0"}, {"server.https", "false"}, {"fidelity", "prod"}}));
}

TEST_CASE("nothing at all starts the emulator in this folder") {
  const auto line = parse({});
  REQUIRE(line);
  CHECK(line->verb == Verb::start);
  CHECK(line->targets.empty());
  CHECK(line->instance.project == "/home/u");
}

TEST_CASE("any setting can be given by its key") {
  const auto line = parse({"start", "--set", "ports.base=1", "--set", "cloud=fairfax"});
  REQUIRE(line);
  CHECK(line->settings == std::vector<Pair>{{"ports.base", "1"}, {"cloud", "fairfax"}});
}

TEST_CASE("a wrong command line is refused with what was probably meant") {
  struct Case {
    std::vector<std::string> arguments;
    const char* expected;
  };
  const Case cases[] = {{{"--prot", "0"}, "--port"},
                        {{"start", "--fidelty=dev"}, "--fidelity"},
                        {{"start", "--set", "ports.bse=1"}, "ports.base"},
                        {{"start", "--set", "ports.base"}, "KEY=VALUE"},
                        {{"storage", "outage", "primry"}, "did you mean 'primary'"},
                        {{"storage", "outage"}, "primary, secondary, both or none"},
                        {{"storage", "outrage", "primary"}, "not 'outrage primary'"},
                        {{"cdn", "prge"}, "did you mean 'purge'"},
                        {{"pack", "Output"}, "needs --version"},
                        {{"pack", "--version", "1"}, "folder"},
                        {{"pack", "Output", "--versoin", "1"}, "--version"},
                        {{"publish", "demo", "--version", "1"}, "needs --zip FILE or --folder DIR"},
                        {{"publish", "demo", "--version", "1", "--zip", "a", "--folder", "b"}, "one of them"},
                        {{"publish", "demo", "--version", "1", "--zip", "a", "--ignore", "b"}, "--folder"},
                        {{"promote"}, "extension"},
                        {{"friendly", "demo", "stage1"}, "NAME=VERSION"},
                        {{"friendly", "demo", "=1"}, "NAME=VERSION"},
                        {{"friendly", "demo", "a="}, "NAME=VERSION"},
                        {{"rollback", "demo", "--stag", "stage1"}, "--stage"},
                        {{"cdn", "outage"}, "outage on|off"},
                        {{"cdn", "outage", "primary"}, "not 'outage primary'"},
                        {{"cdn", "status", "/a"}, "not 'status /a'"},
                        {{"cdn", "outage", "on", "--extension", "demo"}, "--extension goes with"},
                        {{"wait", "redy"}, "ready"},
                        {{"wait"}, "condition"},
                        {{"clock", "advance"}, "a duration"},
                        {{"clock", "advance", "soon"}, "not 'soon'"},
                        {{"clock", "freeze", "1m"}, "nothing behind it"},
                        {{"clock", "scale", "0"}, "0.01 to 86400"},
                        {{"clock", "run-until"}, "an expression"},
                        {{"clock", "run-until", "westus=1", "--max", "long"}, "--max"},
                        {{"clock", "advance", "1m", "--max", "2m"}, "--max goes with run-until"},
                        {{"clock", "resme"}, "did you mean 'resume'?"},
                        {{"sync", "one", "two"}, "too many"},
                        {{"wait", "ready", "--timeout", "soon"}, "--timeout"}};
  for (const Case& c : cases) {
    const auto line = parse(c.arguments);
    INFO(c.expected);
    REQUIRE_FALSE(line);
    CHECK(line.error().code == model::codes::kUsage);
    CHECK_THAT(line.error().message, ContainsSubstring(c.expected));
  }
}

TEST_CASE("verbs name their instance by file, name or folder") {
  auto line = parse({"sync", "demo", "--ready-file", "r.json", "--json"});
  REQUIRE(line);
  CHECK(line->instance.ready_file == "/home/u/r.json");
  CHECK(line->extension == "demo");
  CHECK(line->json);
  line = parse({"stop", "-i", "name"});
  REQUIRE(line);
  CHECK(line->instance.instance == "name");
  line = parse({"regions", "-C", "sub"});
  REQUIRE(line);
  CHECK(line->instance.project == "/home/u/sub");
}

TEST_CASE("storage is looked at, or an outage of it begun or ended") {
  auto line = parse({"storage"});
  REQUIRE(line);
  CHECK(line->verb == Verb::storage);
  CHECK(line->outage.empty());
  for (const char* which : {"primary", "secondary", "both", "none"}) {
    line = parse({"storage", "outage", which, "--json"});
    REQUIRE(line);
    CHECK(line->outage == which);
    CHECK(line->json);
  }
}

TEST_CASE("the CDN edge is looked at, purged, or an outage of it begun or ended") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"cdn"}, {"cdn", "status"}}) {
    const auto line = parse(words);
    REQUIRE(line);
    CHECK(line->verb == Verb::cdn);
    CHECK(line->outage.empty());
  }
  auto line = parse({"cdn", "purge", "/Content/1.0/*", "--extension", "demo", "--json"});
  REQUIRE(line);
  CHECK(line->topic == "purge");
  CHECK(line->purge == "/Content/1.0/*");
  CHECK(line->extension == "demo");
  line = parse({"cdn", "purge"});
  REQUIRE(line);
  CHECK(line->purge.empty());
  line = parse({"cdn", "outage", "on"});
  REQUIRE(line);
  CHECK(line->outage == "on");
}

TEST_CASE("publishing verbs say what is to be done to which extension") {
  using Texts = std::vector<std::string>;
  const auto pack =
      parse({"pack", "Output", "--version", "1.0.0.5", "-o", "zips", "--ignore", "*.map", "--ignore", "a"});
  REQUIRE(pack);
  CHECK(pack->publishing.folder == "Output");
  CHECK(pack->publishing.output == "zips");
  CHECK(pack->publishing.ignore == Texts{"*.map", "a"});
  const auto publish = parse({"publish", "demo", "--version", "1.0.0.5", "--zip", "a.zip", "--to", "stage1",
                              "--to", "dev", "--force", "-i", "other"});
  REQUIRE(publish);
  CHECK(publish->extension == "demo");
  CHECK(publish->publishing.names == Texts{"stage1", "dev"});
  CHECK(publish->publishing.force);
  CHECK(publish->instance.instance == "other");
  const auto promote = parse({"promote", "demo", "--from", "stage1", "--to", "stage3", "--dry-run"});
  REQUIRE(promote);
  CHECK(promote->publishing.from + promote->publishing.to == "stage1stage3");
  CHECK(promote->publishing.dry_run);
  const auto rollback = parse({"rollback", "demo", "--stage", "stage2", "--stage", "stage1"});
  REQUIRE(rollback);
  CHECK(rollback->publishing.names == Texts{"stage2", "stage1"});
  const auto friendly = parse({"friendly", "demo", "a=1", "b=2=3", "--rm", "c"});
  REQUIRE(friendly);
  CHECK(friendly->publishing.set == std::vector<Pair>{{"a", "1"}, {"b", "2=3"}});
  CHECK(friendly->publishing.removed == Texts{"c"});
}

TEST_CASE("help is there for the program, for each verb and for each code") {
  auto line = parse({"--help"});
  REQUIRE(line);
  CHECK_THAT(line->text, ContainsSubstring("incidents"));
  line = parse({"start", "--help"});
  REQUIRE(line);
  CHECK(line->verb == Verb::help);
  for (const app::SettingRow& row : app::setting_rows())
    CHECK_THAT(line->text, ContainsSubstring(std::string(row.option)));
  line = parse({"help", "EHE1003"});
  REQUIRE(line);
  CHECK(line->topic == "EHE1003");
}

TEST_CASE("the clock is looked at or steered") {
  auto line = parse({"clock"});
  REQUIRE(line);
  CHECK(line->verb == Verb::clock);
  CHECK(line->topic == "now");
  line = parse({"clock", "run-until", "westus=1.0.0.5", "--max", "30m", "--json"});
  REQUIRE(line);
  CHECK(line->argument == "westus=1.0.0.5");
  CHECK(line->most == std::chrono::minutes(30));
  line = parse({"clock", "run-until", "*=1.0.0.5"});
  REQUIRE(line);
  CHECK(line->most == std::chrono::hours(2));
  for (const char* action : {"now", "freeze", "resume"}) CHECK(parse({"clock", action}));
  CHECK(parse({"clock", "scale", "60"}));
  CHECK(parse({"clock", "advance", "31m"}));
}

TEST_CASE("every setting says no to nonsense and shows what it was given") {
  for (const app::SettingRow& row : app::setting_rows()) {
    app::Settings settings;
    INFO(row.key);
    CHECK_FALSE(row.help.empty());
    CHECK(app::environment_name(row).rfind("EXTHOST_EMU_", 0) == 0);
    if (row.key == "server.allowHosts") continue;  // any name may be allowed
    const bool is_path = row.argument == "DIR" || row.argument == "FILE";
    CHECK_FALSE(row.apply(settings, is_path ? "" : "not \x01 sensible", "/"));
  }
}
