#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exthost::watch {

/// Those of `versions` that model::mint_version made from `base`, newest first.
std::vector<std::string> minted_newest_first(const std::vector<std::string>& versions, std::string_view base);

/// The version to mint at `stamp`: later than every one of `versions` minted at the same stamp, so that a
/// name whose zip was dropped is not used again for other bytes (the hosting service never fetches a version
/// twice, domain.md e4).
std::string next_minted(const std::vector<std::string>& versions, std::string_view base,
                        std::string_view stamp);

/// The minted versions to drop: all but the newest `kept`, and but those in `referred`. Versions that were
/// not minted from `base` are somebody's own and never dropped. Oldest first.
std::vector<std::string> versions_to_drop(const std::vector<std::string>& versions, std::string_view base,
                                          const std::vector<std::string>& referred, std::size_t kept);

}  // namespace exthost::watch
