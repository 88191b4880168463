#include <compare>
#include <optional>

#include "emulator/model/rollout_plan.h"

namespace exthost::model {
namespace {

/// A version as far as it can be ordered: `1.0.0.5-230406-2239`.
struct Ordered {
  std::vector<std::string_view> numbers;  // without leading zeros: the longer one is the greater
  std::vector<std::string_view> suffix;
  bool suffix_ordered = true;
};

/// Takes digits from the front of `rest`; absent if there are none.
std::optional<std::string_view> take_number(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() && rest[length] >= '0' && rest[length] <= '9') ++length;
  if (length == 0) return std::nullopt;
  std::string_view digits = rest.substr(0, length);
  rest.remove_prefix(length);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

std::optional<Ordered> read(std::string_view version) {
  Ordered result;
  std::string_view rest = version;
  while (true) {
    const auto number = take_number(rest);
    if (!number) return std::nullopt;
    result.numbers.push_back(*number);
    if (rest.empty() || rest.front() != '.') break;
    rest.remove_prefix(1);
  }
  if (result.numbers.size() < 2) return std::nullopt;
  while (!rest.empty()) {
    const bool dash = rest.front() == '-';
    rest.remove_prefix(1);
    const auto number = dash ? take_number(rest) : std::nullopt;
    if (!number) {
      result.suffix_ordered = false;
      break;
    }
    result.suffix.push_back(*number);
  }
  return result;
}

std::strong_ordering compare(std::string_view a, std::string_view b) {
  if (const auto by_length = a.size() <=> b.size(); by_length != 0) return by_length;
  return a.compare(b) <=> 0;
}

std::strong_ordering compare(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  for (std::size_t i = 0; i < a.size() || i < b.size(); ++i) {
    const auto order = compare(i < a.size() ? a[i] : "0", i < b.size() ? b[i] : "0");
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

}  // namespace

Direction direction_of(std::string_view before, std::string_view after) {
  if (before == after) return Direction::same;
  if (before.empty()) return Direction::first;
  if (after.empty()) return Direction::removed;
  const auto old_version = read(before);
  const auto new_version = read(after);
  if (!old_version || !new_version) return Direction::unknown;
  std::strong_ordering order = compare(old_version->numbers, new_version->numbers);
  if (order == 0) {
    const bool ordered = old_version->suffix_ordered && new_version->suffix_ordered &&
                         !old_version->suffix.empty() && !new_version->suffix.empty();
    if (!ordered) return Direction::unknown;
    order = compare(old_version->suffix, new_version->suffix);
  }
  if (order == 0) return Direction::unknown;  // 1.0 and 1.00: two versions, whatever their numbers
  return order < 0 ? Direction::upgrade : Direction::downgrade;
}

}  // namespace exthost::model
