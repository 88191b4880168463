#include "emulator/check/container.h"

#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/folder_container.h"
#include "emulator/check/url_container.h"
#include "emulator/http/url.h"
#include "emulator/model/codes.h"

namespace exthost::check {
namespace {

base::Error no_container(base::ErrorKind kind, std::string message) {
  return {kind, std::move(message), std::string(model::codes::kTargetMissing)};
}

base::Result<std::unique_ptr<Container>> open_url(const std::string& text) {
  const std::string shown = without_secrets(text);
  if (text.find('#') != std::string::npos) {
    return no_container(base::ErrorKind::invalid_input,
                        "'" + shown + "' has a fragment (#), which no container's URL has");
  }
  if (const auto url = http::parse_url(text); !url) {
    return no_container(base::ErrorKind::invalid_input,
                        "'" + shown + "' is no URL of a container: http or https, a host, no user name");
  }
  return std::unique_ptr<Container>(std::make_unique<UrlContainer>(text));
}

}  // namespace

bool is_url(const std::string& text) {
  const std::size_t scheme = text.find("://");
  return scheme != std::string::npos && scheme > 1 && text.find('/') == scheme + 1;
}

std::string without_secrets(const std::string& text) {
  if (!is_url(text)) return text;
  std::string shown = text.substr(0, text.find_first_of("?#"));
  const std::size_t host = shown.find("://") + 3;
  const std::size_t user_end = shown.substr(0, shown.find('/', host)).rfind('@');
  if (user_end != std::string::npos && user_end >= host) shown.erase(host, user_end + 1 - host);
  return shown;
}

base::Result<std::unique_ptr<Container>> open_container(const std::string& text,
                                                        const std::filesystem::path& folder) {
  if (is_url(text)) return open_url(text);
  const std::filesystem::path path = (folder / text).lexically_normal();
  std::error_code fault;
  const auto status = std::filesystem::status(path, fault);
  if (!std::filesystem::exists(status)) {
    return no_container(base::ErrorKind::not_found, "there is no folder '" + text + "'");
  }
  if (!std::filesystem::is_directory(status)) {
    return no_container(base::ErrorKind::invalid_input, "'" + text + "' is not a folder");
  }
  return FolderContainer::open(path, text);
}

}  // namespace exthost::check
