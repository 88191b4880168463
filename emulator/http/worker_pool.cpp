#include "emulator/http/worker_pool.h"

#include <utility>

namespace exthost::http {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit)
    : base_threads_(threads == 0 ? 1 : threads), queue_limit_(queue_limit) {}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::try_run(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(job));
    start_thread_if_needed();
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::run(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(job));
      start_thread_if_needed();
      job = nullptr;
    }
  }
  if (job) {
    job();
  } else {
    wake_.notify_one();
  }
}

void WorkerPool::stop() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void WorkerPool::begin_waiting() {
  {
    std::lock_guard lock(mutex_);
    ++waiting_;
    start_thread_if_needed();
  }
  wake_.notify_one();
}

void WorkerPool::end_waiting() {
  std::lock_guard lock(mutex_);
  --waiting_;
}

void WorkerPool::start_thread_if_needed() {
  const bool served = idle_ >= queue_.size();
  const bool enough =
      threads_.size() >= base_threads_ + waiting_ || threads_.size() >= base_threads_ + kExtraThreads;
  if (stopping_ || served || enough) return;
  threads_.emplace_back([this] { work(); });
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;  // stopping, and nothing is left to do
    std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds is freed without the lock
    lock.lock();
  }
}

}  // namespace exthost::http
