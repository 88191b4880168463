#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/http/message.h"
#include "emulator/storage/records.h"
#include "emulator/storage/rest_request.h"

namespace exthost::storage {

/// A shared access signature, as its query parameters give it. Empty: not given.
struct SasToken {
  std::string version;      ///< sv
  std::string resource;     ///< sr: b, c, bs; empty for an account SAS
  std::string services;     ///< ss
  std::string types;        ///< srt
  std::string permissions;  ///< sp
  std::string start;        ///< st
  std::string expiry;       ///< se
  std::string identifier;   ///< si
  std::string addresses;    ///< sip
  std::string protocols;    ///< spr
  std::string scope;        ///< ses
  std::string cache_control, disposition, encoding, language, type;  ///< rscc, rscd, rsce, rscl, rsct
  std::string snapshot;
  std::string signature;  ///< sig

  bool is_account() const { return resource.empty(); }
};

/// Absent if the query holds no signature. AuthorizationFailure if a parameter of it is given twice.
Rest<std::optional<SasToken>> read_sas(const http::Target& target);

/// The strings that the two kinds sign (storage-api.md 3.2 and 3.3), by the token's version.
std::string account_sas_string_to_sign(const SasToken& token, std::string_view account);
std::string service_sas_string_to_sign(const SasToken& token, const BlobId& blob);

/// What a token that was signed well allows of the request: AuthorizationFailure and the
/// AuthorizationxxxMismatch codes. A stored policy, if the token names one, must have been filled in
/// (`with_policy`).
Rest<Done> check_sas(const SasToken& token, const RestRequest& request, base::WallTime now);

/// The token with what its stored policy says; AuthorizationFailure if there is no such policy or both say
/// the same thing.
Rest<SasToken> with_policy(SasToken token, const std::vector<StoredPolicy>& policies);

}  // namespace exthost::storage
