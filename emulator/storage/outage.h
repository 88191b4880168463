#pragma once

#include <optional>
#include <string_view>

namespace exthost::storage {

/// Which locations of the accounts are down: the primary ones, the secondary ones, or both. Unless an account
/// has failed over (locations.h), those are its endpoint and its `-secondary` alias.
enum class Outage { none, primary, secondary, both };

std::string_view to_string(Outage outage);
/// `none`, `primary`, `secondary` or `both`; absent for anything else.
std::optional<Outage> parse_outage(std::string_view text);

}  // namespace exthost::storage
