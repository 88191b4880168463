#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace exthost::base {

/// Where identifiers and secrets come from. Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;

  /// `bytes` fresh bytes as lower-case hexadecimal.
  virtual std::string hex(std::size_t bytes) = 0;

  /// A version-4 UUID, as `x-ms-request-id` wants it.
  std::string uuid();
};

/// Unpredictable: from the operating system. For tokens, request ids and sessions of real runs.
class RandomIdSource final : public IdSource {
 public:
  std::string hex(std::size_t bytes) override;
};

/// The same sequence for the same seed: for tests and runs that must be repeatable. Never for secrets.
class SeededIdSource final : public IdSource {
 public:
  explicit SeededIdSource(std::uint64_t seed) : engine_(seed) {}
  std::string hex(std::size_t bytes) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace exthost::base
