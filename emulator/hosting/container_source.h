#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/result.h"

namespace exthost::hosting {

/// What came of asking a container for a blob. Absent is an answer, not a failure.
struct Fetched {
  enum class State { found, not_modified, absent };
  State state = State::absent;
  std::string etag;        ///< With quotes; empty if the source gave none.
  std::string_view bytes;  ///< If found; valid for as long as `owner` lives.
  std::shared_ptr<const void> owner;
};

/// A container, as the hosting service sees one: GET by name, with a condition (domain.md a3, e2). Read only,
/// always.
///
/// Thread-safe; may block. Fails with `unavailable` (kStorageUnavailable) if the container cannot be reached
/// or answers nonsense, `invalid_input` (kSourceTooLarge, kSourceRedirects) if what it answers may not be
/// used.
class ContainerSource {
 public:
  virtual ~ContainerSource() = default;
  /// The container's URL, for messages.
  virtual std::string url() const = 0;
  /// Whether an outage was switched on: `get` fails until it is switched off, which is told as a change is.
  virtual bool is_out() const { return false; }
  /// `if_none_match`: an ETag seen before, or empty.
  virtual base::Result<Fetched> get(const std::string& blob, const std::string& if_none_match,
                                    std::uint64_t limit_bytes) = 0;
};

/// One document of a container, whole; absent if the container has none of that name. Fails as `get` does.
base::Result<std::optional<std::string>> read_document(ContainerSource& source, const std::string& blob,
                                                       std::uint64_t limit_bytes);

/// Whether the container has such a blob, asked without wanting a byte of it.
base::Result<bool> has_blob(ContainerSource& source, const std::string& blob);

}  // namespace exthost::hosting
