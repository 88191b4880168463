#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace exthost::http {

/// Threads for what may block. Thread-safe.
///
/// `threads` of them run jobs. A job that is about to wait for its client says so (`Waiting`), and another
/// thread takes its place while it waits: slow uploads hold up nobody else. There are never more than
/// `threads` + kExtraThreads.
class WorkerPool {
 public:
  static constexpr std::size_t kExtraThreads = 64;

  WorkerPool(std::size_t threads, std::size_t queue_limit);
  ~WorkerPool();

  /// False, and the job is dropped, if `queue_limit` jobs wait already.
  bool try_run(std::function<void()> job);

  /// For the next step of work that was accepted before: never refused. Jobs must not throw.
  void run(std::function<void()> job);

  /// Runs what is queued, then ends the threads and waits for them. Later jobs run on their caller's thread.
  void stop();

  /// Lives on a worker's stack while its job waits for a client.
  class Waiting {
   public:
    explicit Waiting(WorkerPool& pool) : pool_(pool) { pool_.begin_waiting(); }
    ~Waiting() { pool_.end_waiting(); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    WorkerPool& pool_;
  };

 private:
  void begin_waiting();
  void end_waiting();
  void start_thread_if_needed();  // with the lock held
  void work();

  const std::size_t base_threads_;
  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::size_t idle_ = 0;
  std::size_t waiting_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // grows to what was ever needed at once; joined in stop()
};

}  // namespace exthost::http
