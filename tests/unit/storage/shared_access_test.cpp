#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("files", AccessLevel::none);
    put("files", "a", "abc");
  }

  static SasToken token(const std::string& permissions) {
    SasToken token;
    token.permissions = permissions;
    token.expiry = "2026-11-21T00:00:00Z";
    return token;
  }
  static SasToken account_token(const std::string& permissions, const std::string& types) {
    SasToken account = token(permissions);
    account.services = "b";
    account.types = types;
    return account;
  }
  std::string with(const std::string& method, const std::string& target, const std::string& sas,
                   const std::string& body = "") {
    HttpRequest request(method, at(target) + (target.find('?') == std::string::npos ? "?" : "&") + sas);
    if (method == "PUT") request.header("x-ms-blob-type", "BlockBlob").body(body);
    const auto response = send(request);
    return std::to_string(response.status) + " " + code_of(response);
  }
  std::string read_with(const SasToken& sas) { return with("GET", "files/a", container_sas("files", sas)); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A container's signature allows what its letters say") {
  const std::string read = container_sas("files", token("r"));
  CHECK(with("GET", "files/a", read) == "200 ");
  CHECK(with("HEAD", "files/a", read) == "200 ");
  CHECK(with("GET", "files?restype=container&comp=list", read) == "403 AuthorizationPermissionMismatch");
  CHECK(with("PUT", "files/b", read, "x") == "403 AuthorizationPermissionMismatch");
  CHECK(with("DELETE", "files/a", read) == "403 AuthorizationPermissionMismatch");
  CHECK(with("GET", "files?restype=container&comp=list", container_sas("files", token("l"))) == "200 ");
  CHECK(with("PUT", "files/b", container_sas("files", token("w")), "x") == "201 ");
  CHECK(with("DELETE", "files/b", container_sas("files", token("d"))) == "202 ");
  CHECK(with("GET", "files?restype=container", container_sas("files", token("racwdl"))) ==
        "403 AuthorizationPermissionMismatch");
  CHECK(with("GET", "other/a", read) == "403 AuthenticationFailed");
}

TEST_CASE_METHOD(Fixture, "One who may only create can't overwrite") {
  const std::string create = container_sas("files", token("c"));
  CHECK(with("PUT", "files/new", create, "x") == "201 ");
  CHECK(with("PUT", "files/new", create, "y") == "403 UnauthorizedBlobOverwrite");
}

TEST_CASE_METHOD(Fixture, "An account's signature is judged by service, type and letters") {
  CHECK(with("GET", "?comp=list", account_sas(account_token("l", "s"))) == "200 ");
  CHECK(with("GET", "?comp=list", account_sas(account_token("l", "co"))) ==
        "403 AuthorizationResourceTypeMismatch");
  CHECK(with("GET", "?comp=list", account_sas(account_token("r", "s"))) ==
        "403 AuthorizationPermissionMismatch");
  CHECK(with("GET", "files/a", account_sas(account_token("r", "o"))) == "200 ");
  CHECK(with("GET", "files?restype=container&comp=acl", account_sas(account_token("rwdlacup", "sco"))) ==
        "403 AuthorizationResourceTypeMismatch");
  SasToken queues = account_token("r", "o");
  queues.services = "q";
  CHECK(with("GET", "files/a", account_sas(queues)) == "403 AuthorizationServiceMismatch");
}

TEST_CASE_METHOD(Fixture, "A signature counts within its time, protocol and addresses") {
  SasToken sas = token("r");
  sas.start = "2026-11-20T00:00:01Z";
  CHECK(read_with(sas) == "403 AuthorizationFailure");
  sas = token("r");
  sas.expiry = "2026-11-20";
  CHECK(read_with(sas) == "403 AuthorizationFailure");
  sas.expiry = "";
  CHECK(read_with(sas) == "403 AuthorizationFailure");
  sas = token("r");
  sas.protocols = "https";
  CHECK(read_with(sas) == "403 AuthorizationProtocolMismatch");
  sas.protocols = "https,http";
  CHECK(read_with(sas) == "200 ");
  sas.addresses = "10.0.0.1";
  CHECK(read_with(sas) == "403 AuthorizationSourceIPMismatch");
  sas.addresses = "127.0.0.0-127.0.0.9";
  CHECK(read_with(sas) == "200 ");
  clock.advance(std::chrono::hours(24));
  CHECK(read_with(sas) == "403 AuthorizationFailure");
}

TEST_CASE_METHOD(Fixture, "A stored policy gives what the signature leaves to it") {
  const auto set_policy = [&](const StoredPolicy& policy) {
    REQUIRE(storage::set_container_access(*store, {"devstoreaccount1", "files"}, AccessLevel::none, {policy},
                                          {}, clock.now()));
  };
  SasToken sas;
  sas.identifier = "p";
  CHECK(read_with(sas) == "403 AuthorizationFailure");
  set_policy({"p", "", "2026-11-21", "r"});
  CHECK(read_with(sas) == "200 ");
  CHECK(with("DELETE", "files/a", container_sas("files", sas)) == "403 AuthorizationPermissionMismatch");
  sas.permissions = "r";
  CHECK(read_with(sas) == "403 AuthorizationFailure");
  sas.permissions = "";
  set_policy({"p", "", "2026-11-19", "r"});
  CHECK(read_with(sas) == "403 AuthorizationFailure");
}

TEST_CASE_METHOD(Fixture, "A signature that was tampered with is no signature") {
  std::string sas = container_sas("files", token("r"));
  sas.replace(sas.find("sp=r"), 4, "sp=rd");
  CHECK(with("GET", "files/a", sas) == "403 AuthenticationFailed");
}

TEST_CASE_METHOD(Fixture, "A signature overrides the headers of what it opens") {
  SasToken sas = token("r");
  sas.type = "text/html";
  const auto response = send(HttpRequest("GET", at("files/a?") + container_sas("files", sas)));
  CHECK(header_of(response, "Content-Type") == "text/html");
}
