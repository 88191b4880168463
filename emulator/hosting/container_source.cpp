#include "emulator/hosting/container_source.h"

#include <utility>

#include "emulator/model/codes.h"

namespace exthost::hosting {

base::Result<std::optional<std::string>> read_document(ContainerSource& source, const std::string& blob,
                                                       std::uint64_t limit_bytes) {
  auto fetched = source.get(blob, {}, limit_bytes);
  if (!fetched) return std::move(fetched).error();
  if (fetched->state != Fetched::State::found) return std::optional<std::string>();
  return std::optional<std::string>(fetched->bytes);
}

base::Result<bool> has_blob(ContainerSource& source, const std::string& blob) {
  auto fetched = source.get(blob, {}, 0);
  if (fetched) return fetched->state == Fetched::State::found;
  if (fetched.error().code == model::codes::kSourceTooLarge) return true;  // than nothing
  return std::move(fetched).error();
}

}  // namespace exthost::hosting
