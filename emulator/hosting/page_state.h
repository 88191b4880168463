#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/hosting/snapshot.h"
#include "emulator/model/problem.h"

namespace exthost::hosting {

/// The stylesheets in which two versions differ, sorted, as paths below the versions' roots; absent if they
/// differ in anything else that a page may have loaded. Entries are compared by name, size and CRC. A source
/// map is for developer tools, and a `.css.br` is its stylesheet in another encoding.
std::optional<std::vector<std::string>> changed_stylesheets(const HeldVersion& from, const HeldVersion& to);

/// What an open page is told of itself (fidelity `dev`).
struct PageState {
  std::string version;  ///< That answers its URL now; empty: none does.
  /// Set if the page's own version is held and differs from that one in these stylesheets alone: then they
  /// can be exchanged without a reload.
  std::optional<std::vector<std::string>> stylesheets;
  std::vector<model::Problem> problems;  ///< Of its extension, while they last.
};

/// `{"version","stylesheets","problems":[{"code","message","where","frame","hint"}]}`; `version` and
/// `stylesheets` are null where there is none.
std::string page_state_json(const PageState& state);

}  // namespace exthost::hosting
