// A testExtensions value, raw and decoded: its end lies in the text, and what is taken has a usable name.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/model/test_extensions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost::model;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string_view separators : {"&", "?&"}) {
    const std::size_t length = test_extensions_length(text, separators);
    EXTHOST_CHECK(length <= size);
    EXTHOST_CHECK(length == size || separators.find(text[length]) != std::string_view::npos);
  }
  PortalUrl url;
  read_test_extensions(text, url);
  EXTHOST_CHECK(!url.test_extensions.empty() || !url.problems.empty() ||
                text.find('{') != std::string_view::npos);
  for (const auto& extension : url.test_extensions)
    EXTHOST_CHECK(check_extension_name(extension.name).has_value());
  return 0;
}
