#include "emulator/hosting/data_center.h"

#include <algorithm>

namespace exthost::hosting {
namespace {

constexpr base::Duration kLongestLag = std::chrono::minutes(30);  // domain.md e5

/// FNV-1a over the name, then the finisher of SplitMix64: well spread, and the same on every machine, which
/// the standard library's hashes and distributions are not.
std::uint64_t mix(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  hash += seed * 0x9e3779b97f4a7c15ull;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ull;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebull;
  return hash ^ (hash >> 31);
}

base::Duration up_to(base::Duration end, std::uint64_t random) {
  return base::Duration(
      static_cast<base::Duration::rep>(random % static_cast<std::uint64_t>(end.count() + 1)));
}

}  // namespace

base::Duration poll_phase(std::string_view name, base::Duration poll_interval, std::uint64_t seed) {
  return up_to(poll_interval - base::Duration(1), mix(seed, name));
}

std::vector<DataCenter> make_data_centers(model::Cloud cloud, Fidelity fidelity, base::Duration poll_interval,
                                          std::uint64_t seed) {
  std::vector<DataCenter> centers;
  for (const model::Region& region : model::all_regions()) {
    if (region.cloud != cloud) continue;
    DataCenter center{std::string(region.name), base::Duration::zero(), base::Duration::zero()};
    if (fidelity != Fidelity::dev) {
      center.phase = poll_phase(center.region, poll_interval, seed);
      center.lag = up_to(kLongestLag, mix(seed + 1, center.region));
    }
    centers.push_back(std::move(center));
  }
  std::sort(centers.begin(), centers.end(),
            [](const DataCenter& left, const DataCenter& right) { return left.region < right.region; });
  return centers;
}

base::WallTime next_poll(base::Duration phase, base::Duration poll_interval, base::WallTime from) {
  const base::Duration since_phase = from.time_since_epoch() - phase;
  const base::Duration over = since_phase % poll_interval;
  if (over == base::Duration::zero()) return from;
  const base::Duration until_next = over > base::Duration::zero() ? poll_interval - over : -over;
  return from + until_next;
}

base::WallTime takes_revision_at(const DataCenter& center, base::Duration poll_interval,
                                 base::WallTime synced_at) {
  return next_poll(center.phase, poll_interval, synced_at + center.lag);
}

}  // namespace exthost::hosting
