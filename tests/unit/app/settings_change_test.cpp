#include "emulator/app/settings_change.h"

#include "tests/support/catch.h"
#include "tests/unit/app/settings_text.h"

using namespace exthost;
using app::Settings;
using app::SettingsChange;
using app::testing::settings_of;
using Names = std::vector<std::string>;

namespace {

Settings one_extension(const std::string& entry) {
  return settings_of(R"({"extensions": [{"name": "A_Demo", )" + entry + "}]}");
}

SettingsChange between(std::string_view before, std::string_view now) {
  return compare_settings(settings_of(before), settings_of(now));
}

}  // namespace

TEST_CASE("the same settings, written in another way, are no change") {
  const SettingsChange change =
      between(R"({"ports": {"base": 1000}, "extensions": [{"name": "A_Demo", "storage": {"seed": "./s"}}]})",
              R"({
        // the same
        "extensions": [{"hostingServiceName": "demo", "name": "A_Demo", "storage": {"seed": "/p/s"}}],
        "ports": {"base": 1000}
      })");
  CHECK(change.others.empty());
  CHECK_FALSE(change.can_be_made());
}

TEST_CASE("what takes effect at the next start is told by its name in the file") {
  const SettingsChange change =
      between(R"({"fidelity": "dev", "ports": {"base": 1000}})",
              R"({"fidelity": "prod", "ports": {"base": 2000}, "rules": {"deepMerge": true}, "portal":
          {"defaultRegion": "eastus", "authorityAliases": {"x:1": "portal.azure.com"}}, "cdn": {"namespaces": {"az1": "demo"}}})");
  CHECK(change.others == Names{"ports.base", "fidelity", "portal.defaultRegion", "rules.deepMerge",
                               "portal.authorityAliases", "cdn.namespaces"});
  CHECK_FALSE(change.can_be_made());
}

TEST_CASE("keys of accounts and secrets in hooks are compared though they are not shown") {
  CHECK(between(R"({"storage": {"accounts": {"acct": ["b25l"]}}})",
                R"({"storage": {"accounts": {"acct": ["dHdv"]}}})")
            .others == Names{"storage.accounts"});
  CHECK(between(R"({"hooks": {"incident": ["http://h/?key=1"]}})",
                R"({"hooks": {"incident": ["http://h/?key=2"]}})")
            .others == Names{"hooks.incident"});
  CHECK(between(R"({"storage": {"containers": [{"name": "one"}]}})",
                R"({"storage": {"containers": [{"name": "two"}]}})")
            .others == Names{"storage.containers"});
}

TEST_CASE("log level and outage can be changed while the emulator runs") {
  const SettingsChange change =
      between("{}", R"({"log": {"level": "debug"}, "storage": {"outage": "primary"}})");
  CHECK(change.log_level);
  CHECK(change.outage);
  CHECK(change.others.empty());
  CHECK(change.can_be_made());
}

TEST_CASE("each part of a source can be changed while the emulator runs") {
  const Settings plain = one_extension(R"("source": {"folder": "o"})");
  for (const char* source :
       {R"({"folder": "p"})", R"({"folder": "o", "ignore": ["*.map"]})",
        R"({"folder": "o", "publishTo": ["stage1"]})", R"({"folder": "o", "debounce": "1s"})",
        R"({"folder": "o", "gitignore": true})", R"({"folder": "o", "command": "make"})",
        R"({"folder": "o", "ready": "done"})", R"({"folder": "o", "localConfig": "l"})",
        R"({"folder": "o", "version": "2.0"})"}) {
    INFO(source);
    const SettingsChange change =
        compare_settings(plain, one_extension(R"("source": )" + std::string(source)));
    CHECK(change.sources == Names{"demo"});
    CHECK(change.others.empty());
  }
  CHECK(compare_settings(plain, one_extension(R"("owner": "demo team")")).sources == Names{"demo"});
}

TEST_CASE("an extension's container and registration wait, and so do extensions that come or go") {
  const Settings plain = one_extension(R"("owner": "me")");
  CHECK(compare_settings(plain, one_extension(R"("owner": "you")")).others == Names{"extensions[demo]"});
  CHECK(compare_settings(plain, one_extension(R"("owner": "me", "storage": {"seed": "s"})")).others ==
        Names{"extensions[demo].storage"});
  const Settings two = settings_of(R"({"extensions": [{"name": "A_Demo", "owner": "me"}, {"name": "B"}]})");
  CHECK(compare_settings(plain, two).others == Names{"extensions"});
  CHECK(compare_settings(two, plain).others == Names{"extensions"});
}
