#include "emulator/watch/inotify_translation.h"

#include <sys/inotify.h>

#include <cstring>

namespace exthost::watch {
namespace {

bool has(std::uint32_t mask, std::uint32_t bits) {
  return (mask & bits) != 0;
}

/// An entry of a watched folder, or the folder itself, was touched.
void translate_entry(const RawEvent& event, const std::string& path, Translation& translation) {
  const bool is_folder = has(event.mask, IN_ISDIR);
  const bool unfinished = !is_folder && has(event.mask, IN_MODIFY | IN_CREATE);
  translation.events.push_back({path, unfinished});
  if (!is_folder || event.name.empty()) return;
  if (has(event.mask, IN_MOVED_FROM)) translation.folders_to_drop.push_back(path);
  if (has(event.mask, IN_CREATE | IN_MOVED_TO | IN_ATTRIB)) translation.folders_to_add.push_back(path);
}

}  // namespace

std::vector<RawEvent> parse_inotify(std::string_view buffer) {
  std::vector<RawEvent> events;
  while (buffer.size() >= sizeof(inotify_event)) {
    inotify_event head;
    std::memcpy(&head, buffer.data(), sizeof head);
    if (buffer.size() - sizeof head < head.len) break;
    const std::string_view padded = buffer.substr(sizeof head, head.len);
    events.push_back({head.wd, head.mask, std::string(padded.substr(0, padded.find('\0')))});
    buffer.remove_prefix(sizeof head + head.len);
  }
  return events;
}

Translation translate(const std::vector<RawEvent>& events, const WatchTable& table,
                      const package::TreeRules& ignore) {
  Translation translation;
  for (const RawEvent& event : events) {
    if (has(event.mask, IN_Q_OVERFLOW)) translation.lost = true;
    const auto watch = table.find(event.watch);
    if (watch == table.end()) continue;
    const std::string& folder = watch->second;

    if (has(event.mask, IN_IGNORED)) translation.ended.push_back(event.watch);
    if (has(event.mask, IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) {
      // The folder above tells what became of a folder; only of the root nobody else tells.
      if (folder.empty()) translation.root_gone = true;
      if (has(event.mask, IN_UNMOUNT)) translation.lost = true;
      continue;
    }
    if (has(event.mask, IN_IGNORED)) continue;

    const std::string path = join_relative(folder, event.name);
    if (ignore.gitignore() && event.name == package::TreeRules::kFileName) translation.lost = true;
    if (!event.name.empty() && ignore.ignores(path, has(event.mask, IN_ISDIR))) continue;
    translate_entry(event, path, translation);
  }
  return translation;
}

bool is_within(std::string_view path, std::string_view folder) {
  if (folder.empty() || path == folder) return true;
  return path.size() > folder.size() && path.substr(0, folder.size()) == folder && path[folder.size()] == '/';
}

std::string join_relative(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!folder.empty() && !name.empty()) path += '/';
  path += name;
  return path;
}

}  // namespace exthost::watch
