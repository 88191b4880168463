#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "emulator/package/package.h"

namespace exthost::hosting {

/// What the hosting service takes from a container and from a package, each with its reason (limits.md).
struct HostingLimits {
  std::uint64_t config_bytes = 256 * 1024;        ///< config.json and stagedefinition.json: limits.md, JSON.
  std::uint64_t environment_bytes = 1024 * 1024;  ///< A file of Content/Config: limits.md, JSON.
  std::uint64_t page_bytes = 8ull << 20;  ///< An index page is read whole to put the settings into it.
  package::PackageLimits package;         ///< Zips: limits.md, Zip.
  std::uint64_t inline_inflate_bytes = 256 * 1024;  ///< A longer entry is not inflated on an I/O thread.
  std::chrono::milliseconds document_timeout{
      10'000};  ///< For config.json and stagedefinition.json, whole exchange.
  std::chrono::milliseconds package_timeout{120'000};  ///< For a zip: 512 MiB at 4.3 MiB/s.
};

/// What the CDN's edge keeps in memory.
struct CdnLimits {
  std::uint64_t cache_bytes = 256ull << 20;  ///< Five large extensions, expanded; the least used goes first.
  std::uint64_t answer_bytes =
      64ull << 20;  ///< A larger file is passed on and not kept, so that many fit in.
};

}  // namespace exthost::hosting
