// SDK builds and the metadata that names one: what is read reads back, and compatibility is judged of every
// build.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/model/compatibility.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost::model;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check = [](const SdkBuild& build) {
    EXTHOST_CHECK(build.parts.size() >= 2 && build.parts.size() <= 8);
    const auto again = parse_sdk_build(build.text);
    EXTHOST_CHECK(again && *again == build && again->text == build.text);
    const std::chrono::sys_days deployed(std::chrono::days(20'000));
    const auto last =
        judge_compatibility(build, deployed, deployed + std::chrono::days(compatibility_days(build)));
    EXTHOST_CHECK(last.state == CompatibilityState::expires_soon && last.days_left == 0 && last.problem);
  };
  if (const auto build = parse_sdk_build(text)) check(*build);
  if (const auto build = find_sdk_build(text)) check(*build);
  return 0;
}
