#include "emulator/watch/config_edit.h"

#include "emulator/model/codes.h"
#include "emulator/watch/config_pointers.h"
#include "tests/support/catch.h"
#include "tests/support/fake_container.h"

using namespace exthost;
using namespace exthost::watch;

namespace {

/// Points `stage1` to 2.
base::Result<std::string> point(const ContainerSink::Blob* there) {
  if (there == nullptr) return std::string("{\"stage1\": \"2\"}");
  return compose_config(there->content.bytes, {{"stage1", "2"}});
}

}  // namespace

TEST_CASE("a config that is not there yet is made") {
  testing::FakeContainer container;
  const auto edited = edit_config(container, point);
  REQUIRE(edited);
  CHECK(container.blobs["config.json"] == "{\"stage1\": \"2\"}");
}

TEST_CASE("an edit that changes nothing writes nothing") {
  testing::FakeContainer container;
  container.set("config.json", "{ \"stage1\": \"2\" }");
  const auto edited = edit_config(container, point);
  REQUIRE(edited);
  CHECK(*edited == "{ \"stage1\": \"2\" }");
  CHECK(container.done.empty());
}

TEST_CASE("what another writes between the look and the edit is kept") {
  testing::FakeContainer container;
  container.set("config.json", R"({"stage1": "1", "stage2": "1"})");
  int puts = 0;
  container.failure = [&](const std::string& action) -> std::optional<base::Error> {
    if (action == "put config.json" && ++puts == 1)
      container.set("config.json", R"({"stage1": "1", "stage2": "7"})");
    return std::nullopt;
  };
  REQUIRE(edit_config(container, point));
  CHECK(container.blobs["config.json"] == R"({"stage1": "2", "stage2": "7"})");
  CHECK(puts == 2);
}

TEST_CASE("where others are always quicker the edit gives up, and says so") {
  testing::FakeContainer container;
  container.set("config.json", "{}");
  int puts = 0;
  container.failure = [&](const std::string& action) -> std::optional<base::Error> {
    if (action == "put config.json")
      container.set("config.json", "{\"a\": \"" + std::to_string(++puts) + "\"}");
    return std::nullopt;
  };
  const auto edited = edit_config(container, point);
  REQUIRE_FALSE(edited);
  CHECK(edited.error().code == model::codes::kConfigChanged);
  CHECK(edited.error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("an edit that is refused writes nothing, and says what it said") {
  testing::FakeContainer container;
  container.set("config.json", "{");
  const auto edited = edit_config(container, point);
  REQUIRE_FALSE(edited);
  CHECK(edited.error().kind == base::ErrorKind::invalid_input);
  CHECK(container.done.empty());
}
