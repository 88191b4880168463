#pragma once

#include <string>
#include <string_view>

#include "emulator/hosting/snapshot.h"

namespace exthost::hosting {

/// Why find_content (content.h) found nothing.
struct MissingContent {
  const HeldVersion* searched = nullptr;  ///< The version that the path names, else the current one.
  /// What is not there and what is instead: one sentence without its full stop. Names files of the same name
  /// in other folders; or, if the path begins with what looks like a version that is not held, the versions
  /// that are.
  std::string text;
};

/// `current` is the version that answers paths which name none. Looks once at the names of the files of the
/// version searched.
MissingContent describe_missing(const HeldVersions& versions, const HeldVersion& current,
                                std::string_view path);

}  // namespace exthost::hosting
