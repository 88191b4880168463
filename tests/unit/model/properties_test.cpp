// What holds for every input: normalising is idempotent, and what is printed reads back as it was.

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "emulator/model/compatibility.h"
#include "emulator/model/environment.h"
#include "emulator/model/portal_url.h"
#include "emulator/model/registration.h"
#include "emulator/model/version.h"
#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

constexpr int kRounds = 2000;

/// The same texts in every run: the engine's numbers are laid down by the standard, and no distribution is
/// used.
class Generator {
 public:
  std::size_t below(std::size_t limit) { return engine_() % limit; }

  /// Up to `most` pieces in a row.
  std::string text_of(const std::vector<std::string>& pieces, std::size_t most) {
    std::string text;
    for (std::size_t count = below(most + 1); count > 0; --count) text += pieces[below(pieces.size())];
    return text;
  }

 private:
  std::mt19937 engine_{20261121};
};

const std::vector<std::string> kAuthorityPieces = {"portal.azure.com",
                                                   "ms.",
                                                   "MPAC.portal.azure.com",
                                                   "localhost",
                                                   ".localhost",
                                                   "127.0.0.1",
                                                   "[::1]",
                                                   ":",
                                                   ":443",
                                                   "%3A",
                                                   "%2F",
                                                   "%25",
                                                   "https://",
                                                   "//",
                                                   "/",
                                                   "@",
                                                   ".",
                                                   "..",
                                                   " ",
                                                   "?",
                                                   "#",
                                                   "\\",
                                                   "a",
                                                   "-",
                                                   "_",
                                                   "\xC3\xA9",
                                                   "%"};

const std::vector<std::string> kUrlPieces = {"https://",
                                             "http://",
                                             "portal.azure.com",
                                             "ms.portal.azure.com:443",
                                             "localhost:14430",
                                             "user@",
                                             "[::1]",
                                             "/",
                                             "?",
                                             "&",
                                             "=",
                                             "#",
                                             "feature.canmodifystamps",
                                             "feature.canmodifyextensions",
                                             "true",
                                             "My_Ext",
                                             "stage1",
                                             "testExtensions",
                                             "={\"N\":\"https://localhost:1/?a&b\"}",
                                             "%7B",
                                             "%22",
                                             "%",
                                             "%00",
                                             "%zz",
                                             "+",
                                             " ",
                                             "{",
                                             "}",
                                             "\"",
                                             ":",
                                             "\xC3\xA9",
                                             "\xFF",
                                             "l=de.de-de",
                                             "nocdn=force",
                                             "\\",
                                             "\n"};

const std::vector<std::string> kNamePieces = {"West",    "US",   " ", "2", "\t",
                                              "central", "EUAP", "_", "-", "\xC3\xA9"};

/// Up to six stages that share out some of the catalogue's regions.
StageDefinition any_definition(Generator& generator) {
  StageDefinition definition;
  const std::size_t count = 1 + generator.below(6);
  for (std::size_t i = 0; i < count; ++i)
    definition.stages.push_back({"ring" + std::to_string(i), {}, {}, {}});
  if (count == 1) return definition;
  for (const auto& region : all_regions()) {
    if (generator.below(3) != 0) continue;
    definition.stages[generator.below(count - 1)].regions.emplace_back(region.name);
  }
  return definition;
}

std::string text_of(const StageDefinition& definition) {
  std::string text = "{";
  std::string sequence;
  for (const auto& stage : definition.stages) {
    std::string regions = definition.covers_rest(stage) ? "\"*\"" : "";
    for (const auto& region : stage.regions) regions += (regions.empty() ? "\"" : ",\"") + region + "\"";
    text += "\"" + stage.name + "\":[" + regions + "],";
    sequence += (sequence.empty() ? "\"" : ",\"") + stage.name + "\"";
  }
  return text + "\"$sequence\":[" + sequence + "]}";
}

std::string text_of(const DeploymentConfig& config) {
  std::string text;
  for (const auto& [name, value] : config.raw)
    text += (text.empty() ? "{\"" : ",\"") + name + "\":\"" + value + "\"";
  return text + "}";
}

}  // namespace

/// In the dialect of the portal's documents: names without quotes, a comma after the last.
std::string text_of(const Registration& registration) {
  std::string text = "{\n  name: \"" + registration.name + "\",\n";
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) text += "  " + name + ": '" + value + "',\n";
  };
  add("uri", registration.uri);
  add("uriFormat", registration.uri_format);
  add("hostingServiceName", registration.hosting_service_name);
  add("cacheability", registration.cacheability);
  add("feedbackEmail", registration.feedback_email);
  add("redirectTo", registration.redirect_to);
  std::string flags;
  for (const std::string& flag : registration.flags) flags += (flags.empty() ? "" : ", ") + flag;
  add("flags", flags);
  if (registration.disabled) text += "  disabled: true,\n";
  text += "  flightUris: [";
  for (const std::string& uri : registration.flight_uris) text += "'" + uri + "', ";
  return text + "],\n},\n";
}

TEST_CASE("normalising an authority twice is normalising it once") {
  Generator generator;
  for (int i = 0; i < kRounds; ++i) {
    const std::string authority = generator.text_of(kAuthorityPieces, 6);
    const std::string once = normalise_authority(authority, "rc.portal.azure.com");
    CAPTURE(authority, once);
    REQUIRE(normalise_authority(once, "rc.portal.azure.com") == once);
  }
}

TEST_CASE("normalising a region or hosting service name twice is normalising it once") {
  Generator generator;
  for (int i = 0; i < kRounds; ++i) {
    const std::string name = generator.text_of(kNamePieces, 5);
    CAPTURE(name);
    REQUIRE(normalise_region(normalise_region(name)) == normalise_region(name));
    if (const auto service = check_hosting_service_name(name)) {
      REQUIRE(check_hosting_service_name(*service));
      REQUIRE(*check_hosting_service_name(*service) == *service);
    }
    REQUIRE(to_build_stamp(to_build_stamp(name)) == to_build_stamp(name));
  }
}

TEST_CASE("a portal URL that is printed reads back as the same URL") {
  Generator generator;
  for (int i = 0; i < kRounds; ++i) {
    const std::string text = generator.text_of(kUrlPieces, 12);
    const PortalUrl url = parse_portal_url(text);
    const std::string printed = print_portal_url(url);
    const PortalUrl again = parse_portal_url(printed);
    CAPTURE(text, printed);
    REQUIRE(again.scheme == url.scheme);
    REQUIRE(again.host == url.host);
    REQUIRE(again.port == url.port);
    REQUIRE(again.path == url.path);
    REQUIRE(again.query == url.query);
    REQUIRE(again.fragment == url.fragment);
    REQUIRE(again.can_modify_stamps == url.can_modify_stamps);
    REQUIRE(again.can_modify_extensions == url.can_modify_extensions);
    REQUIRE(again.test_extensions.size() == url.test_extensions.size());
    REQUIRE(print_portal_url(again) == printed);
  }
}

TEST_CASE("a parameter that is set is what is read, and setting it again changes nothing") {
  Generator generator;
  for (int i = 0; i < kRounds; ++i) {
    const PortalUrl url = parse_portal_url(generator.text_of(kUrlPieces, 10));
    const std::string value = generator.text_of(kUrlPieces, 3);
    const PortalUrl changed = with_parameter(url, "my_ext", value);
    CAPTURE(print_portal_url(url), value);
    REQUIRE(changed.parameter("MY_EXT") == value);
    REQUIRE(changed.fragment == url.fragment);
    REQUIRE(print_portal_url(with_parameter(changed, "My_Ext", value)).size() ==
            print_portal_url(changed).size());
  }
}

TEST_CASE("a stage definition and a config.json that are written out read back as the same") {
  Generator generator;
  for (int i = 0; i < kRounds / 10; ++i) {
    const StageDefinition definition = any_definition(generator);
    const std::string text = text_of(definition);
    CAPTURE(text);
    const auto read = read_stage_definition(text);
    REQUIRE(read.value);
    REQUIRE(text_of(*read.value) == text);
    for (const auto& region : all_regions()) {
      REQUIRE(read.value->stage_for(region.name).name == definition.stage_for(region.name).name);
    }

    std::string config = R"({"$version":"3")";
    for (const auto& stage : definition.stages)
      config += ",\"" + stage.name + "\":\"1.0." + std::to_string(i) + "\"";
    config += R"(,"friendly":"2.0"})";
    const auto deployment = read_deployment(config, *read.value);
    REQUIRE(deployment.value);
    REQUIRE(text_of(deployment.value->config) == config);
  }
}

TEST_CASE("a sideload link reads back as the extension that it was made for") {
  Generator generator;
  for (int i = 0; i < kRounds; ++i) {
    const std::string path =
        generator.text_of({"/", "a", "?", "&", "=", "#", "%20", "{", "}", "\"", "\\"}, 6);
    const std::string uri = "https://localhost:1339/" + path;
    const PortalUrl url = parse_portal_url(sideload_url("portal.azure.com", "My_Ext", uri));
    CAPTURE(uri);
    REQUIRE(url.problems.empty());
    REQUIRE(url.test_extensions.size() == 1);
    REQUIRE(url.test_extensions[0].uri == uri);
  }
}

TEST_CASE("SDK builds read back as they are written and are ordered one way") {
  Generator generator;
  const auto any_build = [&generator] {
    std::string text = std::to_string(generator.below(15));
    for (std::size_t count = 1 + generator.below(4); count > 0; --count) {
      text += "." + std::to_string(generator.below(3) == 0 ? generator.below(1000) : generator.below(3));
    }
    return *parse_sdk_build(text);
  };
  for (int i = 0; i < kRounds; ++i) {
    const SdkBuild one = any_build();
    const SdkBuild other = any_build();
    CAPTURE(one.text, other.text);
    REQUIRE(parse_sdk_build(one.text)->parts == one.parts);
    REQUIRE(((one < other) + (one > other) + (one == other)) == 1);
    REQUIRE((one < other) == (other > one));
    const bool window_grows = !(one < other) || compatibility_days(one) <= compatibility_days(other);
    REQUIRE(window_grows);
  }
}

TEST_CASE("registrations that are written out read back as the same") {
  Generator generator;
  for (int round = 0; round < 200; ++round) {
    std::vector<Registration> written;
    std::string text = "// Extensions\n[";
    for (std::size_t count = 1 + generator.below(4); count > 0; --count) {
      Registration one;
      one.name = "Extension_" + std::to_string(count);
      if (generator.below(2) == 0) one.hosting_service_name = "service" + std::to_string(count);
      if (one.hosting_service_name.empty() || generator.below(3) == 0) {
        one.uri = "//main.e" + std::to_string(count) + ".ext.azure.com";
        one.uri_format = "//{0}.e" + std::to_string(count) + ".ext.azure.com";
      }
      one.disabled = generator.below(2) == 0;
      one.cacheability = std::vector<std::string>{"none", "server", "manifest"}[generator.below(3)];
      if (generator.below(2) == 0) one.feedback_email = "team" + std::to_string(count) + "@example.com";
      if (generator.below(2) == 0) one.flags = {"SupportsPrewarming", "ThirdPartyExtension"};
      for (std::size_t flights = generator.below(3); flights > 0; --flights)
        one.flight_uris.push_back("//flight" + std::to_string(flights) + ".ext.azure.com");
      if (generator.below(4) == 0) one.redirect_to = "Extension_Other";
      text += text_of(one);
      written.push_back(one);
    }
    text += "]";
    INFO(text);
    const auto read = read_registrations(text, "Extensions.prod.json");
    REQUIRE(read.value);
    REQUIRE(read.value->size() == written.size());
    for (std::size_t i = 0; i < written.size(); ++i) {
      const Registration& back = (*read.value)[i];
      CHECK(text_of(back) == text_of(written[i]));
      CHECK(back.where.known());
    }
  }
}
