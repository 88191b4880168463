#pragma once

#include <string>
#include <vector>

#include "emulator/check/container.h"
#include "emulator/hosting/http_container_source.h"

namespace exthost::check {

/// A container behind a URL, read as the hosting service reads it and listed as anybody may who can see it
/// (List Blobs; domain.md a3). A server that knows no listing, such as a plain web server, is one that may
/// not be listed.
class UrlContainer final : public Container {
 public:
  /// `url`: http or https, checked.
  explicit UrlContainer(const std::string& url);

  std::string url() const override { return source_.url(); }
  base::Result<hosting::Fetched> get(const std::string& blob, const std::string& if_none_match,
                                     std::uint64_t limit_bytes) override {
    return source_.get(blob, if_none_match, limit_bytes);
  }
  base::Result<std::optional<std::vector<BlobName>>> list() override;
  std::string place_of(const std::string& blob) const override { return url() + "/" + blob; }

 private:
  base::Result<std::optional<std::string>> fetch_page(const std::string& marker) const;

  hosting::HttpContainerSource source_;
  std::string query_;  // without `?`, or empty
};

}  // namespace exthost::check
