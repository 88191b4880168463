#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// What the storage account takes, and why (limits.md; Azure's own figures where it has one).
namespace exthost::storage::limits {

inline constexpr std::size_t kXmlBytes = 4 * 1024 * 1024;      ///< A block list of 50,000 ids fits.
inline constexpr int kXmlDepth = 8;                            ///< The deepest document of the dialect has 5.
inline constexpr std::size_t kBlobNameBytes = 1024;            ///< Azure's, in characters there.
inline constexpr std::size_t kMetadataBytes = 8 * 1024;        ///< Azure's, names and values together.
inline constexpr std::size_t kBlocksPerBlob = 50'000;          ///< Azure's.
inline constexpr std::size_t kUncommittedBlocks = 100'000;     ///< Azure's.
inline constexpr std::size_t kBlockIdBytes = 64;               ///< Azure's, before base64.
inline constexpr std::uint64_t kBlockBytes = 4000ull << 20;    ///< Azure's largest block.
inline constexpr std::uint64_t kPutBytes = 5000ull << 20;      ///< Azure's largest Put Blob.
inline constexpr std::uint64_t kSyncCopyBytes = 256ull << 20;  ///< Azure's largest Copy Blob From URL.
inline constexpr std::chrono::minutes kCopyTime{5};  ///< For a source elsewhere: a client waits no longer.
inline constexpr std::uint64_t kRangeChecksumBytes = 4 << 20;  ///< Azure computes range checksums up to here.
inline constexpr std::size_t kListPage = 5000;                 ///< Azure's largest page, and the default one.
inline constexpr std::size_t kStoredPolicies = 5;              ///< Azure's.
inline constexpr std::size_t kTags = 10;                       ///< Azure's, on a blob.
inline constexpr std::size_t kTagKeyBytes = 128;               ///< Azure's.
inline constexpr std::size_t kTagValueBytes = 256;             ///< Azure's.
inline constexpr int kRetentionDays = 365;                     ///< Azure's, of soft delete.
inline constexpr std::size_t kBatchBytes = 4 * 1024 * 1024;    ///< Azure's, of a batch's body.
inline constexpr std::size_t kBatchRequests = 256;             ///< Azure's, in a batch.
inline constexpr std::size_t kBatchFields = 100;               ///< As many headers as a request may have.
inline constexpr std::uint64_t kPageBytes = 512;  ///< Azure's: a page blob's size is so many pages.
inline constexpr std::uint64_t kPageBlobBytes = 8ull << 40;  ///< Azure's.
inline constexpr std::uint64_t kSequenceNumber = INT64_MAX;  ///< Azure's.
inline constexpr std::size_t kCorsRules = 5;                 ///< Azure's.

}  // namespace exthost::storage::limits
