#include "emulator/base/journal.h"

#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "emulator/base/file.h"
#include "emulator/base/virtual_scheduler.h"
#include "tests/support/catch.h"

using namespace exthost::base;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const VirtualScheduler& some_clock() {
  static const VirtualScheduler clock(WallTime(1'700'000'000s));
  return clock;
}

std::vector<std::uint64_t> seqs(const std::vector<Event>& events) {
  std::vector<std::uint64_t> numbers;
  for (const Event& event : events) numbers.push_back(event.seq);
  return numbers;
}

std::vector<json> lines_of(const std::filesystem::path& file) {
  std::vector<json> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line, nullptr, false));
  return lines;
}

/// While it lives, no file of this process can grow beyond a size: what a full disk looks like to a writer.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_limit_) == 0);
    rlimit limit = old_limit_;
    limit.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*old_handler_)(int);
  rlimit old_limit_{};
};

}  // namespace

TEST_CASE("events are numbered from one, timed and kept") {
  Journal journal(some_clock());
  CHECK(journal.last_seq() == 0);
  CHECK(journal.append("publish", "demo", "Published 1.0.0.1.", R"({"version":"1.0.0.1"})") == 1);
  CHECK(journal.append("sync.succeeded", "demo", "Synced.") == 2);
  const std::vector<Event> events = journal.since(0);
  REQUIRE(events.size() == 2);
  CHECK(events[0].type == "publish");
  CHECK(events[0].time == some_clock().now());
  CHECK(seqs(journal.since(1)) == std::vector<std::uint64_t>{2});
  CHECK(journal.since(2).empty());
}

TEST_CASE("only the newest events stay in memory") {
  Journal journal(some_clock(), 3);
  for (int i = 0; i < 5; ++i) journal.append("tick", "", "");
  CHECK(seqs(journal.since(0)) == std::vector<std::uint64_t>{3, 4, 5});
}

TEST_CASE("listeners hear every event in order until they leave") {
  Journal journal(some_clock());
  std::vector<std::uint64_t> heard;
  {
    const auto subscription = journal.subscribe([&](const Event& event) { heard.push_back(event.seq); });
    journal.append("a", "", "");
    journal.append("b", "", "");
  }
  journal.append("c", "", "");
  CHECK(heard == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("a subscription may outlive its journal") {
  Journal::Subscription subscription;
  {
    Journal journal(some_clock());
    subscription = journal.subscribe([](const Event&) {});
  }
}

TEST_CASE("events from several threads are told in the order of their numbers") {
  Journal journal(some_clock());
  std::vector<std::uint64_t> heard;
  const auto subscription = journal.subscribe([&](const Event& event) { heard.push_back(event.seq); });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) journal.append("tick", "", "");
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(heard.size() == 200);
  for (std::size_t i = 0; i < heard.size(); ++i) REQUIRE(heard[i] == i + 1);
}

TEST_CASE("an event is one line of JSON whatever its texts are") {
  Event event{7,      some_clock().now(),          "publish",
              "demo", "line\none \"quoted\" \xFF", "{\n  \"b\": 1,\n  \"a\": 2\n}"};
  const std::string line = to_json(event);
  CHECK(line.find('\n') == std::string::npos);
  const json parsed = json::parse(line);
  CHECK(parsed["seq"] == 7);
  CHECK(parsed["time"] == "2023-11-14T22:13:20.000Z");
  CHECK(parsed["data"]["a"] == 2);
  CHECK(line.find("{\"b\":1,\"a\":2}") != std::string::npos);
  event.data.clear();
  CHECK(json::parse(to_json(event))["data"] == json::object());
  event.data = "not json";
  CHECK(json::parse(to_json(event))["data"] == "not json");
}

TEST_CASE("the file gets a line for each event, and numbers go on after a restart") {
  auto folder = TemporaryFolder::create("exthost-journal-test-");
  REQUIRE(folder);
  const auto file = folder->path() / "journal";
  {
    Journal journal(some_clock());
    REQUIRE(journal.open_file(file));
    journal.append("a", "demo", "first");
    journal.append("b", "demo", "second");
  }
  Journal journal(some_clock());
  REQUIRE(journal.open_file(file));
  CHECK(journal.last_seq() == 2);
  CHECK(journal.append("c", "demo", "third") == 3);
  const std::vector<json> lines = lines_of(file);
  REQUIRE(lines.size() == 3);
  CHECK(lines[2]["seq"] == 3);
  CHECK(lines[0]["text"] == "first");
}

TEST_CASE("a torn last line neither stops counting nor spoils the next line") {
  auto folder = TemporaryFolder::create("exthost-journal-test-");
  REQUIRE(folder);
  const auto file = folder->path() / "journal";
  std::ofstream(file) << R"({"seq":41,"type":"a"})"
                      << "\n"
                      << R"({"seq":42,"ty)";
  Journal journal(some_clock());
  REQUIRE(journal.open_file(file));
  CHECK(journal.append("b", "", "") == 42);
  const std::vector<json> lines = lines_of(file);
  REQUIRE(lines.size() == 3);
  CHECK(lines[2]["seq"] == 42);
}

TEST_CASE("the time of a file's last whole event is known without opening a journal") {
  auto folder = TemporaryFolder::create("exthost-journal-test-");
  REQUIRE(folder);
  const auto file = folder->path() / "journal";
  CHECK(last_event_time(file).value() == std::nullopt);
  {
    Journal journal(some_clock());
    REQUIRE(journal.open_file(file));
    CHECK(last_event_time(file).value() == std::nullopt);
    journal.append("a", "", "");
  }
  CHECK(last_event_time(file).value() == some_clock().now());
  auto torn = AppendFile::open(file);
  REQUIRE(torn);
  REQUIRE(torn->append("{\"seq\":2,\"time\":\"2099-01-01T00:0"));
  CHECK(last_event_time(file).value() == some_clock().now());
  CHECK_FALSE(last_event_time(folder->path()));
}

TEST_CASE("a file that can't be opened is an error, and one opened late is refused") {
  auto folder = TemporaryFolder::create("exthost-journal-test-");
  REQUIRE(folder);
  Journal journal(some_clock());
  CHECK_FALSE(journal.open_file(folder->path()));
  journal.append("a", "", "");
  const auto late = journal.open_file(folder->path() / "journal");
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == ErrorKind::conflict);
}

TEST_CASE(
    "a file that can't be written is told once, stops nothing, and is written again when that is possible") {
  auto folder = TemporaryFolder::create("exthost-journal-test-");
  REQUIRE(folder);
  const auto file = folder->path() / "journal";
  Journal journal(some_clock());
  REQUIRE(journal.open_file(file));
  CHECK(journal.append("a", "", "") == 1);
  {
    const FullDisk full(std::filesystem::file_size(file) + 5);
    CHECK(journal.append("b", "", "") == 2);
    CHECK(journal.append("c", "", "") == 4);
  }
  CHECK(journal.append("d", "", "") == 5);
  std::vector<std::string> types;
  for (const Event& event : journal.since(0)) types.push_back(event.type);
  CHECK(types == std::vector<std::string>{"a", "b", "journal.unwritable", "c", "d"});
  CHECK(lines_of(file).back()["seq"] == 5);
}
