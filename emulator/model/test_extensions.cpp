#include "emulator/model/test_extensions.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::model {
namespace {

using base::JsonKind;
using base::JsonMember;

constexpr std::string_view kForm = R"(the form is testExtensions={"Name":"https://localhost:1339/path"})";

/// What to do about a value that is no JSON. An old text writes the second argument of registerTestExtension
/// into the object: `{"N":"https://localhost:44300/",true}` (h4).
std::string hint_for_malformed(std::string_view json) {
  std::string_view end = base::trim(json);
  if (end.ends_with('}')) end = base::trim(end.substr(0, end.size() - 1));
  for (const std::string_view word : {"true", "false"}) {
    if (!end.ends_with(word)) continue;
    if (base::trim(end.substr(0, end.size() - word.size())).ends_with(',')) {
      return "leave out ," + std::string(word) + ", which belongs to registerTestExtension; " +
             std::string(kForm);
    }
  }
  return std::string(kForm);
}

/// Where the braces that open at the start of `text` close, counted in raw bytes; npos if they do not.
std::size_t end_of_braces(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    char c = text[i];
    std::size_t length = 1;
    if (c == '%') {
      if (const auto decoded = base::percent_decode(text.substr(i, 3)); decoded && decoded->size() == 1) {
        c = decoded->front();
        length = 3;
      }
    }
    i += length;
    if (in_string && c == '\\') {
      // The escaped character is one of JSON's own, so what matters here is only an encoded or plain quote.
      i += text.substr(i, 3) == "%22" ? 3 : 1;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && c == '{') {
      ++depth;
    } else if (!in_string && c == '}' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

void add(PortalUrl::TestExtension extension, std::size_t offset, Findings& findings, PortalUrl& url) {
  const auto known = std::find_if(url.test_extensions.begin(), url.test_extensions.end(),
                                  [&extension](const PortalUrl::TestExtension& other) {
                                    return base::equals_ignoring_case(other.name, extension.name);
                                  });
  if (known == url.test_extensions.end()) {
    url.test_extensions.push_back(std::move(extension));
    return;
  }
  findings.warning(codes::kSideloadRefused, offset,
                   "testExtensions names " + quoted(extension.name) + " more than once; the last one counts");
  *known = std::move(extension);
}

void read_member(const JsonMember& member, Findings& findings, PortalUrl& url) {
  if (const auto good = check_extension_name(member.key); !good) {
    findings.error(codes::kSideloadRefused, member.key_offset, "testExtensions: " + good.error().message,
                   "the name must be the one that extension.pdl gives the extension");
    return;
  }
  const bool is_object = member.value.kind == JsonKind::object;
  const base::JsonValue* uri = is_object ? member.value.find("uri") : &member.value;
  if (uri == nullptr || uri->kind != JsonKind::string) {
    findings.error(codes::kSideloadRefused, member.value.offset,
                   "testExtensions gives " + member.key + " no URL but " +
                       std::string(describe(member.value)) + (is_object ? " without a string uri" : ""),
                   std::string(kForm));
    return;
  }
  const base::JsonValue* az = is_object ? member.value.find("azExtension") : nullptr;
  const bool is_az = az != nullptr && az->kind == JsonKind::boolean && az->boolean;
  add({member.key, uri->text, is_az}, member.key_offset, findings, url);
}

}  // namespace

std::size_t test_extensions_length(std::string_view text, std::string_view separators) {
  const bool opens = text.starts_with('{') || base::equals_ignoring_case(text.substr(0, 3), "%7B");
  const std::size_t braces = opens ? end_of_braces(text) : std::string_view::npos;
  const std::size_t end = text.find_first_of(separators, braces == std::string_view::npos ? 0 : braces);
  return std::min(end, text.size());
}

void read_test_extensions(std::string_view json, PortalUrl& url) {
  const std::string file = "testExtensions";
  const auto parsed = base::parse_json(json, base::JsonDialect::strict);
  Findings findings(json, file);
  if (!parsed.ok()) {
    auto problems = json_problems(json, file, codes::kSideloadRefused, parsed.problems);
    for (auto& problem : problems) {
      problem.message = "testExtensions is not valid JSON: " + problem.message;
      problem.hint = hint_for_malformed(json);
    }
    findings.add(std::move(problems));
  } else if (parsed.value->kind != JsonKind::object) {
    findings.error(codes::kSideloadRefused, parsed.value->offset,
                   "testExtensions is an object, not " + std::string(describe(*parsed.value)),
                   std::string(kForm));
  } else {
    for (const auto& member : parsed.value->members) read_member(member, findings, url);
  }
  for (auto& problem : std::move(findings).take()) url.problems.push_back(std::move(problem));
}

}  // namespace exthost::model
