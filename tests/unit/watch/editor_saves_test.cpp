// Every way of saving a file that editors have, as the kernel tells it: each must end in one batch, at once.

#include <sys/inotify.h>

#include <algorithm>

#include "emulator/watch/change_batcher.h"
#include "emulator/watch/inotify_translation.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::watch;

namespace {

struct Save {
  const char* editor;
  std::vector<RawEvent> events;
};

const std::vector<Save> kSaves = {
    {"in place, as VS Code and echo do",
     {{1, IN_MODIFY, "app.js"}, {1, IN_MODIFY, "app.js"}, {1, IN_CLOSE_WRITE, "app.js"}}},
    {"temporary file and rename, as prettier and sed -i do",
     {{1, IN_CREATE, "sedX3q1Zk"},
      {1, IN_ATTRIB, "sedX3q1Zk"},
      {1, IN_MODIFY, "sedX3q1Zk"},
      {1, IN_CLOSE_WRITE, "sedX3q1Zk"},
      {1, IN_MOVED_FROM, "sedX3q1Zk"},
      {1, IN_MOVED_TO, "app.js"}}},
    {"JetBrains' safe write",
     {{1, IN_CREATE, "app.js___jb_tmp___"},
      {1, IN_MODIFY, "app.js___jb_tmp___"},
      {1, IN_CLOSE_WRITE, "app.js___jb_tmp___"},
      {1, IN_MOVED_FROM, "app.js"},
      {1, IN_MOVED_TO, "app.js___jb_old___"},
      {1, IN_MOVED_FROM, "app.js___jb_tmp___"},
      {1, IN_MOVED_TO, "app.js"},
      {1, IN_DELETE, "app.js___jb_old___"}}},
    {"vim: a probe, the old file renamed away, a new one, the old one deleted",
     {{1, IN_CREATE, "4913"},
      {1, IN_ATTRIB, "4913"},
      {1, IN_CLOSE_WRITE, "4913"},
      {1, IN_DELETE, "4913"},
      {1, IN_MOVED_FROM, "app.js"},
      {1, IN_MOVED_TO, "app.js~"},
      {1, IN_CREATE, "app.js"},
      {1, IN_MODIFY, "app.js"},
      {1, IN_CLOSE_WRITE, "app.js"},
      {1, IN_ATTRIB, "app.js"},
      {1, IN_MODIFY, ".app.js.swp"},
      {1, IN_DELETE, "app.js~"}}},
    {"vim with backupcopy=yes: a copy of the old file, then in place",
     {{1, IN_CREATE, "app.js~"},
      {1, IN_MODIFY, "app.js~"},
      {1, IN_CLOSE_WRITE, "app.js~"},
      {1, IN_MODIFY, "app.js"},
      {1, IN_MODIFY, "app.js"},
      {1, IN_CLOSE_WRITE, "app.js"},
      {1, IN_ATTRIB, "app.js"},
      {1, IN_DELETE, "app.js~"}}},
    {"gedit and other GLib programs: a hidden temporary file, renamed",
     {{1, IN_CREATE, ".goutputstream-Q8ZP42"},
      {1, IN_MODIFY, ".goutputstream-Q8ZP42"},
      {1, IN_CLOSE_WRITE, ".goutputstream-Q8ZP42"},
      {1, IN_MOVED_FROM, ".goutputstream-Q8ZP42"},
      {1, IN_MOVED_TO, "app.js"}}},
    {"emacs: a lock link, a backup by rename, a new file",
     {{1, IN_CREATE, ".#app.js"},
      {1, IN_MOVED_FROM, "app.js"},
      {1, IN_MOVED_TO, "app.js~"},
      {1, IN_CREATE, "app.js"},
      {1, IN_MODIFY, "app.js"},
      {1, IN_CLOSE_WRITE, "app.js"},
      {1, IN_DELETE, ".#app.js"}}},
};

}  // namespace

TEST_CASE(
    "each editor's save is one batch that names the file, due a few milliseconds after its last event") {
  for (const Save& save : kSaves) {
    INFO(save.editor);
    ChangeBatcher batcher;
    Instant now{std::chrono::hours(1)};
    std::vector<Batch> early;
    for (const RawEvent& event : save.events) {
      Translation translation = translate({event}, {{1, ""}}, package::TreeRules({}));
      WatchEvents events;
      events.events = std::move(translation.events);
      now += Duration(1);
      batcher.add(events, now);
      if (auto batch = batcher.take(now)) early.push_back(*std::move(batch));
    }
    CHECK(early.empty());
    const auto due = batcher.due();
    REQUIRE(due);
    CHECK(*due <= now + BatchTiming{}.quiet_after_save);
    const auto batch = batcher.take(*due);
    REQUIRE(batch);
    CHECK(std::count(batch->paths.begin(), batch->paths.end(), "app.js") == 1);
    CHECK(batch->paths.size() <= 2);
    CHECK_FALSE(batcher.due());
  }
}
