#include "emulator/app/settings_fields.h"

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {

using base::JsonKind;
using base::JsonMember;
using base::JsonValue;

namespace {

constexpr std::size_t kKeyCharacters = 40;  // Azure's keys have 88; names of anything here are shorter

bool is_base64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

void hide(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (text[i] != '\n') text[i] = '*';
  }
}

void hide_strings(std::string& text, const JsonValue& value, bool below_accounts) {
  if (below_accounts && value.kind == JsonKind::string && value.length > 1)
    hide(text, value.offset + 1, value.offset + value.length - 1);
  for (const JsonValue& item : value.items) hide_strings(text, item, below_accounts);
  for (const JsonMember& member : value.members)
    hide_strings(text, member.value, below_accounts || member.key == "accounts");
}

}  // namespace

std::string without_keys(std::string_view text, const JsonValue* value) {
  std::string shown(text);
  if (value) hide_strings(shown, *value, false);
  for (std::size_t begin = 0; begin < shown.size();) {
    std::size_t end = begin;
    while (end < shown.size() && is_base64(shown[end])) ++end;
    if (end - begin >= kKeyCharacters) hide(shown, begin, end);
    begin = end + 1;
  }
  return shown;
}

SettingsFields::SettingsFields(std::string_view text, std::string file_name, std::filesystem::path folder)
    : text_(text), file_name_(std::move(file_name)), folder_(std::move(folder)) {}

std::optional<JsonValue> SettingsFields::parse() {
  base::JsonParse parse = base::parse_json(text_, base::JsonDialect::commented);
  shown_ = without_keys(text_, parse.value ? &*parse.value : nullptr);
  for (base::JsonProblem& problem : parse.problems) problem.message = without_keys(problem.message, nullptr);
  problems_ = model::json_problems(shown_, file_name_, model::codes::kSettingsNotJson, parse.problems);
  return std::move(parse.value);
}

base::SourcePosition SettingsFields::position(std::size_t offset) const {
  return base::locate(text_, offset, file_name_);
}

void SettingsFields::report(std::size_t offset, std::string_view code, std::string message,
                            std::string hint) {
  problems_.push_back({model::Severity::error, std::string(code), std::move(message), std::move(hint),
                       position(offset), base::code_frame(shown_, offset, "here")});
}

void SettingsFields::warn(std::size_t offset, std::string_view code, std::string message, std::string hint) {
  report(offset, code, std::move(message), std::move(hint));
  problems_.back().severity = model::Severity::warning;
}

void SettingsFields::report_unknown(const JsonMember& member, const std::string& where,
                                    const std::vector<std::string>& known) {
  const auto meant = base::nearest_word(member.key, known);
  report(member.key_offset, model::codes::kSettingsUnknownKey,
         "unknown setting '" + member.key + "'" + (where.empty() ? "" : " in " + where),
         meant ? "did you mean '" + *meant + "'?" : "");
}

std::optional<std::string> SettingsFields::string_of(const JsonMember& member, const std::string& where) {
  if (member.value.kind == JsonKind::string) return member.value.text;
  report(member.value.offset, model::codes::kSettingsValue,
         "'" + member.key + "' in " + where + " is not a string");
  return std::nullopt;
}

std::vector<std::string> SettingsFields::strings_of(const JsonMember& member, const std::string& where) {
  std::vector<std::string> strings;
  if (member.value.kind != JsonKind::array) {
    report(member.value.offset, model::codes::kSettingsValue,
           "'" + member.key + "' in " + where + " is not a list of strings");
    return strings;
  }
  for (const JsonValue& item : member.value.items) {
    if (item.kind == JsonKind::string) {
      strings.push_back(item.text);
    } else {
      report(item.offset, model::codes::kSettingsValue,
             "an item of '" + member.key + "' in " + where + " is not a string");
    }
  }
  return strings;
}

void SettingsFields::read_object(const JsonMember& member, const std::string& where, const KeyReaders& keys) {
  read_object(member.value, where, keys);
}

void SettingsFields::read_object(const JsonValue& object, const std::string& where, const KeyReaders& keys) {
  if (object.kind != JsonKind::object) {
    report(object.offset, model::codes::kSettingsValue, where + " is not an object", "write it in { }");
    return;
  }
  for (const JsonMember& member : object.members) {
    const KeyReader* reader = nullptr;
    std::vector<std::string> known;
    for (const auto& [key, read_key] : keys) {
      known.push_back(key);
      if (key == member.key) reader = &read_key;
    }
    if (reader) {
      (*reader)(member);
    } else {
      report_unknown(member, where, known);
    }
  }
}

KeyReader SettingsFields::into(std::string& target, const std::string& where) {
  return [this, &target, where](const JsonMember& member) {
    if (auto text = string_of(member, where)) target = *text;
  };
}

KeyReader SettingsFields::into(std::filesystem::path& target, const std::string& where) {
  return [this, &target, where](const JsonMember& member) {
    if (auto text = string_of(member, where)) target = (folder_ / *text).lexically_normal();
  };
}

KeyReader SettingsFields::into(std::vector<std::string>& target, const std::string& where) {
  return [this, &target, where](const JsonMember& member) { target = strings_of(member, where); };
}

KeyReader SettingsFields::into(bool& target, const std::string& where) {
  return [this, &target, where](const JsonMember& member) {
    if (member.value.kind != JsonKind::boolean) {
      report(member.value.offset, model::codes::kSettingsValue,
             "'" + member.key + "' in " + where + " is neither true nor false");
    }
    target = member.value.kind == JsonKind::boolean && member.value.boolean;
  };
}

}  // namespace exthost::app
