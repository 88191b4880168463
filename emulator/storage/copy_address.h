#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/http/message.h"
#include "emulator/http/url.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/rest_error.h"

namespace exthost::storage {

/// Where the source of a copy lies.
struct CopyAddress {
  std::string text;  ///< As it was sent: it may hold a signature.
  http::Url url;
  std::optional<http::Request> here;  ///< The GET that reads it, if these accounts are asked for it.
};

/// Reads `x-ms-copy-source`, as `asking` sent it. These accounts are asked for what lies behind the name by
/// which the client reached this listener, behind every local name with its port, and behind
/// `<account>[-secondary].blob.<any domain>` of an account that is here: clients that speak to an address
/// still name sources by production's host (storage-api.md 1). InvalidHeaderValue if it is no URL.
Rest<CopyAddress> read_copy_address(std::string_view text, const http::Request& asking,
                                    const Accounts& accounts);

/// The source as a blob shows it later: without the signature in it.
std::string without_signature(std::string_view source);

}  // namespace exthost::storage
