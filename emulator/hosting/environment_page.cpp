#include "emulator/hosting/environment_page.h"

#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/hosting/splash.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {
namespace {

using base::escape_html;
using base::json_quote;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSpace = " \t\r\n\f";

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// Whether a tag of that name opens at the start of `text`: `<head>`, `<head lang=en>`, not `<header>`.
bool opens_tag(std::string_view text, std::string_view name) {
  if (text.size() < name.size() + 2 || text.front() != '<') return false;
  if (!base::equals_ignoring_case(text.substr(1, name.size()), name)) return false;
  const char next = text[name.size() + 1];
  return next == '>' || next == '/' || kSpace.find(next) != std::string_view::npos;
}

/// Past the `>` that ends the tag at `offset`; a `>` inside a quoted attribute value does not end it.
std::size_t end_of_tag(std::string_view html, std::size_t offset) {
  char quote = 0;
  for (; offset < html.size(); ++offset) {
    const char c = html[offset];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return offset + 1;
    }
  }
  return html.size();
}

std::size_t end_of_comment(std::string_view html, std::size_t offset) {
  const std::size_t end = html.find("-->", offset + 4);
  return end == std::string_view::npos ? html.size() : end + 3;
}

/// JSON text in which no `<` and no line or paragraph separator stands: all of them can only stand in
/// strings.
std::string safe_in_script(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '<') {
      safe += "\\u003c";
    } else if (begins_with(json.substr(i), "\xe2\x80\xa8")) {
      safe += "\\u2028";
      i += 2;
    } else if (begins_with(json.substr(i), "\xe2\x80\xa9")) {
      safe += "\\u2029";
      i += 2;
    } else {
      safe += json[i];
    }
  }
  return safe;
}

std::string script_tag(const PageFacts& facts) {
  std::string script =
      "<script>window.fx = window.fx || {}; window.fx.environment = " + environment_object(facts) + ";";
  if (facts.tell_emulator_facts) script += " window.fx.emulator = " + emulator_object(facts) + ";";
  return script + "</script>\n";
}

/// The reload script and what it needs to know of the page (live_reload.js).
std::string reload_tag(const PageFacts& facts) {
  if (!facts.live_reload) return {};
  return "<script async src=\"/_emu/live-reload.js\" data-extension=\"" +
         escape_html(facts.hosting_service_name) + "\" data-version=\"" + escape_html(facts.version) +
         "\" data-region=\"" + escape_html(facts.region) + "\" data-stamp=\"" + escape_html(facts.stamp) +
         "\"></script>\n";
}

/// RequireJS's configuration: each bundle with its addresses, of which the second is tried if the first
/// fails.
std::string require_config(const PageFacts& facts) {
  std::string paths;
  for (const BundlePath& bundle : facts.bundles) {
    std::string urls;
    for (const std::string& url : bundle.urls) urls += (urls.empty() ? "" : ",") + json_quote(url);
    paths += (paths.empty() ? "" : ",") + json_quote(bundle.module) + ":[" + urls + "]";
  }
  return "{\"paths\":{" + paths + "}}";
}

std::string content_base(const PageFacts& facts) {
  return "/" + facts.hosting_service_name + "/Content/" + base::percent_encode(facts.version) + "/";
}

}  // namespace

base::Result<std::optional<std::string>> read_settings_file(const HeldVersion& version, std::string_view path,
                                                            const HostingLimits& limits) {
  const package::Entry* entry = version.find(path);
  if (entry == nullptr) return std::optional<std::string>();
  if (entry->size > limits.environment_bytes) {
    return base::Error{base::ErrorKind::invalid_input,
                       std::string(path) + " is " + base::human_bytes(entry->size) + " long, and " +
                           base::human_bytes(limits.environment_bytes) + " is the most there may be",
                       std::string(model::codes::kEnvironmentNotJson)};
  }
  auto text = version.package->read(*entry);
  if (!text) return std::move(text).error();
  return std::optional<std::string>(std::move(*text));
}

std::string environment_object(const PageFacts& facts) {
  // Two files of the largest size allowed may have been merged.
  const base::JsonLimits limits{4u << 20, 32};
  const base::JsonParse settings = base::parse_json(facts.settings, base::JsonDialect::strict, limits);
  EXTHOST_CHECK(settings.value && settings.value->kind == base::JsonKind::object);
  if (settings.value->find("version") != nullptr) return safe_in_script(facts.settings);
  const std::size_t end = settings.value->offset + settings.value->length - 1;  // of the closing brace
  return safe_in_script(facts.settings.substr(0, end) + (settings.value->members.empty() ? "" : ",") +
                        "\"version\":" + json_quote(facts.version) + "}");
}

std::string emulator_object(const PageFacts& facts) {
  return "{\"extensionName\":" + json_quote(facts.extension_name) +
         ",\"version\":" + json_quote(facts.version) + ",\"region\":" + json_quote(facts.region) +
         ",\"stage\":" + json_quote(facts.stage) +
         ",\"trustedAuthority\":" + json_quote(facts.trusted_authority) + "}";
}

std::string environment_json(const PageFacts& facts) {
  return "{\"pageVersion\":" + json_quote(facts.version) +
         ",\"extensionName\":" + json_quote(facts.extension_name) + ",\"environment\":" + facts.settings +
         ",\"requireConfig\":" + require_config(facts) +
         (facts.tell_emulator_facts ? ",\"emulator\":" + emulator_object(facts) : "") + "}\n";
}

std::size_t head_offset(std::string_view html) {
  std::size_t offset = begins_with(html, kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (offset < html.size()) {
    const std::string_view rest = html.substr(offset);
    if (kSpace.find(rest.front()) != std::string_view::npos) {
      ++offset;
    } else if (begins_with(rest, "<!--")) {
      offset = end_of_comment(html, offset);
    } else if (begins_with(rest, "<!") || begins_with(rest, "<?") || opens_tag(rest, "html")) {
      offset = end_of_tag(html, offset);
    } else if (opens_tag(rest, "head")) {
      return end_of_tag(html, offset);
    } else {
      return offset;
    }
  }
  return html.size();
}

bool has_base(std::string_view html) {
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
    const std::string_view rest = html.substr(at);
    if (opens_tag(rest, "base")) return true;
    at = begins_with(rest, "<!--") ? end_of_comment(html, at) : at + 1;
  }
  return false;
}

std::string fill_in_page(std::string_view html, const PageFacts& facts) {
  const std::size_t offset = head_offset(html);
  std::string page(html.substr(0, offset));
  page += "\n";
  if (!has_base(html)) page += "<base href=\"" + escape_html(content_base(facts)) + "\">\n";
  page += script_tag(facts);
  page += splash_tag(facts.portal_origin);
  page += reload_tag(facts);
  page += html.substr(offset);
  return page;
}

std::string generated_page(const PageFacts& facts) {
  const std::string name = escape_html(facts.extension_name);
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + name +
      "</title>\n<base href=\"" + escape_html(content_base(facts)) + "\">\n" + script_tag(facts) +
      splash_tag(facts.portal_origin) + reload_tag(facts) +
      "<style>body{font:14px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem;"
      "color:#323130;background:#fff}dt{color:#605e5c}dd{margin:0 0 .75rem;font-weight:600}"
      "@media(prefers-color-scheme:dark){body{color:#f3f2f1;background:#1b1a19}dt{color:#a19f9d}}"
      "</style>\n</head>\n<body>\n<h1>" +
      name +
      "</h1>\n<p>This version of the extension brings no page of its own: it has no "
      "<code>index.html</code> and no <code>Home/Index.html</code> at its root. Its settings are in "
      "<code>window.fx.environment</code>.</p>\n<dl>\n<dt>Version</dt><dd>" +
      escape_html(facts.version) + "</dd>\n<dt>Region</dt><dd>" + escape_html(facts.region) + "</dd>\n";
  if (!facts.stage.empty()) page += "<dt>Stage</dt><dd>" + escape_html(facts.stage) + "</dd>\n";
  page += "<dt>Portal</dt><dd>" + escape_html(facts.trusted_authority) + "</dd>\n</dl>\n</body>\n</html>\n";
  return page;
}

}  // namespace exthost::hosting
