#pragma once

#include <cstdint>
#include <memory>

#include "emulator/base/recent.h"
#include "emulator/base/result.h"
#include "emulator/http/conditions.h"
#include "emulator/http/message.h"
#include "emulator/package/package.h"

namespace exthost::hosting {

/// Files of packages as they are without compression, for clients that take none. Small ones that were asked
/// for lately are kept, 8 MiB of them at most, so that they are not inflated again for each request; that
/// keeps no package alive. Thread-safe.
class InflatedFiles {
 public:
  /// An entry of more than `inline_bytes` is inflated where bodies are read, not by who asks.
  explicit InflatedFiles(std::uint64_t inline_bytes);

  /// That part of the entry, which is of `package` and has it. Fails as Package::read does; a body that is
  /// read later fails then.
  base::Result<http::Body> body_of(const std::shared_ptr<const package::Package>& package,
                                   const package::Entry& entry, const http::ByteRange& range) const;

 private:
  struct File {
    std::weak_ptr<const package::Package> package;  ///< Tells it from one that came to lie in its place.
    std::shared_ptr<const std::string> bytes;
  };
  using Files = base::Recent<const package::Entry*, File>;

  base::Result<http::Slice> bytes_of(const std::shared_ptr<const package::Package>& package,
                                     const package::Entry& entry) const;

  const std::uint64_t inline_bytes_;
  mutable Files recent_;
};

}  // namespace exthost::hosting
