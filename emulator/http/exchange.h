#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "emulator/base/result.h"
#include "emulator/http/client.h"

namespace exthost::http {

/// Who takes an answer while it arrives, on the thread that exchanges. Each may answer false to end the
/// exchange. `body` may block: the peer then waits.
struct ExchangeHandlers {
  std::function<bool(int status, Headers headers)> head;  ///< Once, before the body.
  std::function<bool(std::string_view bytes)> body;
};

/// The exchange under `fetch` (client.h), which fails as that does, without naming the URL: it may hold a
/// signature. `stop` ends it early.
base::Result<void> exchange(const FetchRequest& request, const ExchangeHandlers& handlers,
                            std::stop_token stop = {});

}  // namespace exthost::http
