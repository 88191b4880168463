#include "emulator/http/message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::http {

using base::equals_ignoring_case;
using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

constexpr std::size_t kReadPiece = 64 * 1024;
constexpr std::size_t kUsualFields = 16;  // of a head: room for them is made at once

Response with_type(int status, std::string_view type, std::string text) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(type));
  response.body = std::move(text);
  return response;
}

Result<std::string> read_source(BodySource& source) {
  std::string text;
  std::vector<char> piece(kReadPiece);
  for (;;) {
    const Result<std::size_t> count = source.read(piece);
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(piece.data(), *count);
  }
}

}  // namespace

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const Header& field : fields_) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::string_view Headers::value(std::string_view name) const {
  return get(name).value_or(std::string_view());
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const Header& field) {
    return equals_ignoring_case(field.name, name);
  }));
}

void Headers::add(std::string name, std::string value) {
  if (fields_.empty()) fields_.reserve(kUsualFields);
  fields_.push_back({std::move(name), std::move(value)});
}

void Headers::set(std::string_view name, std::string value) {
  const auto is_named = [&](const Header& field) { return equals_ignoring_case(field.name, name); };
  const auto first = std::find_if(fields_.begin(), fields_.end(), is_named);
  if (first == fields_.end()) return add(std::string(name), std::move(value));
  first->value = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), is_named), fields_.end());
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Header& field) { return equals_ignoring_case(field.name, name); });
}

std::string Request::origin() const {
  std::string text = secure ? "https://" : "http://";
  text += host.find(':') == std::string::npos ? host : "[" + host + "]";
  const std::uint16_t default_port = secure ? 443 : 80;
  if (port != default_port) text += ":" + std::to_string(port);
  return text;
}

Result<std::string> read_body(const Request& request, std::size_t limit_bytes) {
  const Error too_large{
      ErrorKind::invalid_input,
      "the request body is longer than the " + base::human_bytes(limit_bytes) + " allowed here",
      std::string(model::codes::kBodyTooLarge)};
  if (request.content_length.value_or(0) > limit_bytes) return too_large;
  std::string text;
  if (request.body == nullptr) return text;
  std::vector<char> piece(kReadPiece);
  for (;;) {
    const Result<std::size_t> count = request.body->read(piece);
    if (!count) return count.error();
    if (*count == 0) return text;
    if (*count > limit_bytes - text.size()) return too_large;
    text.append(piece.data(), *count);
  }
}

Response Response::text(int status, std::string text) {
  return with_type(status, "text/plain; charset=utf-8", std::move(text));
}

Response Response::html(int status, std::string html) {
  return with_type(status, "text/html; charset=utf-8", std::move(html));
}

Response Response::json(int status, std::string json) {
  return with_type(status, "application/json; charset=utf-8", std::move(json));
}

Response Response::problem(int status, std::string_view code, std::string_view detail) {
  const model::CodeEntry* entry = model::find_code(code);
  const std::string_view title = entry != nullptr ? entry->title : standard_reason(status);
  std::string json = "{\"status\":" + std::to_string(status);
  if (!code.empty()) json += ",\"code\":" + base::json_quote(code);
  json += ",\"title\":" + base::json_quote(title) + ",\"detail\":" + base::json_quote(detail) + "}\n";
  return with_type(status, "application/problem+json", std::move(json));
}

std::uint64_t body_length(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  if (const auto* slices = std::get_if<std::vector<Slice>>(&body)) {
    std::uint64_t total = 0;
    for (const Slice& slice : *slices) total += slice.bytes.size();
    return total;
  }
  if (const auto* source = std::get_if<std::shared_ptr<BodySource>>(&body)) return (*source)->length();
  return 0;
}

Result<std::string> body_text(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return *text;
  if (const auto* slices = std::get_if<std::vector<Slice>>(&body)) {
    std::string text;
    for (const Slice& slice : *slices) text += slice.bytes;
    return text;
  }
  if (const auto* source = std::get_if<std::shared_ptr<BodySource>>(&body)) return read_source(**source);
  return Error{ErrorKind::invalid_input, "a stream has no end and so no text", ""};
}

std::string_view standard_reason(int status) {
  static constexpr std::array<std::pair<int, std::string_view>, 42> kReasons{{
      {100, "Continue"},
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {203, "Non-Authoritative Information"},
      {204, "No Content"},
      {205, "Reset Content"},
      {206, "Partial Content"},
      {300, "Multiple Choices"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
  }};
  const auto found = std::find_if(kReasons.begin(), kReasons.end(),
                                  [&](const auto& entry) { return entry.first == status; });
  return found != kReasons.end() ? found->second : std::string_view("Status");
}

}  // namespace exthost::http
