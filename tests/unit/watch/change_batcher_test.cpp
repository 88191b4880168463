#include "emulator/watch/change_batcher.h"

#include "tests/support/catch.h"

using namespace exthost::watch;

namespace {

Instant at(int milliseconds) {
  return Instant(std::chrono::hours(1)) + Duration(milliseconds);
}

WatchEvents touched(std::vector<std::string> paths, bool unfinished = false) {
  WatchEvents events;
  for (auto& path : paths) events.events.push_back({std::move(path), unfinished});
  return events;
}

WatchEvents some_lost() {
  WatchEvents events;
  events.lost = true;
  return events;
}

}  // namespace

TEST_CASE("nothing is due without events") {
  ChangeBatcher batcher;
  CHECK_FALSE(batcher.due());
  CHECK_FALSE(batcher.take(at(1000)));
  batcher.add({}, at(0));
  CHECK_FALSE(batcher.due());
}

TEST_CASE("a person's save is due after a few quiet milliseconds") {
  ChangeBatcher batcher;
  batcher.add(touched({"b.js", "a.js"}), at(0));
  batcher.add(touched({"a.js"}), at(2));
  CHECK(batcher.due() == at(7));
  CHECK_FALSE(batcher.take(at(6)));
  const auto batch = batcher.take(at(7));
  REQUIRE(batch);
  CHECK(batch->paths == std::vector<std::string>{"a.js", "b.js"});
  CHECK_FALSE(batch->lost);
  CHECK_FALSE(batcher.due());
}

TEST_CASE("what looks like a whole save is told ahead, once, and a burst or an open file is not") {
  ChangeBatcher batcher;
  CHECK_FALSE(batcher.take_hint());
  batcher.add(touched({"a.js"}, true), at(0));
  CHECK_FALSE(batcher.take_hint());
  batcher.add(touched({"a.js", "a.js.tmp"}), at(1));
  CHECK(batcher.take_hint() == std::vector<std::string>{"a.js", "a.js.tmp"});
  batcher.add(touched({"b.js"}), at(2));
  CHECK_FALSE(batcher.take_hint());
  CHECK(batcher.take(at(7)));
  CHECK_FALSE(batcher.take_hint());

  batcher.add(touched({"a", "b", "c", "d"}), at(1000));
  CHECK_FALSE(batcher.take_hint());
  CHECK(batcher.take(at(1025)));
  batcher.add(some_lost(), at(2000));
  CHECK_FALSE(batcher.take_hint());
  CHECK(batcher.take(at(2025)));
  batcher.add(touched({"a.js"}), at(3000));
  CHECK(batcher.take_hint());
}

TEST_CASE("a storm is not worked on ahead") {
  ChangeBatcher batcher;
  for (int begin = 0; begin < 4; ++begin) {
    batcher.add(touched({"a.js"}), at(20 * begin));
    if (begin < 3) CHECK(batcher.take(at(20 * begin + 5)).has_value() == (begin < 2));
  }
  CHECK_FALSE(batcher.take_hint());
}

TEST_CASE("how long it waits depends on what came") {
  struct Row {
    const char* what;
    WatchEvents events;
    int due;
  };
  const std::vector<Row> rows = {
      {"one file", touched({"a"}), 5},
      {"three files", touched({"a", "b", "c"}), 5},
      {"the same file four times", touched({"a", "a", "a", "a"}), 5},
      {"four files", touched({"a", "b", "c", "d"}), 25},
      {"a file still being written", touched({"a"}, true), 25},
      {"lost events", some_lost(), 25},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    ChangeBatcher batcher;
    batcher.add(row.events, at(0));
    CHECK(batcher.due() == at(row.due));
  }
}

TEST_CASE("a writer that closes its file ends the longer wait") {
  ChangeBatcher batcher;
  batcher.add(touched({"a"}, true), at(0));
  batcher.add(touched({"a"}), at(1));
  CHECK(batcher.due() == at(6));
}

TEST_CASE("a tool that writes without pause can hold a batch off only so long") {
  ChangeBatcher batcher;
  for (int ms = 0; ms < 150; ms += 10) {
    batcher.add(touched({"file" + std::to_string(ms)}), at(ms));
    CHECK_FALSE(batcher.take(at(ms)));
  }
  CHECK(batcher.due() == at(150));
  const auto batch = batcher.take(at(150));
  REQUIRE(batch);
  CHECK(batch->paths.size() == 15);
}

TEST_CASE("lost events are told with the batch and forgotten after it") {
  ChangeBatcher batcher;
  batcher.add(touched({"a"}), at(0));
  batcher.add(some_lost(), at(1));
  const auto batch = batcher.take(at(26));
  REQUIRE(batch);
  CHECK(batch->lost);
  batcher.add(touched({"a"}), at(30));
  CHECK(batcher.due() == at(35));
}
