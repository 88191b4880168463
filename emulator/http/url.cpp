#include "emulator/http/url.h"

#include <algorithm>
#include <optional>

#include "emulator/base/text.h"
#include "emulator/http/gate.h"

namespace exthost::http {

base::Result<Url> parse_url(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return base::Error{base::ErrorKind::invalid_input, "'" + std::string(text) + "' " + why, ""};
  };
  const bool clean = std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
  });
  if (!clean)
    return base::Error{base::ErrorKind::invalid_input, "a URL must not contain spaces or control characters",
                       ""};

  Url url;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return refuse("is not an absolute URL");
  const std::string scheme = base::to_lower(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") return refuse("is neither an http nor an https URL");
  url.secure = scheme == "https";

  const std::string_view rest = text.substr(colon + 3, text.find('#', colon) - colon - 3);
  const std::size_t target = std::min(rest.find_first_of("/?"), rest.size());
  const std::optional<HostAndPort> host = parse_host(rest.substr(0, target));
  if (!host) return refuse("does not name a host");
  url.host = host->name;
  url.port = host->port.value_or(url.secure ? 443 : 80);
  if (url.port == 0) return refuse("names port 0, which nothing listens on");
  url.target = std::string(rest.substr(target));
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  return url;
}

}  // namespace exthost::http
