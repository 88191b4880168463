#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/storage/copy_state.h"
#include "emulator/storage/lease.h"

namespace exthost::storage {

struct ContainerId {
  std::string account;
  std::string container;
  auto operator<=>(const ContainerId&) const = default;
};

struct BlobId {
  std::string account;
  std::string container;
  std::string name;           ///< Case-sensitive (domain.md a11); UTF-8, with `/` where a client sent `\`.
  std::string snapshot = {};  ///< `2026-11-20T15:16:38.0400000Z`; empty: the blob itself.
  ContainerId in() const { return {account, container}; }
  auto operator<=>(const BlobId&) const = default;
};

/// Who may read without a signature (storage-api.md 3.4).
enum class AccessLevel { none, blob, container };

/// `blob` or `container`; absent for anything else.
inline std::optional<AccessLevel> parse_access_level(std::string_view text) {
  if (text == "blob") return AccessLevel::blob;
  if (text == "container") return AccessLevel::container;
  return std::nullopt;
}

struct MetadataItem {
  std::string name;  ///< As sent; two names never differ by letter case alone.
  std::string value;
  bool operator==(const MetadataItem&) const = default;
};
using Metadata = std::vector<MetadataItem>;

/// Of a blob, by key; in the order in which Azure gives them.
using Tags = std::map<std::string, std::string>;

/// The tier whose blobs can't be read until they are moved to another.
inline constexpr std::string_view kArchive = "Archive";

/// A stored access policy. Times and permissions as the client wrote them: an empty one leaves it to the SAS.
struct StoredPolicy {
  std::string id;
  std::string start;
  std::string expiry;
  std::string permission;
  bool operator==(const StoredPolicy&) const = default;
};

struct ContainerRecord {
  std::string name;
  AccessLevel access = AccessLevel::none;
  Metadata metadata;
  std::vector<StoredPolicy> policies;
  std::string etag;  ///< With quotes: `"0x8D…"`.
  base::WallTime last_modified;
  Lease lease = {};
};

/// What a client says about its content, given back with every read. Empty: not set.
struct ContentProperties {
  std::string type;
  std::string encoding;
  std::string language;
  std::string disposition;
  std::string cache_control;
  std::string md5;  ///< Of the whole blob, raw 16 bytes.
  bool operator==(const ContentProperties&) const = default;
};

/// A run of a blob's bytes: a whole blob that was put at once, or one block. Content is found by its hash.
struct Piece {
  std::string block_id;  ///< As the client sent it (base64), or empty for a blob put at once.
  std::string hash;  ///< SHA-256, lower-case hexadecimal; in a mounted file, of what identifies that file.
  std::uint64_t size_bytes = 0;
  bool operator==(const Piece&) const = default;
};

/// How a blob's content is written; it stays as it is for as long as the blob exists.
enum class BlobType { block, page, append };

/// When a blob or a snapshot was soft-deleted, and from when on it can't be restored any more.
struct SoftDeletion {
  base::WallTime at;
  base::WallTime until;
  bool operator==(const SoftDeletion&) const = default;
};

struct BlobRecord {
  std::string name;
  std::string snapshot = {};  ///< As in BlobId. A snapshot's content never changes, and nobody leases it.
  std::uint64_t size_bytes = 0;
  ContentProperties properties;
  Metadata metadata;
  std::string etag;  ///< With quotes. Changes with every write of content, properties or metadata.
  base::WallTime created;
  base::WallTime last_modified;
  std::vector<Piece>
      pieces;  ///< In order. Empty in listings, for an empty blob committed from no blocks, and for page
               ///< and append blobs: a page blob is `size_bytes` zeros, an append blob has none.
  Lease lease = {};
  Tags tags = {};
  std::string tier = {};                                      ///< Empty: nobody chose one, which means Hot.
  std::optional<base::WallTime> tier_changed = std::nullopt;  ///< By Set Blob Tier.
  std::optional<CopyState> copy = std::nullopt;  ///< Gone once content or properties are written otherwise.
  BlobType type = BlobType::block;
  std::uint64_t sequence_number = 0;                    ///< A page blob's, kept for its clients.
  std::optional<SoftDeletion> deletion = std::nullopt;  ///< Absent: it is live.
  std::string file = {};  ///< Of a mounted container: the state of the file that is its content
                          ///< (mounted_records.h). Else empty.
};

/// Whether a listed blob has only uncommitted blocks, and so nothing but its name.
inline bool is_uncommitted(const BlobRecord& blob) {
  return blob.etag.empty();
}

inline bool is_archived(const BlobRecord& blob) {
  return blob.tier == kArchive;
}

}  // namespace exthost::storage
