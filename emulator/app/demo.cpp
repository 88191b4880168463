#include "emulator/app/demo.h"

#include <span>
#include <system_error>

#include "emulator/app/settings_file.h"
#include "emulator/base/embedded_file.h"
#include "emulator/base/file.h"
#include "emulator/model/codes.h"

namespace exthost::app {

/// Defined by the source that CMakeLists.txt has made of fixtures/demo.
std::span<const base::EmbeddedFile> demo_files();

base::Result<void> unpack_demo(const std::filesystem::path& folder) {
  std::error_code fault;
  if (std::filesystem::exists(folder / kSettingsFileName, fault)) return {};
  const auto fail = [&](std::string message) {
    return base::Error{base::ErrorKind::unavailable, "the sample cannot be written: " + std::move(message),
                       std::string(model::codes::kStateUnwritable)};
  };
  // The settings file comes last: a folder that has it is complete.
  for (const bool settings : {false, true}) {
    for (const base::EmbeddedFile& file : demo_files()) {
      if ((file.path == kSettingsFileName) != settings) continue;
      const std::filesystem::path target = folder / file.path;
      std::filesystem::create_directories(target.parent_path(), fault);
      if (fault) return fail(target.parent_path().string() + ": " + fault.message());
      if (auto written = base::write_file(target, file.bytes, base::Durability::process, 0644); !written) {
        return fail(written.error().message);
      }
    }
  }
  return {};
}

}  // namespace exthost::app
