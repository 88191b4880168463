#include "emulator/storage/sas.h"

#include <charconv>
#include <chrono>

#include "emulator/base/text.h"

namespace exthost::storage {
namespace {

// What is signed, line by line.
class Lines {
 public:
  Lines() { text_.reserve(kUsualBytes); }
  Lines& add(std::string_view line) {
    if (!first_) text_ += '\n';
    first_ = false;
    text_ += line;
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  static constexpr std::size_t kUsualBytes = 256;
  std::string text_;
  bool first_ = true;
};

bool has_any(std::string_view held, std::string_view wanted) {
  return held.find_first_of(wanted) != std::string_view::npos;
}

// IPv4 addresses compare as numbers; anything else can't be in a range.
std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  const auto parts = base::split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t address = 0;
  for (const std::string& part : parts) {
    unsigned number = 0;
    const auto result = std::from_chars(part.data(), part.data() + part.size(), number);
    if (part.empty() || result.ec != std::errc() || result.ptr != part.data() + part.size() || number > 255) {
      return std::nullopt;
    }
    address = (address << 8) | number;
  }
  return address;
}

bool address_allowed(std::string_view allowed, std::string_view remote) {
  const auto address = parse_ipv4(remote);
  const std::size_t hyphen = allowed.find('-');
  const auto first = parse_ipv4(allowed.substr(0, hyphen));
  const auto last = hyphen == std::string_view::npos ? first : parse_ipv4(allowed.substr(hyphen + 1));
  return address && first && last && *first <= *address && *address <= *last;
}

Rest<Done> check_period(const SasToken& token, base::WallTime now) {
  const auto expiry = base::parse_iso8601(token.expiry);
  if (!expiry)
    return rest_error("AuthorizationFailure", "The signature's expiry (se) is missing or is not a time.");
  if (now >= *expiry)
    return rest_error("AuthorizationFailure", "The signature expired at " + token.expiry + ".");
  if (token.start.empty()) return Done{};
  const auto start = base::parse_iso8601(token.start);
  if (!start) return rest_error("AuthorizationFailure", "The signature's start (st) is not a time.");
  if (now < *start)
    return rest_error("AuthorizationFailure", "The signature is valid from " + token.start + " on.");
  return Done{};
}

Rest<Done> check_permissions(const SasToken& token, const OperationRules& rules) {
  if (token.is_account()) {
    if (!has_any(token.services, "b")) return rest_error("AuthorizationServiceMismatch");
    const char type = rules.account_sas_type;
    if (type == 0 || (type != '*' && !has_any(token.types, std::string_view(&type, 1)))) {
      return rest_error("AuthorizationResourceTypeMismatch");
    }
    if (rules.account_sas == "*" || has_any(token.permissions, rules.account_sas)) return Done{};
    return rest_error("AuthorizationPermissionMismatch");
  }
  if (rules.container_sas_only && token.resource != "c")
    return rest_error("AuthorizationFailure", "It takes a container's SAS.");
  if (has_any(token.permissions, rules.service_sas)) return Done{};
  return rest_error("AuthorizationPermissionMismatch");
}

}  // namespace

Rest<std::optional<SasToken>> read_sas(const http::Target& target) {
  if (!target.parameter("sig")) return std::optional<SasToken>();
  SasToken token;
  const std::pair<std::string_view, std::string*> fields[] = {
      {"sv", &token.version},       {"sr", &token.resource},       {"ss", &token.services},
      {"srt", &token.types},        {"sp", &token.permissions},    {"st", &token.start},
      {"se", &token.expiry},        {"si", &token.identifier},     {"sip", &token.addresses},
      {"spr", &token.protocols},    {"ses", &token.scope},         {"rscc", &token.cache_control},
      {"rscd", &token.disposition}, {"rsce", &token.encoding},     {"rscl", &token.language},
      {"rsct", &token.type},        {"snapshot", &token.snapshot}, {"sig", &token.signature},
  };
  for (const auto& [name, field] : fields) {
    bool given = false;
    for (const http::QueryParameter& parameter : target.query) {
      if (parameter.name.size() != name.size() || !base::equals_ignoring_case(parameter.name, name)) continue;
      if (given) {
        return rest_error("AuthorizationFailure",
                          "The query parameter " + std::string(name) + " is given twice.");
      }
      given = true;
      *field = parameter.value;
    }
  }
  return std::optional(std::move(token));
}

std::string account_sas_string_to_sign(const SasToken& token, std::string_view account) {
  Lines lines;
  lines.add(account).add(token.permissions).add(token.services).add(token.types);
  lines.add(token.start).add(token.expiry).add(token.addresses).add(token.protocols).add(token.version);
  if (token.version >= "2020-12-06") lines.add(token.scope);
  return lines.add("").take();
}

std::string service_sas_string_to_sign(const SasToken& token, const BlobId& blob) {
  std::string resource = "/blob/" + blob.account + "/" + blob.container;
  if (token.resource != "c") resource += "/" + blob.name;
  Lines lines;
  lines.add(token.permissions).add(token.start).add(token.expiry).add(resource);
  lines.add(token.identifier).add(token.addresses).add(token.protocols).add(token.version);
  if (token.version >= "2018-11-09") {
    lines.add(token.resource).add(token.resource == "bs" ? std::string_view(token.snapshot) : "");
  }
  if (token.version >= "2020-12-06") lines.add(token.scope);
  lines.add(token.cache_control).add(token.disposition).add(token.encoding);
  return lines.add(token.language).add(token.type).take();
}

Rest<Done> check_sas(const SasToken& token, const RestRequest& request, base::WallTime now) {
  if (auto period = check_period(token, now); !period) return period;
  if (token.protocols == "https" && !request.http.secure) return rest_error("AuthorizationProtocolMismatch");
  if (!token.addresses.empty() && !address_allowed(token.addresses, request.http.remote)) {
    return rest_error("AuthorizationSourceIPMismatch");
  }
  return check_permissions(token, rules_of(request.operation));
}

Rest<SasToken> with_policy(SasToken token, const std::vector<StoredPolicy>& policies) {
  for (const StoredPolicy& policy : policies) {
    if (policy.id != token.identifier) continue;
    const std::pair<std::string*, const std::string*> fields[] = {{&token.start, &policy.start},
                                                                  {&token.expiry, &policy.expiry},
                                                                  {&token.permissions, &policy.permission}};
    for (const auto& [given, stored] : fields) {
      if (stored->empty()) continue;
      if (!given->empty()) {
        return rest_error("AuthorizationFailure",
                          "The signature and its stored access policy set the same field.");
      }
      *given = *stored;
    }
    return token;
  }
  return rest_error("AuthorizationFailure", "There is no stored access policy '" + token.identifier + "'.");
}

}  // namespace exthost::storage
