#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "emulator/storage/blob_store.h"

namespace exthost::storage {

/// What a listing asks for. With a delimiter, names that go on beyond it after the prefix appear as one
/// common prefix.
struct ListQuery {
  std::string prefix;
  std::string delimiter;
  std::string from;  ///< The first name wanted: a page's `next`, or a `startFrom`.
  std::size_t limit = 5000;
  bool snapshots = false;
  std::string position = {};  ///< Within those of that name: a page's `next_position`.
  std::optional<base::WallTime> deleted_at = std::nullopt;  ///< This and the next as in BlobScan.
  bool uncommitted = false;
};

struct ListEntry {
  std::string prefix;  ///< A common prefix, or empty if this is a blob.
  BlobRecord blob;
};

struct ListPage {
  std::vector<ListEntry> entries;  ///< In byte order of names and prefixes.
  std::string next;                ///< The name at which the next page begins; empty on the last one.
  std::string next_position;       ///< Where among those of that name (BlobScan).
};

Outcome<ListPage> list_page(const BlobStore& store, const ContainerId& id, const ListQuery& query);

/// The first string in byte order behind all that begin with `prefix`; empty if there is none.
std::string first_after_prefix(std::string prefix);

}  // namespace exthost::storage
