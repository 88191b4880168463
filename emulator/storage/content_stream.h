#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "emulator/http/message.h"
#include "emulator/storage/content_files.h"

namespace exthost::storage {

/// Parts of contents, one after the other, as a body that is read while it is sent: however large, it costs
/// neither memory nor address space.
class ContentStream final : public http::BodySource {
 public:
  struct Part {
    std::string hash;
    std::uint64_t size_bytes = 0;  ///< Of the whole content.
    std::uint64_t first = 0;
    std::uint64_t length = 0;  ///< At least 1.
  };
  /// `hold` keeps the contents from being freed.
  ContentStream(std::shared_ptr<const ContentFiles> files, std::vector<Part> parts,
                std::shared_ptr<const void> hold)
      : files_(std::move(files)), parts_(std::move(parts)), hold_(std::move(hold)) {}

  std::uint64_t length() const override;
  base::Result<std::size_t> read(std::span<char> buffer) override;

 private:
  const std::shared_ptr<const ContentFiles> files_;
  const std::vector<Part> parts_;
  const std::shared_ptr<const void> hold_;
  std::size_t part_ = 0;    // the one that is being read
  std::uint64_t done_ = 0;  // of it
};

}  // namespace exthost::storage
