#pragma once

#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/hosting/page_tally.h"
#include "emulator/model/problem.h"

namespace exthost::app {

/// What failed as a page shows it: with what its code says is to be done, and the lines that a program
/// printed last, if it is a program that failed.
model::Problem problem_for_page(const base::Error& error, const std::vector<std::string>& output = {});

/// ` · reloaded 1 tab`, ` · restyled 2 tabs`, both, or nothing: the end of a publish's line.
std::string describe_pages(const hosting::PageCounts& counts);

}  // namespace exthost::app
