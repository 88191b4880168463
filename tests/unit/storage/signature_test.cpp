// Signatures against requests that real clients sent (fixtures/storage/auth-vectors.json).
#include <fstream>
#include <nlohmann/json.hpp>

#include "emulator/base/hash.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/rest_request.h"
#include "emulator/storage/sas.h"
#include "emulator/storage/shared_key.h"
#include "tests/support/catch.h"
#include "tests/support/http_request.h"

using namespace exthost;
using namespace exthost::storage;
using exthost::test::HttpRequest;

namespace {

nlohmann::json vectors() {
  std::ifstream file(std::string(EXTHOST_FIXTURES) + "/storage/auth-vectors.json");
  return nlohmann::json::parse(file);
}

HttpRequest request_of(const nlohmann::json& vector) {
  HttpRequest request(vector["method"].get<std::string>(), vector["url"].get<std::string>());
  if (vector.contains("headers")) {
    for (const auto& [name, value] : vector["headers"].items())
      request.header(name, value.get<std::string>());
  }
  return request;
}

const std::vector<std::string>& keys() {
  static const Accounts accounts;
  return accounts.keys(kDevelopmentAccount);
}

SasToken token_of(const http::Request& request) {
  auto token = read_sas(request.target);
  REQUIRE(token);
  REQUIRE(token->has_value());
  return **token;
}

}  // namespace

TEST_CASE("Every recorded SharedKey request is signed by the string that we expect") {
  int checked = 0;
  for (const auto& vector : vectors()) {
    if (!vector.contains("headers")) continue;
    const HttpRequest request = request_of(vector);
    CAPTURE(vector["client"].get<std::string>());
    const http::Request& http = request;
    const std::string text = shared_key_string_to_sign(http, kDevelopmentAccount, http.target.raw_path);
    CHECK(text == vector["stringToSign"].get<std::string>());
    const std::string authorization(http.headers.value("authorization"));
    CHECK(is_signed_by(keys(), text, authorization.substr(authorization.find(':') + 1)));
    ++checked;
  }
  CHECK(checked >= 39);
}

TEST_CASE("Every recorded shared access signature is signed by the string that we expect") {
  int checked = 0;
  for (const auto& vector : vectors()) {
    if (vector.contains("headers")) continue;
    HttpRequest request = request_of(vector);
    request.header("x-ms-blob-type", "BlockBlob");  // sent by the upload among them, though not recorded
    CAPTURE(vector["client"].get<std::string>());
    const SasToken token = token_of(request);
    auto parsed = read_request(request);
    REQUIRE(parsed);
    const std::string text = token.is_account() ? account_sas_string_to_sign(token, parsed->account)
                                                : service_sas_string_to_sign(token, parsed->blob_id());
    CHECK(text == vector["stringToSign"].get<std::string>());
    CHECK(is_signed_by(keys(), text, token.signature));
    ++checked;
  }
  CHECK(checked == 5);
}

TEST_CASE("A second key signs as well as the first, and no other does") {
  Accounts accounts;
  const std::string first = base::base64_encode("first key");
  const std::string second = base::base64_encode("second key");
  REQUIRE(accounts.add("demo", {first, second}));
  const auto sign = [](const std::string& key) {
    return base::base64_encode(base::hmac_sha256(key, "text"));
  };
  CHECK(is_signed_by(accounts.keys("demo"), "text", sign("first key")));
  CHECK(is_signed_by(accounts.keys("demo"), "text", sign("second key")));
  CHECK_FALSE(is_signed_by(accounts.keys("demo"), "text", sign("third key")));
  CHECK_FALSE(is_signed_by(accounts.keys("demo"), "text", "not base64!"));
  CHECK_FALSE(is_signed_by(accounts.keys("unknown"), "text", sign("first key")));
}

TEST_CASE("Account names and keys are judged as they are added") {
  Accounts accounts;
  const std::string key = base::base64_encode("key");
  for (const char* name : {"ab", "UPPER", "with-hyphen", "", "this-is-far-too-long-for-one"}) {
    CHECK_FALSE(accounts.add(name, {key}));
  }
  CHECK_FALSE(accounts.add("demo", {}));
  CHECK_FALSE(accounts.add("demo", {"*"}));
  CHECK_FALSE(accounts.add("demo", {key, key, key}));
  CHECK_FALSE(accounts.contains("demo"));
  CHECK(accounts.add("demo", {"a2V5"}));
  CHECK(connection_string(accounts, "demo", "http://127.0.0.1:14432") ==
        "DefaultEndpointsProtocol=http;AccountName=demo;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:14432/"
        "demo;");
  REQUIRE(accounts.add("urlsafe", {"-_8"}));
  CHECK(accounts.first_key_text("urlsafe") == "+/8=");
  CHECK(accounts.names() == std::vector<std::string>{"demo", "devstoreaccount1", "urlsafe"});
}

TEST_CASE("On the secondary a client may sign with or without the suffix") {
  const HttpRequest http("GET", "/demo-secondary/c/b");
  auto request = read_request(http);
  REQUIRE(request);
  CHECK(request->secondary);
  const auto strings = shared_key_strings_to_sign(*request);
  const auto ends = [&](const std::string& end) {
    return std::any_of(strings.begin(), strings.end(),
                       [&](const std::string& text) { return text.substr(text.rfind('\n') + 1) == end; });
  };
  CHECK(ends("/demo/demo-secondary/c/b"));
  CHECK(ends("/demo-secondary/demo-secondary/c/b"));
  CHECK(ends("/demo/demo/c/b"));
}

TEST_CASE("The string to sign has an empty length for no body, and no date beside x-ms-date") {
  const HttpRequest request = std::move(HttpRequest("PUT", "/a/c?b=2&A=1&a=0&plus=1+1&empty=")
                                            .header("Content-Length", "0")
                                            .header("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
                                            .header("X-Ms-Date", "Fri, 20 Nov 2026 12:00:01 GMT")
                                            .header("x-ms-blob-cache-control", ""));
  CHECK(shared_key_string_to_sign(request, "a", "/a/c") ==
        "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-blob-cache-control:\nx-ms-date:Fri, 20 Nov 2026 12:00:01 GMT\n"
        "/a/a/c\na:0,1\nb:2\nempty:\nplus:1+1");
}

TEST_CASE("The fields of a service signature depend on its version") {
  SasToken token;
  token.permissions = "r";
  token.expiry = "2027-01-01";
  token.resource = "b";
  const BlobId blob{"acct", "c", "b"};
  token.version = "2016-05-31";
  CHECK(service_sas_string_to_sign(token, blob) ==
        "r\n\n2027-01-01\n/blob/acct/c/b\n\n\n\n2016-05-31\n\n\n\n\n");
  token.version = "2018-11-09";
  CHECK(service_sas_string_to_sign(token, blob) ==
        "r\n\n2027-01-01\n/blob/acct/c/b\n\n\n\n2018-11-09\nb\n\n\n\n\n\n");
  token.version = "2020-12-06";
  CHECK(service_sas_string_to_sign(token, blob) ==
        "r\n\n2027-01-01\n/blob/acct/c/b\n\n\n\n2020-12-06\nb\n\n\n\n\n\n\n");
}

TEST_CASE("A signature's parameter that is given twice is refused") {
  const HttpRequest twice("GET", "/a/c/b?sv=2021-06-08&sr=b&sp=r&se=2027-01-01&sig=a&sig=b");
  CHECK(read_sas(twice.get().target).failure().code == "AuthorizationFailure");
  CHECK_FALSE(read_sas(HttpRequest("GET", "/a/c/b?sv=2021-06-08").get().target)->has_value());
}
