#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("files", AccessLevel::none);
    put("files", "a", "text");
  }
  http::Response ask(const std::string& target, const std::string& method = "GET") {
    return send_signed(HttpRequest(method, target));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "The kind of account is told on the account's, a container's and a blob's path") {
  for (const char* path : {"", "files", "files/a", "files/absent"}) {
    for (const char* method : {"GET", "HEAD"}) {
      CAPTURE(path, method);
      const auto response = ask(at(std::string(path) + "?restype=account&comp=properties"), method);
      CHECK(response.status == 200);
      CHECK(header_of(response, "x-ms-sku-name") == "Standard_RAGRS");
      CHECK(header_of(response, "x-ms-account-kind") == "StorageV2");
      CHECK(header_of(response, "x-ms-is-hns-enabled") == "false");
    }
  }
  SasToken token;
  token.permissions = "d";
  token.expiry = "2027-01-01T00:00:00Z";
  CHECK(send(HttpRequest("HEAD",
                         at("files/a?restype=account&comp=properties&" + container_sas("files", token))))
            .status == 200);
  CHECK(code_of(ask(at("?restype=account&comp=properties"), "PUT")) == "UnsupportedHttpVerb");
}

TEST_CASE_METHOD(Fixture, "Statistics are of the secondary, by path and by host") {
  const auto stats = ask("/devstoreaccount1-secondary/?restype=service&comp=stats");
  CHECK(stats.status == 200);
  CHECK_THAT(text_of(stats),
             ContainsSubstring("<GeoReplication><Status>live</Status><LastSyncTime>Fri, 20 Nov 2026 "));
  HttpRequest hosted("GET", "/?restype=service&comp=stats");
  hosted.host("devstoreaccount1-secondary.blob.core.windows.net.localhost", 14432);
  CHECK(send_signed(std::move(hosted)).status == 200);
  const auto primary = ask(at("?restype=service&comp=stats"));
  CHECK(primary.status == 400);
  CHECK(code_of(primary) == "InvalidQueryParameterValue");
}

TEST_CASE_METHOD(Fixture, "Containers are listed with what may be included, and nothing else") {
  CHECK_THAT(text_of(ask(at("?comp=list&include=metadata,deleted,system"))), ContainsSubstring("<Metadata>"));
  CHECK_THAT(text_of(ask(at("?comp=list&include="))), !ContainsSubstring("<Metadata>"));
  CHECK(code_of(ask(at("?comp=list&include=everything"))) == "InvalidQueryParameterValue");
}

TEST_CASE_METHOD(Fixture, "A block list is told to who has the blob's lease, or asks without one") {
  const LeaseAction acquire{LeaseAction::Kind::acquire, "", "11111111-1111-1111-1111-111111111111", {}, {}};
  REQUIRE(lease_blob(*store, {"devstoreaccount1", "files", "a"}, acquire, {}, clock.now()));
  const auto with = [&](const std::string& header, const std::string& value) {
    return send_signed(std::move(HttpRequest("GET", at("files/a?comp=blocklist")).header(header, value)));
  };
  CHECK(with("x-ms-lease-id", acquire.proposed_id).status == 200);
  CHECK(code_of(with("x-ms-lease-id", "22222222-2222-2222-2222-222222222222")) ==
        "LeaseIdMismatchWithBlobOperation");
  CHECK(code_of(with("x-ms-if-tags", "a = 'b'")) == "ConditionNotMet");
  CHECK(with("If-Match", "\"0x0\"").status == 200);
}

TEST_CASE_METHOD(Fixture, "A document is checked against the checksum that comes with it") {
  const auto set_tags = [&](const std::string& header, const std::string& value) {
    HttpRequest request("PUT", at("files/a?comp=tags"));
    request.header(header, value).body("<Tags><TagSet></TagSet></Tags>");
    return send_signed(std::move(request));
  };
  CHECK(code_of(set_tags("x-ms-content-crc64", "AAAAAAAAAAA=")) == "Crc64Mismatch");
  CHECK(code_of(set_tags("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")) == "Md5Mismatch");
  ReceiveOptions options;
  options.crc64 = true;
  const auto content = store->receive("<Tags><TagSet></TagSet></Tags>", options);
  REQUIRE(content);
  CHECK(set_tags("x-ms-content-crc64", base::base64_encode(content->crc64)).status == 204);
}

TEST_CASE_METHOD(Fixture, "Signs in names are kept: a plus is no blank, and a backslash is a slash") {
  HttpRequest request("PUT", at("files/a+b%20c%5Cd"));
  request.header("x-ms-blob-type", "BlockBlob").body("text");
  CHECK(send_signed(std::move(request)).status == 201);
  CHECK(text_of(ask(at("files/a%2Bb%20c/d"))) == "text");
  CHECK_THAT(text_of(ask(at("files?restype=container&comp=list&prefix=a+b"))),
             ContainsSubstring("<Prefix>a+b</Prefix>") && ContainsSubstring("<Name>a+b c/d</Name>"));
}
