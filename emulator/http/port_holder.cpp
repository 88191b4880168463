#include "emulator/http/port_holder.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <vector>

#include "emulator/base/text.h"

namespace exthost::http {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kListening = "0A";

/// Adds the inodes of sockets that listen on `port`, from a table in the form of /proc/net/tcp.
void collect_listeners(const fs::path& table, std::uint16_t port, std::set<std::string>& inodes) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the column titles
  while (std::getline(file, line)) {
    std::istringstream row(line);
    std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    row >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode;
    if (!row || state != kListening) continue;
    const std::string digits = local.substr(local.find(':') + 1);
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (value == port) inodes.insert("socket:[" + inode + "]");
  }
}

bool holds_any(const fs::path& descriptors, const std::set<std::string>& sockets) {
  std::error_code error;
  for (fs::directory_iterator entry(descriptors, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unreadable;
    if (sockets.count(fs::read_symlink(entry->path(), unreadable).string()) > 0) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> find_port_holder(std::uint16_t port) {
  std::set<std::string> sockets;
  collect_listeners("/proc/net/tcp", port, sockets);
  collect_listeners("/proc/net/tcp6", port, sockets);
  if (sockets.empty()) return std::nullopt;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string id = entry->path().filename().string();
    if (!std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; })) continue;
    if (!holds_any(entry->path() / "fd", sockets)) continue;
    std::string name = "a process";
    std::ifstream(entry->path() / "comm") >> name;
    return name + " (process " + id + ")";
  }
  return std::nullopt;
}

}  // namespace exthost::http
