#include "emulator/watch/config_pointers.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/problem.h"

namespace exthost::watch {
namespace {

using base::JsonKind;
using base::JsonMember;
using base::JsonValue;

constexpr base::JsonLimits kLimits{256 * 1024, 32};  // limits.md, JSON

base::Error not_composable(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), std::string(model::codes::kPublishFailed)};
}

base::Result<JsonValue> read_object(std::string_view text) {
  base::JsonParse parse = base::parse_json(text, base::JsonDialect::strict, kLimits);
  if (!parse.ok()) {
    const auto problems = model::json_problems(text, model::kConfigBlob,
                                               std::string(model::codes::kConfigNotJson), parse.problems);
    return not_composable(model::to_error(problems).message);
  }
  if (parse.value->kind != JsonKind::object) {
    const auto where = base::locate(text, parse.value->offset, model::kConfigBlob);
    return not_composable(where.to_string() + ": the text is not a JSON object");
  }
  return *std::move(parse.value);
}

/// A member whose name is `name` but for letter case, which would make the whole config invalid (limits.md,
/// Names).
const JsonMember* find_case_clash(const JsonValue& object, std::string_view name) {
  const auto found =
      std::find_if(object.members.begin(), object.members.end(), [name](const JsonMember& member) {
        return member.key != name && base::equals_ignoring_case(member.key, name);
      });
  return found == object.members.end() ? nullptr : &*found;
}

/// How the members of an object are set apart, learnt from its last one.
struct MemberStyle {
  std::string_view before_key;  ///< The white space between a comma and a key.
  std::string_view colon;
};

MemberStyle style_of(std::string_view text, const JsonMember& member) {
  const std::size_t previous = text.find_last_not_of(" \t\r\n", member.key_offset - 1);
  const bool tight = text[member.value.offset - 1] == ':';
  return {text.substr(previous + 1, member.key_offset - previous - 1), tight ? ":" : ": "};
}

std::string member_text(const MemberStyle& style, const Pointer& pointer) {
  std::string text(style.before_key);
  text += base::json_quote(pointer.name);
  text += style.colon;
  text += base::json_quote(pointer.version);
  return text;
}

/// An object of these members alone.
std::string object_text(const std::vector<Pointer>& pointers) {
  std::string text = "{";
  for (const Pointer& pointer : pointers) {
    if (text.size() > 1) text += ',';
    text += member_text({"\n  ", ": "}, pointer);
  }
  return text + "\n}";
}

}  // namespace

base::Result<std::string> compose_config(std::string_view text, const std::vector<Pointer>& pointers) {
  auto object = read_object(text);
  if (!object) return std::move(object).error();

  std::vector<Pointer> added;
  std::vector<std::pair<const JsonValue*, std::string>> replaced;
  for (const Pointer& pointer : pointers) {
    if (const JsonMember* clash = find_case_clash(*object, pointer.name)) {
      const auto where = base::locate(text, clash->key_offset, model::kConfigBlob);
      return not_composable(where.to_string() + ": \"" + clash->key + "\" differs from \"" + pointer.name +
                            "\", which is to be set, only by letter case; rename one of them");
    }
    const JsonValue* value = object->find(pointer.name);
    if (value == nullptr) {
      added.push_back(pointer);
    } else if (value->kind != JsonKind::string || value->text != pointer.version) {
      replaced.emplace_back(value, base::json_quote(pointer.version));
    }
  }

  std::string composed(text);
  // From the back to the front, so that offsets ahead stay true.
  if (object->members.empty() && !added.empty()) {
    composed.replace(object->offset, object->length, object_text(added));
  } else if (!added.empty()) {
    const JsonMember& last = object->members.back();
    const MemberStyle style = style_of(text, last);
    std::string addition;
    for (const Pointer& pointer : added) addition += ',' + member_text(style, pointer);
    composed.insert(last.value.offset + last.value.length, addition);
  }
  std::sort(replaced.begin(), replaced.end(),
            [](const auto& left, const auto& right) { return left.first->offset > right.first->offset; });
  for (const auto& [value, literal] : replaced) composed.replace(value->offset, value->length, literal);
  return composed;
}

base::Result<std::vector<Pointer>> read_pointers(std::string_view text,
                                                 const std::vector<std::string>& names) {
  auto object = read_object(text);
  if (!object) return std::move(object).error();
  std::vector<Pointer> pointers;
  for (const std::string& name : names) {
    if (const JsonValue* value = object->find(name)) pointers.push_back({name, value->text});
  }
  return pointers;
}

base::Result<std::string> remove_names(std::string_view text, const std::vector<std::string>& names) {
  std::string shortened(text);
  for (const std::string& name : names) {
    auto object = read_object(shortened);
    if (!object) return std::move(object).error();
    const std::vector<JsonMember>& members = object->members;
    const auto gone = std::find_if(members.begin(), members.end(),
                                   [&name](const JsonMember& member) { return member.key == name; });
    if (gone == members.end()) continue;
    const std::size_t end = gone->value.offset + gone->value.length;
    if (members.size() == 1) {
      shortened.replace(object->offset, object->length, "{}");
    } else if (gone != members.begin()) {
      const JsonValue& previous = std::prev(gone)->value;
      shortened.erase(previous.offset + previous.length, end - (previous.offset + previous.length));
    } else {
      shortened.erase(gone->key_offset, std::next(gone)->key_offset - gone->key_offset);
    }
  }
  return shortened;
}

std::vector<Pointer> all_pointers(std::string_view text) {
  std::vector<Pointer> pointers;
  const auto object = read_object(text);
  if (!object) return pointers;
  for (const JsonMember& member : object->members) {
    const bool names_version = member.value.kind == JsonKind::string && member.key.substr(0, 1) != "$";
    if (names_version) pointers.push_back({member.key, member.value.text});
  }
  return pointers;
}

std::vector<PointerChange> pointer_changes(std::string_view before, std::string_view after) {
  const std::vector<Pointer> old_pointers = all_pointers(before);
  const std::vector<Pointer> new_pointers = all_pointers(after);
  const auto version_in = [](const std::vector<Pointer>& pointers, const std::string& name) {
    const auto found = std::find_if(pointers.begin(), pointers.end(),
                                    [&name](const Pointer& pointer) { return pointer.name == name; });
    return found == pointers.end() ? std::string() : found->version;
  };
  std::vector<PointerChange> changes;
  for (const Pointer& pointer : new_pointers) {
    std::string old = version_in(old_pointers, pointer.name);
    if (old != pointer.version) changes.push_back({pointer.name, std::move(old), pointer.version});
  }
  for (const Pointer& pointer : old_pointers) {
    if (version_in(new_pointers, pointer.name).empty())
      changes.push_back({pointer.name, pointer.version, ""});
  }
  return changes;
}

std::vector<std::string> referred_versions(std::string_view text) {
  std::vector<std::string> versions;
  for (Pointer& pointer : all_pointers(text)) versions.push_back(std::move(pointer.version));
  return versions;
}

std::string first_config(const std::vector<std::string>& stages, const std::string& version,
                         const std::vector<Pointer>& pointers) {
  std::vector<Pointer> entries = {{"$version", "3"}};
  for (const std::string& stage : stages) entries.push_back({stage, version});
  for (const Pointer& pointer : pointers) {
    const auto same_name = [&pointer](const Pointer& entry) { return entry.name == pointer.name; };
    const auto known = std::find_if(entries.begin(), entries.end(), same_name);
    if (known == entries.end()) {
      entries.push_back(pointer);
    } else {
      known->version = pointer.version;
    }
  }
  return object_text(entries) + '\n';
}

}  // namespace exthost::watch
