#pragma once

#include <string>
#include <utility>
#include <variant>

#include "emulator/base/result.h"

namespace exthost::storage {

/// Why an operation on the account was not done. Each but content_replaced and unavailable is an answer that
/// a client caused and can act on.
enum class Reason {
  container_not_found,
  container_exists,
  blob_not_found,
  blob_exists,         ///< `If-None-Match: *` met a blob.
  condition_failed,    ///< Another condition of the request does not hold.
  not_modified,        ///< A conditional read: the reader has what there is.
  snapshots_present,   ///< A blob with snapshots is deleted only with them.
  blob_archived,       ///< Its content can be read only after it has been moved to another tier.
  wrong_blob_type,     ///< The blob is of another type than the operation is for.
  lease_refused,       ///< The lease forbids it, or is not what the caller thinks: `code` says which.
  invalid_block_list,  ///< A block list names a block that is not there.
  block_id_length,     ///< A block's id is not as long as those staged before it.
  too_many_blocks,     ///< More uncommitted blocks than limits.h allows.
  invalid_input,       ///< The content is not what the caller said it was, or the client stopped sending it.
  content_replaced,    ///< The content read was overwritten meanwhile: look the blob up again.
  refused,             ///< This container does not do that: `code` says which refusal it is.
  unavailable,         ///< The disk failed; nothing was changed.
};

struct Failure {
  Reason reason = Reason::unavailable;
  std::string message;    ///< One sentence that a person can act on.
  std::string code = {};  ///< Azure's code, where several share the reason; else empty.
};

/// The same as an Error, for callers outside this layer.
base::Error to_error(const Failure& failure);
/// A failed disk, or a body that could not be read: by the error's kind.
Failure to_failure(const base::Error& error);

/// A value, or why there is none. Result<T>, with reasons that the REST dialect can tell apart.
template <class T, class F = Failure>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Outcome(F failure) : state_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT: implicit by design

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& operator*() & { return checked(); }
  const T& operator*() const& { return const_cast<Outcome*>(this)->checked(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &const_cast<Outcome*>(this)->checked(); }

  const F& failure() const {
    EXTHOST_CHECK(!has_value());
    return std::get<1>(state_);
  }
  Reason reason() const { return failure().reason; }

 private:
  T& checked() {
    EXTHOST_CHECK(has_value());
    return std::get<0>(state_);
  }
  std::variant<T, F> state_;
};

/// The value of an operation that has none: `return Done{};`.
struct Done {};

}  // namespace exthost::storage
