#include "emulator/hosting/page_tally.h"

namespace exthost::hosting {

std::uint64_t PageTally::begin(std::string_view extension, std::size_t browsers) {
  const std::lock_guard lock(mutex_);
  Change change;
  change.number = ++last_;
  change.browsers = browsers;
  newest_.insert_or_assign(std::string(extension), change);
  return change.number;
}

PageTally::Change* PageTally::find(std::uint64_t number) {
  for (auto& [extension, change] : newest_) {
    if (change.number == number) return &change;
  }
  return nullptr;
}

void PageTally::browser_has(std::uint64_t change, std::size_t pages) {
  const std::lock_guard lock(mutex_);
  Change* const found = find(change);
  if (found == nullptr || found->browsers == 0) return;
  --found->browsers;
  found->pages += pages;
  changed_.notify_all();
}

void PageTally::page_asked(std::uint64_t change, Reaction reaction) {
  const std::lock_guard lock(mutex_);
  Change* const found = find(change);
  if (found == nullptr) return;
  ++found->asked;
  if (reaction == Reaction::reloads) ++found->counts.reloaded;
  if (reaction == Reaction::restyles) ++found->counts.restyled;
  changed_.notify_all();
}

PageCounts PageTally::take(std::string_view extension, std::chrono::milliseconds most) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  std::unique_lock lock(mutex_);
  // A newer change may take its place meanwhile, so it is looked up each time.
  const auto settled = [&] {
    const auto found = newest_.find(extension);
    return closed_ || found == newest_.end() ||
           (found->second.browsers == 0 && found->second.asked >= found->second.pages);
  };
  changed_.wait_until(lock, deadline, settled);
  const auto found = newest_.find(extension);
  if (found == newest_.end()) return {};
  const PageCounts counts = found->second.counts;
  newest_.erase(found);
  return counts;
}

void PageTally::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace exthost::hosting
