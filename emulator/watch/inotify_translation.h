#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/package/tree_rules.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// One record of an inotify queue (inotify(7)).
struct RawEvent {
  int watch = -1;
  std::uint32_t mask = 0;
  std::string
      name;  ///< Of the entry within the watched folder; empty if the event is about the folder itself.
};

/// Which folder each watch descriptor stands for, as a path relative to the root; the root is "".
using WatchTable = std::map<int, std::string>;

/// What a batch of raw events means: what to tell, and what to do about the watches, in this order: drop,
/// then add.
struct Translation {
  std::vector<WatchEvent> events;
  std::vector<int> ended;                    ///< Watches that the kernel has removed already.
  std::vector<std::string> folders_to_drop;  ///< Moved away: they and all below them.
  std::vector<std::string> folders_to_add;   ///< Created, moved in or made readable: they and all below them.
  bool lost = false;       ///< The queue overflowed, or a .gitignore file that counts was touched.
  bool root_gone = false;  ///< The root was deleted, moved or unmounted.
};

/// The records in a buffer that read(2) on an inotify descriptor filled. A record cut short ends the list.
std::vector<RawEvent> parse_inotify(std::string_view buffer);

/// Pure: judges events by the table as it stands. Events of watches that the table does not know (dropped
/// before) and of what `ignore` leaves out say nothing.
Translation translate(const std::vector<RawEvent>& events, const WatchTable& table,
                      const package::TreeRules& ignore);

/// Whether `path` is `folder` or lies below it; everything lies below "".
bool is_within(std::string_view path, std::string_view folder);

/// `name` in `folder`, both relative; `folder` may be "".
std::string join_relative(std::string_view folder, std::string_view name);

}  // namespace exthost::watch
