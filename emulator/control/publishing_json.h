#pragma once

#include <string>
#include <vector>

#include "emulator/control/publishing_parts.h"

namespace exthost::control {

// As json.h: one line each, which ends with a line feed.

std::string change_json(const ContainerChange& change);
std::string versions_json(const std::vector<ContainerVersion>& versions);
std::string friendly_names_json(const std::vector<ExtensionRow::Pointer>& names);

}  // namespace exthost::control
