#include "emulator/package/build_plan.h"

namespace exthost::package {

BuildPlan plan_build(const std::vector<SourceFile>& scanned, const std::vector<KnownFile>& known) {
  BuildPlan plan;
  plan.known_as.reserve(scanned.size());
  std::size_t next = 0;  // of the known files
  for (std::size_t i = 0; i < scanned.size(); ++i) {
    for (; next < known.size() && known[next].file.path < scanned[i].path; ++next) {
      plan.removed.push_back(known[next].file.path);
    }
    if (next == known.size() || known[next].file.path != scanned[i].path) {
      plan.known_as.emplace_back(std::nullopt);
      plan.to_read.push_back(i);
      continue;
    }
    plan.known_as.emplace_back(next);
    if (known[next].must_read_again || known[next].file != scanned[i]) plan.to_read.push_back(i);
    ++next;
  }
  for (; next < known.size(); ++next) plan.removed.push_back(known[next].file.path);
  return plan;
}

}  // namespace exthost::package
