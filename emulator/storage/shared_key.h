#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/http/message.h"
#include "emulator/storage/rest_request.h"

namespace exthost::storage {

/// The string that a SharedKey signature signs (storage-api.md 3.1). `path` as sent, still percent-encoded.
std::string shared_key_string_to_sign(const http::Request& request, std::string_view account,
                                      std::string_view path);

/// All strings that a client may have signed: on the secondary, with and without its suffix; in a batch, with
/// and without the account in the path.
std::vector<std::string> shared_key_strings_to_sign(const RestRequest& request);

/// Whether `signature` (base64) is one of the keys' HMAC-SHA256 of `message`. Takes the same time wherever
/// they differ.
bool is_signed_by(const std::vector<std::string>& keys, std::string_view message, std::string_view signature);

}  // namespace exthost::storage
