#include "emulator/app/banner.h"

#include "emulator/app/open_command.h"
#include "emulator/app/storage_wiring.h"
#include "emulator/model/cloud.h"
#include "emulator/model/portal_url.h"
#include "emulator/watch/publisher.h"

namespace exthost::app {
namespace {

constexpr std::size_t kListedExtensions = 3;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + " ";
}

std::string stage_list(const InstanceRecord::Extension& extension) {
  if (extension.stages.empty()) return "nothing served yet";
  std::string list;
  for (const auto& [stage, version] : extension.stages)
    list += (list.empty() ? "" : " · ") + stage + " " + version;
  return list;
}

const InstanceRecord::Extension* find_record(const InstanceRecord& record,
                                             const ExtensionSettings& extension) {
  for (const InstanceRecord::Extension& candidate : record.extensions) {
    if (candidate.hosting_service_name == extension.hosting_service_name) return &candidate;
  }
  return nullptr;
}

std::string extension_link(const InstanceRecord& record, const ExtensionSettings& extension) {
  return record.hosting + "/" + extension.hosting_service_name + (extension.source ? "/dev" : "");
}

/// For people to copy, and for logs only if the key is the one that everybody knows.
std::string shown_connection(const InstanceRecord& record, const Settings& settings,
                             const Terminal& terminal) {
  const bool secret = settings.storage.accounts.count(usual_account(settings)) != 0;
  if (terminal.abilities().is_terminal || !secret) return record.connection_string;
  const std::string_view field = "AccountKey=";
  const std::size_t key = record.connection_string.find(field) + field.size();
  std::string text = record.connection_string;
  text.replace(key, text.find(';', key) - key, "***");
  return text + "   (whole: exthost-emu env)";
}

}  // namespace

std::string portal_link(const InstanceRecord& record, const std::string& extension, bool has_source) {
  if (has_source) return record.portal + "/?feature.canmodifystamps=true&" + extension + "=dev";
  return record.portal + "/?" + extension + "=true";
}

std::vector<std::string> banner_lines(const InstanceRecord& record, const Settings& settings,
                                      std::chrono::milliseconds took, bool certificate_trusted,
                                      const Terminal& terminal) {
  const ExtensionSettings& first = settings.extensions.front();
  std::vector<std::string> lines;
  const auto link = [&](const char* label, const std::string& url) {
    lines.push_back("  " + terminal.styled(Style::good, terminal.arrow()) + "  " + padded(label, 11) +
                    terminal.styled(Style::link, url));
  };
  lines.push_back("  " + terminal.styled(Style::bold, "exthost-emu " EXTHOST_VERSION) + "   ready in " +
                  std::to_string(took.count()) + " ms   " + std::string(model::to_string(settings.fidelity)) +
                  " fidelity");
  lines.push_back("");
  link("Portal", portal_link(record, first.name, first.source.has_value()));
  link("Extension", extension_link(record, first));
  link("Storage", record.storage + "/" + first.storage.account + "/" + first.storage.container);
  lines.push_back("  " + terminal.styled(Style::good, terminal.arrow()) + "  " + padded("Connection", 11) +
                  shown_connection(record, settings, terminal));
  link("Dashboard", dashboard_link(record));
  link("Sideload", model::sideload_url(model::default_portal_environment(settings.cloud).portal_host,
                                       first.name, extension_link(record, first)));
  lines.push_back("");
  std::size_t listed = 0;
  for (const ExtensionSettings& extension : settings.extensions) {
    if (listed++ == kListedExtensions) {
      lines.push_back("  " + padded("", 14) + "and " +
                      std::to_string(settings.extensions.size() - kListedExtensions) +
                      " more: see the dashboard");
      break;
    }
    if (const auto* found = find_record(record, extension)) {
      lines.push_back("  " + terminal.styled(Style::bold, padded(extension.hosting_service_name, 14)) +
                      stage_list(*found));
    }
    if (extension.source && settings.watch) {
      std::string names(watch::kDevName);
      for (const std::string& name : extension.source->publish_to) {
        if (name != watch::kDevName) names += ", " + name;
      }
      lines.push_back("  " + padded("watching", 14) + extension.source->folder.string() + "  " +
                      std::string(terminal.arrow()) + "  " + names);
    }
  }
  if (settings.https && !certificate_trusted) {
    lines.push_back("");
    lines.push_back(
        "  " +
        terminal.styled(Style::warning,
                        std::string(terminal.symbol(Style::warning)) +
                            " Browsers do not trust the local certificate yet. Run: exthost-emu cert trust"));
  }
  return lines;
}

}  // namespace exthost::app
