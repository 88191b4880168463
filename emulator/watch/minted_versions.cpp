#include "emulator/watch/minted_versions.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "emulator/model/version.h"

namespace exthost::watch {
namespace {

constexpr std::size_t kStampLength = 13;  // 261120-120411

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// When a version was minted: its stamp, and which of that stamp it was, from 1.
struct MintedAt {
  std::string_view stamp;
  std::uint32_t count = 1;

  bool later_than(const MintedAt& other) const {
    return stamp != other.stamp ? stamp > other.stamp : count > other.count;
  }
};

bool is_stamp(std::string_view text) {
  if (text.size() != kStampLength || text[6] != '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 6 && !is_digit(text[i])) return false;
  }
  return true;
}

/// `-2` and up, as model::mint_version writes it; absent for anything else.
std::optional<std::uint32_t> parse_count(std::string_view suffix) {
  if (suffix.empty()) return 1;
  if (suffix.size() < 2 || suffix.size() > 9 || suffix[0] != '-' || suffix[1] == '0') return std::nullopt;
  std::uint32_t count = 0;
  for (const char c : suffix.substr(1)) {
    if (!is_digit(c)) return std::nullopt;
    count = count * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (count < 2) return std::nullopt;
  return count;
}

std::optional<MintedAt> parse_minted(std::string_view version, std::string_view base) {
  if (version.size() < base.size() + 1 + kStampLength) return std::nullopt;
  if (version.substr(0, base.size()) != base || version[base.size()] != '.') return std::nullopt;
  const std::string_view rest = version.substr(base.size() + 1);
  const auto count = parse_count(rest.substr(kStampLength));
  if (!is_stamp(rest.substr(0, kStampLength)) || !count) return std::nullopt;
  return MintedAt{rest.substr(0, kStampLength), *count};
}

}  // namespace

std::vector<std::string> minted_newest_first(const std::vector<std::string>& versions,
                                             std::string_view base) {
  std::vector<std::pair<MintedAt, const std::string*>> minted;
  for (const std::string& version : versions) {
    if (const auto at = parse_minted(version, base)) minted.emplace_back(*at, &version);
  }
  std::sort(minted.begin(), minted.end(),
            [](const auto& left, const auto& right) { return left.first.later_than(right.first); });
  std::vector<std::string> names;
  for (const auto& [at, version] : minted) names.push_back(*version);
  return names;
}

std::string next_minted(const std::vector<std::string>& versions, std::string_view base,
                        std::string_view stamp) {
  std::uint32_t highest = 0;
  for (const std::string& version : versions) {
    const auto at = parse_minted(version, base);
    if (at && at->stamp == stamp) highest = std::max(highest, at->count);
  }
  const std::string first = model::mint_version(base, stamp, {});
  return highest == 0 ? first : first + "-" + std::to_string(highest + 1);
}

std::vector<std::string> versions_to_drop(const std::vector<std::string>& versions, std::string_view base,
                                          const std::vector<std::string>& referred, std::size_t kept) {
  const std::vector<std::string> minted = minted_newest_first(versions, base);
  std::vector<std::string> dropped;
  for (std::size_t i = minted.size(); i > kept; --i) {
    const std::string& version = minted[i - 1];
    if (std::find(referred.begin(), referred.end(), version) == referred.end()) dropped.push_back(version);
  }
  return dropped;
}

}  // namespace exthost::watch
