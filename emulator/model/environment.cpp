#include "emulator/model/environment.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/model/cloud.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::model {
namespace {

using base::Error;
using base::ErrorKind;
using base::JsonKind;
using base::JsonMember;
using base::JsonValue;

/// A settings file, read: its text is kept for code frames.
struct SettingsFile {
  std::string path;
  std::string text;
  JsonValue root;
};

/// Compact JSON. Numbers keep the digits that were written, which a conversion could lose.
void write_json(const JsonValue& value, std::string& out) {
  switch (value.kind) {
    case JsonKind::null:
      out += "null";
      return;
    case JsonKind::boolean:
      out += value.boolean ? "true" : "false";
      return;
    case JsonKind::number:
      out += value.text;
      return;
    case JsonKind::string:
      out += base::json_quote(value.text);
      return;
    case JsonKind::array:
      out += '[';
      for (const auto& item : value.items) {
        if (&item != &value.items.front()) out += ',';
        write_json(item, out);
      }
      out += ']';
      return;
    case JsonKind::object:
      out += '{';
      for (const auto& member : value.members) {
        if (&member != &value.members.front()) out += ',';
        out += base::json_quote(member.key);
        out += ':';
        write_json(member.value, out);
      }
      out += '}';
      return;
  }
}

base::Result<SettingsFile> parse_settings(std::string path, std::string text,
                                          std::vector<Problem>& problems) {
  auto parsed = base::parse_json(text, base::JsonDialect::strict);
  auto found = json_problems(text, path, codes::kEnvironmentNotJson, parsed.problems);
  if (model::has_errors(found)) return to_error(found);
  problems.insert(problems.end(), found.begin(), found.end());
  if (parsed.value->kind != JsonKind::object) {
    return Error{ErrorKind::invalid_input,
                 path + ": settings are a JSON object, not " + std::string(describe(*parsed.value)),
                 std::string(codes::kEnvironmentNotJson)};
  }
  return SettingsFile{std::move(path), std::move(text), std::move(*parsed.value)};
}

base::Result<SettingsFile> read_default(const PackageFileReader& read, const EnvironmentRules& rules,
                                        std::vector<Problem>& problems) {
  const std::string path(kDefaultEnvironmentPath);
  auto text = read(path);
  if (!text) return std::move(text).error();
  if (*text) return parse_settings(path, std::move(**text), problems);
  const std::string message = "the version has no " + path + ", which the hosting service requires";
  if (!rules.default_may_be_missing) {
    return Error{ErrorKind::invalid_input, message, std::string(codes::kDefaultEnvironmentMissing)};
  }
  problems.push_back({Severity::warning,
                      std::string(codes::kDefaultEnvironmentMissing),
                      message,
                      "add the file; an empty object {} is enough",
                      SourcePosition{path, 0, 0},
                      {}});
  SettingsFile empty;
  empty.path = path;
  empty.root.kind = JsonKind::object;
  return empty;
}

/// The answer when no file fits: what was tried, and which portals would have been answered.
Error no_file_for(std::string_view host, const std::vector<std::string>& tried,
                  const PackageFileReader& read) {
  std::vector<std::string> served;
  for (const auto& environment : all_portal_environments()) {
    const auto text = read(environment_file_path(environment.portal_host));
    if (text && *text) served.emplace_back(environment.portal_host);
  }
  std::string message = "the version has no configuration for " + std::string(host) + ": there is no " +
                        list_of(tried) + " in Content/Config";
  message += served.empty() ? ", nor a file for any other portal" : "; it has one for " + list_of(served);
  return {ErrorKind::not_found, std::move(message), std::string(codes::kNoEnvironmentFile)};
}

using Index = std::unordered_map<std::string_view, std::size_t>;

/// The members of an object by key: files may have many.
Index index_of(const JsonValue& object) {
  Index index;
  for (std::size_t i = 0; i < object.members.size(); ++i) index.emplace(object.members[i].key, i);
  return index;
}

/// Lays `over` over `base`, one level deep or, if `deep`, at every level of objects. Keys that `base` has
/// keep its order.
void merge_objects(JsonValue& base, const JsonValue& over, bool deep) {
  const Index known = index_of(base);
  std::vector<JsonMember> added;
  for (const auto& member : over.members) {
    const auto mine = known.find(member.key);
    if (mine == known.end()) {
      added.push_back(member);
      continue;
    }
    JsonValue& value = base.members[mine->second].value;
    if (deep && value.kind == JsonKind::object && member.value.kind == JsonKind::object) {
      merge_objects(value, member.value, deep);
    } else {
      value = member.value;
    }
  }
  std::move(added.begin(), added.end(), std::back_inserter(base.members));
}

/// q9: what default.json says inside an object is lost when the object is replaced.
void warn_of_lost_keys(const JsonMember& old, const JsonMember& replacement, Findings& findings) {
  if (old.value.kind != JsonKind::object || findings.full()) return;
  constexpr std::size_t kMostNamed = 10;
  const Index kept = index_of(replacement.value);
  std::vector<std::string> lost;
  for (const auto& member : old.value.members) {
    if (kept.count(member.key) == 0 && lost.size() < kMostNamed) lost.push_back(quoted(member.key));
  }
  if (lost.empty()) return;
  findings.warning(
      codes::kEnvironmentObjectReplaced, replacement.key_offset,
      quoted(old.key) + " replaces the whole object of default.json, without its " + list_of(lost),
      "repeat what is needed; objects are not merged");
}

void merge(JsonValue& base, const SettingsFile& over, const EnvironmentRules& rules,
           EnvironmentConfig& config) {
  Findings findings(over.text, over.path);
  const Index replacements = index_of(over.root);
  for (const auto& mine : base.members) {
    const auto replacement = replacements.find(mine.key);
    if (replacement == replacements.end()) continue;
    config.overridden.push_back(mine.key);
    if (!rules.deep_merge) warn_of_lost_keys(mine, over.root.members[replacement->second], findings);
  }
  merge_objects(base, over.root, rules.deep_merge);
  for (auto& problem : std::move(findings).take()) config.problems.push_back(std::move(problem));
}

}  // namespace

base::Result<EnvironmentConfig> load_environment(std::string_view host, const PackageFileReader& read,
                                                 const EnvironmentRules& rules) {
  if (host.empty()) {
    return Error{ErrorKind::invalid_input, "the request does not say which portal it comes from",
                 std::string(codes::kAuthorityMissing)};
  }
  EnvironmentConfig config;
  config.host = std::string(host);
  auto settings = read_default(read, rules, config.problems);
  if (!settings) return std::move(settings).error();

  std::vector<std::string> tried;
  for (const auto& candidate : environment_candidates(host)) {
    std::string path = environment_file_path(candidate);
    auto text = read(path);
    if (!text) return std::move(text).error();
    if (!*text) {
      tried.push_back(candidate + ".json");
      continue;
    }
    auto file = parse_settings(std::move(path), std::move(**text), config.problems);
    if (!file) return std::move(file).error();
    merge(settings->root, *file, rules, config);
    config.file = file->path;
    config.fallback = candidate != host;
    write_json(settings->root, config.settings);
    return config;
  }
  return no_file_for(host, tried, read);
}

}  // namespace exthost::model
