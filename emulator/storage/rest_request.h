#pragma once

#include <string>
#include <string_view>

#include "emulator/http/message.h"
#include "emulator/storage/records.h"
#include "emulator/storage/rest_error.h"
#include "emulator/storage/rest_operation.h"

namespace exthost::storage {

/// A request, read as the dialect reads it. Refers to the HTTP request, which outlives it.
struct RestRequest {
  const http::Request& http;
  std::string account;     ///< Without `-secondary`.
  bool secondary = false;  ///< Asked of the read-only alias.
  bool path_style = true;
  std::string container;  ///< Empty for the service itself.
  std::string blob;       ///< Decoded, `\` as `/`; empty for the container itself.
  Operation operation = Operation::list_containers;
  /// In a batch: another spelling of the path, still encoded, that the client may have signed; else empty.
  std::string also_signed_path = {};

  ContainerId container_id() const { return {account, container}; }
  BlobId blob_id() const {
    return {account, container, blob, std::string(http.target.parameter("snapshot").value_or(""))};
  }
  /// The account's URL as the client reached it, with a slash at the end.
  std::string service_endpoint() const;
};

/// The account that a request names, and how; `rest` is what is left of its path.
struct AskedAccount {
  std::string name;  ///< Without `-secondary`; empty if none is named.
  bool secondary = false;
  bool path_style = true;
  bool website = false;  ///< Asked of the account's static website.
  std::string_view rest;
};
/// Whose endpoint a request came to, before anything else of it is read. `http` outlives what it returns.
AskedAccount read_account(const http::Request& http);

/// What is asked for, and of what. Names are checked for writes that would make them; the operation is
/// decided by method, `restype`, `comp` and, for puts, the headers. A `comp` that does not exist:
/// InvalidQueryParameterValue.
Rest<RestRequest> read_request(const http::Request& request);

/// Azure's rules for names: InvalidResourceName or OutOfRangeInput if they are broken.
Rest<Done> check_container_name(std::string_view name);
Rest<Done> check_blob_name(std::string_view name);

}  // namespace exthost::storage
