#include "emulator/storage/outage.h"

#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

/// The fixture's account behind a switch.
struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("open", AccessLevel::container);
    put("open", "a", "abc");
  }
  http::Response ask(const HttpRequest& request) { return switched.handle(request); }
  int read_at(const std::string& account) {
    return ask(HttpRequest("GET", "/" + account + "/open/a")).status;
  }

  Locations locations;
  BlobService switched{
      *store, accounts, clock, ids, std::make_shared<spdlog::logger>("test"), {.locations = &locations}};
};

}  // namespace

TEST_CASE("An outage has a name, and nothing else is one") {
  for (const Outage outage : {Outage::none, Outage::primary, Outage::secondary, Outage::both}) {
    CHECK(parse_outage(to_string(outage)) == outage);
  }
  for (const char* text : {"", "Primary", "all", "primary "}) CHECK_FALSE(parse_outage(text));
}

TEST_CASE_METHOD(Fixture, "An endpoint that is out answers 503, and the other one goes on") {
  struct Case {
    Outage outage;
    int primary, secondary;
  };
  for (const Case& c : {Case{Outage::none, 200, 200}, Case{Outage::primary, 503, 200},
                        Case{Outage::secondary, 200, 503}, Case{Outage::both, 503, 503}}) {
    locations.set_outage(c.outage);
    INFO(to_string(c.outage));
    CHECK(read_at("devstoreaccount1") == c.primary);
    CHECK(read_at("devstoreaccount1-secondary") == c.secondary);
  }
}

TEST_CASE_METHOD(Fixture, "What is out answers everything alike, with Azure's error body") {
  CHECK(locations.set_outage(Outage::primary) == Outage::none);
  const http::Response answer = ask(
      HttpRequest("GET", at("open/a")).header("Origin", "https://portal.test").header("x-ms-version", "x"));
  CHECK(answer.status == 503);
  CHECK(code_of(answer) == "ServerBusy");
  CHECK(header_of(answer, "x-ms-request-id").size() == 36);
  CHECK_THAT(text_of(answer),
             ContainsSubstring("<Code>ServerBusy</Code><Message>The server is currently unable "
                               "to receive requests. Please retry your request."));
  const auto code = [&](const char* method, const char* target) {
    return code_of(ask(HttpRequest(method, target)));
  };
  CHECK(code("OPTIONS", "/devstoreaccount1/open/a") == "ServerBusy");
  CHECK(code("PUT", "/devstoreaccount1/Not_A_Name?restype=container") == "ServerBusy");
  CHECK(code("BREW", "/devstoreaccount1/open/a") == "ServerBusy");
  CHECK(code("GET", "/nobody/open/a") == "ServerBusy");
  CHECK(code("GET", "/") == "ServerBusy");
  const std::string host = "blob.core.windows.net.localhost";
  CHECK(ask(HttpRequest("GET", "/open/a").host("devstoreaccount1." + host, 14432)).status == 503);
  CHECK(ask(HttpRequest("GET", "/open/a").host("devstoreaccount1-secondary." + host, 14432)).status == 200);
}

TEST_CASE_METHOD(Fixture, "What was stored before an outage is there after it, and nothing from it") {
  locations.set_outage(Outage::both);
  CHECK(ask(HttpRequest("PUT", at("open/b")).header("x-ms-blob-type", "BlockBlob").body("lost")).status ==
        503);
  locations.set_outage(Outage::none);
  CHECK(read_at("devstoreaccount1") == 200);
  CHECK(code_of(ask(HttpRequest("GET", at("open/b")))) == "BlobNotFound");
}

TEST_CASE_METHOD(Fixture, "An account's website is out with its endpoint") {
  const auto visit = [&](const std::string& account) {
    HttpRequest request("GET", "/");
    return ask(request.host(account + ".z6.web.core.windows.net.localhost", 14432)).status;
  };
  locations.set_outage(Outage::primary);
  CHECK(visit("devstoreaccount1") == 503);
  CHECK(visit("devstoreaccount1-secondary") == 404);  // up, and there is no website
  locations.set_outage(Outage::secondary);
  CHECK(visit("devstoreaccount1") == 404);
  CHECK(visit("devstoreaccount1-secondary") == 503);
}
