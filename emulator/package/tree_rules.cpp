#include "emulator/package/tree_rules.h"

#include <cstdint>
#include <optional>
#include <system_error>

#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::package {
namespace {

constexpr std::uint64_t kFileLimitBytes = 1024 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::vector<std::string> lines_of(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> lines = base::split(text, '\n');
  for (std::string& line : lines) {
    if (line.ends_with('\r')) line.pop_back();
  }
  return lines;
}

}  // namespace

TreeRules::TreeRules(const IgnoreOptions& options)
    : gitignore_(options.gitignore),
      globs_(IgnoreRules::only(options.globs)),
      always_(std::vector<std::string>()) {}

base::Result<void> TreeRules::read_file(const std::filesystem::path& root, const std::string& folder) {
  if (!gitignore_) return {};
  const std::filesystem::path file = root / folder / kFileName;
  std::error_code fault;  // what can't be looked at can't be read either
  if (std::filesystem::symlink_status(file, fault).type() != std::filesystem::file_type::regular) {
    put_file(folder, {});
    return {};
  }
  auto text = base::read_file(file, kFileLimitBytes);
  if (!text) {
    text.error().kind = base::ErrorKind::unavailable;
    text.error().code = model::codes::kSourceUnreadable;
    return std::move(text).error();
  }
  put_file(folder, text->value_or(std::string()));
  return {};
}

void TreeRules::put_file(const std::string& folder, std::string_view text) {
  files_.erase(folder);
  if (!text.empty()) files_.emplace(folder, IgnoreRules::only(lines_of(text)));
}

bool TreeRules::ignores(std::string_view path, bool is_folder) const {
  if (const auto verdict = globs_.verdict(path, is_folder)) return *verdict;
  for (std::size_t end = path.size(); !files_.empty() && end != std::string_view::npos && end > 0;) {
    end = path.rfind('/', end - 1);
    const bool at_root = end == std::string_view::npos;
    const auto file = files_.find(at_root ? std::string_view() : path.substr(0, end));
    if (file == files_.end()) continue;
    if (const auto verdict = file->second.verdict(at_root ? path : path.substr(end + 1), is_folder))
      return *verdict;
  }
  return always_.ignores(path, is_folder);
}

}  // namespace exthost::package
