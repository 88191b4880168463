#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

/// What all of the control API's JSON is written with.
namespace exthost::control {

/// On one line; bytes that are not UTF-8 become U+FFFD.
std::string to_text(const nlohmann::ordered_json& json);
/// The same with a line feed.
std::string to_line(const nlohmann::ordered_json& json);

nlohmann::ordered_json null_if_empty(const std::string& text);

}  // namespace exthost::control
