#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::storage {

/// The account that every storage emulator has, and its well-known key: not a secret (storage-api.md 3).
inline constexpr std::string_view kDevelopmentAccount = "devstoreaccount1";
inline constexpr std::string_view kDevelopmentKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Azure's rule: 3 to 24 lower-case letters and digits.
bool is_account_name(std::string_view name);

/// The accounts and their keys. A value, fixed for the life of a service.
class Accounts {
 public:
  /// Only the development account.
  Accounts();

  /// Adds an account, or replaces its keys. Keys are base64 (URL-safe and unpadded too), one or two. Fails
  /// with `invalid_input` if the name is not 3 to 24 lower-case letters and digits, or a key is not base64.
  base::Result<void> add(const std::string& name, const std::vector<std::string>& keys);

  bool contains(std::string_view name) const;
  /// In the order of their letters.
  std::vector<std::string> names() const;
  /// The account's keys, decoded; empty if there is no such account.
  const std::vector<std::string>& keys(std::string_view name) const;
  /// The first key in the base64 that every client reads, however it was given: for connection strings.
  std::string_view first_key_text(std::string_view name) const;

 private:
  struct Keys {
    std::vector<std::string> decoded;
    std::string first_text;
  };
  std::map<std::string, Keys, std::less<>> accounts_;
};

/// `DefaultEndpointsProtocol=http;AccountName=…;AccountKey=…;BlobEndpoint=<origin>/<account>;`. `origin` as
/// `http://127.0.0.1:14432`.
std::string connection_string(const Accounts& accounts, std::string_view account, std::string_view origin);

}  // namespace exthost::storage
