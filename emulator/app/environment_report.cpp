#include "emulator/app/environment_report.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "emulator/model/codes.h"
#include "emulator/storage/accounts.h"

namespace exthost::app {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

Variables variables_of(const InstanceRecord& instance) {
  Variables variables = {
      {"AZURE_STORAGE_CONNECTION_STRING",
       storage::connection_string(storage::Accounts(), storage::kDevelopmentAccount, instance.storage)},
      {"EXTHOST_EMU_PORTAL_URL", instance.portal},
      {"EXTHOST_EMU_HOSTING_URL", instance.hosting},
      {"EXTHOST_EMU_STORAGE_URL", instance.storage},
      {"EXTHOST_EMU_CONTROL_URL", instance.control},
      {"EXTHOST_EMU_TOKEN", instance.token}};
  if (!instance.ca_certificate.empty()) {
    variables.emplace_back("EXTHOST_EMU_CA_CERT", instance.ca_certificate);
    variables.emplace_back("NODE_EXTRA_CA_CERTS", instance.ca_certificate);
  }
  return variables;
}

/// In single quotes, as POSIX shells and PowerShell take them; they differ in how a quote is written inside.
std::string quoted(const std::string& text, std::string_view inner_quote) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += inner_quote;
    } else {
      result += c;
    }
  }
  return result + "'";
}

using Line = std::string (*)(const std::string& name, const std::string& value);
constexpr std::array<std::pair<std::string_view, Line>, 5> kShells = {{
    {"posix", [](const std::string& name,
                 const std::string& value) { return "export " + name + "=" + quoted(value, R"('\'')"); }},
    {"dotenv", [](const std::string& name, const std::string& value) { return name + "=\"" + value + "\""; }},
    {"powershell", [](const std::string& name,
                      const std::string& value) { return "$env:" + name + " = " + quoted(value, "''"); }},
    {"github", [](const std::string& name, const std::string& value) { return name + "=" + value; }},
    {"azp", [](const std::string& name,
               const std::string& value) { return "##vso[task.setvariable variable=" + name + "]" + value; }},
}};

}  // namespace

base::Result<std::string> environment_report(const InstanceRecord& instance, std::string_view shell) {
  const Variables variables = variables_of(instance);
  if (shell == "json") {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : variables) json[name] = value;
    return json.dump(2);
  }
  for (const auto& [name, line] : kShells) {
    if (name != shell) continue;
    std::string text;
    for (const auto& [variable, value] : variables) text += line(variable, value) + "\n";
    return text;
  }
  return base::Error{
      base::ErrorKind::invalid_input,
      "unknown shell '" + std::string(shell) + "': posix, dotenv, powershell, github and azp are known",
      std::string(model::codes::kUsage)};
}

}  // namespace exthost::app
