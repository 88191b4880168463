// trustedAuthority and the merge of settings. The input is three parts with a line `---` between them: the
// authority, default.json, and portal.azure.com.json.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/json_document.h"
#include "emulator/model/environment.h"

namespace {

using namespace exthost;

constexpr std::string_view kPortal = "portal.azure.com";

std::string take_part(std::string_view& input) {
  constexpr std::string_view kSeparator = "\n---\n";
  const std::size_t end = std::min(input.find(kSeparator), input.size());
  std::string part(input.substr(0, end));
  input.remove_prefix(std::min(end + kSeparator.size(), input.size()));
  return part;
}

base::Result<model::EnvironmentConfig> load(const std::string& defaults, const std::string& over, bool deep) {
  const auto read = [&](std::string_view path) -> base::Result<std::optional<std::string>> {
    if (path == model::kDefaultEnvironmentPath) return std::optional(defaults);
    if (path == model::environment_file_path(kPortal)) return std::optional(over);
    return std::optional<std::string>();
  };
  return model::load_environment(kPortal, read, {deep, false});
}

void check_merge(const std::string& defaults, const std::string& over, bool deep) {
  const auto merged = load(defaults, over, deep);
  if (!merged) return;
  const auto settings =
      base::parse_json(merged->settings, base::JsonDialect::strict, {std::size_t{1} << 26, 64});
  EXTHOST_CHECK(settings.ok());
  for (const auto& text : {defaults, over}) {
    const auto source = base::parse_json(text, base::JsonDialect::strict);
    for (const auto& member : source.value->members)
      EXTHOST_CHECK(settings.value->find(member.key) != nullptr);
  }
  // Merged settings with nothing over them are themselves.
  const auto again = load(merged->settings, "{}", deep);
  EXTHOST_CHECK(!again || again->settings == merged->settings);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string authority = take_part(input);
  const std::string defaults = take_part(input);

  const std::string host = model::normalise_authority(authority, kPortal);
  EXTHOST_CHECK(model::normalise_authority(host, kPortal) == host);
  EXTHOST_CHECK(host.find_first_of("/\\:%?#") == std::string::npos);
  check_merge(defaults, std::string(input), false);
  check_merge(defaults, std::string(input), true);
  return 0;
}
