#include "emulator/control/json_text.h"

#include <nlohmann/json.hpp>

namespace exthost::control {

using Json = nlohmann::ordered_json;

std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_line(const Json& json) {
  return to_text(json) + "\n";
}

Json null_if_empty(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace exthost::control
