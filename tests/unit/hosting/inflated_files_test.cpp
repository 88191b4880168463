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

http::Body body_of(const InflatedFiles& files, const std::shared_ptr<const package::Package>& package,
                   const char* name) {
  const package::Entry* entry = package->find(name);
  REQUIRE(entry != nullptr);
  const auto body = files.body_of(package, *entry, {0, entry->size});
  REQUIRE(body);
  return *body;
}

std::string_view bytes_of(const http::Body& body) {
  return std::get<std::vector<http::Slice>>(body).front().bytes;
}

}  // namespace

TEST_CASE("a small file that is asked for again is not inflated again, a large one is") {
  const InflatedFiles files(1u << 20);
  const auto package = package_with(std::string(5000, 'a'));
  const http::Body first = body_of(files, package, "Content/app.js");
  CHECK(bytes_of(first) == std::string(5000, 'a'));
  CHECK(bytes_of(body_of(files, package, "Content/app.js")).data() == bytes_of(first).data());

  const http::Body large = body_of(files, package, "Content/large.js");
  CHECK(bytes_of(large) == std::string(200'000, 'x'));
  const http::Body again = body_of(files, package, "Content/large.js");
  CHECK(bytes_of(again).data() != bytes_of(large).data());
}

TEST_CASE("what is longer than may be inflated at once is made when it is read") {
  const InflatedFiles files(1000);
  const auto package = package_with(std::string(500, 'a') + "middle" + std::string(5000, 'b'));
  const package::Entry* entry = package->find("Content/app.js");
  const auto body = files.body_of(package, *entry, {500, 10});
  REQUIRE(body);
  REQUIRE(std::holds_alternative<std::shared_ptr<http::BodySource>>(*body));
  CHECK(http::body_length(*body) == 10);
  CHECK(*http::body_text(*body) == "middlebbbb");
}

TEST_CASE("a package is not kept alive, and one in its place has its own files") {
  const InflatedFiles files(1u << 20);
  for (int round = 0; round < 50; ++round) {
    const std::string text(4000, static_cast<char>('a' + round % 26));
    std::weak_ptr<const package::Package> gone;
    {
      const auto package = package_with(text);
      gone = package;
      CHECK(bytes_of(body_of(files, package, "Content/app.js")) == text);
      CHECK(bytes_of(body_of(files, package, "Content/app.js")) == text);
    }
    CHECK(gone.expired());
  }
}
