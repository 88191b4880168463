#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace exthost::base {

/// A value that can only be reached with its lock held. Do no I/O, no callbacks and no logging inside `with`.
template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  template <class F>
  decltype(auto) with(F&& use) {
    std::lock_guard lock(mutex_);
    return std::forward<F>(use)(value_);
  }
  template <class F>
  decltype(auto) with(F&& use) const {
    std::lock_guard lock(mutex_);
    return std::forward<F>(use)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

/// An immutable snapshot that is replaced whole. Readers keep the one they took for as long as they like.
/// (A mutex rather than std::atomic<shared_ptr>, which ThreadSanitizer reports falsely with GCC 12.)
template <class T>
class Published {
 public:
  Published() = default;
  explicit Published(std::shared_ptr<const T> first) : current_(std::move(first)) {}

  std::shared_ptr<const T> get() const {
    std::lock_guard lock(mutex_);
    return current_;
  }
  void set(std::shared_ptr<const T> next) {
    {
      std::lock_guard lock(mutex_);
      current_.swap(next);
    }  // the old snapshot, if this was its last owner, is freed outside the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> current_;
};

}  // namespace exthost::base
