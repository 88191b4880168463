#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace exthost::app {

/// A string member's text; empty if `object` is no object, or has no such member, or it is not a string.
std::string text_at(const nlohmann::ordered_json& object, const char* key);

}  // namespace exthost::app
