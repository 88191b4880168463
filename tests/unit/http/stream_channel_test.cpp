#include "emulator/http/stream_channel.h"

#include "tests/support/catch.h"

namespace exthost::http {
namespace {

TEST_CASE("what is sent lies ready until it is taken, and one notice is enough for it") {
  int notices = 0;
  StreamChannel channel([&] { ++notices; });
  channel.send("a");
  channel.send("b");
  channel.send("");
  CHECK(notices == 1);
  StreamChannel::Batch batch = channel.take();
  CHECK(batch.bytes == "ab");
  CHECK_FALSE(batch.ended);
  channel.send("c");
  CHECK(notices == 2);
  channel.close();
  batch = channel.take();
  CHECK(batch.bytes == "c");
  CHECK(batch.ended);
  channel.send("late");
  CHECK(channel.take().bytes.empty());
}

TEST_CASE("a client that lets a mebibyte pile up is given up, what is being written included") {
  StreamChannel channel([] {});
  const std::string half(StreamChannel::kBacklogLimit / 2, 'x');
  channel.send(half);
  CHECK(channel.take().bytes.size() == half.size());
  channel.send(half);
  channel.send("one more");
  CHECK(channel.overflowed());
  CHECK(channel.take().bytes.empty());
}

TEST_CASE("a client that fell behind is told of although an earlier notice still waits for a write to end") {
  int notices = 0;
  StreamChannel channel([&] { ++notices; });
  channel.send("a");  // told, and not yet taken
  CHECK(notices == 1);
  channel.send(std::string(StreamChannel::kBacklogLimit, 'x'));
  CHECK(notices == 2);
  CHECK(channel.overflowed());
  channel.send("late");
  CHECK(notices == 2);
}

TEST_CASE("written bytes no longer count") {
  StreamChannel channel([] {});
  const std::string half(StreamChannel::kBacklogLimit / 2, 'x');
  for (int i = 0; i < 4; ++i) {
    channel.send(half);
    channel.take();
    CHECK_FALSE(channel.overflowed());
    channel.written();
  }
}

TEST_CASE("what a service holds is let go with the connection, even if it came too late") {
  int notices = 0;
  StreamChannel channel([&] { ++notices; });
  auto early = std::make_shared<int>(1);
  channel.hold(early);
  CHECK(early.use_count() == 2);
  CHECK(channel.detach() != nullptr);
  CHECK(early.use_count() == 1);
  auto late = std::make_shared<int>(2);
  channel.hold(late);
  CHECK(late.use_count() == 1);
  channel.send("nobody hears");
  CHECK(notices == 0);
}

TEST_CASE("a sink that a service keeps for ever holds nothing of a connection that is gone") {
  const auto connection = std::make_shared<int>(1);
  StreamChannel channel([connection] {});
  CHECK(connection.use_count() == 2);
  channel.detach();
  CHECK(connection.use_count() == 1);
  channel.send("nobody hears");
  channel.close();
}

}  // namespace
}  // namespace exthost::http
