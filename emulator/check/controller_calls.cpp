#include "emulator/check/controller_calls.h"

#include <algorithm>
#include <array>
#include <optional>

#include "emulator/base/text.h"
#include "emulator/check/script_strings.h"

namespace exthost::check {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kLongestObject = 2000;  // how far back the call around an object is looked for

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The last character ahead of `at` that is no space, or kNone.
std::size_t before(std::string_view text, std::size_t at) {
  return at == 0 ? kNone : text.find_last_not_of(" \t\r\n", at - 1);
}

/// `/api/…`, `api/…` and such, but not the diagnostics, which hosting does answer (domain.md g).
bool is_controller_path(std::string_view url) {
  std::string lower = base::to_lower(url.substr(0, 32));
  for (const std::string_view ahead : {"~", "./"}) {
    if (lower.starts_with(ahead)) {
      lower.erase(0, ahead.size());
      break;
    }
  }
  if (lower.starts_with('/')) lower.erase(0, 1);
  return lower.starts_with("api/") && !lower.starts_with("api/diagnostics");
}

/// The function of a call: `http.get` of `this.http.get(`, in lower case; `last` is `get`, `object` `http`.
struct Callee {
  std::string last;
  std::string object;
};

/// What is called by the bracket at `bracket`.
std::optional<Callee> callee_at(std::string_view text, std::size_t bracket) {
  std::size_t end = before(text, bracket);
  if (end != kNone && text[end] == ')') end = before(text, end);  // (0, net.ajax)(…), as compilers write it
  if (end == kNone || !is_word(text[end])) return std::nullopt;
  const auto word_ending_at = [&](std::size_t last) {
    std::size_t begin = last;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    return begin;
  };
  const std::size_t begin = word_ending_at(end);
  Callee callee{base::to_lower(text.substr(begin, end + 1 - begin)), {}};
  const std::size_t dot = before(text, begin);
  if (dot == kNone || text[dot] != '.') return callee;
  callee.object = "?";  // some expression
  std::size_t object_end = before(text, dot);
  if (object_end != kNone && text[object_end] == '?') object_end = before(text, object_end);
  if (object_end == kNone || !is_word(text[object_end])) return callee;
  const std::size_t object = word_ending_at(object_end);
  callee.object = base::to_lower(text.substr(object, object_end + 1 - object));
  return callee;
}

/// Whether the function's first argument, or the `url` of an object that it gets, is where a request goes.
bool sends_requests(const Callee& callee) {
  static constexpr std::array<std::string_view, 5> kWindows = {"", "window", "self", "globalthis", "top"};
  static constexpr std::array<std::string_view, 6> kClients = {"$",     "jquery", "axios",
                                                               "$http", "http",   "httpclient"};
  static constexpr std::array<std::string_view, 8> kMethods = {"get",  "post",  "put",     "delete",
                                                               "head", "patch", "request", "getjson"};
  if (callee.last == "getapprelativeuri" || callee.last == "ajax") return true;
  if (callee.last == "fetch" || callee.last == "axios" || callee.last == "$http" ||
      callee.last == "request") {
    if (is_one_of(callee.object, kWindows)) return callee.last != "request" || callee.object.empty();
  }
  return is_one_of(callee.last, kMethods) && is_one_of(callee.object, kClients);
}

/// The opening bracket that is open at `at`, or kNone. Brackets in strings count too, which may miss a call.
std::size_t opening_bracket(std::string_view text, std::size_t at) {
  const std::size_t first = at > kLongestObject ? at - kLongestObject : 0;
  int open = 0;
  while (at > first) {
    const char c = text[--at];
    if (c == '}' || c == ')' || c == ']') ++open;
    if (c != '{' && c != '(' && c != '[') continue;
    if (open == 0) return at;
    --open;
  }
  return kNone;
}

/// `open('GET', <here>`: the second argument of XMLHttpRequest's open.
bool follows_method(std::string_view text, std::size_t comma) {
  const std::size_t bracket = opening_bracket(text, comma);
  if (bracket == kNone || text[bracket] != '(') return false;
  const std::string method = base::to_lower(base::trim(text.substr(bracket + 1, comma - bracket - 1)));
  static constexpr std::array<std::string_view, 6> kMethods = {"get",    "post",  "put",
                                                               "delete", "patch", "head"};
  if (method.size() < 3 || !is_one_of(std::string_view(method).substr(1, method.size() - 2), kMethods)) {
    return false;
  }
  const auto callee = callee_at(text, bracket);
  return callee && callee->last == "open";
}

/// `ajax({ …, url: <here>`.
bool is_url_of_call(std::string_view text, std::size_t colon) {
  std::size_t end = before(text, colon);
  if (end != kNone && (text[end] == '"' || text[end] == '\'')) end = before(text, end);
  if (end == kNone) return false;
  std::size_t begin = end + 1;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  const std::string name = base::to_lower(text.substr(begin, end + 1 - begin));
  if (name != "url" && name != "uri") return false;
  const std::size_t brace = opening_bracket(text, begin);
  if (brace == kNone || text[brace] != '{') return false;
  const std::size_t bracket = before(text, brace);
  if (bracket == kNone || text[bracket] != '(') return false;
  const auto callee = callee_at(text, bracket);
  return callee && callee->last != "getapprelativeuri" && sends_requests(*callee);
}

bool is_where_a_request_goes(std::string_view text, std::size_t quote) {
  const std::size_t ahead = before(text, quote);
  if (ahead == kNone) return false;
  if (text[ahead] == '(') {
    const auto callee = callee_at(text, ahead);
    return callee && sends_requests(*callee);
  }
  if (text[ahead] == ',') return follows_method(text, ahead);
  return text[ahead] == ':' && is_url_of_call(text, ahead);
}

std::string shortened(std::string_view url) {
  constexpr std::size_t kLongest = 60;
  if (url.size() <= kLongest) return std::string(url);
  return std::string(url.substr(0, base::valid_utf8_prefix(url.substr(0, kLongest)))) + "…";
}

/// Whether a <script> with these attributes holds a script.
bool is_script(std::string_view attributes) {
  const std::string lower = base::to_lower(attributes);
  const std::size_t type = lower.find("type");
  if (type == kNone) return true;
  return lower.find("javascript", type) != kNone || lower.find("module", type) != kNone;
}

}  // namespace

std::vector<ControllerCall> relative_controller_calls(std::string_view script) {
  std::vector<ControllerCall> calls;
  for (const ScriptString& string : script_strings(script)) {
    const std::string_view url = script.substr(string.begin, string.end - string.begin);
    if (!is_controller_path(url) || !is_where_a_request_goes(script, string.begin - 1)) continue;
    calls.push_back({string.begin, shortened(url)});
  }
  return calls;
}

std::vector<ControllerCall> relative_controller_calls_in_page(std::string_view html) {
  const std::string lower = base::to_lower(html);
  const std::string_view text = lower;
  std::vector<ControllerCall> calls;
  for (std::size_t at = text.find('<'); at != kNone; at = text.find('<', at)) {
    if (text.substr(at, 4) == "<!--") {
      at = text.find("-->", at + 4);
      if (at == kNone) break;
      continue;
    }
    const bool script =
        text.substr(at, 7) == "<script" && !is_word(text.substr(at + 7, 1).empty() ? ' ' : text[at + 7]);
    if (!script) {
      ++at;
      continue;
    }
    const std::size_t begin = text.find('>', at);
    if (begin == kNone) break;
    const std::size_t end = std::min(text.find("</script", begin), text.size());
    if (is_script(text.substr(at + 7, begin - at - 7))) {
      for (ControllerCall& call : relative_controller_calls(html.substr(begin + 1, end - begin - 1))) {
        call.offset += begin + 1;
        calls.push_back(std::move(call));
      }
    }
    at = end;
  }
  return calls;
}

}  // namespace exthost::check
