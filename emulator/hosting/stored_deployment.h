#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"

namespace exthost::hosting {

/// What is written down of an extension, so that it can be served again without its container
/// (docs/formats.md, Hosting folder).
struct StoredDeployment {
  struct Version {
    std::string name;
    std::string sha256;
    std::string etag;  ///< May be empty.
  };
  struct Revision {
    std::uint64_t number = 0;  ///< More than zero; each once.
    std::string config_text;
    std::string definition_text;  ///< Empty: the cloud's own definition.
    base::WallTime synced_at;
  };
  struct Region {
    struct Pending {
      std::uint64_t revision = 0;
      base::WallTime due;
    };
    std::string region;
    std::uint64_t active = 0;  ///< A revision's number; 0: none.
    std::vector<Pending> pending;
  };
  std::vector<Revision> revisions;  ///< Every one that a data centre has or awaits, oldest first; the last is
                                    ///< the newest there is.
  std::vector<Region> regions;      ///< The data centres that do not simply serve the newest revision.
  std::vector<Version>
      versions;  ///< Every version held, the newest first: also those that no revision names.
};

/// Whether a text could be the SHA-256 of a package: 64 lower-case hexadecimal digits.
bool is_package_hash(std::string_view text);

std::string to_json(const StoredDeployment& deployment);

/// Absent if the text is no deployment of a format that we know (1 or 2).
std::optional<StoredDeployment> read_stored_deployment(std::string_view text);

}  // namespace exthost::hosting
