#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace exthost::hosting {

/// How many open pages took a change, and how.
struct PageCounts {
  std::size_t reloaded = 0;
  std::size_t restyled = 0;  ///< Took new stylesheets without a reload.
};

/// Counts how the open pages take the newest change of each extension. Browsers are told of a change; each
/// says how many pages it has, and each of those asks what to do. Thread-safe.
class PageTally {
 public:
  /// A new change, of which so many browsers are about to be told. Returns its number, which is above 0.
  std::uint64_t begin(std::string_view extension, std::size_t browsers);

  /// A browser that was told has so many pages of the extension. Numbers of older changes are ignored, here
  /// and below.
  void browser_has(std::uint64_t change, std::size_t pages);

  enum class Reaction { none, restyles, reloads };
  /// One of those pages has asked, and was told to do that.
  void page_asked(std::uint64_t change, Reaction reaction);

  /// What came of the extension's newest change, once all its pages have asked, or `most` has passed in real
  /// time: a page that is gone never asks. It is told once; without a change that was not told, all zero at
  /// once.
  PageCounts take(std::string_view extension, std::chrono::milliseconds most);

  /// Ends all waiting, now and from now on.
  void close();

 private:
  struct Change {
    std::uint64_t number = 0;
    std::size_t browsers = 0;  ///< That have not answered yet.
    std::size_t pages = 0;     ///< Of those that have.
    std::size_t asked = 0;
    PageCounts counts;
  };
  Change* find(std::uint64_t number);  // with the lock held

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Change, std::less<>> newest_;  // by extension
  std::uint64_t last_ = 0;
  bool closed_ = false;
};

}  // namespace exthost::hosting
