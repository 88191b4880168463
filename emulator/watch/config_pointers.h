#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::watch {

/// A stage or friendly name and the version it is to have in config.json.
struct Pointer {
  std::string name;
  std::string version;
  bool operator==(const Pointer&) const = default;
};

/// A config.json's text with `pointers` set in it, and everything else as it was: order of keys, unknown
/// keys, spacing, line ends, a byte-order mark. A name that was not there is added at the end, in the way of
/// the other lines.
///
/// Pure. Fails with `invalid_input` and kPublishFailed if the text is not a JSON object by limits.md's rules
/// (with line and column), or has a name that differs from a pointer's only by letter case.
base::Result<std::string> compose_config(std::string_view text, const std::vector<Pointer>& pointers);

/// The versions that the pointers' names have in the text now; a name that is not there is left out. Fails as
/// above.
base::Result<std::vector<Pointer>> read_pointers(std::string_view text,
                                                 const std::vector<std::string>& names);

/// A config.json's text without these names, and everything else as it was, the spacing of what stays
/// included. A name that is not there is none to remove. Fails as compose_config does for a text that is no
/// JSON object.
base::Result<std::string> remove_names(std::string_view text, const std::vector<std::string>& names);

/// Every name that does not begin with `$` and has a string, in the order of the text: stages and friendly
/// names with their versions. Empty if the text is not a JSON object.
std::vector<Pointer> all_pointers(std::string_view text);

/// A name whose version is another one in another text.
struct PointerChange {
  std::string name;
  std::string before;  ///< Empty: the name is new.
  std::string after;   ///< Empty: the name is gone.
  bool operator==(const PointerChange&) const = default;
};

/// What distinguishes two texts: the names in the order of the second, then those that it lacks.
std::vector<PointerChange> pointer_changes(std::string_view before, std::string_view after);

/// The string values of all names that do not begin with `$`: the versions that the config refers to. Empty
/// if the text is not a JSON object.
std::vector<std::string> referred_versions(std::string_view text);

/// The config.json of a container that had none (domain.md b3, b5): schema 3, every stage at `version`, then
/// the pointers.
std::string first_config(const std::vector<std::string>& stages, const std::string& version,
                         const std::vector<Pointer>& pointers);

}  // namespace exthost::watch
