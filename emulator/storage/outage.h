#pragma once

#include <atomic>
#include <optional>
#include <string_view>

namespace exthost::storage {

/// Which endpoints of the accounts are down: the primary ones, their `-secondary` aliases, or both.
enum class Outage { none, primary, secondary, both };

std::string_view to_string(Outage outage);
/// `none`, `primary`, `secondary` or `both`; absent for anything else.
std::optional<Outage> parse_outage(std::string_view text);

/// The outage in force, which may change while requests are answered. Thread-safe.
class OutageSwitch {
 public:
  explicit OutageSwitch(Outage outage = Outage::none) : outage_(outage) {}

  Outage get() const { return outage_.load(); }
  /// Returns what was in force before.
  Outage set(Outage outage) { return outage_.exchange(outage); }

  bool primary_is_down() const { return get() == Outage::primary || get() == Outage::both; }
  bool secondary_is_down() const { return get() == Outage::secondary || get() == Outage::both; }

 private:
  std::atomic<Outage> outage_;
};

}  // namespace exthost::storage
