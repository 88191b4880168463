#include "emulator/model/container_layout.h"

namespace exthost::model {
namespace {

constexpr std::string_view kZipSuffix = ".zip";

}  // namespace

std::string zip_of(std::string_view version) {
  return std::string(version).append(kZipSuffix);
}

std::optional<std::string> version_of_zip(std::string_view blob) {
  if (blob.size() <= kZipSuffix.size() || !blob.ends_with(kZipSuffix)) return std::nullopt;
  blob.remove_suffix(kZipSuffix.size());
  return std::string(blob);
}

}  // namespace exthost::model
