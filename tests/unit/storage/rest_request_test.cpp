#include "emulator/storage/rest_request.h"

#include "tests/support/catch.h"
#include "tests/support/http_request.h"

using namespace exthost;
using namespace exthost::storage;
using exthost::test::HttpRequest;

namespace {

std::string read(const HttpRequest& http) {
  auto request = read_request(http);
  if (!request) return request.failure().code;
  return request->account + (request->secondary ? " (secondary)" : "") + " | " + request->container + " | " +
         request->blob + " | " + std::string(rules_of(request->operation).name);
}
std::string read(const std::string& method, const std::string& target) {
  return read(HttpRequest(method, target));
}

}  // namespace

TEST_CASE("Account, container and blob are read from the path, decoded once") {
  CHECK(read("GET", "/acct/c/b") == "acct | c | b | Get Blob");
  CHECK(read("GET", "/acct/c/dir/a%20b%2Fc%2B+d") == "acct | c | dir/a b/c++d | Get Blob");
  CHECK(read("GET", "/acct/c/a%2520b") == "acct | c | a%20b | Get Blob");
  CHECK(read("GET", "/acct/c/a%5Cb\\c") == "acct | c | a/b/c | Get Blob");
  CHECK(read("GET", "/acct/c//b") == "acct | c | /b | Get Blob");
  CHECK(read("GET", "/acct-secondary/c/b") == "acct (secondary) | c | b | Get Blob");
}

TEST_CASE("A host that names an account leaves the whole path to container and blob") {
  const auto on = [](const std::string& host) { return read(HttpRequest("GET", "/c/b").host(host, 14432)); };
  CHECK(on("acct.blob.core.windows.net.localhost") == "acct | c | b | Get Blob");
  CHECK(on("acct-secondary.blob.core.windows.net.localhost") == "acct (secondary) | c | b | Get Blob");
  CHECK(on("acct.blob.localhost") == "acct | c | b | Get Blob");
  CHECK(on("host.docker.internal").substr(0, 7) == "c | $ro");
}

TEST_CASE("The operation follows from method, restype, comp and, for puts, the headers") {
  CHECK(read("GET", "/a?comp=list") == "a |  |  | List Containers");
  CHECK(read("GET", "/a/?comp=list&include=") == "a |  |  | List Containers");
  CHECK(read("PUT", "/a/?restype=service&comp=properties") == "a |  |  | Set Blob Service Properties");
  CHECK(read("HEAD", "/a/c/b?restype=account&comp=properties") == "a | c | b | Get Account Information");
  CHECK(read("POST", "/a/?restype=container&comp=batch") == "a |  |  | Blob Batch");
  CHECK(read("PUT", "/a/c?restype=container") == "a | c |  | Create Container");
  CHECK(read("GET", "/a/c?restype=Container&comp=List") == "a | c |  | List Blobs");
  CHECK(read("DELETE", "/a/c?restype=container") == "a | c |  | Delete Container");
  CHECK(read("GET", "/a/c?restype=container&comp=acl") == "a | c |  | Get Container ACL");
  CHECK(read("PUT", "/a/c/b?comp=block&blockid=QQ%3D%3D") == "a | c | b | Put Block");
  CHECK(read("GET", "/a/c/b?comp=blocklist") == "a | c | b | Get Block List");
  CHECK(read("PUT", "/a/c/b?comp=lease") == "a | c | b | Lease Blob");
  CHECK(read("OPTIONS", "/a/c/b") == "a | c | b | Preflight Blob Request");
  CHECK(read(HttpRequest("PUT", "/a/c/b").header("x-ms-blob-type", "BlockBlob")) == "a | c | b | Put Blob");
  CHECK(read(HttpRequest("PUT", "/a/c/b").header("x-ms-copy-source", "http://x")) == "a | c | b | Copy Blob");
}

TEST_CASE("A single name that is not said to be a container is a blob of the root container") {
  CHECK(read("GET", "/a/readme.txt") == "a | $root | readme.txt | Get Blob");
}

TEST_CASE("What can't be an operation is refused by a code that says why") {
  CHECK(read("PUT", "/a/c/b") == "MissingRequiredHeader");
  CHECK(read(HttpRequest("PUT", "/a/c/b").header("x-ms-blob-type", "Clay")) == "InvalidHeaderValue");
  CHECK(read("GET", "/a/c/b?comp=nonsense") == "InvalidQueryParameterValue");
  for (const char* target :
       {"/a?restype=container&comp=list", "/a/c?restype=nonsense", "/a/c?restype=service",
        "/a/c/b?restype=container", "/a?restype=account", "/a/c?comp=list"}) {
    CAPTURE(target);
    CHECK(read("GET", target) == "InvalidQueryParameterValue");
  }
  CHECK(read("PATCH", "/a/c/b") == "UnsupportedHttpVerb");
  CHECK(read("POST", "/a/c?restype=container") == "UnsupportedHttpVerb");
  CHECK(read("GET", "/a") == "InvalidUri");
  CHECK(read("GET", "/") == "InvalidUri");
}

TEST_CASE("Container names follow Azure's rules") {
  for (const char* good : {"abc", "a-b-c", "123", "$root", "$web"}) {
    CAPTURE(good);
    CHECK(check_container_name(good));
  }
  for (const char* bad : {"Abc", "a_b", "-abc", "abc-", "a--b", "a.b"}) {
    CAPTURE(bad);
    auto checked = check_container_name(bad);
    REQUIRE_FALSE(checked);
    CHECK((checked.failure().code == "InvalidResourceName" || std::string(bad).size() < 3));
  }
  CHECK(check_container_name("ab").failure().code == "OutOfRangeInput");
  CHECK(check_container_name(std::string(64, 'a')).failure().code == "OutOfRangeInput");
  CHECK(check_blob_name(std::string(1025, 'a')).failure().code == "OutOfRangeInput");
}
