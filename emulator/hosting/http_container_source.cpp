#include "emulator/hosting/http_container_source.h"

#include <memory>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/http/client.h"
#include "emulator/http/url.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {
namespace {

namespace codes = model::codes;
using base::Error;
using base::ErrorKind;
using base::Result;

Error unusable(ErrorKind kind, std::string message, std::string_view code) {
  return Error{kind, std::move(message), std::string(code)};
}

Result<Fetched> judge(http::FetchResponse response) {
  Fetched fetched;
  fetched.etag = std::string(response.headers.value("ETag"));
  const std::string_view azure_code = response.headers.value("x-ms-error-code");
  const std::string status = std::to_string(response.status);
  switch (response.status) {
    case 200: {
      auto body = std::make_shared<const std::string>(std::move(response.body));
      fetched.state = Fetched::State::found;
      fetched.bytes = *body;
      fetched.owner = std::move(body);
      return fetched;
    }
    case 304:
      fetched.state = Fetched::State::not_modified;
      return fetched;
    case 404:
      if (azure_code == "ContainerNotFound") {
        return unusable(ErrorKind::unavailable, "the container does not exist", codes::kStorageUnavailable);
      }
      return fetched;
    default:
      break;
  }
  if (response.status >= 300 && response.status < 400) {
    return unusable(ErrorKind::invalid_input,
                    "it answered " + status +
                        ", a redirect, which the hosting service does not follow: name the "
                        "container's final URL",
                    codes::kSourceRedirects);
  }
  std::string message = "it answered " + status;
  if (!azure_code.empty()) message += " " + std::string(azure_code.substr(0, 64));
  return unusable(ErrorKind::unavailable, std::move(message), codes::kStorageUnavailable);
}

}  // namespace

HttpContainerSource::HttpContainerSource(const std::string& container_url, const HostingLimits& limits,
                                         std::filesystem::path ca_file)
    : limits_(limits), ca_file_(std::move(ca_file)) {
  const std::size_t query = container_url.find('?');
  url_ = container_url.substr(0, query);
  if (query != std::string::npos) query_ = container_url.substr(query);
  while (!url_.empty() && url_.back() == '/') url_.pop_back();
}

Result<Fetched> HttpContainerSource::get(const std::string& blob, const std::string& if_none_match,
                                         std::uint64_t limit_bytes) {
  http::FetchRequest request;
  request.url = url_ + "/" + base::percent_encode(blob) + query_;
  if (!if_none_match.empty()) request.headers.add("If-None-Match", if_none_match);
  request.limit_bytes = limit_bytes;
  request.timeout = limit_bytes > limits_.config_bytes ? limits_.package_timeout : limits_.document_timeout;
  request.ca_file = ca_file_;
  auto response = http::fetch(request);
  if (response) return judge(std::move(*response));
  Error error = std::move(response).error();
  // Whoever gets the message knows the URL, and must not learn the signature in its query.
  const std::string context = request.method + " " + request.url + ": ";
  if (error.message.rfind(context, 0) == 0) error.message.erase(0, context.size());
  for (std::size_t at; !query_.empty() && (at = error.message.find(query_)) != std::string::npos;) {
    error.message.erase(at, query_.size());
  }
  if (!error.code.empty()) return error;
  // A refusal without a code is of the URL itself or of a body over the limit.
  const bool too_large = error.kind == ErrorKind::invalid_input && http::parse_url(request.url).has_value();
  error.code = too_large ? codes::kSourceTooLarge : codes::kStorageUnavailable;
  if (!too_large) error.kind = ErrorKind::unavailable;
  return error;
}

}  // namespace exthost::hosting
