#include "emulator/app/environment_report.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kConnectionString = "AZURE_STORAGE_CONNECTION_STRING";
constexpr std::string_view kToken = "EXTHOST_EMU_TOKEN";

base::Result<std::string> connection_string_of(const InstanceRecord& instance, const std::string& account) {
  if (account.empty()) return instance.connection_string;
  std::vector<std::string> names;
  for (const auto& [name, text] : instance.connection_strings) {
    if (name == account) return text;
    names.push_back(name);
  }
  const auto meant = base::nearest_word(account, names);
  return base::Error{
      base::ErrorKind::invalid_input,
      "there is no storage account '" + account + "'" + (meant ? "; did you mean '" + *meant + "'?" : ""),
      std::string(model::codes::kUsage)};
}

Variables variables_of(const InstanceRecord& instance, const std::string& connection_string) {
  Variables variables = {
      {std::string(kConnectionString), connection_string}, {"EXTHOST_EMU_PORTAL_URL", instance.portal},
      {"EXTHOST_EMU_HOSTING_URL", instance.hosting},       {"EXTHOST_EMU_STORAGE_URL", instance.storage},
      {"EXTHOST_EMU_CONTROL_URL", instance.control},       {std::string(kToken), instance.token}};
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
    {"azp",
     [](const std::string& name, const std::string& value) {
       const bool secret = name == kConnectionString || name == kToken;
       return "##vso[task.setvariable variable=" + name + (secret ? ";issecret=true]" : "]") + value;
     }},
}};

}  // namespace

base::Result<std::string> environment_report(const InstanceRecord& instance, std::string_view shell,
                                             const std::string& account) {
  auto connection_string = connection_string_of(instance, account);
  if (!connection_string) return std::move(connection_string).error();
  const Variables variables = variables_of(instance, *connection_string);
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
