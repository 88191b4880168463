#include "emulator/storage/shared_key.h"

#include <algorithm>
#include <map>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"

namespace exthost::storage {
namespace {

std::string canonical_headers(const http::Headers& headers) {
  std::map<std::string, std::string> canonical;
  for (const http::Header& header : headers.all()) {
    std::string name = base::to_lower(header.name);
    if (name.substr(0, 5) != "x-ms-") continue;
    const std::string value(base::trim(header.value));
    const auto [at, is_new] = canonical.emplace(std::move(name), value);
    if (!is_new) at->second += "," + value;
  }
  std::string text;
  for (const auto& [name, value] : canonical) text += name + ":" + value + "\n";
  return text;
}

std::string canonical_query(const std::vector<http::QueryParameter>& query) {
  std::map<std::string, std::vector<std::string>> canonical;
  for (const http::QueryParameter& parameter : query) {
    canonical[base::to_lower(parameter.name)].push_back(parameter.value);
  }
  std::string text;
  for (auto& [name, values] : canonical) {
    std::sort(values.begin(), values.end());
    text += "\n" + name + ":";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ",") + values[i];
  }
  return text;
}

}  // namespace

std::string shared_key_string_to_sign(const http::Request& request, std::string_view account,
                                      std::string_view path) {
  const http::Headers& headers = request.headers;
  const auto value = [&](std::string_view name) { return std::string(base::trim(headers.value(name))); };
  const std::string length = value("Content-Length") == "0" ? "" : value("Content-Length");
  const std::string date = headers.get("x-ms-date") ? "" : value("Date");
  std::string text = request.method + "\n";
  for (const std::string& line :
       {value("Content-Encoding"), value("Content-Language"), length, value("Content-MD5"),
        value("Content-Type"), date, value("If-Modified-Since"), value("If-Match"), value("If-None-Match"),
        value("If-Unmodified-Since"), value("Range")}) {
    text += line + "\n";
  }
  text += canonical_headers(headers);
  text.append("/").append(account).append(path);
  return text + canonical_query(request.target.query);
}

std::vector<std::string> shared_key_strings_to_sign(const RestRequest& request) {
  const std::string& path = request.http.target.raw_path;
  std::vector<std::string> strings{shared_key_string_to_sign(request.http, request.account, path)};
  if (!request.also_signed_path.empty()) {
    strings.push_back(shared_key_string_to_sign(request.http, request.account, request.also_signed_path));
  }
  if (!request.secondary) return strings;
  const std::string suffixed = request.account + "-secondary";
  strings.push_back(shared_key_string_to_sign(request.http, suffixed, path));
  if (request.path_style) {
    const std::string primary_path =
        "/" + request.account + path.substr(std::min(path.size(), suffixed.size() + 1));
    strings.push_back(shared_key_string_to_sign(request.http, request.account, primary_path));
  }
  return strings;
}

bool is_signed_by(const std::vector<std::string>& keys, std::string_view message,
                  std::string_view signature) {
  const auto given = base::base64_decode(signature);
  if (!given) return false;
  bool found = false;
  for (const std::string& key : keys) {
    found |= base::equal_in_constant_time(base::hmac_sha256(key, message), *given);
  }
  return found;
}

}  // namespace exthost::storage
