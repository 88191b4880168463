#pragma once

#include <string_view>

#include "emulator/http/message.h"

namespace exthost::control {

/// The dashboard's page. It holds nothing of this run: what it shows, it asks the control API for.
http::Response dashboard_page();

/// One of the page's own files by name (`dashboard.js`), or a 404 problem.
http::Response dashboard_file(std::string_view name);

/// Headers of every answer of the control listener, unless the answer has its own: not cached, not sniffed,
/// not readable by other origins' pages, not framed.
void add_protective_headers(http::Response& response);

}  // namespace exthost::control
