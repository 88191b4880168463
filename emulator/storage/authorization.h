#pragma once

#include <memory>
#include <optional>

#include "emulator/base/clock.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/rest_request.h"
#include "emulator/storage/sas.h"

namespace spdlog {
class logger;
}

namespace exthost::storage {

/// What a request may do beyond its operation.
struct Grant {
  bool may_overwrite = true;    ///< False with a SAS that may create and no more.
  std::optional<SasToken> sas;  ///< For the response headers that it overrides.
  bool by_key = false;          ///< Signed with the account's key: all its blobs may be read.
};

/// Who may do what (storage-api.md 3): SharedKey, service and account SAS, and anonymous reads by access
/// level.
///
/// An anonymous read that is not allowed answers 404 ResourceNotFound, as Azure does: it does not tell
/// whether there is such a container. An anonymous write answers 403 AuthorizationFailure. Thread-safe.
class Authorizer {
 public:
  /// All outlive it. `clock` tells whether a signature is still good: the time of those who sign.
  Authorizer(const BlobStore& store, const Accounts& accounts, const base::Clock& clock,
             std::shared_ptr<spdlog::logger> log);

  Rest<Grant> authorize(const RestRequest& request) const;

 private:
  Rest<Grant> check_shared_key(const RestRequest& request, std::string_view authorization) const;
  Rest<Grant> check_signature(const RestRequest& request, SasToken token) const;
  Rest<Grant> check_anonymous(const RestRequest& request) const;

  const BlobStore& store_;
  const Accounts& accounts_;
  const base::Clock& clock_;
  std::shared_ptr<spdlog::logger> log_;
};

}  // namespace exthost::storage
