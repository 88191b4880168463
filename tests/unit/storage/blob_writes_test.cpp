#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Fixture : BlobServiceFixture {
  Fixture() { make_container("files", AccessLevel::container); }

  HttpRequest put_request(const std::string& name, const std::string& bytes) {
    HttpRequest request("PUT", at("files/" + name));
    request.header("x-ms-blob-type", "BlockBlob").body(bytes);
    return request;
  }
  std::string get(const std::string& name) { return text_of(send(HttpRequest("GET", at("files/" + name)))); }
  http::Response head(const std::string& name) { return send(HttpRequest("HEAD", at("files/" + name))); }
  http::Response put_block(const std::string& name, const std::string& id, const std::string& bytes) {
    return send_signed(
        std::move(HttpRequest("PUT", at("files/" + name + "?comp=block&blockid=" + base::percent_encode(id)))
                      .body(bytes)));
  }
  http::Response put_list(const std::string& name, const std::string& xml) {
    return send_signed(std::move(HttpRequest("PUT", at("files/" + name + "?comp=blocklist")).body(xml)));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A blob is put with its properties and metadata and read back") {
  auto request = put_request("a.zip", "bytes");
  request.header("x-ms-blob-content-type", "application/zip").header("x-ms-blob-cache-control", "no-cache");
  request.header("Content-Type", "text/plain").header("x-ms-meta-Ver", "1").header("Content-Language", "de");
  const auto response = send_signed(std::move(request));
  CHECK(response.status == 201);
  CHECK(header_of(response, "Content-MD5") == base::base64_encode(base::md5("bytes")));
  CHECK(header_of(response, "x-ms-request-server-encrypted") == "true");
  const auto read = head("a.zip");
  CHECK(header_of(read, "ETag") == header_of(response, "ETag"));
  CHECK(header_of(read, "Content-Type") == "application/zip");
  CHECK(header_of(read, "Content-Language") == "de");
  CHECK(header_of(read, "Cache-Control") == "no-cache");
  CHECK(header_of(read, "x-ms-meta-ver") == "1");
  CHECK(header_of(read, "Content-MD5") == header_of(response, "Content-MD5"));
  CHECK(get("a.zip") == "bytes");
}

TEST_CASE_METHOD(Fixture, "A put that must not overwrite says that the blob exists") {
  CHECK(send_signed(std::move(put_request("a", "1").header("If-None-Match", "*"))).status == 201);
  const auto second = send_signed(std::move(put_request("a", "2").header("If-None-Match", "*")));
  CHECK(second.status == 409);
  CHECK(code_of(second) == "BlobAlreadyExists");
  CHECK(get("a") == "1");
}

TEST_CASE_METHOD(Fixture, "What a client says about its bytes is checked before they become a blob") {
  const auto put_with = [&](const std::string& name, const std::string& value) {
    return code_of(send_signed(std::move(put_request("a", "abc").header(name, value))));
  };
  CHECK(put_with("Content-MD5", base::base64_encode(base::md5("abc"))).empty());
  CHECK(put_with("x-ms-content-crc64", "6/rBP7vK5QU=").empty());
  CHECK(put_with("Content-MD5", base::base64_encode(base::md5("xyz"))) == "Md5Mismatch");
  CHECK(put_with("x-ms-blob-content-md5", base::base64_encode(base::md5("xyz"))) == "Md5Mismatch");
  CHECK(put_with("Content-MD5", "c2hvcnQ=") == "InvalidMd5");
  CHECK(put_with("x-ms-content-crc64", "AAAAAAAAAAA=") == "Crc64Mismatch");
  auto both = put_request("a", "abc");
  both.header("x-ms-content-crc64", "6/rBP7vK5QU=")
      .header("Content-MD5", base::base64_encode(base::md5("abc")));
  CHECK(code_of(send_signed(std::move(both))) == "BothCrc64AndMd5HeaderPresent");
}

TEST_CASE_METHOD(Fixture, "Metadata that Azure would refuse is refused") {
  const auto put_with = [&](const std::string& name, const std::string& value) {
    return code_of(send_signed(std::move(put_request("a", "abc").header(name, value))));
  };
  CHECK(put_with("x-ms-meta-good_1", "v").empty());
  CHECK(put_with("x-ms-meta-1st", "v") == "InvalidMetadata");
  CHECK(put_with("x-ms-meta-a-b", "v") == "InvalidMetadata");
  CHECK(put_with("x-ms-meta-", "v") == "EmptyMetadataKey");
  CHECK(put_with("x-ms-meta-a", std::string(9000, 'x')) == "MetadataTooLarge");
}

TEST_CASE_METHOD(Fixture, "A put without a length is refused") {
  HttpRequest request("PUT", at("files/a"));
  request.header("x-ms-blob-type", "BlockBlob");
  const auto response = send_signed(std::move(request));
  CHECK(response.status == 411);
  CHECK(code_of(response) == "MissingContentLengthHeader");
}

TEST_CASE_METHOD(Fixture, "Blocks become a blob by their list, in its order") {
  CHECK(put_block("big", "QQ==", "one").status == 201);
  const auto second = put_block("big", "Qg==", "two");
  CHECK_FALSE(header_of(second, "x-ms-content-crc64").empty());
  CHECK(head("big").status == 404);
  const std::string list =
      "<?xml version=\"1.0\"?><BlockList><Latest>Qg==</Latest><Uncommitted>QQ==</Uncommitted></BlockList>";
  const auto response = put_list("big", list);
  CHECK(response.status == 201);
  CHECK(header_of(response, "Content-MD5") == base::base64_encode(base::md5(list)));
  CHECK(get("big") == "twoone");
  CHECK(header_of(head("big"), "Content-MD5").empty());
}

TEST_CASE_METHOD(Fixture, "Block ids and lists that make no sense are refused") {
  CHECK(code_of(put_block("a", "not base64!", "x")) == "InvalidBlockId");
  CHECK(code_of(put_block("a", base::base64_encode(std::string(65, 'x')), "x")) == "InvalidBlockId");
  CHECK(put_block("a", "QQ==", "x").status == 201);
  CHECK(code_of(put_block("a", "QUFBQQ==", "x")) == "InvalidBlobOrBlock");
  CHECK(code_of(put_list("a", "<BlockList><Latest>Qg==</Latest></BlockList>")) == "InvalidBlockList");
  CHECK(code_of(put_list("a", "<BlockList><Newest>QQ==</Newest></BlockList>")) == "UnsupportedXmlNode");
  CHECK(code_of(put_list("a", "<BlockList>")) == "InvalidXmlDocument");
  CHECK(code_of(put_list("a", "<!DOCTYPE x><BlockList/>")) == "InvalidXmlDocument");
  std::string many = "<BlockList>";
  for (int i = 0; i < 50'001; ++i) many += "<Latest>QQ==</Latest>";
  CHECK(code_of(put_list("a", many + "</BlockList>")) == "BlockListTooLong");
}

TEST_CASE_METHOD(Fixture, "A block list tells committed from uncommitted blocks") {
  put_block("a", "QQ==", "one");
  put_list("a", "<BlockList><Latest>QQ==</Latest></BlockList>");
  put_block("a", "Qg==", "second");
  const auto response = send_signed(HttpRequest("GET", at("files/a?comp=blocklist&blocklisttype=all")));
  CHECK(header_of(response, "x-ms-blob-content-length") == "3");
  CHECK_THAT(text_of(response),
             ContainsSubstring(
                 "<CommittedBlocks><Block><Name>QQ==</Name><Size>3</Size></Block></CommittedBlocks>"
                 "<UncommittedBlocks><Block><Name>Qg==</Name><Size>6</Size></Block></UncommittedBlocks>"));
  CHECK(code_of(send_signed(HttpRequest("GET", at("files/none?comp=blocklist")))) == "BlobNotFound");
}

TEST_CASE_METHOD(Fixture, "rclone's empty property headers unset what they name") {
  put_block("a", "QQ==", "one");
  HttpRequest list("PUT", at("files/a?comp=blocklist"));
  list.header("x-ms-blob-cache-control", "").header("x-ms-blob-content-type", "text/plain");
  list.header("x-ms-blob-content-md5", base::base64_encode(base::md5("one")));
  list.body("<BlockList><Latest>QQ==</Latest></BlockList>");
  CHECK(send_signed(std::move(list)).status == 201);
  CHECK(header_of(head("a"), "Content-Type") == "text/plain");
  CHECK(header_of(head("a"), "Content-MD5") == base::base64_encode(base::md5("one")));
}

TEST_CASE_METHOD(Fixture, "Properties and metadata are replaced whole, and the content stays") {
  auto request = put_request("a", "abc");
  send_signed(std::move(request.header("x-ms-blob-content-encoding", "identity").header("x-ms-meta-a", "1")));
  const auto properties = send_signed(std::move(HttpRequest("PUT", at("files/a?comp=properties"))
                                                    .header("x-ms-blob-content-type", "text/css")
                                                    .body("")));
  CHECK(properties.status == 200);
  CHECK(header_of(head("a"), "Content-Type") == "text/css");
  CHECK(header_of(head("a"), "Content-Encoding").empty());
  CHECK(header_of(head("a"), "x-ms-meta-a") == "1");
  CHECK(send_signed(
            std::move(HttpRequest("PUT", at("files/a?comp=metadata")).header("x-ms-meta-b", "2").body("")))
            .status == 200);
  const auto metadata = send(HttpRequest("GET", at("files/a?comp=metadata")));
  CHECK(header_of(metadata, "x-ms-meta-b") == "2");
  CHECK(header_of(metadata, "x-ms-meta-a").empty());
  CHECK(get("a") == "abc");
}

TEST_CASE_METHOD(Fixture, "A deleted blob is gone") {
  send_signed(put_request("a", "abc"));
  CHECK(send_signed(std::move(HttpRequest("DELETE", at("files/a")).body(""))).status == 202);
  CHECK(code_of(send_signed(HttpRequest("DELETE", at("files/a")))) == "BlobNotFound");
}

TEST_CASE_METHOD(Fixture, "A snapshot or a version that is named is never taken for the blob itself") {
  send_signed(put_request("a", "abc"));
  for (const char* name :
       {"snapshot=2026-11-20T15:16:38.0400000Z", "versionid=2026-11-20T15:16:38.0400000Z"}) {
    CHECK(code_of(send_signed(HttpRequest("DELETE", at("files/a?") + name))) == "BlobNotFound");
    CHECK(code_of(send(HttpRequest("GET", at("files/a?") + name))) == "BlobNotFound");
  }
  CHECK(get("a") == "abc");
}

TEST_CASE_METHOD(Fixture, "Tags are refused rather than lost") {
  CHECK(head("a").status == 404);
}

TEST_CASE_METHOD(Fixture, "A container is made, described, changed and deleted") {
  HttpRequest create("PUT", at("new?restype=container"));
  create.header("x-ms-blob-public-access", "blob").header("x-ms-meta-team", "one").body("");
  CHECK(send_signed(std::move(create)).status == 201);
  CHECK(code_of(send_signed(HttpRequest("PUT", at("new?restype=container")))) == "ContainerAlreadyExists");
  const auto shown = send_signed(HttpRequest("GET", at("new?restype=container")));
  CHECK(shown.status == 200);
  CHECK(header_of(shown, "x-ms-blob-public-access") == "blob");
  CHECK(header_of(shown, "x-ms-meta-team") == "one");
  CHECK(header_of(shown, "x-ms-lease-state") == "available");
  CHECK(
      send_signed(
          std::move(HttpRequest("PUT", at("new?restype=container&comp=metadata")).header("x-ms-meta-a", "b")))
          .status == 200);
  CHECK(header_of(send_signed(HttpRequest("HEAD", at("new?restype=container&comp=metadata"))),
                  "x-ms-meta-a") == "b");
  CHECK(send_signed(HttpRequest("DELETE", at("new?restype=container"))).status == 202);
  CHECK(code_of(send_signed(HttpRequest("DELETE", at("new?restype=container")))) == "ContainerNotFound");
  CHECK(code_of(send_signed(HttpRequest("PUT", at("New?restype=container")))) == "InvalidResourceName");
  CHECK(code_of(send_signed(HttpRequest("PUT", at("ab?restype=container")))) == "OutOfRangeInput");
}

TEST_CASE_METHOD(Fixture,
                 "An ACL holds the access level and stored policies, and an empty one closes the container") {
  HttpRequest set("PUT", at("files?restype=container&comp=acl"));
  set.header("x-ms-blob-public-access", "blob");
  set.body(
      "<SignedIdentifiers><SignedIdentifier><Id>p1</Id><AccessPolicy><Start>2026-01-01T00:00:00.0000000Z</"
      "Start>"
      "<Expiry>2027-01-01</Expiry><Permission>rl</Permission></AccessPolicy></SignedIdentifier></"
      "SignedIdentifiers>");
  CHECK(send_signed(std::move(set)).status == 200);
  const auto acl = send_signed(HttpRequest("GET", at("files?restype=container&comp=acl")));
  CHECK(header_of(acl, "x-ms-blob-public-access") == "blob");
  CHECK_THAT(text_of(acl),
             ContainsSubstring("<Id>p1</Id><AccessPolicy><Start>2026-01-01T00:00:00.0000000Z</Start>"
                               "<Expiry>2027-01-01</Expiry><Permission>rl</Permission></AccessPolicy>"));
  CHECK(send_signed(std::move(HttpRequest("PUT", at("files?restype=container&comp=acl")).body(""))).status ==
        200);
  CHECK(store->find_container({"devstoreaccount1", "files"})->access == AccessLevel::none);
  CHECK(store->find_container({"devstoreaccount1", "files"})->policies.empty());
}

TEST_CASE_METHOD(Fixture, "An ACL that makes no sense changes nothing") {
  const auto set = [&](const std::string& body) {
    return code_of(
        send_signed(std::move(HttpRequest("PUT", at("files?restype=container&comp=acl")).body(body))));
  };
  const std::string one = "<SignedIdentifier><Id>a</Id></SignedIdentifier>";
  CHECK(set("<SignedIdentifiers>" + one + one + one + one + one + one + "</SignedIdentifiers>") ==
        "InvalidXmlDocument");
  CHECK(set("<SignedIdentifiers><SignedIdentifier/></SignedIdentifiers>") == "InvalidXmlNodeValue");
  CHECK(set("<SignedIdentifiers><SignedIdentifier><Id>a</Id><AccessPolicy><Start>soon</Start></AccessPolicy>"
            "</SignedIdentifier></SignedIdentifiers>") == "InvalidXmlNodeValue");
  CHECK(set("<Other/>") == "InvalidXmlDocument");
  CHECK(store->find_container({"devstoreaccount1", "files"})->access == AccessLevel::container);
}
