#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "emulator/package/builder.h"
#include "emulator/package/tree_rules.h"

namespace exthost::package {

/// What scan_folder would find, if of all that it found before, `known`, only `touched` can differ: relative
/// paths, of which each is looked at by itself. `known` is sorted by path, and so is the result.
///
/// Absent if those paths alone do not tell: where there are many, where a folder or a link is among them,
/// where known files were reached through links, or where .gitignore files decide about a new file. Then the
/// folder is to be scanned. Never fails: what can't be looked at is for the scan to explain.
std::optional<std::vector<SourceFile>> rescan_files(const std::filesystem::path& root,
                                                    const IgnoreOptions& ignore,
                                                    std::vector<SourceFile> known,
                                                    const std::vector<std::string>& touched,
                                                    std::size_t max_files);

}  // namespace exthost::package
