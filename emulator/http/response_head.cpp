#include "emulator/http/response_head.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "emulator/base/clock.h"
#include "emulator/base/text.h"
#include "emulator/http/control_bytes.h"

namespace exthost::http {

namespace {

/// The current second as a Date header; formatted once a second and thread.
const std::string& date_now() {
  using std::chrono::floor;
  using std::chrono::seconds;
  thread_local std::chrono::sys_time<seconds> formatted_for;
  thread_local std::string text;
  const auto now = floor<seconds>(std::chrono::system_clock::now());
  if (now != formatted_for || text.empty()) {
    formatted_for = now;
    text = base::to_http_date(now);
  }
  return text;
}

/// By byte, whether it may be part of a token.
constexpr auto kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<std::size_t>(c)] = true;
  return table;
}();

bool is_token_char(char c) {
  return kTokenBytes[static_cast<unsigned char>(c)];
}

bool belongs_to_connection(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNames{"Connection", "Content-Length", "Keep-Alive",
                                                          "Transfer-Encoding"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view ours) { return base::equals_ignoring_case(name, ours); });
}

void append_clean(std::string& head, std::string_view value) {
  for (;;) {
    const std::size_t clean = find_control_byte(value);
    head += value.substr(0, clean);
    if (clean == value.size()) return;
    head += ' ';
    value.remove_prefix(clean + 1);
  }
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  append_clean(head, value);
  head += "\r\n";
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Content-Length of an answer without a body: to HEAD the length that GET would have, if it is known; else
/// none.
std::optional<std::string> length_without_body(const Response& response) {
  if (response.status == 204 || response.status == 304) return std::nullopt;
  const std::string_view given = response.headers.value("Content-Length");
  if (is_number(given)) return std::string(given);
  if (std::holds_alternative<StreamBody>(response.body)) return std::nullopt;
  return std::to_string(body_length(response.body));
}

/// Room for the head, so that it is written into memory once.
std::size_t size_at_most(const Response& response) {
  constexpr std::size_t kOurOwn = 256;  // the first line and the fields that are added here
  constexpr std::size_t kMarks = 4;     // colon, space and line end
  std::size_t size = kOurOwn + response.reason.size();
  for (const Header& field : response.headers.all()) size += field.name.size() + field.value.size() + kMarks;
  return size;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

BodyFraming decide_body_framing(const Response& response, bool head_request, int http_minor) {
  if (head_request || response.status == 204 || response.status == 304) return BodyFraming::none;
  if (!std::holds_alternative<StreamBody>(response.body)) return BodyFraming::length;
  return http_minor > 0 ? BodyFraming::chunked : BodyFraming::to_close;
}

std::string make_response_head(const Response& response, BodyFraming framing, bool keep_alive,
                               int http_minor) {
  std::string head;
  head.reserve(size_at_most(response));
  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  append_clean(
      head, response.reason.empty() ? standard_reason(response.status) : std::string_view(response.reason));
  head += "\r\n";
  for (const Header& field : response.headers.all()) {
    if (is_token(field.name) && !belongs_to_connection(field.name))
      append_field(head, field.name, field.value);
  }
  if (!response.headers.get("Date")) append_field(head, "Date", date_now());
  if (framing == BodyFraming::length) {
    append_field(head, "Content-Length", std::to_string(body_length(response.body)));
  } else if (framing == BodyFraming::chunked) {
    append_field(head, "Transfer-Encoding", "chunked");
  } else if (framing == BodyFraming::none) {
    if (const auto length = length_without_body(response)) append_field(head, "Content-Length", *length);
  }
  if (!keep_alive) {
    append_field(head, "Connection", "close");
  } else if (http_minor == 0) {
    append_field(head, "Connection", "keep-alive");
  }
  head += "\r\n";
  return head;
}

}  // namespace exthost::http
