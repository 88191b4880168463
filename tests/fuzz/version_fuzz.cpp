// Names of versions and hosting services: what is accepted can stand in a path, a URL and a host name.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/model/version.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost::model;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (check_version_name(text)) {
    EXTHOST_CHECK(!text.empty() && text.size() <= 128);
    EXTHOST_CHECK(text.find_first_of("/\\:*?\"<>| %") == std::string_view::npos);
    EXTHOST_CHECK(text.find("..") == std::string_view::npos && text.front() != '.' && text.back() != '.');
    EXTHOST_CHECK(to_build_stamp(text).find('.') == std::string::npos);
    EXTHOST_CHECK(mint_version(text, "1", {std::string(text) + ".1"}) == std::string(text) + ".1-2");
  }
  if (const auto name = check_hosting_service_name(text)) {
    EXTHOST_CHECK(name->size() == size && *name != "api");
    EXTHOST_CHECK(check_hosting_service_name(*name) && *check_hosting_service_name(*name) == *name);
  }
  return 0;
}
