#pragma once

#include <string>

#include "emulator/app/browser.h"
#include "emulator/app/instance.h"
#include "emulator/app/terminal.h"

namespace exthost::app {

/// The process's own environment.
Environment process_environment();

/// The dashboard with the run's token, which the page takes out of its address.
std::string dashboard_link(const InstanceRecord& record);

/// Opens a page in the browser and says so, or only prints its URL where none may be opened
/// (may_open_browser). Returns an exit code; prints its own failure.
int show_page(const std::string& url, const Environment& environment, bool json, Terminal& out,
              Terminal& err);

}  // namespace exthost::app
