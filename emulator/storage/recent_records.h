#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/base/recent.h"
#include "emulator/storage/records.h"

/// Records that were read lately, as a durable store keeps them beside its database.
namespace exthost::storage {

struct IdHash {
  std::size_t operator()(const ContainerId& id) const { return joined(joined(0, id.account), id.container); }
  std::size_t operator()(const BlobId& id) const {
    return joined(joined(joined(0, id.account), id.container), id.name);
  }

 private:
  static std::size_t joined(std::size_t seed, std::string_view text) {
    constexpr std::size_t kSpread = 0x9e3779b97f4a7c15;  // 2^64 by the golden ratio
    return (seed ^ std::hash<std::string_view>()(text)) * kSpread;
  }
};

using RecentContainers = base::Recent<ContainerId, std::shared_ptr<const ContainerRecord>, IdHash>;
/// Live blobs only. A write of a blob changes no other record that is in here.
using RecentBlobs = base::Recent<BlobId, std::shared_ptr<const BlobRecord>, IdHash>;

/// Roughly the memory that a record takes.
inline std::uint64_t cost_of(const BlobRecord& record) {
  std::uint64_t cost = sizeof record + record.name.size();
  for (const Piece& piece : record.pieces) cost += sizeof piece + piece.block_id.size() + piece.hash.size();
  for (const MetadataItem& item : record.metadata) cost += sizeof item + item.name.size() + item.value.size();
  constexpr std::uint64_t kOfATag = 128;
  return cost + kOfATag * record.tags.size();
}
inline std::uint64_t cost_of(const ContainerRecord& record) {
  std::uint64_t cost = sizeof record;
  for (const MetadataItem& item : record.metadata) cost += sizeof item + item.name.size() + item.value.size();
  return cost + sizeof(StoredPolicy) * record.policies.size();
}

}  // namespace exthost::storage
