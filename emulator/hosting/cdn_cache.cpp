#include "emulator/hosting/cdn_cache.h"

#include <iterator>
#include <utility>

namespace exthost::hosting {

std::shared_ptr<const CdnAnswer> CdnCache::find(const std::string& key, base::WallTime now) {
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  const Place place = found->second;
  if (now >= place->answer->stale_at) {
    drop(place);
    return nullptr;
  }
  kept_.splice(kept_.begin(), kept_, place);
  return place->answer;
}

bool CdnCache::has(const std::string& key, base::WallTime now) const {
  const auto found = places_.find(key);
  return found != places_.end() && now < found->second->answer->stale_at;
}

void CdnCache::put(const std::string& key, std::shared_ptr<const CdnAnswer> answer) {
  EXTHOST_CHECK(takes(answer->body.size()));
  if (const auto found = places_.find(key); found != places_.end()) drop(found->second);
  kept_.push_front({key, std::move(answer)});
  places_.emplace(kept_.front().key, kept_.begin());
  bytes_ += cost_of(kept_.front());
  while (bytes_ > limits_.cache_bytes && kept_.size() > 1) drop(std::prev(kept_.end()));
}

std::size_t CdnCache::erase_if(const std::function<bool(const CdnAnswer&)>& unwanted) {
  const std::size_t before = kept_.size();
  for (Place place = kept_.begin(); place != kept_.end();) {
    const Place next = std::next(place);
    if (unwanted(*place->answer)) drop(place);
    place = next;
  }
  return before - kept_.size();
}

std::uint64_t CdnCache::cost_of(const Kept& kept) {
  constexpr std::uint64_t kOverhead = 1024;  // headers, address and the places in list and index
  return kOverhead + kept.key.size() + kept.answer->body.size();
}

void CdnCache::drop(Place place) {
  bytes_ -= cost_of(*place);
  places_.erase(place->key);
  kept_.erase(place);
}

}  // namespace exthost::hosting
