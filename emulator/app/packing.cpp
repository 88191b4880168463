#include "emulator/app/packing.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/examine.h"
#include "emulator/hosting/sync_plan.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"

namespace exthost::app {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;
using model::Severity;
namespace codes = model::codes;

check::Finding finding(Severity severity, std::string code, std::string message, std::string hint,
                       const std::string& file) {
  return {{severity, std::move(code), std::move(message), std::move(hint), {file, 0, 0}, {}}, ""};
}

/// Zips of builds in development mode, which a release should not carry (domain.md d).
void find_development_zips(const package::Package& package, const std::string& shown,
                           std::vector<check::Finding>& findings) {
  for (const package::Entry& entry : package.entries()) {
    const std::string_view name = entry.name.substr(entry.name.find_last_of('/') + 1);
    if (!base::equals_ignoring_case(name, model::kDevelopmentZipBlob)) continue;
    findings.push_back(finding(Severity::warning, std::string(codes::kHostingSvcZip),
                               std::string(name) + ", a build in development mode, is packed with the rest",
                               "leave it out with --ignore, and look whether this is the right folder",
                               check::join_shown(shown, std::string(entry.name))));
  }
}

}  // namespace

bool PackedVersion::good() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const check::Finding& one) { return one.problem.severity == Severity::error; });
}

Result<PackedVersion> pack_version(const fs::path& from, const std::string& named, const std::string& version,
                                   const std::vector<std::string>& ignore, model::Cloud cloud) {
  const fs::path folder = (from / named).lexically_normal();
  std::error_code fault;
  if (!fs::is_directory(folder, fault)) {
    return Error{ErrorKind::not_found, "there is no folder " + named, std::string(codes::kTargetMissing)};
  }
  PackedVersion packed;
  check::ExamineOptions options;
  options.cloud = cloud;
  options.folder = from;
  packed.findings = check::examine({check::SubjectKind::source_folder, named, ignore}, options).findings;
  auto built = package::build_folder(folder, ignore);
  if (!built) {
    // The rules name every file that is at fault; the builder stops at the first.
    if (packed.good()) return std::move(built).error();
    return packed;
  }
  packed.built = *std::move(built);
  find_development_zips(*packed.built.package, named, packed.findings);
  const auto accepted =
      hosting::check_version_zip(version, packed.built.package->owner(), packed.built.package->bytes(), {});
  if (!accepted && packed.good()) {
    packed.findings.push_back(
        finding(Severity::error, accepted.error().code, accepted.error().message, "", named));
  }
  return packed;
}

std::vector<std::string> without_outputs(std::vector<std::string> ignore, const fs::path& folder,
                                         const fs::path& output) {
  const std::string inside =
      output.lexically_normal().lexically_relative(folder.lexically_normal()).generic_string();
  if (inside.empty() || inside.starts_with("..")) return ignore;
  ignore.insert(ignore.begin(), inside == "." ? "/*.zip" : "/" + inside + "/*.zip");
  return ignore;
}

}  // namespace exthost::app
