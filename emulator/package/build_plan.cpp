#include "emulator/package/build_plan.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace exthost::package {
namespace {

/// What a file keeps when a folder above it is renamed.
struct Lasting {
  std::uint64_t inode;
  std::uint64_t size;
  std::int64_t modified_ns;
  std::int64_t changed_ns;
  std::string_view name;
  bool operator==(const Lasting&) const = default;
};

Lasting lasting(const SourceFile& file) {
  const std::string_view path = file.path;
  return {file.inode, file.size, file.modified_ns, file.changed_ns, path.substr(path.rfind('/') + 1)};
}

struct LastingHash {
  std::size_t operator()(const Lasting& file) const { return std::hash<std::uint64_t>()(file.inode); }
};

/// Takes files that only lie elsewhere now out of those to be read. `gone` are the known files that are
/// removed.
void find_moved(const std::vector<SourceFile>& scanned, const std::vector<KnownFile>& known,
                const std::vector<std::size_t>& gone, BuildPlan& plan) {
  std::unordered_map<Lasting, std::size_t, LastingHash> before;
  for (const std::size_t index : gone) {
    if (!known[index].must_read_again && !known[index].file.linked)
      before.emplace(lasting(known[index].file), index);
  }
  if (before.empty()) return;
  std::erase_if(plan.to_read, [&](std::size_t index) {
    if (plan.known_as[index] || scanned[index].linked) return false;
    const auto found = before.find(lasting(scanned[index]));
    if (found == before.end()) return false;
    plan.moved_from[index] = found->second;
    return true;
  });
}

}  // namespace

BuildPlan plan_build(const std::vector<SourceFile>& scanned, const std::vector<KnownFile>& known) {
  BuildPlan plan;
  plan.known_as.reserve(scanned.size());
  plan.moved_from.resize(scanned.size());
  std::vector<std::size_t> gone;
  std::size_t next = 0;  // of the known files
  for (std::size_t i = 0; i < scanned.size(); ++i) {
    for (; next < known.size() && known[next].file.path < scanned[i].path; ++next) gone.push_back(next);
    if (next == known.size() || known[next].file.path != scanned[i].path) {
      plan.known_as.emplace_back(std::nullopt);
      plan.to_read.push_back(i);
      continue;
    }
    plan.known_as.emplace_back(next);
    if (known[next].must_read_again || known[next].file != scanned[i]) plan.to_read.push_back(i);
    ++next;
  }
  for (; next < known.size(); ++next) gone.push_back(next);
  for (const std::size_t index : gone) plan.removed.push_back(known[index].file.path);
  find_moved(scanned, known, gone, plan);
  return plan;
}

}  // namespace exthost::package
