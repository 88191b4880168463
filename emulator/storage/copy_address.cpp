#include "emulator/storage/copy_address.h"

#include <algorithm>

#include "emulator/base/text.h"
#include "emulator/http/gate.h"
#include "emulator/storage/blob_service.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kSecondary = "-secondary";

bool is_asked_listener(const http::Url& url, const http::Request& asking) {
  if (http::is_local_name(url.host) && url.port == asking.port) return true;
  const auto named = http::parse_host(asking.headers.value("Host"));
  const int default_port = asking.secure ? 443 : 80;
  return named && named->name == url.host && named->port.value_or(default_port) == url.port;
}

bool is_production_host(const std::string& host, const Accounts& accounts) {
  const auto labels = base::split(host, '.');
  if (labels.size() < 3 || labels[1] != "blob" || !http::production_name(host).empty()) return false;
  std::string_view account = labels[0];
  if (account.ends_with(kSecondary)) account.remove_suffix(kSecondary.size());
  return accounts.contains(account);
}

}  // namespace

Rest<CopyAddress> read_copy_address(std::string_view text, const http::Request& asking,
                                    const Accounts& accounts) {
  auto url = http::parse_url(text);
  if (!url) return rest_error("InvalidHeaderValue", "x-ms-copy-source is the source's absolute URL.");
  CopyAddress address;
  address.text = text;
  address.url = *std::move(url);
  if (!is_asked_listener(address.url, asking) && !is_production_host(address.url.host, accounts)) {
    return address;
  }
  auto target = http::parse_target(address.url.target, BlobService::target_rules());
  if (!target) return rest_error("InvalidHeaderValue", "x-ms-copy-source: " + target.error().message + ".");
  http::Request get;
  get.method = "GET";
  get.target = *std::move(target);
  get.secure = address.url.secure;
  get.host = address.url.host;
  get.production_host = http::production_name(get.host);
  get.port = asking.port;
  get.remote = asking.remote;
  address.here = std::move(get);
  return address;
}

std::string without_signature(std::string_view source) {
  const std::size_t question = source.find('?');
  if (question == std::string_view::npos) return std::string(source);
  std::string shown(source.substr(0, question));
  char separator = '?';
  for (const std::string& parameter : base::split(source.substr(question + 1), '&')) {
    if (base::equals_ignoring_case(parameter.substr(0, parameter.find('=')), "sig")) continue;
    shown += separator + parameter;
    separator = '&';
  }
  return shown;
}

}  // namespace exthost::storage
