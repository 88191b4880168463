#include "emulator/hosting/page_state.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::hosting {
namespace {

using Fingerprint = std::pair<std::uint64_t, std::uint32_t>;   // size and CRC
using Fingerprints = std::map<std::string_view, Fingerprint>;  // by path below the root

Fingerprints fingerprints_of(const HeldVersion& version) {
  Fingerprints all;
  for (const package::Entry& entry : version.package->entries()) {
    std::string_view path = entry.name;
    if (path.substr(0, version.root.size()) == version.root) path.remove_prefix(version.root.size());
    all.emplace(path, Fingerprint{entry.size, entry.crc32});
  }
  return all;
}

/// Those that only one has, or that differ.
std::set<std::string_view> differing(const Fingerprints& from, const Fingerprints& to) {
  std::set<std::string_view> paths;
  for (const auto& [path, fingerprint] : from) {
    const auto other = to.find(path);
    if (other == to.end() || other->second != fingerprint) paths.insert(path);
  }
  for (const auto& [path, fingerprint] : to) {
    if (from.count(path) == 0) paths.insert(path);
  }
  return paths;
}

}  // namespace

std::optional<std::vector<std::string>> changed_stylesheets(const HeldVersion& from, const HeldVersion& to) {
  constexpr std::string_view kBrotli = ".br";
  std::set<std::string> stylesheets;
  const Fingerprints before = fingerprints_of(from);
  const Fingerprints after = fingerprints_of(to);
  for (std::string_view path : differing(before, after)) {
    if (base::ends_with_ignoring_case(path, ".css.map")) continue;
    if (base::ends_with_ignoring_case(path, ".css.br")) path.remove_suffix(kBrotli.size());
    if (!base::ends_with_ignoring_case(path, ".css")) return std::nullopt;
    stylesheets.emplace(path);
  }
  return std::vector<std::string>(stylesheets.begin(), stylesheets.end());
}

std::string page_state_json(const PageState& state) {
  using nlohmann::ordered_json;
  ordered_json problems = ordered_json::array();
  for (const model::Problem& problem : state.problems) {
    problems.push_back({{"code", problem.code},
                        {"message", problem.message},
                        {"where", problem.where.to_string()},
                        {"frame", problem.frame},
                        {"hint", problem.hint}});
  }
  const ordered_json json = {
      {"version", state.version.empty() ? ordered_json() : ordered_json(state.version)},
      {"stylesheets", state.stylesheets ? ordered_json(*state.stylesheets) : ordered_json()},
      {"problems", std::move(problems)}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace exthost::hosting
