#pragma once

#include <cstdint>
#include <memory>

#include "emulator/base/recent.h"
#include "emulator/base/result.h"
#include "emulator/http/message.h"
#include "emulator/package/package.h"

namespace exthost::hosting {

/// Files of packages as they are without compression, for clients that take none. Small ones that were asked
/// for lately are kept, 8 MiB of them at most, so that they are not inflated again for each request. Keeps no
/// package alive. Thread-safe.
class InflatedFiles {
 public:
  InflatedFiles();

  /// The entry's own bytes: a view into the package, or inflated. `entry` is of `package`. Fails as
  /// Package::read does.
  base::Result<http::Slice> bytes_of(const std::shared_ptr<const package::Package>& package,
                                     const package::Entry& entry) const;

 private:
  struct File {
    std::weak_ptr<const package::Package> package;  ///< Tells it from one that came to lie in its place.
    std::shared_ptr<const std::string> bytes;
  };
  using Files = base::Recent<const package::Entry*, File>;

  mutable Files recent_;
};

}  // namespace exthost::hosting
