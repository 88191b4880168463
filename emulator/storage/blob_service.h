#pragma once

#include <memory>

#include "emulator/base/clock.h"
#include "emulator/base/file.h"
#include "emulator/base/ids.h"
#include "emulator/http/message.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/copy_source_fetcher.h"
#include "emulator/storage/locations.h"

namespace spdlog {
class logger;
}

namespace exthost::storage {

/// What may be left out. What is pointed to outlives the service.
struct BlobServiceOptions {
  /// What an answer to a write promises (limits.md: power).
  base::Durability durability = base::Durability::power;
  /// What answers 503, and which accounts have no secondary, asked anew for each request; null: nothing and
  /// none.
  const Locations* locations = nullptr;
  /// Who reads sources of copies that lie on other servers; null: nobody.
  CopySourceFetcher* elsewhere = nullptr;
  /// The time of those who sign requests, which says whether a signature is good yet and still; null: the
  /// service's own clock. Clients go by real time, so where that clock is not real this should be.
  const base::Clock* clients_clock = nullptr;
};

/// The Blob REST dialect over a store: what az, azcopy, rclone and the SDKs speak (storage-api.md).
///
/// Path style (`/account/container/blob`) on any host; host style where the request's production host is
/// `<account>[-secondary].blob.<…>`. Where it is `<account>.<zone>.web.<…>`, the account's static website.
/// Every failure is an Azure error body with `x-ms-error-code`; a signature that does not fit is logged with
/// the string that was expected. The listener in front must allow encoded slashes and backslashes
/// (`target_rules`) and must leave cross-origin requests to this service's CORS rules.
class BlobService final : public http::Service {
 public:
  /// Everything outlives the service.
  BlobService(BlobStore& store, Accounts accounts, const base::Clock& clock, base::IdSource& ids,
              std::shared_ptr<spdlog::logger> log, BlobServiceOptions options = {});
  ~BlobService() override;

  static http::TargetRules target_rules() { return {true, true}; }

  /// All but Get Blob and Get Blob Properties of a blob that is near: to them the store answers from files
  /// beside the packages that the hosting service serves from maps, and handing them to a worker would cost
  /// more than that.
  bool may_block(const http::Request& request) const override;
  http::Response handle(const http::Request& request) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::storage
