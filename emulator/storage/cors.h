#pragma once

#include <vector>

#include "emulator/http/message.h"
#include "emulator/storage/rest_error.h"
#include "emulator/storage/service_properties.h"

/// Which pages may use the account (storage-api.md 3.5). Pure: rules and headers in, headers out.
namespace exthost::storage {

/// The headers that allow what a preflight asks for. InvalidHeaderValue if it asks for nothing,
/// CorsPreflightFailure if no rule allows it.
Rest<http::Headers> answer_preflight(const std::vector<CorsRule>& rules, const http::Headers& request);

/// What any other answer to a request with an Origin gets; nothing without an Origin or without rules.
http::Headers cors_headers(const std::vector<CorsRule>& rules, const http::Request& request);

}  // namespace exthost::storage
