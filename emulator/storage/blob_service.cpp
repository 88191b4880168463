#include "emulator/storage/blob_service.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>

#include "emulator/base/text.h"
#include "emulator/http/conditions.h"
#include "emulator/storage/authorization.h"
#include "emulator/storage/cors.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/service_properties.h"
#include "emulator/storage/tag_query.h"
#include "emulator/storage/website.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kDefaultVersion =
    "2021-12-02";  // where a request names none, as anonymous ones do
constexpr std::string_view kServer = "exthost-emu-Blob/1.0";
constexpr std::string_view kWebServer = "exthost-emu-Web/1.0";
constexpr std::size_t kClientRequestIdBytes = 1024;  // Azure echoes no more

// `2021-12-02`, of any year: newer SDKs than this program must work.
bool is_version(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 4 || i == 7;
    if (hyphen ? text[i] != '-' : std::isdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

bool takes_snapshot(Operation operation) {
  constexpr Operation kOperations[] = {Operation::get_blob,          Operation::get_blob_properties,
                                       Operation::get_blob_metadata, Operation::get_block_list,
                                       Operation::delete_blob,       Operation::set_blob_tier};
  return std::find(std::begin(kOperations), std::end(kOperations), operation) != std::end(kOperations);
}

// What a request asks for beside its operation and this service does not do. Passing it over in silence would
// act on another thing than the one that was named.
std::optional<RestError> refuse_unsupported(const RestRequest& request) {
  if (request.blob.empty()) return std::nullopt;
  if (!request.http.target.parameter("versionid").value_or("").empty()) {
    return rest_error("BlobNotFound", "This emulator keeps no versions of blobs.");
  }
  if (!request.http.target.parameter("deletetype").value_or("").empty()) {
    return rest_error("InvalidQueryParameterValue",
                      "This emulator deletes nothing that is soft-deleted ahead of its time.");
  }
  const std::string_view snapshot = request.http.target.parameter("snapshot").value_or("");
  if (!snapshot.empty() && !takes_snapshot(request.operation)) {
    return rest_error("InvalidQueryParameterValue", "This operation does not take a snapshot.");
  }
  if (!snapshot.empty() && !base::parse_iso8601(snapshot)) {
    return rest_error("InvalidQueryParameterValue", "snapshot is a time as 2026-11-20T15:16:38.0400000Z.");
  }
  if (const auto tags = base::trim(request.http.headers.value("x-ms-if-tags")); !tags.empty()) {
    const auto query = parse_tag_query(tags, TagQueryUse::condition);
    if (!query) return rest_error("InvalidHeaderValue", query.error().message);
  }
  return std::nullopt;
}

}  // namespace

class BlobService::Impl {
 public:
  Impl(BlobStore& store, Accounts accounts, const base::Clock& clock, base::IdSource& ids,
       std::shared_ptr<spdlog::logger> log, BlobServiceOptions options)
      : store_(store),
        accounts_(std::move(accounts)),
        clock_(clock),
        ids_(ids),
        log_(std::move(log)),
        options_(options),
        authorizer_(store_, accounts_, options_.clients_clock != nullptr ? *options_.clients_clock : clock_,
                    log_) {}

  bool may_block(const http::Request& http) const {
    if (!is_read(http)) return true;
    if (http.headers.get("x-ms-range-get-content-md5") || http.headers.get("x-ms-range-get-content-crc64")) {
      return true;
    }
    if (read_account(http).website) return true;  // which may look for several pages
    const auto request = read_request(http);
    if (!request) return true;
    const bool reads_blob =
        request->operation == Operation::get_blob || request->operation == Operation::get_blob_properties;
    return !reads_blob || !store_.is_near(request->container_id());
  }

  http::Response handle(const http::Request& http) {
    const base::WallTime now = clock_.now();
    if (const AskedAccount asked = read_account(http); asked.website) {
      return answer_for_website(http, asked.name, now);
    }
    std::string account;
    http::Response response = complete(http, answer_to(http, now, account), now);
    if (http.method != "OPTIONS") add_cors_headers(response.headers, http, account);
    return response;
  }

 private:
  // The answer as it goes out: an error has its body, and everything the common headers.
  http::Response complete(const http::Request& http, Answer answer, base::WallTime now) {
    const std::string request_id = ids_.uuid();
    http::Response response =
        answer ? std::move(*answer) : error_response(answer.failure(), request_id, base::to_iso8601(now));
    add_common_headers(response.headers, http, request_id);
    if (!answer) {
      log_->debug("refused: method={} path={} status={} code={}", http.method, http.target.raw_path,
                  response.status, answer.failure().code);
    }
    return response;
  }

  // `account` becomes the account asked for, once that is known to exist.
  Answer answer_to(const http::Request& http, base::WallTime now, std::string& account) {
    if (is_out(http)) return out();
    const auto version = http.headers.get("x-ms-version");
    if (version && !is_version(*version)) {
      return rest_error("InvalidHeaderValue", "x-ms-version is a date as 2021-12-02.");
    }
    auto request = read_request(http);
    if (!request) return request.failure();
    if (!accounts_.contains(request->account)) {
      return rest_error("ResourceNotFound", "There is no account '" + request->account + "' here.");
    }
    if (request->secondary && !has_secondary(request->account)) {
      return rest_error("ResourceNotFound", no_secondary(request->account));
    }
    account = request->account;
    if (request->operation == Operation::preflight) return answer_preflight_for(*request);
    return perform(*request, now);
  }

  Answer perform(const RestRequest& request, base::WallTime now) {
    auto grant = authorizer_.authorize(request);
    if (!grant) return grant.failure();
    const OperationRules& rules = rules_of(request.operation);
    if (request.secondary && rules.writes) {
      return rest_error("InsufficientAccountPermissions", "The secondary is read-only.");
    }
    if (auto refusal = refuse_unsupported(request)) return *refusal;
    if (rules.writes) {
      if (auto done = store_.forget_expired(now); !done) return rest_error(done.failure());
    }
    return act(request, *grant, now);
  }

  // Does what is allowed.
  Answer act(const RestRequest& request, const Grant& grant, base::WallTime now) {
    const Handler handler = handler_of(request.operation);
    if (handler == nullptr) {
      return rest_error("NotImplemented",
                        "This emulator does not do '" + std::string(rules_of(request.operation).name) + "'.");
    }
    const Dispatch dispatch = [&](const http::Request& http, const Rest<RestRequest>& inner) {
      return complete(http, inner ? perform(*inner, now) : Answer(inner.failure()), now);
    };
    return handler({request, grant, store_, now, options_.durability, ids_, accounts_, authorizer_,
                    options_.elsewhere, dispatch, has_secondary(request.account)});
  }

  http::Response answer_for_website(const http::Request& http, const std::string& account,
                                    base::WallTime now) {
    const auto read = [&](const RestRequest& page) { return act(page, Grant(), now); };
    Answer answer = [&]() -> Answer {
      if (is_out(http)) return out();
      if (!accounts_.contains(account))
        return rest_error("WebContentNotFound", "There is no such account here.");
      if (read_account(http).secondary && !has_secondary(account))
        return rest_error("WebContentNotFound", no_secondary(account));
      auto settings = store_.account_settings(account);
      if (!settings) return rest_error(settings.failure());
      return serve_website(http, account, website(*settings), read);
    }();
    const std::string request_id = ids_.uuid();
    http::Response response =
        answer ? std::move(*answer) : website_error(answer.failure(), request_id, base::to_iso8601(now));
    response.headers.set("Server", std::string(kWebServer));
    response.headers.set("x-ms-request-id", request_id);
    response.headers.set("x-ms-version", std::string(kDefaultVersion));
    return response;
  }

  // An endpoint that is down judges nothing: neither names nor signatures, and no page learns its CORS rules.
  bool is_out(const http::Request& http) const {
    if (options_.locations == nullptr || options_.locations->outage() == Outage::none) return false;
    const AskedAccount asked = read_account(http);
    return options_.locations->is_out(asked.name, asked.secondary);
  }

  bool has_secondary(std::string_view account) const {
    return options_.locations == nullptr || options_.locations->has_secondary(account);
  }

  static std::string no_secondary(const std::string& account) {
    return "The account '" + account + "' failed over and has no secondary endpoint until it fails back.";
  }

  static RestError out() {
    return rest_error("ServerBusy", "A storage outage is on; exthost-emu storage outage none ends it.");
  }

  Answer answer_preflight_for(const RestRequest& request) {
    auto settings = store_.account_settings(request.account);
    if (!settings) return rest_error(settings.failure());
    auto headers = answer_preflight(cors_rules(*settings), request.http.headers);
    if (!headers) return headers.failure();
    http::Response response;
    response.headers = std::move(*headers);
    return response;
  }

  void add_common_headers(http::Headers& headers, const http::Request& http,
                          const std::string& request_id) const {
    headers.set("Server", std::string(kServer));
    headers.set("x-ms-request-id", request_id);
    const auto version = http.headers.get("x-ms-version");
    headers.set("x-ms-version", std::string(version && is_version(*version) ? *version : kDefaultVersion));
    const auto client_id = http.headers.get("x-ms-client-request-id");
    if (client_id && client_id->size() <= kClientRequestIdBytes) {
      headers.set("x-ms-client-request-id", std::string(*client_id));
    }
  }

  // Without the settings there are no rules: a page then learns nothing, which is the safe side.
  void add_cors_headers(http::Headers& headers, const http::Request& http, const std::string& account) const {
    if (account.empty() || !http.headers.get("Origin")) return;
    const auto settings = store_.account_settings(account);
    if (!settings) return;
    const http::Headers allowed = cors_headers(cors_rules(*settings), http);
    for (const http::Header& header : allowed.all()) headers.set(header.name, header.value);
  }

  BlobStore& store_;
  const Accounts accounts_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  std::shared_ptr<spdlog::logger> log_;
  const BlobServiceOptions options_;
  Authorizer authorizer_;
};

BlobService::BlobService(BlobStore& store, Accounts accounts, const base::Clock& clock, base::IdSource& ids,
                         std::shared_ptr<spdlog::logger> log, BlobServiceOptions options)
    : impl_(std::make_unique<Impl>(store, std::move(accounts), clock, ids, std::move(log), options)) {}

BlobService::~BlobService() = default;

bool BlobService::may_block(const http::Request& request) const {
  return impl_->may_block(request);
}

http::Response BlobService::handle(const http::Request& request) {
  return impl_->handle(request);
}

}  // namespace exthost::storage
