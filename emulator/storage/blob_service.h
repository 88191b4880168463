#pragma once

#include <memory>

#include "emulator/base/clock.h"
#include "emulator/base/file.h"
#include "emulator/base/ids.h"
#include "emulator/http/message.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/outage.h"

namespace spdlog {
class logger;
}

namespace exthost::storage {

/// The Blob REST dialect over a store: what az, azcopy, rclone and the SDKs speak (storage-api.md).
///
/// Path style (`/account/container/blob`) on any host; host style where the request's production host is
/// `<account>[-secondary].blob.<…>`. Every failure is an Azure error body with `x-ms-error-code`; a signature
/// that does not fit is logged with the string that was expected. The listener in front must allow encoded
/// slashes and backslashes
/// (`target_rules`) and must leave cross-origin requests to this service's CORS rules.
class BlobService final : public http::Service {
 public:
  /// Everything outlives the service. `durability`: what an answer to a write promises (limits.md: power by
  /// default). `outage`: what answers 503, asked anew for each request; null: nothing.
  BlobService(BlobStore& store, Accounts accounts, const base::Clock& clock, base::IdSource& ids,
              std::shared_ptr<spdlog::logger> log, base::Durability durability = base::Durability::power,
              const OutageSwitch* outage = nullptr);
  ~BlobService() override;

  static http::TargetRules target_rules() { return {true, true}; }

  /// Always: every operation asks the store, and the store the disk.
  bool may_block(const http::Request&) const override { return true; }
  http::Response handle(const http::Request& request) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::storage
