#include "emulator/http/response_head.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"
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

/// A head being written into memory that was made for it at once.
class HeadWriter {
 public:
  explicit HeadWriter(std::size_t size_at_most)
      : head_(size_at_most, '\0'), next_(head_.data()), end_(next_ + size_at_most) {}

  void put(std::string_view text) {
    EXTHOST_CHECK(text.size() <= static_cast<std::size_t>(end_ - next_));
    std::memcpy(next_, text.data(), text.size());
    next_ += text.size();
  }
  /// A control character becomes a space.
  void put_clean(std::string_view text) {
    char* const begin = next_;
    put(text);
    for (std::size_t at = find_control_byte(text); at < text.size();
         at += 1 + find_control_byte(text.substr(at + 1))) {
      begin[at] = ' ';
    }
  }
  void field(std::string_view name, std::string_view value) {
    put(name);
    put(": ");
    put_clean(value);
    put("\r\n");
  }
  std::string take() && {
    head_.resize(static_cast<std::size_t>(next_ - head_.data()));
    return std::move(head_);
  }

 private:
  std::string head_;
  char* next_;
  char* const end_;
};

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
  HeadWriter head(size_at_most(response));
  head.put("HTTP/1.1 ");
  head.put(std::to_string(response.status));
  head.put(" ");
  head.put_clean(response.reason.empty() ? standard_reason(response.status)
                                         : std::string_view(response.reason));
  head.put("\r\n");
  bool has_date = false;
  for (const Header& field : response.headers.all()) {
    if (!is_token(field.name) || belongs_to_connection(field.name)) continue;
    has_date = has_date || base::equals_ignoring_case(field.name, "Date");
    head.field(field.name, field.value);
  }
  if (!has_date) head.field("Date", date_now());
  if (framing == BodyFraming::length) {
    head.field("Content-Length", std::to_string(body_length(response.body)));
  } else if (framing == BodyFraming::chunked) {
    head.field("Transfer-Encoding", "chunked");
  } else if (framing == BodyFraming::none) {
    if (const auto length = length_without_body(response)) head.field("Content-Length", *length);
  }
  if (!keep_alive) {
    head.field("Connection", "close");
  } else if (http_minor == 0) {
    head.field("Connection", "keep-alive");
  }
  head.put("\r\n");
  return std::move(head).take();
}

}  // namespace exthost::http
