#include "emulator/watch/inotify_translation.h"

#include <sys/inotify.h>

#include <cstring>

#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::watch;
using Paths = std::vector<std::string>;

namespace {

const WatchTable kTable = {{1, ""}, {2, "js"}, {3, "js/lib"}};

Translation judge(const std::vector<RawEvent>& events, const std::vector<std::string>& ignore = {}) {
  return translate(events, kTable, package::TreeRules(ignore));
}

Paths paths_of(const Translation& translation) {
  Paths paths;
  for (const WatchEvent& event : translation.events) paths.push_back(event.path);
  return paths;
}

std::string record(int watch, std::uint32_t mask, std::string name) {
  inotify_event head{};
  head.wd = watch;
  head.mask = mask;
  if (!name.empty()) name.resize((name.size() / 16 + 1) * 16);  // padded with NULs, as the kernel does
  head.len = static_cast<std::uint32_t>(name.size());
  std::string bytes(sizeof head, '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  return bytes + name;
}

}  // namespace

TEST_CASE("records of a queue are read one after the other without their padding") {
  const auto events =
      parse_inotify(record(2, IN_MODIFY, "app.js") + record(1, IN_ATTRIB, "") + record(3, IN_DELETE, "x"));
  REQUIRE(events.size() == 3);
  CHECK(events[0].watch == 2);
  CHECK(events[0].mask == IN_MODIFY);
  CHECK(events[0].name == "app.js");
  CHECK(events[1].name.empty());
  CHECK(events[2].name == "x");
}

TEST_CASE("a record that is cut short ends the list") {
  const std::string whole = record(1, IN_MODIFY, "a") + record(1, IN_MODIFY, "b");
  CHECK(parse_inotify(std::string_view(whole).substr(0, whole.size() - 1)).size() == 1);
  CHECK(parse_inotify("abc").empty());
  CHECK(parse_inotify("").empty());
}

TEST_CASE("an event is told by its path from the root") {
  CHECK(paths_of(judge({{1, IN_CLOSE_WRITE, "index.html"}, {3, IN_DELETE, "a.js"}})) ==
        Paths{"index.html", "js/lib/a.js"});
}

TEST_CASE("a file is unfinished until its writer closes it") {
  const auto translation =
      judge({{1, IN_CREATE, "a"}, {1, IN_MODIFY, "b"}, {1, IN_CLOSE_WRITE, "c"}, {1, IN_MOVED_TO, "d"}});
  REQUIRE(translation.events.size() == 4);
  CHECK(translation.events[0].unfinished);
  CHECK(translation.events[1].unfinished);
  CHECK_FALSE(translation.events[2].unfinished);
  CHECK_FALSE(translation.events[3].unfinished);
}

TEST_CASE("a new folder, one moved in, and one that became readable are to be watched") {
  const auto translation = judge({{1, IN_CREATE | IN_ISDIR, "css"},
                                  {2, IN_MOVED_TO | IN_ISDIR, "new"},
                                  {1, IN_ATTRIB | IN_ISDIR, "locked"}});
  CHECK(translation.folders_to_add == Paths{"css", "js/new", "locked"});
  CHECK(paths_of(translation) == Paths{"css", "js/new", "locked"});
}

TEST_CASE("a folder that moved away takes its watches along, and gets them anew where it went") {
  const auto translation =
      judge({{2, IN_MOVED_FROM | IN_ISDIR, "lib"}, {1, IN_MOVED_TO | IN_ISDIR, "library"}});
  CHECK(translation.folders_to_drop == Paths{"js/lib"});
  CHECK(translation.folders_to_add == Paths{"library"});
}

TEST_CASE("a watch that the kernel ended is forgotten") {
  const auto translation =
      judge({{3, IN_DELETE_SELF, ""}, {3, IN_IGNORED, ""}, {2, IN_DELETE | IN_ISDIR, "lib"}});
  CHECK(translation.ended == std::vector<int>{3});
  CHECK_FALSE(translation.root_gone);
  CHECK(paths_of(translation) == Paths{"js/lib"});
}

TEST_CASE("a root that is deleted, moved or unmounted is gone") {
  CHECK(judge({{1, IN_DELETE_SELF, ""}}).root_gone);
  CHECK(judge({{1, IN_MOVE_SELF, ""}}).root_gone);
  CHECK(judge({{1, IN_UNMOUNT, ""}}).root_gone);
  CHECK_FALSE(judge({{2, IN_MOVE_SELF, ""}}).root_gone);
}

TEST_CASE("an overflow and a vanished mount mean that events were lost") {
  CHECK(judge({{-1, IN_Q_OVERFLOW, ""}}).lost);
  CHECK(judge({{2, IN_UNMOUNT, ""}}).lost);
}

TEST_CASE("events of unknown watches say nothing") {
  const auto translation = judge({{99, IN_CREATE | IN_ISDIR, "a"}, {99, IN_IGNORED, ""}});
  CHECK(translation.events.empty());
  CHECK(translation.folders_to_add.empty());
  CHECK(translation.ended.empty());
}

TEST_CASE("what is left out of packages is neither told nor watched") {
  const auto translation = judge({{1, IN_CREATE | IN_ISDIR, "node_modules"},
                                  {1, IN_CREATE | IN_ISDIR, ".git"},
                                  {2, IN_CLOSE_WRITE, "app.js.map"},
                                  {2, IN_CREATE, ".app.js.swp"},
                                  {2, IN_CLOSE_WRITE, "app.js"}},
                                 {"node_modules/", "**/*.map"});
  CHECK(paths_of(translation) == Paths{"js/app.js"});
  CHECK(translation.folders_to_add.empty());
}

TEST_CASE("a path lies within itself, its folders and the root") {
  CHECK(is_within("js/lib", "js"));
  CHECK(is_within("js", "js"));
  CHECK(is_within("js", ""));
  CHECK_FALSE(is_within("jsx", "js"));
  CHECK_FALSE(is_within("js", "js/lib"));
}

TEST_CASE("a .gitignore that counts changes what is told, so everything is looked at again") {
  const std::vector<RawEvent> events = {{2, IN_CLOSE_WRITE, ".gitignore"}};
  CHECK_FALSE(translate(events, kTable, package::TreeRules({})).lost);
  CHECK(translate(events, kTable, package::TreeRules(package::IgnoreOptions({}, true))).lost);
  // Also if it leaves itself out.
  package::TreeRules rules(package::IgnoreOptions({}, true));
  rules.put_file("js", ".gitignore\n*.map\n");
  CHECK(translate(events, kTable, rules).lost);
  CHECK(translate({{3, IN_CLOSE_WRITE, "a.map"}}, kTable, rules).events.empty());
}
