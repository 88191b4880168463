#include "emulator/hosting/saver.h"

#include <condition_variable>
#include <mutex>

#include "tests/support/catch.h"

using namespace exthost::hosting;
using namespace std::chrono_literals;

namespace {

/// Counts what was run, and waits for it.
class Runs {
 public:
  std::function<void()> job(int asker) {
    return [this, asker] {
      const std::lock_guard lock(mutex_);
      ++counts_[asker];
      changed_.notify_all();
    };
  }
  int count(int asker) {
    const std::lock_guard lock(mutex_);
    return counts_[asker];
  }
  bool reaches(int asker, int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, [&] { return counts_[asker] >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int, int> counts_;
};

}  // namespace

TEST_CASE("a burst of one asker's requests is one run") {
  Runs runs;
  int asker = 0;
  Saver saver({200ms, 1h});
  for (int i = 0; i < 50; ++i) saver.ask(&asker, runs.job(0));
  REQUIRE(runs.reaches(0, 1));
  saver.close();
  CHECK(runs.count(0) == 1);
}

TEST_CASE("an asker that never rests is served all the same") {
  Runs runs;
  int asker = 0;
  Saver saver({1h, 1ms});
  saver.ask(&asker, runs.job(0));
  REQUIRE(runs.reaches(0, 1));
  saver.ask(&asker, runs.job(0));
  CHECK(runs.reaches(0, 2));
}

TEST_CASE("one that waits holds up no other, and is dropped at the end") {
  Runs runs;
  int patient = 0;
  int quick = 0;
  Saver saver({1ms, 1h});
  Saver slow({1h, 1h});
  slow.ask(&patient, runs.job(1));
  saver.ask(&quick, runs.job(0));
  CHECK(runs.reaches(0, 1));
  slow.close();
  slow.ask(&patient, runs.job(1));
  CHECK(runs.count(1) == 0);
}
