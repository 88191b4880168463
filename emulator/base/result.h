#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace exthost::base {

/// What the caller can do about a failure.
enum class ErrorKind {
  invalid_input,  ///< The input is wrong; trying again changes nothing.
  not_found,      ///< What was named does not exist.
  conflict,       ///< It clashes with what is there (exists already, locked, changed meanwhile).
  corrupt,        ///< Stored or received bytes are not what they claim to be.
  unavailable,    ///< Not now: the disk, the network or a peer failed; trying later may work.
  internal,       ///< A defect of ours.
};

/// One failure: one sentence that a person can act on and, where it has one, its stable `EHEnnnn` code.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string code;  ///< From model/codes.h, or empty.

  /// The same failure with "`context`: " ahead of its sentence.
  Error within(const std::string& context) && {
    message.insert(0, context + ": ");
    return std::move(*this);
  }
};

[[noreturn]] inline void abort_with(const char* what) {
  std::fprintf(stderr, "exthost-emu: broken invariant: %s\n", what);
  std::abort();
}

/// Checks an invariant of our own, in every build. Never used to judge input.
#define EXTHOST_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::exthost::base::abort_with(#condition))

/// A value, or why there is none. Absent is not failed: use Result<std::optional<T>> where both can be.
/// The spelling follows std::expected, so that this can become an alias of it one day.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    EXTHOST_CHECK(has_value());
    return std::get<0>(state_);
  }
  const T& value() const& {
    EXTHOST_CHECK(has_value());
    return std::get<0>(state_);
  }
  T&& value() && {
    EXTHOST_CHECK(has_value());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & {
    EXTHOST_CHECK(!has_value());
    return std::get<1>(state_);
  }
  const Error& error() const& {
    EXTHOST_CHECK(!has_value());
    return std::get<1>(state_);
  }
  Error&& error() && {
    EXTHOST_CHECK(!has_value());
    return std::get<1>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or why not: `return {};` is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  Error& error() & {
    EXTHOST_CHECK(!has_value());
    return *error_;
  }
  const Error& error() const& {
    EXTHOST_CHECK(!has_value());
    return *error_;
  }
  Error&& error() && {
    EXTHOST_CHECK(!has_value());
    return *std::move(error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace exthost::base
