#include "emulator/app/page_wiring.h"

#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {

model::Problem problem_for_page(const base::Error& error, const std::vector<std::string>& output) {
  const model::CodeEntry* entry = model::find_code(error.code);
  std::string frame;
  for (const std::string& line : output) frame += line + "\n";
  return {model::Severity::error,
          error.code,
          error.message,
          entry == nullptr ? std::string() : std::string(entry->remedy),
          {},
          std::move(frame)};
}

std::string describe_pages(const hosting::PageCounts& counts) {
  std::string text;
  if (counts.reloaded > 0) text += " · reloaded " + base::counted(counts.reloaded, "tab");
  if (counts.restyled > 0) text += " · restyled " + base::counted(counts.restyled, "tab");
  return text;
}

}  // namespace exthost::app
