#include "emulator/storage/rest_request.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/storage/limits.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kSecondary = "-secondary";

std::string parameter(const http::Request& request, std::string_view name) {
  return base::to_lower(request.target.parameter(name).value_or(""));
}

// `<account>.blob.core.windows.net`, or any host whose second label is `blob`; of a website
// `<account>.z6.web.core.windows.net`, or any host whose third label is `web`.
void read_host(const http::Request& request, AskedAccount& asked) {
  const std::string& host = request.production_host.empty() ? request.host : request.production_host;
  const std::size_t first_dot = std::min(host.find('.'), host.size());
  if (first_dot == 0) return;
  const std::string_view behind_first = std::string_view(host).substr(std::min(first_dot + 1, host.size()));
  const std::size_t second_dot = std::min(behind_first.find('.'), behind_first.size());
  const std::string_view third = behind_first.substr(std::min(second_dot + 1, behind_first.size()));
  asked.website = third.substr(0, third.find('.')) == "web";
  if (asked.website || behind_first.substr(0, second_dot) == "blob") asked.name = host.substr(0, first_dot);
}

// Takes the first segment off a path that begins with its slash; what is left begins with one or is empty.
std::string take_segment(std::string_view& path) {
  path.remove_prefix(std::min<std::size_t>(1, path.size()));
  const std::size_t end = std::min(path.find('/'), path.size());
  std::string segment(path.substr(0, end));
  path.remove_prefix(end);
  return segment;
}

RestError unknown_comp(const std::string& comp) {
  return rest_error("InvalidQueryParameterValue",
                    "There is no operation with comp=" + comp + " on this resource.");
}

RestError wrong_method(const http::Request& request) {
  return rest_error("UnsupportedHttpVerb", request.method + " is not a method of this resource.");
}

using Chosen = Rest<Operation>;

Chosen read_or_write(const http::Request& request, Operation read, Operation write) {
  if (request.method == "GET" || request.method == "HEAD") return read;
  if (request.method == "PUT") return write;
  return wrong_method(request);
}
Chosen only(const http::Request& request, std::string_view method, Operation operation) {
  if (request.method == method) return operation;
  return wrong_method(request);
}

// It has permissions of its own.
bool breaks_lease(const http::Request& request) {
  return base::equals_ignoring_case(request.headers.value("x-ms-lease-action"), "break");
}

Chosen choose_for_service(const http::Request& request, const std::string& comp) {
  if (comp == "list") return only(request, "GET", Operation::list_containers);
  if (comp == "properties") {
    return read_or_write(request, Operation::get_service_properties, Operation::set_service_properties);
  }
  if (comp == "stats") return only(request, "GET", Operation::get_service_stats);
  if (comp == "blobs") return only(request, "GET", Operation::find_blobs);
  if (comp == "batch") return only(request, "POST", Operation::batch);
  if (comp.empty())
    return rest_error("InvalidUri", "Name a container, or ask with comp=list for all of them.");
  return unknown_comp(comp);
}

Chosen choose_for_container(const http::Request& request, const std::string& comp) {
  if (comp.empty()) {
    if (request.method == "DELETE") return Operation::delete_container;
    return read_or_write(request, Operation::get_container_properties, Operation::create_container);
  }
  if (comp == "list") return only(request, "GET", Operation::list_blobs);
  if (comp == "metadata") {
    return read_or_write(request, Operation::get_container_metadata, Operation::set_container_metadata);
  }
  if (comp == "acl")
    return read_or_write(request, Operation::get_container_acl, Operation::set_container_acl);
  if (comp == "lease") {
    return only(request, "PUT",
                breaks_lease(request) ? Operation::break_container_lease : Operation::lease_container);
  }
  if (comp == "undelete") return only(request, "PUT", Operation::undelete_container);
  if (comp == "blobs") return only(request, "GET", Operation::find_blobs_in_container);
  if (comp == "batch") return only(request, "POST", Operation::batch_in_container);
  return unknown_comp(comp);
}

Chosen choose_put(const http::Request& request) {
  const bool from_url = request.headers.get("x-ms-copy-source").has_value();
  const auto type = request.headers.get("x-ms-blob-type");
  if (!type) {
    if (from_url) return Operation::copy_blob;
    return rest_error("MissingRequiredHeader", "Send 'x-ms-blob-type: BlockBlob' to put a blob.");
  }
  if (*type == "BlockBlob") return from_url ? Operation::put_blob_from_url : Operation::put_blob;
  if (*type == "PageBlob") return Operation::put_page_blob;
  if (*type == "AppendBlob") return Operation::put_append_blob;
  return rest_error("InvalidHeaderValue", "x-ms-blob-type is BlockBlob, PageBlob or AppendBlob.");
}

Chosen choose_for_blob(const http::Request& request, const std::string& comp) {
  if (comp.empty()) {
    if (request.method == "GET") return Operation::get_blob;
    if (request.method == "HEAD") return Operation::get_blob_properties;
    if (request.method == "PUT") return choose_put(request);
    return only(request, "DELETE", Operation::delete_blob);
  }
  const bool from_url = request.headers.get("x-ms-copy-source").has_value();
  if (comp == "block")
    return only(request, "PUT", from_url ? Operation::put_block_from_url : Operation::put_block);
  if (comp == "blocklist")
    return read_or_write(request, Operation::get_block_list, Operation::put_block_list);
  if (comp == "metadata")
    return read_or_write(request, Operation::get_blob_metadata, Operation::set_blob_metadata);
  if (comp == "properties") return only(request, "PUT", Operation::set_blob_properties);
  if (comp == "tier") return only(request, "PUT", Operation::set_blob_tier);
  if (comp == "tags") return read_or_write(request, Operation::get_blob_tags, Operation::set_blob_tags);
  if (comp == "lease") {
    return only(request, "PUT", breaks_lease(request) ? Operation::break_blob_lease : Operation::lease_blob);
  }
  if (comp == "snapshot") return only(request, "PUT", Operation::snapshot_blob);
  if (comp == "copy") return only(request, "PUT", Operation::abort_copy);
  if (comp == "undelete") return only(request, "PUT", Operation::undelete_blob);
  if (comp == "page" || comp == "pagelist" || comp == "appendblock" || comp == "incrementalcopy" ||
      comp == "seal") {
    return Operation::page_or_append_data;
  }
  return unknown_comp(comp);
}

// Whether the resource that the path names is of the type that the query says.
bool is_of_type(const RestRequest& request, const std::string& restype, const std::string& comp) {
  if (restype.empty()) return true;
  if (restype == "account") return comp == "properties";
  // The JavaScript client takes the account in a path-style URL for a container, and sends its batches so.
  if (request.container.empty()) return restype == "service" || (restype == "container" && comp == "batch");
  return request.blob.empty() && restype == "container";
}

Chosen choose_operation(const RestRequest& request, const std::string& restype, const std::string& comp) {
  if (request.http.method == "OPTIONS") return Operation::preflight;
  if (!is_of_type(request, restype, comp)) {
    return rest_error("InvalidQueryParameterValue", "restype=" + restype + " is not of this resource.");
  }
  if (restype == "account") {
    if (request.http.method == "GET" || request.http.method == "HEAD")
      return Operation::get_account_information;
    return wrong_method(request.http);
  }
  if (request.container.empty()) return choose_for_service(request.http, comp);
  if (request.blob.empty()) return choose_for_container(request.http, comp);
  return choose_for_blob(request.http, comp);
}

}  // namespace

std::string RestRequest::service_endpoint() const {
  std::string endpoint = http.origin() + "/";
  if (path_style) endpoint += account + (secondary ? std::string(kSecondary) : std::string()) + "/";
  return endpoint;
}

AskedAccount read_account(const http::Request& http) {
  AskedAccount asked;
  asked.rest = http.target.path;
  read_host(http, asked);
  asked.path_style = asked.name.empty();
  if (asked.path_style) asked.name = take_segment(asked.rest);
  if (asked.name.size() > kSecondary.size() &&
      std::string_view(asked.name).substr(asked.name.size() - kSecondary.size()) == kSecondary) {
    asked.name.resize(asked.name.size() - kSecondary.size());
    asked.secondary = true;
  }
  return asked;
}

Rest<RestRequest> read_request(const http::Request& http) {
  AskedAccount asked = read_account(http);
  std::string_view path = asked.rest;
  RestRequest request{http, std::move(asked.name), asked.secondary, asked.path_style, {}, {}};
  if (request.account.empty())
    return rest_error("InvalidUri", "Name an account: /<account>/<container>/<blob>.");

  const std::string restype = parameter(http, "restype");
  request.container = take_segment(path);
  if (!path.empty()) path.remove_prefix(1);
  request.blob = path;
  std::replace(request.blob.begin(), request.blob.end(), '\\', '/');
  // A single name that is not said to be a container is a blob of the root container.
  if (!request.container.empty() && request.blob.empty() && restype.empty() && http.method != "OPTIONS") {
    request.blob = std::exchange(request.container, "$root");
  }
  auto operation = choose_operation(request, restype, parameter(http, "comp"));
  if (!operation) return operation.failure();
  request.operation = *operation;
  return request;
}

Rest<Done> check_container_name(std::string_view name) {
  if (name == "$root" || name == "$web" || name == "$logs") return Done{};
  if (name.size() < 3 || name.size() > 63) {
    return rest_error("OutOfRangeInput", "A container's name has 3 to 63 characters.");
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool hyphen = c == '-' && i != 0 && i + 1 != name.size() && name[i - 1] != '-';
    if (!plain && !hyphen) {
      return rest_error("InvalidResourceName",
                        "A container's name has lower-case letters, digits and single hyphens between them.");
    }
  }
  return Done{};
}

Rest<Done> check_blob_name(std::string_view name) {
  if (!base::is_valid_utf8(name)) return rest_error("InvalidResourceName", "A blob's name is UTF-8.");
  if (name.size() > limits::kBlobNameBytes) {
    return rest_error("OutOfRangeInput", "A blob's name has at most 1,024 bytes.");
  }
  return Done{};
}

}  // namespace exthost::storage
