#include "emulator/storage/outage.h"

#include <array>
#include <utility>

namespace exthost::storage {
namespace {

constexpr std::array<std::pair<Outage, std::string_view>, 4> kNames = {{{Outage::none, "none"},
                                                                        {Outage::primary, "primary"},
                                                                        {Outage::secondary, "secondary"},
                                                                        {Outage::both, "both"}}};

}  // namespace

std::string_view to_string(Outage outage) {
  for (const auto& [known, name] : kNames) {
    if (known == outage) return name;
  }
  return {};
}

std::optional<Outage> parse_outage(std::string_view text) {
  for (const auto& [outage, name] : kNames) {
    if (name == text) return outage;
  }
  return std::nullopt;
}

}  // namespace exthost::storage
