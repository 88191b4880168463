#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "emulator/base/json_document.h"

/// JSON for the journal, and members of what the control API answered. What is missing or of another type
/// counts as empty: an answer of another release is shown as far as it is understood.
namespace exthost::app {

/// On one line; bytes that are not UTF-8 become U+FFFD.
std::string to_text(const nlohmann::ordered_json& json);

std::string text_at(const nlohmann::ordered_json& object, const char* key);
/// 0 for anything but a whole number of at least 0.
std::size_t number_at(const nlohmann::ordered_json& object, const char* key);
bool is_set(const nlohmann::ordered_json& object, const char* key);
nlohmann::ordered_json list_at(const nlohmann::ordered_json& object, const char* key);
/// The strings of a list.
std::vector<std::string> texts_at(const nlohmann::ordered_json& object, const char* key);
/// `{file, line, column}`
base::SourcePosition position_at(const nlohmann::ordered_json& object, const char* key);

}  // namespace exthost::app
