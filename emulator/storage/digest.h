#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/base/hash.h"
#include "emulator/storage/blob_store.h"

namespace exthost::storage {

/// CRC-64/NVME, as `x-ms-content-crc64` has it (storage-api.md 3.6), fed in pieces.
class Crc64 {
 public:
  void update(std::string_view bytes);
  std::uint64_t value() const { return ~state_; }
  /// The 8 bytes little-endian: what the header holds as base64.
  std::string bytes() const;

 private:
  std::uint64_t state_ = ~std::uint64_t{0};
};

/// MD5, fed in pieces.
class Md5 {
 public:
  Md5();
  void update(std::string_view bytes);
  std::string finish();  ///< Raw 16 bytes. Call once.

 private:
  std::shared_ptr<void> context_;
};

/// All that is computed over content while it is taken in.
class ContentDigest {
 public:
  explicit ContentDigest(const ReceiveOptions& options);
  void update(std::string_view bytes);
  /// The content's description, without a hold. Call once.
  Content finish();

 private:
  std::string known_sha256_;
  base::Sha256 sha256_;           // unused if it is known
  std::unique_ptr<Md5> md5_;      // null unless asked for
  std::unique_ptr<Crc64> crc64_;  // null unless asked for
  std::uint64_t size_bytes_ = 0;
};

}  // namespace exthost::storage
