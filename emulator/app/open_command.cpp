#include "emulator/app/open_command.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "emulator/app/banner.h"
#include "emulator/app/commands.h"
#include "emulator/app/control_client.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/json_fields.h"

namespace exthost::app {
namespace {

using base::Result;
using nlohmann::ordered_json;

/// What start links to: the first extension as its developer wants to see it.
Result<std::string> ask_portal_link(const InstanceRecord& instance) {
  auto answer = ControlClient(instance).get("/_emu/v1/extensions");
  if (!answer) return std::move(answer).error();
  const auto json = ordered_json::parse(*answer, nullptr, false);
  for (const ordered_json& row : list_at(json, "extensions"))
    return portal_link(instance, text_at(row, "name"), !text_at(row, "sourceFolder").empty());
  return instance.portal + "/";
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> const char* { return std::getenv(name); };
}

std::string dashboard_link(const InstanceRecord& record) {
  return record.control + "/#t=" + record.token;
}

int show_page(const std::string& url, const Environment& environment, bool json, Terminal& out,
              Terminal& err) {
  const bool wanted = may_open_browser(environment);
  const Result<void> opened = wanted ? open_browser(url, environment) : Result<void>();
  if (!opened) {
    err.error(opened.error());
    return kExitUnexpected;
  }
  if (json) {
    out.line(ordered_json{{"url", url}, {"opened", wanted}}.dump(2));
  } else {
    out.line((wanted ? "opening " : "") + out.styled(Style::link, url));
  }
  return kExitOk;
}

int run_open(const CommandLine& command, Terminal& out, Terminal& err) {
  const auto instance = find_instance(command.instance, UserFolders::from_environment());
  Result<std::string> url = !instance                      ? Result<std::string>(instance.error())
                            : command.topic == "dashboard" ? dashboard_link(*instance)
                                                           : ask_portal_link(*instance);
  if (!url) {
    err.error(url.error());
    return verb_exit_code(url.error());
  }
  return show_page(*url, process_environment(), command.json, out, err);
}

}  // namespace exthost::app
