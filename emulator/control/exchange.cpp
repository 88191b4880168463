#include "emulator/control/exchange.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::control {
namespace {

namespace codes = model::codes;

constexpr std::size_t kBodyLimit = 64 * 1024;  // the longest body that most routes take has a few fields

int status_of(const base::Error& error) {
  if (error.code == codes::kBodyTooLarge) return 413;
  if (error.code == codes::kConfigChanged && error.kind == base::ErrorKind::conflict) return 412;
  switch (error.kind) {
    case base::ErrorKind::invalid_input:
      return 400;
    case base::ErrorKind::not_found:
      return 404;
    case base::ErrorKind::conflict:
      return 409;
    case base::ErrorKind::corrupt:
      return 502;
    case base::ErrorKind::unavailable:
      return 503;
    case base::ErrorKind::internal:
      return 500;
  }
  return 500;
}

}  // namespace

http::Response problem(const base::Error& error) {
  return http::Response::problem(status_of(error), error.code, error.message);
}

base::Error bad_body(const std::string& message) {
  return {base::ErrorKind::invalid_input, message, std::string(codes::kBadRequestBody)};
}

base::Result<ExtensionRow> find_extension(std::vector<ExtensionRow> rows, const std::string& name) {
  std::vector<std::string> known;
  for (ExtensionRow& row : rows) {
    if (base::equals_ignoring_case(row.hosting_service_name, name) ||
        base::equals_ignoring_case(row.name, name)) {
      return std::move(row);
    }
    known.push_back(row.hosting_service_name);
    known.push_back(row.name);
  }
  std::string message = "there is no extension " + name;
  if (const auto meant = base::nearest_word(name, known)) message += "; did you mean " + *meant + "?";
  return base::Error{base::ErrorKind::not_found, message, std::string(codes::kUnknownExtension)};
}

std::string parameter(const http::Request& request, std::string_view name) {
  return std::string(request.target.parameter(name).value_or(std::string_view()));
}

bool has_body(const http::Request& request) {
  return request.body != nullptr && request.content_length != 0;
}

base::Result<base::JsonValue> read_object(const http::Request& request, std::size_t limit_bytes) {
  base::Result<std::string> body = http::read_body(request, limit_bytes);
  if (!body) return std::move(body).error();
  base::JsonParse parse = base::parse_json(*body, base::JsonDialect::strict);
  if (!parse.ok()) {
    const base::JsonProblem& first = parse.problems.front();
    return bad_body(base::locate(*body, first.offset, "body").to_string() + ": " + first.message);
  }
  if (parse.value->kind != base::JsonKind::object) return bad_body("the body must be an object");
  return *std::move(parse.value);
}

base::Result<std::optional<base::JsonValue>> read_optional_strings(
    const http::Request& request, std::initializer_list<std::string_view> strings) {
  if (!has_body(request)) return std::optional<base::JsonValue>();
  base::Result<base::JsonValue> value = read_object(request, kBodyLimit);
  if (!value) return std::move(value).error();
  for (const base::JsonMember& member : value->members) {
    const bool known = std::find(strings.begin(), strings.end(), member.key) != strings.end();
    if (!known) return bad_body("\"" + member.key + "\" is not known here");
    if (member.value.kind != base::JsonKind::string)
      return bad_body("\"" + member.key + "\" must be a string");
  }
  return std::optional<base::JsonValue>(*std::move(value));
}

base::Result<base::JsonValue> read_object(const http::Request& request, std::string_view name,
                                          std::size_t limit_bytes) {
  base::Result<base::JsonValue> object = read_object(request, limit_bytes);
  if (!object) return object;
  const base::JsonValue* value = object->find(name);
  if (value == nullptr || value->kind != base::JsonKind::string)
    return bad_body("the body must be an object with the string \"" + std::string(name) + "\"");
  return object;
}

base::Result<std::string> read_changed_string(const http::Request& request, std::string_view name,
                                              std::size_t limit_bytes) {
  const base::Result<base::JsonValue> body = read_object(request, name, limit_bytes);
  if (!body) return body.error();
  for (const base::JsonMember& member : body->members) {
    if (member.key != name) {
      return bad_body("only \"" + std::string(name) + "\" can be changed while the emulator runs, not \"" +
                      member.key + "\"");
    }
  }
  return body->find(name)->text;
}

base::Result<std::string> read_string_field(const http::Request& request, std::string_view name) {
  base::Result<base::JsonValue> object = read_object(request, name, kBodyLimit);
  if (!object) return std::move(object).error();
  return object->find(name)->text;
}

}  // namespace exthost::control
