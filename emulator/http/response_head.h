#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/http/message.h"

namespace exthost::http {

/// Whether a text is a token (RFC 9110, 5.6.2), as names of headers and methods are.
bool is_token(std::string_view text);

/// How an answer's body goes over the wire.
enum class BodyFraming {
  none,      ///< HEAD, 204, 304: no body whatever the response holds.
  length,    ///< Content-Length bytes.
  chunked,   ///< A stream to an HTTP/1.1 client.
  to_close,  ///< A stream to an HTTP/1.0 client: the end of the connection ends it.
};

BodyFraming decide_body_framing(const Response& response, bool head_request, int http_minor);

/// The bytes before the body. Whatever a service put into names, values and the reason, no line break or
/// control character gets out: no service can be tricked into splitting a response. Fields that belong to the
/// connection are ours alone.
std::string make_response_head(const Response& response, BodyFraming framing, bool keep_alive,
                               int http_minor);

}  // namespace exthost::http
