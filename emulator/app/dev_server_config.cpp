#include "emulator/app/dev_server_config.h"

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "emulator/app/settings_fields.h"
#include "emulator/model/codes.h"
#include "emulator/model/registration.h"
#include "emulator/model/version.h"

namespace exthost::app {
namespace {

using base::JsonKind;
using base::JsonMember;
using base::JsonValue;
using Path = std::filesystem::path;
namespace codes = model::codes;

// Their defaults (domain.md k).
constexpr std::uint16_t kPort = 1339;
constexpr const char* kServableContent = "./obj/Debug";
constexpr const char* kContentSource = "./Output";
constexpr const char* kLocalConfig = "./LocalContent/Config";

const std::string kWhere{kDevServerConfigName};

bool is_folder(const Path& path) {
  std::error_code fault;
  return std::filesystem::is_directory(path, fault);
}

class Reader : private SettingsFields {
 public:
  Reader(std::string_view text, const std::string& file_name, const Path& folder, Settings& settings)
      : SettingsFields(text, file_name, folder), settings_(settings) {}

  std::vector<model::Problem> read() {
    const std::optional<JsonValue> root = parse();
    if (root && root->kind != JsonKind::object) {
      report(root->offset, codes::kSettingsNotJson, kWhere + " is not an object", "put it in { }");
    } else if (root) {
      read_root(*root);
    }
    return take_problems();
  }

 private:
  void read_root(const JsonValue& root) {
    ExtensionSettings extension;
    Path servable = below(kServableContent);
    Path content = below(kContentSource);
    Path local_config = below(kLocalConfig);
    settings_.hosting_port = kPort;
    settings_.origins["ports.hosting"] = kWhere;
    // What these are for, others do: serving needs no bundler, and there is no gallery.
    const KeyReader pass_over = [](const JsonMember&) {};
    const KeyReaders keys = {
        {"extensionNameInPortalRegistration", checked(extension.name, model::check_extension_name)},
        {"extensionHostingServiceName",
         checked(extension.hosting_service_name, model::check_hosting_service_name)},
        {"port", [this](const JsonMember& member) { read_port(member); }},
        {"extensionServableContentPath", into(servable, kWhere)},
        {"extensionContentSource", into(content, kWhere)},
        {"localConfigPath", into(local_config, kWhere)},
        {"sideLoadTarget", pass_over},
        {"bundlerPath", pass_over},
        {"galleryPackagePath", pass_over}};
    read_known(root, keys);
    if (extension.name.empty() && problem_count() == 0) {
      report(root.offset, codes::kSettingsValue, kWhere + " has no 'extensionNameInPortalRegistration'",
             "give the name from extension.pdl, such as Microsoft_Azure_MyExtension");
    }
    extension.source.emplace();
    extension.source->folder = !is_folder(servable) && is_folder(content) ? content : servable;
    extension.source->local_config = local_config;
    settings_.extensions.push_back(std::move(extension));
  }

  /// As read_object, but for other keys: they may be another release's of the tool.
  void read_known(const JsonValue& root, const KeyReaders& keys) {
    for (const JsonMember& member : root.members) {
      const KeyReader* reader = nullptr;
      for (const auto& [key, read_key] : keys) {
        if (key == member.key) reader = &read_key;
      }
      if (reader != nullptr) {
        (*reader)(member);
      } else {
        warn(member.key_offset, codes::kSettingsUnknownKey,
             kWhere + " has '" + member.key + "', which is not known here", "it is passed over");
      }
    }
  }

  template <class Check>
  KeyReader checked(std::string& target, Check check) {
    return [this, &target, check](const JsonMember& member) {
      const auto text = string_of(member, kWhere);
      if (!text) return;
      target = *text;
      if (const auto fine = check(*text); !fine)
        report(member.value.offset, fine.error().code, fine.error().message);
    };
  }

  void read_port(const JsonMember& member) {
    const std::string& text = member.value.text;
    std::uint16_t port = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool has_text = member.value.kind == JsonKind::number || member.value.kind == JsonKind::string;
    if (!has_text || fault != std::errc() || end != text.data() + text.size()) {
      report(member.value.offset, codes::kSettingsValue, "'port' is no port",
             "write a number from 0 to 65535");
      return;
    }
    settings_.hosting_port = port;
    settings_.origins["ports.hosting"] = position(member.value.offset).to_string();
  }

  Path below(const char* relative) const { return (folder() / relative).lexically_normal(); }

  Settings& settings_;
};

}  // namespace

std::vector<model::Problem> read_dev_server_config(std::string_view text, const std::string& file_name,
                                                   const Path& folder, Settings& settings) {
  return Reader(text, file_name, folder, settings).read();
}

}  // namespace exthost::app
