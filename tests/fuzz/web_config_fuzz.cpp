// A web.config, whole or broken: the setting that is found stands in the text where it is said to stand.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/result.h"
#include "emulator/base/text.h"
#include "emulator/check/web_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto mode = check::find_development_mode(text);
  if (!mode) return 0;
  EXTHOST_CHECK(base::is_valid_utf8(text));
  EXTHOST_CHECK(mode->offset <= text.size());
  EXTHOST_CHECK(base::to_lower(text).find("isdevelopmentmode") != std::string::npos);

  // A comment before it changes nothing but the place.
  const std::string comment = "<!-- <add key=\"IsDevelopmentMode\" value=\"x\"/> -->";
  const auto again = check::find_development_mode(comment + text);
  EXTHOST_CHECK(again && again->on == mode->on && again->offset == mode->offset + comment.size());
  return 0;
}
