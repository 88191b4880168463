#include "emulator/watch/config_history.h"

#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::watch;

namespace {

std::string config(const std::string& stage1, const std::string& stage2, const std::string& dev = "") {
  return R"({"$version": "3", "stage1": ")" + stage1 + R"(", "stage2": ")" + stage2 + "\"" +
         (dev.empty() ? "" : R"(, "dev": ")" + dev + "\"") + "}";
}

/// A history of these texts, one a second.
struct History {
  std::vector<SeenConfig> seen;

  bool add(const std::string& text, std::size_t kept = kKeptConfigs) {
    const base::WallTime now{std::chrono::seconds(static_cast<long>(seen.size()))};
    return remember_config(seen, {now, text}, kept);
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const SeenConfig& one : seen) texts.push_back(one.text);
    return texts;
  }
  /// The text before the last change of these names, or nothing.
  std::string before(const std::vector<std::string>& names) const {
    const SeenConfig* found =
        before_last_change(seen, seen.back().text, names, [](const std::string&) { return true; });
    return found == nullptr ? "" : found->text;
  }
};

}  // namespace

TEST_CASE("what is there already and what is no config at all are not remembered") {
  History history;
  CHECK(history.add(config("1", "1")));
  CHECK_FALSE(history.add(config("1", "1")));
  CHECK_FALSE(history.add("{\"stage1\": \"1\",}"));
  CHECK_FALSE(history.add("[]"));
  CHECK(history.add(config("2", "1")));
  CHECK(history.seen.size() == 2);
}

TEST_CASE("names go back to the text before the last change of any of them") {
  History history;
  history.add(config("1", "1"));
  history.add(config("2", "1"));
  history.add(config("2", "2"));
  history.add(config("2", "2", "9"));
  CHECK(history.before({"stage1", "stage2"}) == config("2", "1"));
  CHECK(history.before({"stage2"}) == config("2", "1"));
  CHECK(history.before({"stage1"}) == config("1", "1"));
  CHECK(history.before({"stage3"}).empty());
}

TEST_CASE("going back twice goes forward again") {
  History history;
  history.add(config("1", "1"));
  history.add(config("2", "1"));
  history.add(config("2", "2"));
  history.add(history.before({"stage1", "stage2"}));
  CHECK(history.before({"stage1", "stage2"}) == config("2", "2"));
  history.add(history.before({"stage1", "stage2"}));
  CHECK(history.before({"stage1", "stage2"}) == config("2", "1"));
}

TEST_CASE("a text that cannot be used now is passed over") {
  History history;
  history.add(config("1", "1"));
  history.add(config("bad", "1"));
  history.add(config("2", "1"));
  const SeenConfig* found =
      before_last_change(history.seen, config("2", "1"), {"stage1"},
                         [](const std::string& text) { return text.find("bad") == std::string::npos; });
  REQUIRE(found != nullptr);
  CHECK(found->text == config("1", "1"));
}

TEST_CASE("a name that changes with every save takes no room from a stage that changed long ago") {
  History history;
  history.add(config("1", "1", "0"));
  history.add(config("1", "2", "0"));
  for (int i = 1; i <= 50; ++i) history.add(config("1", "2", std::to_string(i)), 5);
  CHECK(history.seen.size() == 5);
  CHECK(history.before({"stage2"}) == config("1", "1", "0"));
  CHECK(history.before({"dev"}) == config("1", "2", "49"));
}

TEST_CASE("past the limit the oldest text goes that no name needs") {
  History history;
  for (const char* version : {"1", "2", "3", "4"}) history.add(config(version, "1"), 3);
  CHECK(history.texts() == std::vector<std::string>{config("2", "1"), config("3", "1"), config("4", "1")});
}
