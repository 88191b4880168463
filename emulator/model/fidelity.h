#pragma once

#include <optional>
#include <string_view>

namespace exthost::model {

/// How close to production the emulator keeps (docs/architecture.md): `dev` trades waiting and caching for
/// speed, `prod` waits and caches as production does, `ci` moves only when told.
enum class Fidelity { dev, prod, ci };

constexpr std::string_view to_string(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::dev:
      return "dev";
    case Fidelity::prod:
      return "prod";
    case Fidelity::ci:
      return "ci";
  }
  return "dev";
}

constexpr std::optional<Fidelity> parse_fidelity(std::string_view name) {
  for (const Fidelity fidelity : {Fidelity::dev, Fidelity::prod, Fidelity::ci}) {
    if (name == to_string(fidelity)) return fidelity;
  }
  return std::nullopt;
}

}  // namespace exthost::model
