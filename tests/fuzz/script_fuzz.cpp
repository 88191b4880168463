// Scripts and pages: literals stand in order between quotes, and a call that is found has its URL in the
// text.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/check/controller_calls.h"
#include "emulator/check/script_strings.h"

namespace {

using namespace exthost;

void check_calls(const std::vector<check::ControllerCall>& calls, std::string_view text) {
  for (const check::ControllerCall& call : calls) {
    EXTHOST_CHECK(call.offset > 0 && call.offset <= text.size());
    EXTHOST_CHECK(!call.url.empty());
    EXTHOST_CHECK(text[call.offset] == call.url.front());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t last = 0;
  for (const check::ScriptString& literal : check::script_strings(text)) {
    EXTHOST_CHECK(literal.begin > last || (last == 0 && literal.begin > 0));
    EXTHOST_CHECK(literal.begin <= literal.end && literal.end <= text.size());
    const char quote = text[literal.begin - 1];
    EXTHOST_CHECK(quote == '"' || quote == '\'' || quote == '`');
    last = literal.end;
  }
  check_calls(check::relative_controller_calls(text), text);
  check_calls(check::relative_controller_calls_in_page(text), text);
  return 0;
}
