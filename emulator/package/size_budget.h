#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/base/result.h"
#include "emulator/package/package.h"

namespace exthost::package {

/// The sizes of a package's entries, as they are declared, against the limits: before anything is allocated
/// for them. Fails with kZipTooLarge.
class SizeBudget {
 public:
  /// `limits` outlives this.
  explicit SizeBudget(const PackageLimits& limits) : limits_(limits) {}

  base::Result<void> add(std::string_view name, std::uint64_t size, std::uint64_t stored_size);
  /// After all entries.
  base::Result<void> check_whole(std::uint64_t zip_bytes) const;

 private:
  bool exceeds_ratio(std::uint64_t expanded, std::uint64_t zipped) const;

  const PackageLimits& limits_;
  std::uint64_t expanded_ = 0;
};

}  // namespace exthost::package
