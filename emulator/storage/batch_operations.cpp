#include "emulator/base/text.h"
#include "emulator/http/response_head.h"
#include "emulator/storage/batch_document.h"
#include "emulator/storage/blob_service.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"

namespace exthost::storage {
namespace {

/// A sub-request arrives as its batch did, with headers of its own.
http::Request request_of(const http::Request& batch, const BatchPart& part) {
  http::Request request;
  request.method = part.method;
  request.headers = part.headers;
  request.secure = batch.secure;
  request.host = batch.host;
  request.production_host = batch.production_host;
  request.port = batch.port;
  request.remote = batch.remote;
  request.content_length = 0;
  return request;
}

/// The sub-request's path in the two dialects that clients write beside a path-style URL: JavaScript and .NET
/// name the account in it, Python does not.
struct SubPath {
  std::string with_account;
  std::string without_account;
};

SubPath paths_of(const RestRequest& batch, const std::string& target) {
  if (!batch.path_style) return {target, target};
  const std::string account = "/" + batch.account;
  const bool names_account =
      target.substr(0, account.size()) == account && target.substr(account.size(), 1) == "/";
  if (names_account) return {target, target.substr(account.size())};
  return {account + target, target};
}

/// Of what `http.target` asks for, only what a batch may hold.
Rest<RestRequest> read_sub_request(const RestRequest& batch, const http::Request& http) {
  auto request = read_request(http);
  if (!request) return request;
  if (request->operation != Operation::delete_blob && request->operation != Operation::set_blob_tier) {
    return rest_error("InvalidInput", "A batch holds Delete Blob and Set Blob Tier only, not " +
                                          std::string(rules_of(request->operation).name) + ".");
  }
  if (!batch.container.empty() && request->container != batch.container) {
    return rest_error("InvalidInput",
                      "This batch is for blobs of the container '" + batch.container + "' only.");
  }
  return request;
}

http::Response perform(const OperationContext& context, const BatchPart& part) {
  http::Request http = request_of(context.request.http, part);
  const auto refuse = [&](std::string_view why) {
    return context.dispatch(http, rest_error("InvalidUri", std::string(why) + "."));
  };
  if (part.target.front() != '/') return refuse("A sub-request has a path that begins with '/', and no host");
  const SubPath paths = paths_of(context.request, part.target);
  auto target = http::parse_target(paths.with_account, BlobService::target_rules());
  if (!target) return refuse(target.error().message);
  http.target = std::move(*target);
  auto request = read_sub_request(context.request, http);
  if (request) {
    request->also_signed_path = paths.without_account.substr(0, paths.without_account.find('?'));
  }
  return context.dispatch(http, request);
}

}  // namespace

Answer batch(const OperationContext& context) {
  auto boundary = read_boundary(context.headers().value("Content-Type"));
  if (!boundary) return rest_error("InvalidHeaderValue", boundary.error().message);
  auto document = read_document(context.request.http, limits::kBatchBytes);
  if (!document) return document.failure();
  auto parts = read_batch(*document, *boundary);
  if (!parts) return rest_error("InvalidInput", parts.error().message);

  const std::string answer_boundary = "batchresponse_" + context.ids.uuid();
  const auto version = context.headers().get("x-ms-version");
  std::string body;
  for (const BatchPart& part : *parts) {
    http::Response response = perform(context, part);
    // The batch's version is that of all in it.
    if (version) response.headers.set("x-ms-version", std::string(*version));
    body += "--" + answer_boundary + "\r\nContent-Type: application/http\r\n";
    if (!part.content_id.empty()) body += "Content-ID: " + part.content_id + "\r\n";
    body += "\r\n" + http::make_response_head(response, http::BodyFraming::length, true, 1);
    if (auto text = http::body_text(response.body)) body += *text;
    body += "\r\n";
  }
  body += "--" + answer_boundary + "--\r\n";
  http::Response response;
  response.status = 202;
  response.headers.set("Content-Type", "multipart/mixed; boundary=" + answer_boundary);
  response.body = std::move(body);
  return response;
}

}  // namespace exthost::storage
