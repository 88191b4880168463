// Request targets: whatever a client sends, a path that is let through stays below the root and holds nothing
// that a file name, a header or a log could trip over.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/text.h"
#include "emulator/http/message.h"

namespace {

using namespace exthost;

void check(std::string_view raw, const http::TargetRules& rules) {
  const base::Result<http::Target> target = http::parse_target(raw, rules);
  if (!target) {
    EXTHOST_CHECK(target.error().kind == base::ErrorKind::invalid_input);
    return;
  }
  const std::string& path = target->path;
  EXTHOST_CHECK(!path.empty() && path.front() == '/');
  EXTHOST_CHECK(base::is_valid_utf8(path));
  EXTHOST_CHECK(path.find('\\') == std::string::npos);
  for (const char c : path) EXTHOST_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  for (const std::string& segment : base::split(path, '/')) EXTHOST_CHECK(segment != "." && segment != "..");
  EXTHOST_CHECK(target->raw == raw);
  EXTHOST_CHECK(target->raw_path.size() + target->raw_query.size() <= raw.size());

  // Written out again and read back, a path is the same: nothing is decoded twice.
  const base::Result<http::Target> again = http::parse_target(base::percent_encode(path, "/"), {});
  EXTHOST_CHECK(again && again->path == path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  check(raw, {});
  check(raw, {true, true});
  return 0;
}
