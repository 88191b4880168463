#include "emulator/app/json_fields.h"

#include <nlohmann/json.hpp>

namespace exthost::app {

using nlohmann::ordered_json;

std::string to_text(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string text_at(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::size_t number_at(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
}

bool is_set(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

ordered_json list_at(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : ordered_json::array();
}

std::vector<std::string> texts_at(const ordered_json& object, const char* key) {
  std::vector<std::string> texts;
  for (const ordered_json& item : list_at(object, key)) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

base::SourcePosition position_at(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) return {};
  return {text_at(*found, "file"), number_at(*found, "line"), number_at(*found, "column")};
}

}  // namespace exthost::app
