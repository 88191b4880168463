#include "emulator/hosting/inflated_files.h"

#include <string>

#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

std::shared_ptr<const package::Package> package_with(const std::string& text) {
  const auto zip = std::make_shared<const std::string>(
      zip_of({{"Content/app.js", text}, {"Content/large.js", std::string(200'000, 'x')}}));
  auto opened = package::Package::open(zip, *zip);
  REQUIRE(opened);
  return *opened;
}

http::Slice slice_of(const InflatedFiles& files, const std::shared_ptr<const package::Package>& package,
                     const char* name) {
  const package::Entry* entry = package->find(name);
  REQUIRE(entry != nullptr);
  const auto bytes = files.bytes_of(package, *entry);
  REQUIRE(bytes);
  return *bytes;
}

}  // namespace

TEST_CASE("a small file that is asked for again is not inflated again, a large one is") {
  const InflatedFiles files;
  const auto package = package_with(std::string(5000, 'a'));
  const http::Slice first = slice_of(files, package, "Content/app.js");
  CHECK(first.bytes == std::string(5000, 'a'));
  CHECK(slice_of(files, package, "Content/app.js").bytes.data() == first.bytes.data());

  const http::Slice large = slice_of(files, package, "Content/large.js");
  CHECK(large.bytes == std::string(200'000, 'x'));
  CHECK(slice_of(files, package, "Content/large.js").bytes.data() != large.bytes.data());
}

TEST_CASE("a package is not kept alive, and one in its place has its own files") {
  const InflatedFiles files;
  for (int round = 0; round < 50; ++round) {
    const std::string text(4000, static_cast<char>('a' + round % 26));
    std::weak_ptr<const package::Package> gone;
    {
      const auto package = package_with(text);
      gone = package;
      CHECK(slice_of(files, package, "Content/app.js").bytes == text);
      CHECK(slice_of(files, package, "Content/app.js").bytes == text);
    }
    CHECK(gone.expired());
  }
}
