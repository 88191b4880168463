#include "emulator/check/folder_container.h"

#include <algorithm>
#include <utility>

#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/check/finding.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/package/builder.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::check {
namespace {

namespace codes = model::codes;
using base::Error;
using base::ErrorKind;
using base::Result;
using hosting::Fetched;

// Folders that cannot be versions (node_modules, docs) are not walked at all.
const std::vector<std::string> kNoVersions = {"/[!0-9]*/"};

Fetched found(std::shared_ptr<const void> owner, std::string_view bytes) {
  Fetched fetched;
  fetched.state = Fetched::State::found;
  fetched.bytes = bytes;
  fetched.owner = std::move(owner);
  return fetched;
}

Error too_large(const std::string& blob, std::uint64_t limit_bytes) {
  return {ErrorKind::invalid_input,
          blob + " has more than " + base::human_bytes(limit_bytes) + ", the limit for it",
          std::string(codes::kSourceTooLarge)};
}

}  // namespace

Result<std::unique_ptr<Container>> FolderContainer::open(std::filesystem::path folder, std::string shown) {
  auto scanned = package::scan_folder(folder, kNoVersions, watch::kMostFiles);
  if (!scanned) return std::move(scanned).error();
  return std::unique_ptr<Container>(
      new FolderContainer(std::move(folder), std::move(shown), watch::plan_seed(*scanned)));
}

Result<Fetched> FolderContainer::get(const std::string& blob, const std::string& /*if_none_match*/,
                                     std::uint64_t limit_bytes) {
  if (plan_.versions.count(blob) != 0) {
    auto built = package::build_folder(folder_ / *model::version_of_zip(blob), {});
    if (!built) return std::move(built).error();
    if (built->package->bytes().size() > limit_bytes) return too_large(blob, limit_bytes);
    return found(built->package, built->package->bytes());
  }
  const auto file = plan_.files.find(blob);
  if (file == plan_.files.end()) return Fetched{};
  if (file->second.size > limit_bytes) return too_large(blob, limit_bytes);
  auto bytes = base::read_file(folder_ / blob, limit_bytes);
  if (!bytes)
    return Error{ErrorKind::unavailable, bytes.error().message, std::string(codes::kStorageUnavailable)};
  if (!*bytes) return Fetched{};
  auto owner = std::make_shared<const std::string>(**std::move(bytes));
  const std::string_view view = *owner;
  return found(std::move(owner), view);
}

std::string FolderContainer::place_of(const std::string& blob) const {
  return join_shown(shown_, plan_.versions.count(blob) != 0 ? *model::version_of_zip(blob) : blob);
}

Result<std::optional<std::vector<BlobName>>> FolderContainer::list() {
  std::vector<BlobName> names;
  for (const auto& [name, file] : plan_.files) names.push_back({name, file.size});
  for (const auto& version : plan_.versions) names.push_back({version.first, std::nullopt});
  std::sort(names.begin(), names.end(),
            [](const BlobName& left, const BlobName& right) { return left.name < right.name; });
  return std::optional(std::move(names));
}

}  // namespace exthost::check
