#include "emulator/hosting/bundle_paths.h"

#include <utility>

#include "emulator/base/text.h"

namespace exthost::hosting {
namespace {

constexpr std::string_view kFolder = "Content/Dynamic/";
constexpr std::string_view kScript = ".js";

/// `Content/Dynamic/<hash>` of a bundle's name in the version; empty for any other file.
std::string_view module_of(std::string_view name) {
  if (name.size() <= kFolder.size() + kScript.size()) return {};
  if (!base::begins_with_ignoring_case(name, kFolder)) return {};
  if (!base::ends_with_ignoring_case(name, kScript)) return {};
  return name.substr(0, name.size() - kScript.size());
}

}  // namespace

std::vector<std::string> bundle_origins(const http::Request& request, const CdnSettings& cdn,
                                        const std::string& hosting_service_name) {
  const std::string origin = request.origin();
  const auto no_cdn = request.target.parameter("nocdn");
  if (!cdn.on || (no_cdn && base::equals_ignoring_case(*no_cdn, "force")))
    return {origin.substr(origin.find("//")), origin};
  return {"//" + cdn_host_for(cdn, hosting_service_name) + ".localhost:" + std::to_string(request.port),
          origin};
}

std::vector<BundlePath> bundle_paths(const HeldVersion& version, std::string_view hosting_service_name,
                                     const std::vector<std::string>& origins) {
  std::vector<BundlePath> paths;
  for (const package::Entry& entry : version.package->entries()) {
    const std::string_view module = module_of(entry.name.substr(version.root.size()));
    if (module.empty()) continue;
    BundlePath path;
    path.module = module;
    const std::string place =
        "/" + std::string(hosting_service_name) + "/" + base::percent_encode(module, "/");
    for (const std::string& origin : origins) path.urls.push_back(origin + place);
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace exthost::hosting
