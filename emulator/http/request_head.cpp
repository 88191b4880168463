#include "emulator/http/request_head.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/http/control_bytes.h"
#include "emulator/model/codes.h"

namespace exthost::http {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Response bad_request(std::string_view detail) {
  return Response::problem(400, model::codes::kMalformedRequest, detail);
}

/// Whether a comma-separated field, over all fields of that name, holds the token.
bool has_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (const Header& field : headers.all()) {
    if (!base::equals_ignoring_case(field.name, name)) continue;
    for (const std::string& element : base::split(field.value, ',')) {
      if (base::equals_ignoring_case(base::trim(element), token)) return true;
    }
  }
  return false;
}

std::optional<Response> refuse_transfer_encoding(const ParsedHead& head) {
  if (head.http_minor == 0) return bad_request("HTTP/1.0 has no Transfer-Encoding");
  if (head.headers.count("Transfer-Encoding") > 1)
    return bad_request("the request has several Transfer-Encoding headers");
  if (head.headers.count("Content-Length") > 0) {
    return bad_request("the request has both Transfer-Encoding and Content-Length");
  }
  const std::vector<std::string> codings = base::split(head.headers.value("Transfer-Encoding"), ',');
  const auto is_chunked = [](const std::string& coding) {
    return base::equals_ignoring_case(base::trim(coding), "chunked");
  };
  if (codings.empty() || !is_chunked(codings.back()) ||
      std::count_if(codings.begin(), codings.end(), is_chunked) != 1) {
    return bad_request("the last and only chunked coding of Transfer-Encoding must be 'chunked'");
  }
  if (codings.size() > 1) {
    return Response::problem(501, model::codes::kMalformedRequest,
                             "no transfer coding but 'chunked' is understood");
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (text.empty() || text.size() > 18 || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  std::uint64_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

/// Turns `http://host:port/path` into its path; false if its authority is not the Host header's.
bool reduce_absolute_form(ParsedHead& head) {
  const std::string lowered = base::to_lower(std::string_view(head.target).substr(0, 8));
  std::size_t authority = 0;
  if (lowered.rfind("http://", 0) == 0) {
    authority = 7;
  } else if (lowered.rfind("https://", 0) == 0) {
    authority = 8;
  } else {
    return true;
  }
  const std::size_t path = std::min(head.target.find_first_of("/?", authority), head.target.size());
  const std::string_view named = std::string_view(head.target).substr(authority, path - authority);
  if (!base::equals_ignoring_case(named, base::trim(head.headers.value("Host")))) return false;
  std::string reduced = head.target.substr(path);
  if (reduced.empty() || reduced.front() == '?') reduced.insert(0, "/");
  head.target = std::move(reduced);
  return true;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view buffered) {
  while (position_ < buffered.size()) {
    const bool at_line_begin = position_ == line_begin_;
    const char first = buffered[position_];
    if (at_line_begin && (first == ' ' || first == '\t')) return State::malformed;  // a folded field
    const std::size_t run_begin = position_;
    position_ += find_control_byte(buffered.substr(position_));
    if (position_ != run_begin) {
      if (first_line_ == 0 && position_ > line_limit_) return State::line_too_long;
      if (first_line_ != 0 && position_ - first_line_ > head_limit_) return State::head_too_large;
    }
    if (position_ == buffered.size()) break;
    if (buffered[position_] != '\r') return State::malformed;
    if (position_ + 1 == buffered.size()) break;  // its LF is still to come
    if (buffered[position_ + 1] != '\n') return State::malformed;
    const bool empty_line = position_ == line_begin_;
    position_ += 2;
    if (first_line_ == 0) {
      first_line_ = position_;
    } else if (empty_line) {
      return State::complete;
    }
    line_begin_ = position_;
  }
  return State::incomplete;
}

std::variant<MessageFraming, Response> decide_framing(const ParsedHead& head) {
  MessageFraming framing;
  const Headers& headers = head.headers;
  if (headers.get("Transfer-Encoding")) {
    if (std::optional<Response> refusal = refuse_transfer_encoding(head)) return *std::move(refusal);
    framing.chunked = true;
  } else if (headers.get("Content-Length")) {
    if (headers.count("Content-Length") > 1)
      return bad_request("the request has several Content-Length headers");
    framing.content_length = parse_length(headers.value("Content-Length"));
    if (!framing.content_length) return bad_request("Content-Length is not a number of bytes");
  }
  if (const auto expect = headers.get("Expect"); expect && head.http_minor > 0) {
    if (!base::equals_ignoring_case(base::trim(*expect), "100-continue")) {
      return Response::problem(417, model::codes::kMalformedRequest,
                               "only 100-continue can be expected here");
    }
    framing.expect_continue = framing.has_body();
  }
  framing.keep_alive = head.http_minor > 0 ? !has_token(headers, "Connection", "close")
                                           : has_token(headers, "Connection", "keep-alive");
  return framing;
}

std::variant<Request, Response> complete_request(ParsedHead head, const ListenerFacts& listener,
                                                 std::string remote) {
  const bool same_host = reduce_absolute_form(head);
  Request request;
  request.method = std::move(head.method);
  request.headers = std::move(head.headers);
  request.http_minor = head.http_minor;
  request.secure = listener.secure;
  request.port = listener.port;
  request.remote = std::move(remote);
  const std::optional<HostAndPort> host = parse_host(request.headers.value("Host"));
  request.host = host ? host->name : "localhost";
  request.production_host = production_name(request.host);
  if (std::optional<Response> refusal = refuse_at_gate(request, host, *listener.gate))
    return *std::move(refusal);
  if (!same_host) {
    return Response::problem(400, model::codes::kBadTarget,
                             "the request target names another host than the Host header");
  }
  if (request.method == "CONNECT" || request.method == "TRACE") {
    return Response::problem(501, model::codes::kMethodRefused,
                             "the method " + request.method + " is not offered here");
  }
  if (request.method == "OPTIONS" &&
      head.target == "*") {  // about the whole server: it is there, and that is all
    Response alive;
    alive.status = 204;
    return alive;
  }
  base::Result<Target> target = parse_target(head.target, listener.target);
  if (!target) return Response::problem(400, target.error().code, target.error().message);
  request.target = *std::move(target);
  return request;
}

}  // namespace exthost::http
