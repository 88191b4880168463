#pragma once

#include <string>
#include <vector>

#include "emulator/model/codes.h"

namespace exthost::app {

/// What `exthost-emu help CODE` prints below the title: what the code means, an indented example, and how to
/// mend it. With the title at most 14 lines (ux.md 1), none longer than 100 columns.
std::vector<std::string> code_help(const model::CodeEntry& entry);

/// One code as a JSON object with `code`, `title`, `meaning`, `example` and `remedy`.
std::string code_json(const model::CodeEntry& entry);

/// Every code, ascending, as a JSON array of such objects.
std::string all_codes_json();

}  // namespace exthost::app
