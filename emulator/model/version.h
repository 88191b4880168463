#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::model {

/// Whether `name` may name a version, that is a `<name>.zip` (domain.md (b), version strings; limits.md,
/// Names). Versions are opaque: compared for equality, never parsed. The error says which character or form
/// is wrong.
base::Result<void> check_version_name(std::string_view name);

/// The stamp that names a build in a URL: `1.0.8.31` becomes `1d0d8d31` (domain.md f).
std::string to_build_stamp(std::string_view version);

/// The version to mint now: `<base>.<stamp>`, or `<base>.<stamp>-<n>` with the first n from 2 that makes it
/// new.
std::string mint_version(std::string_view base, std::string_view stamp,
                         const std::vector<std::string>& taken);

/// Hosting service name: letters and digits, never `_emu` or `api` (domain.md a8; limits.md, Names).
/// Lower-cased.
base::Result<std::string> check_hosting_service_name(std::string_view name);

}  // namespace exthost::model
