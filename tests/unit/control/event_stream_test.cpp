#include "emulator/control/event_stream.h"

#include <regex>

#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;
using namespace std::chrono_literals;

namespace {

/// An open stream: its far end, and what the server keeps for as long as the connection lives.
struct Open {
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
  std::shared_ptr<void> connection;
};

Open open(ControlFixture& control, const Ask& ask) {
  const http::Response response = control.answer(ask, 200);
  const auto* stream = std::get_if<http::StreamBody>(&response.body);
  REQUIRE(stream != nullptr);
  Open result;
  result.connection = stream->open(result.sink);
  return result;
}

/// The ids of the events in a piece of a stream, in order.
std::vector<int> ids(const std::string& stream) {
  static const std::regex form("id: (\\d+)\n");
  std::vector<int> found;
  for (std::sregex_iterator match(stream.begin(), stream.end(), form), end; match != end; ++match) {
    found.push_back(std::stoi((*match)[1]));
  }
  return found;
}

void append(ControlFixture& control, int count, const std::string& type = "tick") {
  for (int i = 0; i < count; ++i) control.journal.append(type, "demo", "Something happened.");
}

}  // namespace

TEST_CASE("a stream gives each event once, in order, as an event of its type") {
  ControlFixture control;
  const Open stream = open(control, get("/_emu/v1/events"));
  stream.sink->take();
  control.journal.append("publish", "demo", "Published.", R"({"version":"1.0.0.3"})");
  CHECK(stream.sink->take() ==
        "id: 1\nevent: publish\ndata: " + base::to_json(control.journal.since(0)[0]) + "\n\n");
  append(control, 3);
  CHECK(ids(stream.sink->take()) == std::vector<int>{2, 3, 4});
}

TEST_CASE("a stream has the type of server-sent events") {
  ControlFixture control;
  const auto response = control.answer(get("/_emu/v1/events"), 200);
  CHECK(response.headers.value("Content-Type") == "text/event-stream");
  CHECK(response.headers.value("Cache-Control") == "no-store");
}

TEST_CASE("without a number only what is to come is sent") {
  ControlFixture control;
  append(control, 3);
  const Open stream = open(control, get("/_emu/v1/events"));
  append(control, 1);
  CHECK(ids(stream.sink->sent) == std::vector<int>{4});
}

TEST_CASE("a follower that was away gets what it missed, then what comes") {
  ControlFixture control;
  append(control, 5);
  const Open since = open(control, get("/_emu/v1/events?since=3"));
  const Open reconnected = open(control, get("/_emu/v1/events?since=0").header("Last-Event-ID", "4"));
  append(control, 1);
  CHECK(ids(since.sink->sent) == std::vector<int>{4, 5, 6});
  CHECK(ids(reconnected.sink->sent) == std::vector<int>{5, 6});
  CHECK(since.sink->sent.find("event: gap") == std::string::npos);
}

TEST_CASE("events that are lost are named") {
  ControlFixture control;
  append(control, 2100);  // the journal keeps 2,048 in memory
  const Open stream = open(control, get("/_emu/v1/events?since=10"));
  CHECK_THAT(stream.sink->sent,
             ContainsSubstring("event: gap\ndata: {\"type\":\"gap\",\"data\":{\"from\":11,\"to\":52}}"));
  CHECK(ids(stream.sink->sent).front() == 53);
  CHECK(ids(stream.sink->sent).back() == 2100);
}

TEST_CASE("a past too large to be sent at once is cut at its old end") {
  ControlFixture control;
  for (int i = 0; i < 100; ++i) control.journal.append("big", "", std::string(20'000, 'x'));
  const Open stream = open(control, get("/_emu/v1/events?since=0"));
  CHECK(stream.sink->sent.size() < 600'000);
  CHECK(ids(stream.sink->sent).back() == 100);
  CHECK_THAT(stream.sink->sent, ContainsSubstring("event: gap"));
}

TEST_CASE("a follower of another run's numbers begins anew") {
  ControlFixture control;
  append(control, 2);
  const Open stream = open(control, get("/_emu/v1/events").header("Last-Event-ID", "5000"));
  CHECK(ids(stream.sink->sent) == std::vector<int>{1, 2});
}

TEST_CASE("only the wanted types are sent") {
  ControlFixture control;
  append(control, 1, "sync.succeeded");
  const Open stream = open(control, get("/_emu/v1/events?since=0&types=sync,%20incident.opened"));
  append(control, 1, "publish");
  append(control, 1, "incident.opened");
  append(control, 1, "incident.resolved");
  append(control, 1, "sync.failed");
  CHECK(ids(stream.sink->sent) == std::vector<int>{1, 3, 5});
}

TEST_CASE("unnamed events have no event line") {
  ControlFixture control;
  const Open stream = open(control, get("/_emu/v1/events?unnamed=true"));
  append(control, 1);
  CHECK(ids(stream.sink->sent) == std::vector<int>{1});
  CHECK(stream.sink->sent.find("event:") == std::string::npos);
}

TEST_CASE("a quiet stream beats every fifteen seconds of real time") {
  ControlFixture control;
  const Open stream = open(control, get("/_emu/v1/events"));
  stream.sink->take();
  control.clock.advance(1h);
  CHECK(stream.sink->sent.empty());
  control.heartbeats.advance(15s);
  CHECK(stream.sink->take() == ":\n\n");
  control.heartbeats.advance(30s);
  CHECK(stream.sink->take() == ":\n\n:\n\n");
}

TEST_CASE("nothing is sent to a connection that is gone") {
  ControlFixture control;
  Open stream = open(control, get("/_emu/v1/events"));
  stream.sink->take();
  stream.connection.reset();
  append(control, 1);
  control.heartbeats.advance(1min);
  CHECK(stream.sink->sent.empty());
}

TEST_CASE("at the end every stream gets a goodbye, and so do those that come too late") {
  ControlFixture control;
  const Open first = open(control, get("/_emu/v1/events"));
  const Open lines = open(control, get("/_emu/v1/events.ndjson?follow=true"));
  control.service().stop();
  control.service().stop();
  CHECK_THAT(first.sink->sent, ContainsSubstring("event: bye\n"));
  CHECK(first.sink->closed);
  CHECK(lines.sink->sent == "{\"type\":\"bye\",\"data\":{}}\n");
  const Open late = open(control, get("/_emu/v1/events"));
  CHECK_THAT(late.sink->sent, ContainsSubstring("event: bye\n"));
  CHECK(late.sink->closed);
}

TEST_CASE("events come as lines too, with an end or without") {
  ControlFixture control;
  append(control, 3);
  const auto response = control.answer(get("/_emu/v1/events.ndjson?since=1&types=tick"), 200);
  CHECK(response.headers.value("Content-Type") == "application/x-ndjson");
  const std::string lines = ControlFixture::text_of(response);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
  CHECK(nlohmann::json::parse(lines.substr(0, lines.find('\n')))["seq"] == 2);
  const Open stream = open(control, get("/_emu/v1/events.ndjson?follow=true&since=2"));
  append(control, 1);
  CHECK(std::count(stream.sink->sent.begin(), stream.sink->sent.end(), '\n') == 2);
}

TEST_CASE("a question that can't be understood is refused") {
  ControlFixture control;
  for (const char* target : {"/_emu/v1/events?since=x", "/_emu/v1/events?since=-1",
                             "/_emu/v1/events?since=", "/_emu/v1/events?since=99999999999999999999",
                             "/_emu/v1/events?unnamed=maybe", "/_emu/v1/events.ndjson?follow=1"}) {
    CAPTURE(target);
    CHECK(control.problem(get(target), 400) == model::codes::kBadTarget);
  }
}

TEST_CASE("a type with a line end in it can't add a field to the stream") {
  const base::Event event{1, base::WallTime(), "a\ndata: forged", "", "", ""};
  CHECK(format_event(event, EventFormat::named).find("\ndata: forged") == std::string::npos);
}
