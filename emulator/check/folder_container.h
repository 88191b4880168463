#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "emulator/check/container.h"
#include "emulator/package/package.h"
#include "emulator/watch/seed_sync.h"

namespace exthost::check {

/// A folder on this machine as the container that it would become (watch::plan_seed). Never writes.
///
/// Files are read, not mapped, since whoever owns the folder may write them at any moment. Gives no ETags.
class FolderContainer final : public Container {
 public:
  /// `shown`: how messages name the folder.
  static base::Result<std::unique_ptr<Container>> open(std::filesystem::path folder, std::string shown);

  std::string url() const override { return shown_; }
  /// A version folder that cannot be packed fails with the code that says why (kZip…, kSourceUnreadable).
  base::Result<hosting::Fetched> get(const std::string& blob, const std::string& if_none_match,
                                     std::uint64_t limit_bytes) override;
  base::Result<std::optional<std::vector<BlobName>>> list() override;
  std::string place_of(const std::string& blob) const override;
  std::vector<base::Error> remarks() const override { return plan_.problems; }

 private:
  FolderContainer(std::filesystem::path folder, std::string shown, watch::SeedPlan plan)
      : folder_(std::move(folder)), shown_(std::move(shown)), plan_(std::move(plan)) {}

  std::filesystem::path folder_;
  std::string shown_;
  watch::SeedPlan plan_;
};

}  // namespace exthost::check
