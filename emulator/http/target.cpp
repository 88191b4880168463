#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/text.h"
#include "emulator/http/control_bytes.h"
#include "emulator/http/message.h"
#include "emulator/model/codes.h"

namespace exthost::http {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

Error refuse(const char* what) {
  return {ErrorKind::invalid_input, what, std::string(model::codes::kBadTarget)};
}

bool has_control(std::string_view text) {
  return find_control_byte(text) != text.size() || text.find('\t') != std::string_view::npos;
}

/// Whether `%` and the two digits, letter case ignored, stand anywhere in `text`.
bool has_escape(std::string_view text, char first, char second) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (base::equals_ignoring_case(text.substr(at + 1, 2), std::string{first, second})) return true;
  }
  return false;
}

/// Removes `.` and `..` segments (RFC 3986, 5.2.4); absent if `..` would leave the root. Empty segments stay.
std::optional<std::string> resolve_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_with_dots = false;
  std::size_t begin = 1;
  for (;;) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    ends_with_dots = segment == "." || segment == "..";
    if (segment == "..") {
      if (kept.empty()) return std::nullopt;
      kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
    if (end == path.size()) break;
    begin = end + 1;
  }
  std::string resolved;
  for (const std::string_view segment : kept) {
    resolved += '/';
    resolved += segment;
  }
  if (ends_with_dots || resolved.empty()) resolved += '/';
  return resolved;
}

Result<std::string> decode_path(std::string_view raw, const TargetRules& rules) {
  std::optional<std::string> path = base::percent_decode(raw);
  if (!path) return refuse("the path has a '%' that is not followed by two hexadecimal digits");
  if (has_control(*path)) return refuse("the path contains a control character");
  if (!rules.allow_encoded_slash && has_escape(raw, '2', 'f'))
    return refuse("the path contains an encoded slash");
  if (path->find('\\') != std::string::npos) {
    if (!rules.allow_backslash) return refuse("the path contains a backslash");
    std::replace(path->begin(), path->end(), '\\', '/');
  }
  if (!base::is_valid_utf8(*path)) return refuse("the path is not valid UTF-8");
  if (path->find("/.") == std::string::npos) return *std::move(path);  // no dot segments, as almost always
  std::optional<std::string> resolved = resolve_dot_segments(*path);
  if (!resolved) return refuse("the path leaves the root with '..'");
  return *std::move(resolved);
}

/// A malformed escape in a query stands for itself: people type `100%`, and nothing is looked up by it.
std::string decode_query_part(std::string_view raw) {
  std::optional<std::string> decoded = base::percent_decode(raw);
  return decoded ? *std::move(decoded) : std::string(raw);
}

std::vector<QueryParameter> decode_query(std::string_view raw) {
  std::vector<QueryParameter> parameters;
  if (raw.empty()) return parameters;
  parameters.reserve(1 + static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '&')));
  std::size_t begin = 0;
  while (begin < raw.size()) {
    const std::size_t end = std::min(raw.find('&', begin), raw.size());
    const std::string_view part = raw.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const bool has_value = equals != std::string_view::npos;
    parameters.push_back({decode_query_part(part.substr(0, equals)),
                          has_value ? decode_query_part(part.substr(equals + 1)) : std::string()});
  }
  return parameters;
}

}  // namespace

std::optional<std::string_view> Target::parameter(std::string_view name) const {
  for (const QueryParameter& parameter : query) {
    if (base::equals_ignoring_case(parameter.name, name)) return parameter.value;
  }
  return std::nullopt;
}

Result<Target> parse_target(std::string_view raw, const TargetRules& rules) {
  if (raw.empty() || raw.front() != '/') return refuse("the request target does not begin with '/'");
  if (has_control(raw) || raw.find(' ') != std::string_view::npos) {
    return refuse("the request target contains a space or a control character");
  }
  if (raw.find('#') != std::string_view::npos) return refuse("the request target contains a fragment ('#')");

  Target target;
  target.raw = std::string(raw);
  const std::size_t question = raw.find('?');
  target.raw_path = std::string(raw.substr(0, question));
  if (question != std::string_view::npos) target.raw_query = std::string(raw.substr(question + 1));
  Result<std::string> path = decode_path(target.raw_path, rules);
  if (!path) return std::move(path).error();
  target.path = *std::move(path);
  target.query = decode_query(target.raw_query);
  return target;
}

}  // namespace exthost::http
