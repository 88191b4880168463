// Settings files, ours and devServerConfig.json: problems name the file, and the same text gives the same
// answer.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/app/dev_server_config.h"
#include "emulator/app/settings_file.h"
#include "emulator/base/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  app::Settings settings;
  const auto problems = app::read_settings(text, "exthost-emu.json", "/project", settings);
  for (const model::Problem& problem : problems) EXTHOST_CHECK(!problem.message.empty());
  app::Settings again;
  EXTHOST_CHECK(app::read_settings(text, "exthost-emu.json", "/project", again).size() == problems.size());
  EXTHOST_CHECK(again.extensions.size() == settings.extensions.size() && again.origins == settings.origins);
  app::Settings tool;
  const auto of_tool = app::read_dev_server_config(text, "devServerConfig.json", "/project", tool);
  EXTHOST_CHECK(model::has_errors(of_tool) ||
                (tool.extensions.size() == 1 && tool.extensions.front().source));
  if (model::has_errors(problems)) return 0;
  for (const app::ExtensionSettings& extension : settings.extensions) EXTHOST_CHECK(!extension.name.empty());
  return 0;
}
