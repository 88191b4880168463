#include "emulator/storage/cors.h"

#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

constexpr const char* kRules =
    "<StorageServiceProperties><Cors>"
    "<CorsRule><AllowedOrigins>https://portal.test,*.contoso.com</AllowedOrigins><AllowedMethods>GET,PUT</"
    "AllowedMethods>"
    "<AllowedHeaders>x-ms-meta*,content-type</AllowedHeaders><ExposedHeaders>x-ms-version</ExposedHeaders>"
    "<MaxAgeInSeconds>60</MaxAgeInSeconds></CorsRule>"
    "<CorsRule><AllowedOrigins>*</AllowedOrigins><AllowedMethods>GET</AllowedMethods><AllowedHeaders "
    "/><ExposedHeaders />"
    "<MaxAgeInSeconds>0</MaxAgeInSeconds></CorsRule>"
    "</Cors></StorageServiceProperties>";

struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("open", AccessLevel::container);
    put("open", "a", "abc");
  }
  http::Response set(const std::string& document) {
    return send_signed(std::move(HttpRequest("PUT", at("?restype=service&comp=properties")).body(document)));
  }
  std::string properties() {
    return text_of(send_signed(HttpRequest("GET", at("?restype=service&comp=properties"))));
  }
  http::Response preflight(const std::string& origin, const std::string& method,
                           const std::string& headers = "") {
    HttpRequest request("OPTIONS", at("open/a"));
    request.header("Origin", origin).header("Access-Control-Request-Method", method);
    if (!headers.empty()) request.header("Access-Control-Request-Headers", headers);
    return send(request);
  }
  http::Response get(const std::string& origin, const std::string& blob = "a") {
    return send(HttpRequest("GET", at("open/" + blob)).header("Origin", origin));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Service properties have defaults, and a part replaces only that part") {
  CHECK_THAT(properties(), ContainsSubstring("<DefaultServiceVersion>"));
  CHECK(set(kRules).status == 202);
  CHECK(set("<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>3</Days></"
            "DeleteRetentionPolicy>"
            "</StorageServiceProperties>")
            .status == 202);
  CHECK_THAT(properties(), ContainsSubstring("<MaxAgeInSeconds>60</MaxAgeInSeconds>"));
  CHECK_THAT(properties(), ContainsSubstring("<Days>3</Days>"));
  CHECK(set("<StorageServiceProperties><Cors /></StorageServiceProperties>").status == 202);
  CHECK(properties().find("CorsRule") == std::string::npos);
  CHECK_THAT(properties(), ContainsSubstring("<Days>3</Days>"));
}

TEST_CASE_METHOD(Fixture, "Service properties that make no sense change nothing") {
  REQUIRE(set(kRules).status == 202);
  const std::string before = properties();
  CHECK(code_of(set("<Other/>")) == "InvalidXmlDocument");
  CHECK(code_of(set("")) == "InvalidXmlDocument");
  CHECK(code_of(set("<StorageServiceProperties><Surprise/></StorageServiceProperties>")) ==
        "UnsupportedXmlNode");
  const auto rule = [](const std::string& fields) {
    return "<StorageServiceProperties><Cors><CorsRule>" + fields +
           "</CorsRule></Cors></StorageServiceProperties>";
  };
  CHECK(code_of(set(rule("<AllowedOrigins>*</AllowedOrigins>"))) == "InvalidXmlNodeValue");
  CHECK(code_of(set(rule("<AllowedOrigins>*</AllowedOrigins><AllowedMethods>GET</AllowedMethods>"
                         "<MaxAgeInSeconds>soon</MaxAgeInSeconds>"))) == "InvalidXmlNodeValue");
  CHECK(properties() == before);
}

TEST_CASE_METHOD(Fixture, "A preflight is answered by the first rule that allows it") {
  CHECK(code_of(preflight("https://portal.test", "GET")) == "CorsPreflightFailure");
  REQUIRE(set(kRules).status == 202);
  const auto allowed = preflight("https://portal.test", "PUT", "x-ms-meta-a, Content-Type");
  CHECK(allowed.status == 200);
  CHECK(header_of(allowed, "Access-Control-Allow-Origin") == "https://portal.test");
  CHECK(header_of(allowed, "Access-Control-Allow-Methods") == "PUT");
  CHECK(header_of(allowed, "Access-Control-Allow-Headers") == "x-ms-meta-a, Content-Type");
  CHECK(header_of(allowed, "Access-Control-Max-Age") == "60");
  CHECK(preflight("https://a.CONTOSO.com", "PUT").status == 200);
  CHECK(preflight("https://contoso.com", "PUT").status == 403);
  CHECK(preflight("https://portal.test", "PUT", "x-other").status == 403);
  CHECK(preflight("https://portal.test", "DELETE").status == 403);
  CHECK(preflight("https://anybody.test", "GET").status == 200);
  CHECK(code_of(send(HttpRequest("OPTIONS", at("open/a")))) == "InvalidHeaderValue");
}

TEST_CASE_METHOD(Fixture, "An ordinary answer allows the origin by the rule, on errors too") {
  CHECK(header_of(get("https://portal.test"), "Access-Control-Allow-Origin").empty());
  REQUIRE(set(kRules).status == 202);
  for (const char* name : {"a", "none"}) {
    const auto response = get("https://portal.test", name);
    CHECK(header_of(response, "Access-Control-Allow-Origin") == "https://portal.test");
    CHECK(header_of(response, "Access-Control-Expose-Headers") == "x-ms-version");
    CHECK(header_of(response, "Vary") == "Origin");
  }
  const auto any = get("https://anybody.test");
  CHECK(header_of(any, "Access-Control-Allow-Origin") == "*");
  CHECK(header_of(any, "Vary").empty());
  const auto head = send(HttpRequest("HEAD", at("open/a")).header("Origin", "https://anybody.test"));
  CHECK(header_of(head, "Access-Control-Allow-Origin").empty());
  CHECK(header_of(head, "Vary") == "Origin");
}

TEST_CASE_METHOD(Fixture,
                 "Rules given in process replace the account's rules and leave its other properties") {
  const std::string stored =
      *merge_service_properties(kRules,
                                "<StorageServiceProperties><DefaultServiceVersion>2020-10-02"
                                "</DefaultServiceVersion></StorageServiceProperties>");
  const std::string rest = *replace_cors_rules(stored, {{"https://a&b.test", "GET", "*", "", "60"}});
  REQUIRE(cors_rules(rest).size() == 1);
  CHECK(cors_rules(rest)[0].origins == "https://a&b.test");
  CHECK(cors_rules(rest)[0].max_age_seconds == "60");
  CHECK_THAT(rest, ContainsSubstring("2020-10-02"));
  CHECK(cors_rules(*replace_cors_rules(stored, {})).empty());

  const CorsRule rule{"*", "GET", "", "", "0"};
  CHECK(replace_cors_rules("", {rule, rule, rule, rule, rule}));
  CHECK_FALSE(replace_cors_rules("", {rule, rule, rule, rule, rule, rule}));
  CHECK_FALSE(replace_cors_rules("", {{"", "GET", "", "", "0"}}));
}
