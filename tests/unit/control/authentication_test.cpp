#include "emulator/control/authentication.h"

#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;

namespace {

const std::string kOwnOrigin = "http://localhost:14433";

/// Opens a session and returns the cookie as a browser sends it back.
std::string open_session(ControlFixture& control) {
  const auto response = control.answer(
      post("/_emu/session").header("Origin", kOwnOrigin).body(std::string(R"({"token":")") + kToken + "\"}"),
      200);
  const std::string cookie(response.headers.value("Set-Cookie"));
  return cookie.substr(0, cookie.find(';'));
}

}  // namespace

TEST_CASE("whoever is on the machine may read") {
  ControlFixture control;
  CHECK(control.answer(get("/_emu/v1/regions")).status == 200);
  CHECK(control.answer(get("/_emu/v1/regions").header("Sec-Fetch-Site", "none")).status == 200);
  CHECK(control.answer(get("/_emu/v1/regions").header("Sec-Fetch-Site", "same-origin")).status == 200);
  CHECK(control
            .answer(get("/_emu/v1/regions")
                        .header("Sec-Fetch-Site", "same-site")
                        .header("Sec-Fetch-Mode", "navigate"))
            .status == 200);
}

TEST_CASE("what changes state takes the token") {
  ControlFixture control;
  CHECK(control.problem(post("/_emu/v1/sync"), 401) == model::codes::kTokenRequired);
  CHECK(control.answer(post("/_emu/v1/sync")).headers.get("WWW-Authenticate"));
  CHECK(control.problem(post("/_emu/v1/shutdown"), 401) == model::codes::kTokenRequired);
  CHECK(control.shutdowns == 0);
  CHECK(control.answer(post("/_emu/v1/sync").token()).status == 200);
  CHECK(
      control.answer(post("/_emu/v1/sync").header("Authorization", std::string("bearer ") + kToken)).status ==
      200);
  CHECK(control.synced.size() == 2);
}

TEST_CASE("a wrong token is refused even where none is needed") {
  ControlFixture control;
  const std::string token(kToken);
  for (const std::string& wrong : {std::string(), token + "0", token.substr(1), std::string("x")}) {
    CAPTURE(wrong);
    CHECK(control.answer(post("/_emu/v1/sync").token(wrong)).status == 401);
    CHECK(control.answer(get("/_emu/v1/regions").token(wrong)).status == 401);
  }
  CHECK(control.answer(post("/_emu/v1/sync").header("Authorization", "Basic " + token)).status == 401);
  CHECK(control.answer(post("/_emu/v1/sync").header("Authorization", token)).status == 401);
  CHECK(control.synced.empty());
}

TEST_CASE("a page of another origin may not even read without the token") {
  ControlFixture control;
  const std::vector<std::pair<std::string, std::string>> signs = {{"Origin", "https://example.com"},
                                                                  {"Origin", "http://localhost:3000"},
                                                                  {"Origin", "null"},
                                                                  {"Origin", "https://localhost:14433"},
                                                                  {"Sec-Fetch-Site", "cross-site"},
                                                                  {"Sec-Fetch-Site", "same-site"},
                                                                  {"Sec-Fetch-Site", "something-new"}};
  for (const auto& [name, value] : signs) {
    CAPTURE(name, value);
    CHECK(control.answer(get("/_emu/v1/regions").header(name, value)).status == 401);
    CHECK(control.answer(get("/_emu/v1/events").header(name, value)).status == 401);
    CHECK(control.answer(get("/_emu/v1/regions").header(name, value).token()).status == 200);
  }
  CHECK(control.answer(get("/_emu/v1/regions").header("Origin", kOwnOrigin)).status == 401);
}

TEST_CASE("the dashboard trades the token for a cookie that only it can use") {
  ControlFixture control;
  const std::string cookie = open_session(control);
  CHECK(cookie.rfind("exthost_emu_14433=", 0) == 0);
  CHECK(cookie.find(kToken) == std::string::npos);
  CHECK(control.answer(post("/_emu/v1/sync").header("Origin", kOwnOrigin).header("Cookie", cookie)).status ==
        200);
  CHECK(control.answer(post("/_emu/v1/sync").header("Cookie", "a=b; " + cookie + "; c=d")).status == 200);
  CHECK(
      control.answer(get("/_emu/v1/regions").header("Origin", kOwnOrigin).header("Cookie", cookie)).status ==
      200);
  CHECK(control.synced.size() == 2);
}

TEST_CASE("another page's request is refused although the browser adds the cookie") {
  ControlFixture control;
  const std::string cookie = open_session(control);
  CHECK(
      control.answer(post("/_emu/v1/sync").header("Origin", "http://localhost:3000").header("Cookie", cookie))
          .status == 401);
  CHECK(control.answer(post("/_emu/v1/sync").header("Sec-Fetch-Site", "same-site").header("Cookie", cookie))
            .status == 401);
  CHECK(control
            .answer(post("/_emu/v1/sync")
                        .header("Sec-Fetch-Site", "same-site")
                        .header("Sec-Fetch-Mode", "navigate")
                        .header("Origin", "http://localhost:3000")
                        .header("Cookie", cookie))
            .status == 401);
  CHECK(control.synced.empty());
}

TEST_CASE("a cookie of another port or with another value opens nothing") {
  ControlFixture control;
  const std::string cookie = open_session(control);
  const std::string value = cookie.substr(cookie.find('=') + 1);
  for (const std::string& wrong :
       {"exthost_emu_14434=" + value, cookie + "0", std::string("exthost_emu_14433="),
        std::string("exthost_emu_14433=") + kToken, std::string("exthost_emu_14433")}) {
    CAPTURE(wrong);
    CHECK(control.answer(post("/_emu/v1/sync").header("Cookie", wrong)).status == 401);
  }
}

TEST_CASE("the cookie is kept from scripts and from other sites") {
  ControlFixture control;
  const auto response =
      control.answer(post("/_emu/session").body(std::string(R"({"token":")") + kToken + "\"}"), 200);
  const std::string cookie(response.headers.value("Set-Cookie"));
  CHECK_THAT(cookie, ContainsSubstring("; HttpOnly"));
  CHECK_THAT(cookie, ContainsSubstring("; SameSite=Strict"));
  CHECK_THAT(cookie, ContainsSubstring("; Path=/"));
}

TEST_CASE("no session without the token, or for another page") {
  ControlFixture control;
  const std::string right = std::string(R"({"token":")") + kToken + "\"}";
  CHECK(control.problem(post("/_emu/session").body(R"({"token":"wrong"})"), 401) ==
        model::codes::kTokenRequired);
  CHECK(control.problem(post("/_emu/session").body(R"({"token":7})"), 400) == model::codes::kBadRequestBody);
  CHECK(control.problem(post("/_emu/session").body(right, "text/plain"), 415) ==
        model::codes::kBadRequestBody);
  CHECK(control.problem(post("/_emu/session").header("Origin", "https://example.com").body(right), 401) ==
        model::codes::kTokenRequired);
  CHECK_FALSE(control.answer(post("/_emu/session").body(R"({"token":"wrong"})")).headers.get("Set-Cookie"));
}

TEST_CASE("the page itself needs nothing, so that it can ask for the token") {
  ControlFixture control;
  CHECK(control.answer(get("/").header("Sec-Fetch-Site", "cross-site").header("Sec-Fetch-Mode", "navigate"))
            .status == 200);
}
