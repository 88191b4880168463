#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "emulator/hosting/container_source.h"
#include "emulator/hosting/limits.h"

namespace exthost::hosting {

/// A container behind a URL: Azurite, a real public container or a plain web server (domain.md a4, a5;
/// design.md 2).
///
/// `https://account.blob.core.windows.net/container`, with or without a slash at the end; a query, such as a
/// shared access signature, is sent with every request and left out of `url()`. No redirect is followed.
/// Thread-safe.
class HttpContainerSource final : public ContainerSource {
 public:
  /// `ca_file`: trusted besides the system's authorities, if not empty.
  explicit HttpContainerSource(const std::string& container_url, const HostingLimits& limits = {},
                               std::filesystem::path ca_file = {});

  std::string url() const override { return url_; }
  base::Result<Fetched> get(const std::string& blob, const std::string& if_none_match,
                            std::uint64_t limit_bytes) override;

 private:
  std::string url_;
  std::string query_;  // with `?`, or empty
  HostingLimits limits_;
  std::filesystem::path ca_file_;
};

}  // namespace exthost::hosting
