#include "emulator/http/body_pipe.h"

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "tests/support/catch.h"

namespace exthost::http {
namespace {

TEST_CASE("nothing is asked of the client before the body is read") {
  WorkerPool workers(1, 1);
  int resumed = 0;
  BodyPipe pipe(workers, [&] { ++resumed; });
  pipe.push("hello");
  CHECK(resumed == 0);
  std::array<char, 3> buffer;
  CHECK(*pipe.read(buffer) == 3);
  CHECK(resumed == 1);
  CHECK(std::string(buffer.data(), 3) == "hel");
  CHECK(*pipe.read(buffer) == 2);
  CHECK(resumed == 1);
}

TEST_CASE("what lies in the pipe is bounded, and reading goes on when half of it has been taken") {
  WorkerPool workers(1, 1);
  int resumed = 0;
  BodyPipe pipe(workers, [&] { ++resumed; });
  const std::string piece(64 * 1024, 'x');
  do {
    pipe.push(piece);
  } while (pipe.wants_more());
  CHECK(pipe.buffered() >= BodyPipe::kHighWater);
  CHECK(pipe.buffered() < BodyPipe::kHighWater + piece.size());

  std::vector<char> buffer(1024);
  std::uint64_t taken = 0;
  while (resumed == 0) taken += *pipe.read(buffer);
  CHECK(taken >= BodyPipe::kHighWater / 2);
  CHECK(pipe.buffered() <= BodyPipe::kHighWater / 2);
}

TEST_CASE("a body arrives whole and in order, with one thread writing and one reading") {
  WorkerPool workers(1, 1);
  std::string expected;
  for (int i = 0; i < 200'000; ++i) expected += static_cast<char>('a' + i % 23);
  BodyPipe pipe(workers, [] {});
  std::thread writer([&] {
    for (std::size_t at = 0; at < expected.size(); at += 777)
      pipe.push(std::string_view(expected).substr(at, 777));
    pipe.finish();
  });
  std::string body;
  std::vector<char> buffer(1000);
  while (const std::size_t count = *pipe.read(buffer)) body.append(buffer.data(), count);
  writer.join();
  CHECK(body == expected);
  CHECK(*pipe.read(buffer) == 0);
}

TEST_CASE("a failure is told after the bytes that came before it, and stays") {
  WorkerPool workers(1, 1);
  BodyPipe pipe(workers, [] {});
  pipe.push("ab");
  pipe.fail({base::ErrorKind::unavailable, "gone", ""});
  pipe.push("never");
  std::array<char, 8> buffer;
  CHECK(*pipe.read(buffer) == 2);
  CHECK(pipe.read(buffer).error().message == "gone");
  CHECK(pipe.read(buffer).error().message == "gone");
  CHECK_FALSE(pipe.wants_more());
}

TEST_CASE("jobs that wait for their clients do not keep others from running") {
  WorkerPool workers(2, 100);
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> both_wait;
  std::atomic<int> waiting{0};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(workers.try_run([&] {
      const WorkerPool::Waiting wait(workers);
      if (++waiting == 2) both_wait.set_value();
      released.wait();
    }));
  }
  both_wait.get_future().wait();
  std::promise<void> ran;
  REQUIRE(workers.try_run([&] { ran.set_value(); }));
  ran.get_future().wait();
  release.set_value();
  workers.stop();
}

TEST_CASE("a full queue refuses new jobs but takes the next step of accepted ones") {
  WorkerPool workers(1, 1);
  std::promise<void> release;
  std::promise<void> began;
  REQUIRE(workers.try_run([&, released = release.get_future().share()] {
    began.set_value();
    released.wait();
  }));
  began.get_future().wait();
  bool queued = false;
  bool step = false;
  CHECK(workers.try_run([&] { queued = true; }));
  CHECK_FALSE(workers.try_run([] {}));
  workers.run([&] { step = true; });
  release.set_value();
  workers.stop();
  CHECK(queued);
  CHECK(step);
}

}  // namespace
}  // namespace exthost::http
