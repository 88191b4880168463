#include "emulator/storage/authorization.h"

#include <spdlog/spdlog.h>

#include <string>

#include "emulator/base/text.h"
#include "emulator/storage/shared_key.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kScheme = "SharedKey ";

// On one line, so that a log stays a list of lines.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

Authorizer::Authorizer(const BlobStore& store, const Accounts& accounts, const base::Clock& clock,
                       std::shared_ptr<spdlog::logger> log)
    : store_(store), accounts_(accounts), clock_(clock), log_(std::move(log)) {}

Rest<Grant> Authorizer::authorize(const RestRequest& request) const {
  if (auto authorization = request.http.headers.get("Authorization")) {
    return check_shared_key(request, base::trim(*authorization));
  }
  auto token = read_sas(request.http.target);
  if (!token) return token.failure();
  if (token->has_value()) return check_signature(request, std::move(**token));
  return check_anonymous(request);
}

Rest<Grant> Authorizer::check_shared_key(const RestRequest& request, std::string_view authorization) const {
  if (!base::begins_with_ignoring_case(authorization, kScheme)) {
    return rest_error("AuthenticationFailed", "This account takes SharedKey and shared access signatures.");
  }
  authorization.remove_prefix(kScheme.size());
  const std::size_t colon = std::min(authorization.find(':'), authorization.size());
  std::string_view account = authorization.substr(0, colon);
  const std::string_view signature = authorization.substr(std::min(colon + 1, authorization.size()));
  const std::string suffixed = request.account + "-secondary";
  if (account != request.account && !(request.secondary && account == suffixed)) {
    return rest_error("AuthenticationFailed", "The signature names another account than the URL does.");
  }
  const auto strings = shared_key_strings_to_sign(request);
  for (const std::string& string_to_sign : strings) {
    if (is_signed_by(accounts_.keys(request.account), string_to_sign, signature)) {
      return Grant{true, std::nullopt, true};
    }
  }
  log_->warn("SharedKey signature refused: method={} path={} expected_string_to_sign=\"{}\"",
             request.http.method, request.http.target.raw_path, on_one_line(strings.front()));
  return rest_error("AuthenticationFailed");
}

Rest<Grant> Authorizer::check_signature(const RestRequest& request, SasToken token) const {
  const std::string string_to_sign = token.is_account()
                                         ? account_sas_string_to_sign(token, request.account)
                                         : service_sas_string_to_sign(token, request.blob_id());
  if (!is_signed_by(accounts_.keys(request.account), string_to_sign, token.signature)) {
    log_->warn("shared access signature refused: method={} path={} expected_string_to_sign=\"{}\"",
               request.http.method, request.http.target.raw_path, on_one_line(string_to_sign));
    return rest_error("AuthenticationFailed", "Signature did not match.");
  }
  if (!token.identifier.empty()) {
    auto container = store_.find_container(request.container_id());
    if (!container && container.reason() == Reason::unavailable) return rest_error(container.failure());
    auto filled =
        with_policy(std::move(token), container ? container->policies : std::vector<StoredPolicy>());
    if (!filled) return filled.failure();
    token = std::move(*filled);
  }
  if (auto allowed = check_sas(token, request, clock_.now()); !allowed) return allowed.failure();
  Grant grant;
  grant.may_overwrite = token.permissions.find('w') != std::string::npos;
  grant.sas = std::move(token);
  return grant;
}

Rest<Grant> Authorizer::check_anonymous(const RestRequest& request) const {
  const OperationRules& rules = rules_of(request.operation);
  if (rules.writes || request.container.empty()) {
    return rest_error("AuthorizationFailure",
                      std::string("Sign the request: ") + std::string(rules.name) + " is never anonymous.");
  }
  auto container = store_.find_container(request.container_id());
  if (!container && container.reason() != Reason::container_not_found) return rest_error(container.failure());
  if (!container || rules.anonymous == AccessLevel::none || container->access < rules.anonymous) {
    return rest_error("ResourceNotFound");
  }
  return Grant();
}

}  // namespace exthost::storage
