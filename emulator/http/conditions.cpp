#include "emulator/http/conditions.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>

#include "emulator/base/text.h"

namespace exthost::http {

namespace {

using base::WallTime;

enum class Comparison { strong, weak };

bool is_weak(std::string_view etag) {
  return etag.substr(0, 2) == "W/";
}

/// The part between the quotes, which some clients leave out.
std::string_view opaque_tag(std::string_view etag) {
  if (is_weak(etag)) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

bool same_etag(std::string_view left, std::string_view right, Comparison comparison) {
  if (left.empty() || right.empty()) return false;
  if (comparison == Comparison::strong && (is_weak(left) || is_weak(right))) return false;
  return opaque_tag(left) == opaque_tag(right);
}

/// Takes the next element of a comma-separated list; a comma inside quotes is part of the element.
std::string_view next_element(std::string_view& list) {
  bool quoted = false;
  std::size_t end = 0;
  while (end < list.size() && (quoted || list[end] != ',')) {
    if (list[end] == '"') quoted = !quoted;
    ++end;
  }
  const std::string_view element = base::trim(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return element;
}

/// Whether a list of entity tags, over all fields of that name, holds `etag`, or is `*` and something
/// `exists`.
bool any_matches(const Headers& headers, std::string_view name, std::string_view etag, bool exists,
                 Comparison comparison) {
  for (const Header& field : headers.all()) {
    if (!base::equals_ignoring_case(field.name, name)) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      const std::string_view element = next_element(list);
      if (element == "*" ? exists : same_etag(element, etag, comparison)) return true;
    }
  }
  return false;
}

WallTime to_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

std::optional<WallTime> date_header(const Request& request, std::string_view name) {
  const std::optional<std::string_view> value = request.headers.get(name);
  return value ? parse_http_date(*value) : std::nullopt;
}

/// If-Range: the same strong tag, or exactly the same date.
bool if_range_matches(std::string_view value, std::string_view etag, std::optional<WallTime> last_modified) {
  if (value.find('"') != std::string_view::npos) return same_etag(value, etag, Comparison::strong);
  const std::optional<WallTime> date = parse_http_date(value);
  return date && last_modified && *date == to_seconds(*last_modified);
}

/// Digits only; a number too large to hold counts as the largest one.
std::optional<std::uint64_t> parse_position(std::string_view digits) {
  if (digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return parsed.ec == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

/// The weight of one element of Accept-Encoding, in thousandths: 1000 without `q`.
int quality_of(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  const std::string_view text = base::trim(parameters.substr(at + 2));
  if (text.empty() || text.front() != '0') return 1000;
  int thousandths = 0;
  int scale = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()), 3)) {
    if (c < '0' || c > '9') break;
    thousandths += (c - '0') * scale;
    scale /= 10;
  }
  return thousandths;
}

}  // namespace

bool is_read(const Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

Condition evaluate_conditions(const Request& request, std::string_view etag,
                              std::optional<WallTime> last_modified) {
  const bool exists = !etag.empty() || last_modified.has_value();

  if (request.headers.get("If-Match")) {
    if (!any_matches(request.headers, "If-Match", etag, exists, Comparison::strong)) return Condition::failed;
  } else if (const auto limit = date_header(request, "If-Unmodified-Since"); limit && last_modified) {
    if (to_seconds(*last_modified) > *limit) return Condition::failed;
  }

  if (request.headers.get("If-None-Match")) {
    if (any_matches(request.headers, "If-None-Match", etag, exists, Comparison::weak)) {
      return is_read(request) ? Condition::not_modified : Condition::failed;
    }
  } else if (const auto since = date_header(request, "If-Modified-Since");
             since && last_modified && is_read(request)) {
    if (to_seconds(*last_modified) <= *since) return Condition::not_modified;
  }
  return Condition::proceed;
}

RangeDecision decide_range(std::string_view range_header, std::uint64_t size) {
  const RangeDecision whole{RangeKind::whole, {0, size}};
  const RangeDecision unsatisfiable{RangeKind::unsatisfiable, {}};

  std::string_view spec = base::trim(range_header);
  constexpr std::string_view kUnit = "bytes=";
  if (!base::begins_with_ignoring_case(spec, kUnit)) return whole;
  spec.remove_prefix(kUnit.size());
  if (spec.find(',') != std::string_view::npos) return whole;
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view first_text = base::trim(spec.substr(0, dash));
  const std::string_view last_text = base::trim(spec.substr(dash + 1));

  if (first_text.empty()) {
    const std::optional<std::uint64_t> suffix = parse_position(last_text);
    if (!suffix) return whole;
    if (*suffix == 0 || size == 0) return unsatisfiable;
    const std::uint64_t length = std::min(*suffix, size);
    return {RangeKind::partial, {size - length, length}};
  }

  const std::optional<std::uint64_t> first = parse_position(first_text);
  if (!first) return whole;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  if (!last_text.empty()) {
    const std::optional<std::uint64_t> given = parse_position(last_text);
    if (!given || *given < *first) return whole;
    last = *given;
  }
  if (*first >= size) return unsatisfiable;
  last = std::min(last, size - 1);
  return {RangeKind::partial, {*first, last - *first + 1}};
}

RangeDecision decide_range(const Request& request, std::uint64_t size, std::string_view etag,
                           std::optional<WallTime> last_modified) {
  const RangeDecision whole{RangeKind::whole, {0, size}};
  if (request.method != "GET" || request.headers.count("Range") != 1) return whole;
  const std::optional<std::string_view> condition = request.headers.get("If-Range");
  if (condition && !if_range_matches(base::trim(*condition), etag, last_modified)) return whole;
  return decide_range(request.headers.value("Range"), size);
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.first + range.length - 1) + "/" +
         std::to_string(size);
}

std::string unsatisfied_content_range(std::uint64_t size) {
  return "bytes */" + std::to_string(size);
}

bool accepts_encoding(const Request& request, std::string_view coding) {
  std::optional<bool> named;
  std::optional<bool> any;
  for (const Header& field : request.headers.all()) {
    if (!base::equals_ignoring_case(field.name, "Accept-Encoding")) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      const std::string_view element = next_element(list);
      const std::size_t semicolon = std::min(element.find(';'), element.size());
      const std::string_view name = base::trim(element.substr(0, semicolon));
      const bool wanted = quality_of(element.substr(semicolon)) > 0;
      if (base::equals_ignoring_case(name, coding)) named = wanted;
      if (name == "*") any = wanted;
    }
  }
  return named.value_or(any.value_or(false));
}

}  // namespace exthost::http
