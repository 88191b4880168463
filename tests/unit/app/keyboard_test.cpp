#include "emulator/app/keyboard.h"

#include <sstream>

#include "emulator/app/browser.h"
#include "emulator/app/key_commands.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::app;

TEST_CASE("keys are single presses; function keys, keys with Alt and pasted text are none") {
  CHECK(keys_in("q") == "q");
  CHECK(keys_in("tT") == "tT");
  CHECK(keys_in("\x1b[A") == "");
  CHECK(keys_in("\x1b[1;5Cs") == "s");
  CHECK(keys_in("s\x1bOPs") == "ss");
  CHECK(keys_in("\x1bq") == "");
  CHECK(keys_in("\x1b") == "");
  CHECK(keys_in("\x1b[1") == "");
  CHECK(keys_in("\n \t\x7f\xc3\xa4") == "");
  CHECK(keys_in("quiet") == "");
}

TEST_CASE("BROWSER lists commands to try, each with the URL where it says or at its end") {
  using Commands = std::vector<std::vector<std::string>>;
  const std::string url = "http://localhost:1/#t=2";
  CHECK(browser_commands("", url) == Commands{{"xdg-open", url}});
  CHECK(browser_commands("firefox --new-tab:w3m", url) ==
        Commands{{"firefox", "--new-tab", url}, {"w3m", url}});
  CHECK(browser_commands(":open --url=%s -g:", url) == Commands{{"open", "--url=" + url, "-g"}});
}

TEST_CASE("a build server is known by what it sets, and gets no browser") {
  std::string set, value;
  const Environment environment = [&](const char* name) { return name == set ? value.c_str() : nullptr; };
  CHECK_FALSE(is_ci(environment));
  CHECK(may_open_browser(environment));
  for (const std::string name : {"CI", "TF_BUILD", "GITHUB_ACTIONS"}) {
    set = name;
    value = "true";
    CHECK(is_ci(environment));
    CHECK_FALSE(may_open_browser(environment));
    for (const std::string no : {"", "0", "False"}) {
      value = no;
      CHECK_FALSE(is_ci(environment));
    }
  }
  set = "EXTHOST_EMU_NO_BROWSER";
  value = "1";
  CHECK_FALSE(is_ci(environment));
  CHECK_FALSE(may_open_browser(environment));
}

TEST_CASE("a key does what its verb does, until the end") {
  std::vector<std::string> done;
  bool watched = true;
  std::ostringstream text;
  Terminal out(text, {true, false, true});
  KeyCommands keys({[&](std::vector<std::string> verb) {
                      std::string line;
                      for (const std::string& word : verb) line += word + ";";
                      done.push_back(line);
                    },
                    [&] {
                      done.push_back("rebuild");
                      return watched;
                    },
                    [&] { done.push_back("quit"); }},
                   out);
  for (const char key : std::string("stTrxfodqz")) keys.press(key);
  CHECK(done == std::vector<std::string>{"sync;", "clock;advance;1m;", "clock;advance;30m;", "rebuild",
                                         "explain;", "incidents;list;--state;open;", "open;portal;",
                                         "open;dashboard;", "quit"});
  watched = false;
  keys.press('r');
  CHECK_THAT(text.str(), ContainsSubstring("no source folder is watched"));
  keys.press('h');
  CHECK_THAT(text.str(), ContainsSubstring("q  end the emulator"));
  const std::size_t before = done.size();
  keys.end();
  for (const char key : std::string("srq")) keys.press(key);
  CHECK(done.size() == before);
  CHECK(KeyCommands::summary(out) ==
        "press h for help · o portal · d dashboard · s sync · t +1 min · x explain · q quit");
}
