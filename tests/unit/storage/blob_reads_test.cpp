#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("open", AccessLevel::container);
    make_container("blobs", AccessLevel::blob);
    make_container("closed", AccessLevel::none);
    for (const char* container : {"open", "blobs", "closed"})
      record = put(container, "config.json", "0123456789");
    clock.advance(std::chrono::hours(1));
  }
  http::Response get(const std::string& name, const std::string& value, const std::string& method = "GET") {
    return send(HttpRequest(method, at("open/config.json")).header(name, value));
  }
  BlobRecord record;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Anybody reads a blob of a public container, with Azure's headers") {
  const auto response =
      send(HttpRequest("GET", at("open/config.json")).header("x-ms-client-request-id", "mine"));
  CHECK(response.status == 200);
  CHECK(text_of(response) == "0123456789");
  CHECK(header_of(response, "ETag").substr(0, 5) == "\"0x8D");
  CHECK(header_of(response, "Last-Modified") == "Fri, 20 Nov 2026 00:00:00 GMT");
  CHECK(header_of(response, "Content-Type") == "application/octet-stream");
  CHECK(header_of(response, "Accept-Ranges") == "bytes");
  CHECK(header_of(response, "x-ms-blob-type") == "BlockBlob");
  CHECK(header_of(response, "x-ms-client-request-id") == "mine");
  CHECK(header_of(response, "x-ms-request-id").size() == 36);
  CHECK_FALSE(header_of(response, "x-ms-version").empty());
}

TEST_CASE_METHOD(Fixture, "The content is not copied on its way out") {
  const auto response = send(HttpRequest("GET", at("open/config.json")));
  auto slices = store->read(*store->find({"devstoreaccount1", "open", "config.json"}), {0, 10});
  REQUIRE(std::holds_alternative<std::vector<http::Slice>>(response.body));
  CHECK(std::get<std::vector<http::Slice>>(response.body).front().bytes.data() ==
        slices->front().bytes.data());
}

TEST_CASE_METHOD(Fixture, "HEAD says how long the blob is and sends nothing of it") {
  const auto response = send(HttpRequest("HEAD", at("open/config.json")));
  CHECK(response.status == 200);
  CHECK(header_of(response, "Content-Length") == "10");
  CHECK(header_of(response, "x-ms-access-tier") == "Hot");
  CHECK(text_of(response).empty());
  const auto missing = send(HttpRequest("HEAD", at("open/none")));
  CHECK(missing.status == 404);
  CHECK(code_of(missing) == "BlobNotFound");
  CHECK(missing.reason == "The specified blob does not exist.");
}

TEST_CASE_METHOD(Fixture, "Access levels decide what anybody may do") {
  const auto answer = [&](const std::string& method, const std::string& target) {
    const auto response = send(HttpRequest(method, at(target)));
    return std::to_string(response.status) + " " + code_of(response);
  };
  CHECK(answer("GET", "open?restype=container&comp=list") == "200 ");
  CHECK(answer("GET", "open?restype=container") == "200 ");
  CHECK(answer("GET", "blobs/config.json") == "200 ");
  CHECK(answer("GET", "blobs/none") == "404 BlobNotFound");
  CHECK(answer("GET", "blobs?restype=container&comp=list") == "404 ResourceNotFound");
  CHECK(answer("GET", "blobs?restype=container") == "404 ResourceNotFound");
  CHECK(answer("GET", "closed/config.json") == "404 ResourceNotFound");
  CHECK(answer("GET", "none/config.json") == "404 ResourceNotFound");
  CHECK(answer("GET", "open?restype=container&comp=acl") == "404 ResourceNotFound");
  CHECK(answer("DELETE", "open/config.json") == "403 AuthorizationFailure");
  CHECK(answer("PUT", "open?restype=container") == "403 AuthorizationFailure");
  CHECK(answer("GET", "?comp=list") == "403 AuthorizationFailure");
  CHECK(send(HttpRequest("GET", "/stranger/c/b")).status == 404);
}

TEST_CASE_METHOD(Fixture, "Ranges are honoured by either header, and x-ms-range outranks") {
  const auto part = get("Range", "bytes=2-4");
  CHECK(part.status == 206);
  CHECK(text_of(part) == "234");
  CHECK(header_of(part, "Content-Range") == "bytes 2-4/10");
  CHECK(text_of(get("x-ms-range", "bytes=7-")) == "789");
  CHECK(text_of(get("Range", "bytes=-2")) == "89");
  CHECK(text_of(send(HttpRequest("GET", at("open/config.json"))
                         .header("Range", "bytes=0-0")
                         .header("x-ms-range", "bytes=1-1"))) == "1");
  const auto whole = get("x-ms-range", "bytes=0-33554431");
  CHECK(whole.status == 206);
  CHECK(header_of(whole, "Content-Range") == "bytes 0-9/10");
  CHECK(get("Range", "bytes=0-1,4-5").status == 200);
}

TEST_CASE_METHOD(Fixture, "A range outside the blob, or of an empty one, is refused with its size") {
  const auto outside = get("Range", "bytes=10-");
  CHECK(outside.status == 416);
  CHECK(code_of(outside) == "InvalidRange");
  CHECK(header_of(outside, "Content-Range") == "bytes */10");
  put("open", "empty", "");
  CHECK(send(HttpRequest("GET", at("open/empty")).header("x-ms-range", "bytes=0-33554431")).status == 416);
  CHECK(send(HttpRequest("GET", at("open/empty"))).status == 200);
}

TEST_CASE_METHOD(Fixture, "The checksum of a range is computed when it is asked for") {
  const auto with = [&](const std::string& header) {
    return send(
        HttpRequest("GET", at("open/config.json")).header("Range", "bytes=0-2").header(header, "true"));
  };
  CHECK(header_of(with("x-ms-range-get-content-md5"), "Content-MD5") ==
        base::base64_encode(base::md5("012")));
  CHECK_FALSE(header_of(with("x-ms-range-get-content-crc64"), "x-ms-content-crc64").empty());
  CHECK(code_of(get("x-ms-range-get-content-md5", "true")) == "OutOfRangeInput");
}

TEST_CASE_METHOD(Fixture, "Conditions of a read are kept") {
  const std::string etag = header_of(get("x", "y"), "ETag");
  const auto unchanged = get("If-None-Match", etag);
  CHECK(unchanged.status == 304);
  CHECK(header_of(unchanged, "ETag") == etag);
  CHECK(code_of(unchanged) == "ConditionNotMet");
  CHECK(text_of(unchanged).empty());
  CHECK(get("If-None-Match", etag, "HEAD").status == 304);
  CHECK(get("If-None-Match", "\"0x0\"").status == 200);
  CHECK(get("If-Match", etag).status == 200);
  CHECK(get("If-Match", "\"0x0\"").status == 412);
  CHECK(get("If-Modified-Since", base::to_http_date(clock.now())).status == 304);
  CHECK(code_of(get("If-None-Match", "*")) == "UnsatisfiableCondition");
}

TEST_CASE_METHOD(Fixture, "A key opens a private container, and a wrong signature does not") {
  CHECK(text_of(send_signed(HttpRequest("GET", at("closed/config.json")))) == "0123456789");
  const auto refused = [&](const std::string& authorization) {
    return code_of(send(HttpRequest("GET", at("open/config.json")).header("Authorization", authorization)));
  };
  CHECK(refused("SharedKey devstoreaccount1:AAAA") == "AuthenticationFailed");
  CHECK(refused("SharedKey devstoreaccount1") == "AuthenticationFailed");
  CHECK(refused("SharedKey other:AAAA") == "AuthenticationFailed");
  CHECK(refused("Bearer token") == "AuthenticationFailed");
}

TEST_CASE_METHOD(Fixture, "The secondary reads and does not write") {
  CHECK(send(HttpRequest("GET", "/devstoreaccount1-secondary/open/config.json")).status == 200);
  const auto write = send_signed(HttpRequest("DELETE", "/devstoreaccount1-secondary/open/config.json"));
  CHECK(write.status == 403);
  CHECK(code_of(write) == "InsufficientAccountPermissions");
  CHECK(send_signed(HttpRequest("GET", "/devstoreaccount1-secondary/?restype=service&comp=stats")).status ==
        200);
  CHECK(code_of(send_signed(HttpRequest("GET", at("?restype=service&comp=stats")))) ==
        "InvalidQueryParameterValue");
}

TEST_CASE_METHOD(Fixture, "The account in the host name is served as well as the one in the path") {
  const auto response = send(HttpRequest("GET", "/open/config.json")
                                 .host("devstoreaccount1.blob.core.windows.net.localhost", 14432));
  CHECK(response.status == 200);
  const auto list = send(HttpRequest("GET", "/open?restype=container&comp=list")
                             .host("devstoreaccount1.blob.core.windows.net.localhost", 14432));
  CHECK_THAT(text_of(list),
             ContainsSubstring(
                 "ServiceEndpoint=\"http://devstoreaccount1.blob.core.windows.net.localhost:14432/\""));
}

TEST_CASE_METHOD(Fixture, "Any well-formed version is taken and answered, and no other") {
  const auto future = get("x-ms-version", "2042-01-31");
  CHECK(future.status == 200);
  CHECK(header_of(future, "x-ms-version") == "2042-01-31");
  const auto bad = get("x-ms-version", "latest");
  CHECK(bad.status == 400);
  CHECK(code_of(bad) == "InvalidHeaderValue");
}

TEST_CASE_METHOD(Fixture, "An error is an Azure document with its code, id and time") {
  const auto response = send(HttpRequest("GET", at("open/none")));
  CHECK(response.status == 404);
  CHECK(header_of(response, "Content-Type") == "application/xml");
  const std::string text = text_of(response);
  CHECK_THAT(text,
             ContainsSubstring(
                 "<Error><Code>BlobNotFound</Code><Message>The specified blob does not exist.\nRequestId:"));
  CHECK_THAT(text, ContainsSubstring("\nTime:2026-11-20T01:00:00"));
}

TEST_CASE_METHOD(Fixture, "An operation that does not exist yet is named in a 501") {
  const auto response = send_signed(HttpRequest("PUT", at("open?restype=container&comp=undelete")));
  CHECK(response.status == 501);
  CHECK(code_of(response) == "NotImplemented");
  CHECK_THAT(text_of(response), ContainsSubstring("Restore Container"));
}

TEST_CASE_METHOD(Fixture, "Reads of single blobs need no worker, and all else may take its time") {
  for (const char* method : {"GET", "HEAD"}) {
    CHECK_FALSE(service.may_block(HttpRequest(method, at("open/a"))));
    CHECK_FALSE(service.may_block(HttpRequest(method, at("open/a?snapshot=2026-11-20T00:00:00.0000000Z"))));
  }
  CHECK(service.may_block(HttpRequest("PUT", at("open/a"))));
  CHECK(service.may_block(HttpRequest("GET", at("open?restype=container&comp=list"))));
  CHECK(service.may_block(HttpRequest("GET", at("open/a?comp=blocklist"))));
  CHECK(service.may_block(HttpRequest("GET", at("open/a?comp=nonsense"))));
  CHECK(service.may_block(HttpRequest("GET", at("open/a")).header("x-ms-range-get-content-md5", "true")));
}
