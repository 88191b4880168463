#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/http/message.h"

/// The multipart/mixed documents of Blob Batch. Pure: bytes in, values out.
namespace exthost::storage {

/// A sub-request as it was written: nothing of it is judged yet but its grammar.
struct BatchPart {
  std::string content_id;  ///< What its answer is found by; empty: not given.
  std::string method;
  std::string target;  ///< Path and query, still encoded.
  http::Headers headers;
};

/// The boundary in `multipart/mixed; boundary=…`. `invalid_input` if this is another type or has none.
base::Result<std::string> read_boundary(std::string_view content_type);

/// The sub-requests in their order. Each is a part of type application/http that holds a request line and
/// headers, and no body. Lines may end with a bare LF; what precedes the first boundary and follows the last
/// is passed over. `invalid_input`, with a sentence that names the part, if the document is not like that, is
/// empty, or is beyond limits.h.
base::Result<std::vector<BatchPart>> read_batch(std::string_view document, std::string_view boundary);

}  // namespace exthost::storage
