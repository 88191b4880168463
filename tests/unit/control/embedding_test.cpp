#include <span>
#include <string>

#include "emulator/base/embedded_file.h"
#include "emulator/web/assets.h"
#include "tests/support/catch.h"

namespace exthost::control {
/// Made by exthost_embed (CMakeLists.txt).
std::span<const base::EmbeddedFile> embedded_samples();
}  // namespace exthost::control

using namespace exthost;

TEST_CASE("a file of any bytes is embedded as it is") {
  const auto files = control::embedded_samples();
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "embedded/every_byte.bin");
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
  CHECK(files[0].bytes == every_byte);
  CHECK(files[1].path == "embedded/empty.txt");
  CHECK(files[1].bytes.empty());
}

TEST_CASE("pages are found by their exact path, with their type") {
  const auto page = web::find_asset("dashboard/index.html");
  REQUIRE(page);
  CHECK(page->content_type == "text/html; charset=utf-8");
  CHECK(page->bytes.substr(0, 15) == "<!doctype html>");
  CHECK(web::find_asset("dashboard/dashboard.js")->content_type == "text/javascript; charset=utf-8");
  for (const char* path :
       {"", "/", "dashboard", "dashboard/", "Dashboard/index.html", "dashboard/../dashboard/index.html"}) {
    CAPTURE(path);
    CHECK_FALSE(web::find_asset(path));
  }
}
