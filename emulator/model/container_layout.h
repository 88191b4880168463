#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exthost::model {

// The names of the blobs in an extension's container (domain.md a1). They are case sensitive.

inline constexpr const char* kConfigBlob = "config.json";
inline constexpr const char* kDefinitionBlob = "stagedefinition.json";
/// How Microsoft's documentation misspells it once. Never used, but recognised so that a hint can be given
/// (domain.md c5, q6).
inline constexpr const char* kMisspeltDefinitionBlob = "stagedefinintion.json";
/// What a build in development mode produces instead of a version's zip (domain.md d).
inline constexpr const char* kDevelopmentZipBlob = "HostingSvc.zip";

/// `1.0.0.5.zip`
std::string zip_of(std::string_view version);

/// The version that a blob's name holds: `1.0.0.5` of `1.0.0.5.zip`; absent for other blobs.
std::optional<std::string> version_of_zip(std::string_view blob);

}  // namespace exthost::model
