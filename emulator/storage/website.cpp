#include "emulator/storage/website.h"

#include <algorithm>
#include <array>

#include "emulator/base/text.h"
#include "emulator/http/conditions.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kContainer = "$web";

bool is_dialect_header(std::string_view name) {
  return base::begins_with_ignoring_case(name, "x-ms-");
}

/// Asks for one blob of the site, as the client asked for the page or, plainly, for all of it.
Answer read_page(const http::Request& http, const std::string& account, const std::string& name, bool plainly,
                 const ReadBlob& read) {
  constexpr std::array<std::string_view, 5> kKept = {"If-Match", "If-None-Match", "If-Modified-Since",
                                                     "If-Unmodified-Since", "Range"};
  http::Request asked;
  asked.method = http.method;
  for (const std::string_view header : kKept) {
    if (plainly) break;
    if (const auto value = http.headers.get(header)) asked.headers.set(header, std::string(*value));
  }
  RestRequest request{asked, account, false, false, std::string(kContainer), name};
  request.operation = http.method == "HEAD" ? Operation::get_blob_properties : Operation::get_blob;
  Answer answer = read(request);
  if (!answer) return answer;
  const std::vector<http::Header> headers = answer->headers.all();
  for (const http::Header& header : headers) {
    if (is_dialect_header(header.name)) answer->headers.remove(header.name);
  }
  return answer;
}

bool is_missing(const Answer& answer) {
  return !answer && (answer.failure().code == "BlobNotFound" || answer.failure().code == "ContainerNotFound");
}

}  // namespace

std::vector<std::string> website_candidates(const Website& site, std::string_view path) {
  const std::string name(path.substr(std::min<std::size_t>(1, path.size())));
  const bool is_folder = name.empty() || name.back() == '/';
  std::vector<std::string> candidates;
  if (!is_folder) candidates.push_back(name);
  if (is_folder && !site.default_index_path.empty()) candidates.push_back(site.default_index_path);
  if (!site.index_document.empty()) candidates.push_back(name + (is_folder ? "" : "/") + site.index_document);
  return candidates;
}

Answer serve_website(const http::Request& http, const std::string& account, const Website& site,
                     const ReadBlob& read) {
  if (!is_read(http)) {
    RestError error = rest_error("UnsupportedHttpVerb", "A website is read with GET and HEAD.");
    error.headers.set("Allow", "GET, HEAD");
    return error;
  }
  if (!site.enabled) {
    return rest_error("WebContentNotFound",
                      "The account has no website: enable StaticWebsite in its service "
                      "properties.");
  }
  for (const std::string& name : website_candidates(site, http.target.path)) {
    Answer answer = read_page(http, account, name, false, read);
    if (!is_missing(answer)) return answer;
  }
  if (!site.error_path.empty()) {
    Answer answer = read_page(http, account, site.error_path, true, read);
    if (answer) {
      answer->status = 404;
      answer->reason = "The requested content does not exist.";
      answer->headers.set("x-ms-error-code", "WebContentNotFound");
    }
    if (!is_missing(answer)) return answer;
  }
  return rest_error("WebContentNotFound");
}

http::Response website_error(const RestError& error, std::string_view request_id, std::string_view time) {
  http::Response response = error_response(error, request_id, time);
  if (error.status == 304) return response;
  const std::string code = base::escape_html(error.code);
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.body = "<!DOCTYPE html><html><head><title>" + code + "</title></head><body><h1>" +
                  base::escape_html(error.message) +
                  "</h1><ul><li>HttpStatusCode: " + std::to_string(error.status) +
                  "</li><li>ErrorCode: " + code + "</li><li>RequestId: " + base::escape_html(request_id) +
                  "</li><li>TimeStamp: " + base::escape_html(time) + "</li></ul></body></html>\n";
  return response;
}

}  // namespace exthost::storage
