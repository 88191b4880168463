#pragma once

#include <string>
#include <string_view>

#include "emulator/http/message.h"
#include "emulator/storage/outcome.h"

namespace exthost::storage {

/// A refusal in Azure's terms: status, code and message, which clients show and match on.
struct RestError {
  int status = 500;
  std::string code;
  std::string message;
  http::Headers headers;  ///< Besides the common ones.
};

template <class T>
using Rest = Outcome<T, RestError>;

/// Azure's status and message for a code; `detail` is a further sentence of ours, or empty. The code must be
/// in the table.
RestError rest_error(std::string_view code, std::string_view detail = "");
/// What the store answered, in Azure's terms.
RestError rest_error(const Failure& failure);

/// `x-ms-error-code`, the reason phrase and the XML body that Azure sends. `request_id` and `time` go into
/// the message.
http::Response error_response(const RestError& error, std::string_view request_id, std::string_view time);

}  // namespace exthost::storage
