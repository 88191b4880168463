// How often a folder is packed while somebody, or something, goes on writing in it.

#include <functional>
#include <string>
#include <vector>

#include "emulator/watch/change_batcher.h"
#include "tests/support/catch.h"

using namespace exthost::watch;

namespace {

const Instant kStart{std::chrono::hours(1)};

struct Write {
  Duration at{0};
  std::string path;
  bool unfinished = false;
};

/// When each batch was taken, if each takes `work` to be packed: the steps of a FolderWatcher on paper.
std::vector<Duration> batches(const std::vector<Write>& writes, Duration work = Duration(0),
                              BatchTiming timing = {}) {
  ChangeBatcher batcher(timing);
  std::vector<Duration> taken;
  std::size_t next = 0;
  Instant now = kStart;
  const auto until = [&](Instant end) {
    WatchEvents events;
    for (; next < writes.size() && kStart + writes[next].at <= end; ++next)
      events.events.push_back({writes[next].path, writes[next].unfinished});
    return events;
  };
  while (next < writes.size() || batcher.due()) {
    const auto due = batcher.due();
    const bool event_first = next < writes.size() && (!due || kStart + writes[next].at < *due);
    now = std::max(now, event_first ? kStart + writes[next].at : *due);
    batcher.add(until(now), now);
    if (!batcher.take(now)) continue;
    taken.push_back(std::chrono::duration_cast<Duration>(now - kStart));
    now += work;
    batcher.worked(until(now), now);
  }
  return taken;
}

std::vector<Write> writes_every(Duration step, Duration length, const std::string& name = "file") {
  std::vector<Write> writes;
  for (Duration at{0}; at < length; at += step)
    writes.push_back({at, name + std::to_string(writes.size()), false});
  return writes;
}

}  // namespace

TEST_CASE("a tool that writes for two seconds is two batches: a first look, and all of it") {
  const auto work = GENERATE(Duration(0), Duration(40), Duration(700));
  const auto taken = batches(writes_every(Duration(3), Duration(2000)), work);
  REQUIRE(taken.size() == 2);
  CHECK(taken[0] == Duration(150));
  CHECK(taken[1] >= Duration(2000));
  CHECK(taken[1] <= Duration(2000 + 150));
}

TEST_CASE("a storm of 23 seconds is a handful of batches, the first as soon as ever") {
  const auto work = GENERATE(Duration(0), Duration(90), Duration(2000));
  const auto taken = batches(writes_every(Duration(1), Duration(23'000)), work);
  CHECK(taken.size() <= 5);
  CHECK(taken.front() == Duration(150));
  CHECK(taken.back() >= Duration(23'000));
  CHECK(taken.back() <= Duration(23'000) + work + Duration(150));
  for (std::size_t i = 1; i < taken.size(); ++i) {
    INFO(i);
    CHECK(taken[i] - taken[i - 1] <= BatchTiming{}.longest_delay + work + Duration(1));
  }
}

TEST_CASE("short pauses of a tool do not end its storm") {
  std::vector<Write> writes = writes_every(Duration(2), Duration(200), "early");
  for (Write& write : writes_every(Duration(2), Duration(400), "late")) {
    write.at += Duration(300);
    writes.push_back(std::move(write));
  }
  CHECK(batches(writes).size() == 2);
}

TEST_CASE("a tool that writes a file now and then is stopped from making a version of each") {
  CHECK(batches(writes_every(Duration(60), Duration(2000))).size() == 3);
}

TEST_CASE("a person who saves every 300 ms is never a storm, however long packing takes") {
  const auto work = GENERATE(Duration(0), Duration(20), Duration(250));
  const auto taken = batches(writes_every(Duration(300), Duration(6000)), work);
  REQUIRE(taken.size() == 20);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    INFO(i);
    CHECK(taken[i] == Duration(300) * static_cast<int>(i) + Duration(5));
  }
}

TEST_CASE("a save while the one before is packed waits for that and no longer") {
  const auto taken = batches({{Duration(0), "a"}, {Duration(100), "b"}}, Duration(400));
  CHECK(taken == std::vector<Duration>{Duration(5), Duration(410)});
}

TEST_CASE("a burst that came while a batch was packed goes on to be a storm") {
  std::vector<Write> writes = writes_every(Duration(1), Duration(10), "early");
  for (Write& write : writes_every(Duration(20), Duration(900), "late")) {
    write.at += Duration(60);
    writes.push_back(std::move(write));
  }
  const auto taken = batches(writes, Duration(300));
  REQUIRE(taken.size() == 2);
  CHECK(taken[0] == Duration(34));
  CHECK(taken[1] >= Duration(960 - 20 + 150));
}

TEST_CASE("after real quiet a storm is forgotten") {
  std::vector<Write> writes = writes_every(Duration(1), Duration(1000), "storm");
  writes.push_back({Duration(2000), "saved.js", false});
  for (Write& write : writes_every(Duration(1), Duration(400), "again")) {
    write.at += Duration(3000);
    writes.push_back(std::move(write));
  }
  const auto taken = batches(writes);
  REQUIRE(taken.size() == 5);
  CHECK(taken[2] == Duration(2005));
  CHECK(taken[3] == Duration(3150));
}

TEST_CASE("lost events while a batch was worked on are part of a storm") {
  ChangeBatcher batcher;
  WatchEvents lost;
  lost.lost = true;
  batcher.add(lost, kStart);
  REQUIRE(batcher.take(kStart + Duration(25)));
  batcher.worked(lost, kStart + Duration(60));
  CHECK(batcher.due() == kStart + Duration(60) + BatchTiming{}.quiet_in_storm);
}

TEST_CASE("a quiet period that the settings name takes the place of all of them") {
  const BatchTiming slow = timing_with_quiet(Duration(2000));
  CHECK(batches({{Duration(0), "a"}}, Duration(0), slow) == std::vector<Duration>{Duration(2000)});
  CHECK(batches(writes_every(Duration(500), Duration(5000)), Duration(0), slow).size() == 1);
  const BatchTiming quick = timing_with_quiet(Duration(1));
  CHECK(batches(writes_every(Duration(10), Duration(20)), Duration(0), quick) ==
        std::vector<Duration>{Duration(1), Duration(11)});
  CHECK(quick.max_delay == BatchTiming{}.max_delay);
}
