// Soft delete as clients see it. What each store promises about it is in tests/contract.
#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Fixture : BlobServiceFixture {
  Fixture() { make_container("files", AccessLevel::container); }

  http::Response ask(const std::string& method, const std::string& target, const std::string& header = "",
                     const std::string& value = "") {
    HttpRequest request(method, at(target));
    if (!header.empty()) request.header(header, value);
    return send_signed(std::move(request));
  }
  http::Response upload(const std::string& name, const std::string& bytes) {
    HttpRequest request("PUT", at("files/" + name));
    request.header("x-ms-blob-type", "BlockBlob").body(bytes);
    return send_signed(std::move(request));
  }
  http::Response set_properties(const std::string& inside) {
    HttpRequest request("PUT", at("?restype=service&comp=properties"));
    request.body("<StorageServiceProperties>" + inside + "</StorageServiceProperties>");
    return send_signed(std::move(request));
  }
  http::Response set_policy(const std::string& inside) {
    return set_properties("<DeleteRetentionPolicy>" + inside + "</DeleteRetentionPolicy>");
  }
  void keep_for_a_week() { REQUIRE(set_policy("<Enabled>true</Enabled><Days>7</Days>").status == 202); }
  std::string list(const std::string& include) {
    return text_of(ask("GET", "files?restype=container&comp=list&include=" + include));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "A deletion says whether it is for good, and Undelete Blob takes one back that is not") {
  upload("a", "one");
  CHECK(header_of(ask("DELETE", "files/a"), "x-ms-delete-type-permanent") == "true");
  keep_for_a_week();
  upload("a", "one");
  const auto deleted = ask("DELETE", "files/a");
  CHECK(deleted.status == 202);
  CHECK(header_of(deleted, "x-ms-delete-type-permanent") == "false");
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    CAPTURE(method);
    const auto response = ask(method, "files/a");
    CHECK(response.status == 404);
    CHECK(code_of(response) == "BlobNotFound");
  }
  const auto restored = ask("PUT", "files/a?comp=undelete");
  CHECK(restored.status == 200);
  CHECK(text_of(restored).empty());
  CHECK(text_of(ask("GET", "files/a")) == "one");
  CHECK(ask("PUT", "files/a?comp=undelete").status == 200);  // has no effect
}

TEST_CASE_METHOD(Fixture, "A listing shows what is soft-deleted on demand, as Azure describes it") {
  keep_for_a_week();
  upload("a", "one");
  clock.advance(std::chrono::hours(1));
  REQUIRE(ask("DELETE", "files/a").status == 202);
  upload("b", "two");
  CHECK_THAT(list(""), !ContainsSubstring("<Name>a</Name>"));
  CHECK_THAT(list("snapshots"), !ContainsSubstring("<Name>a</Name>"));
  const std::string listed = list("deleted");
  CHECK_THAT(listed,
             ContainsSubstring("<Blob><Name>a</Name><Deleted>true</Deleted><Properties><Creation-Time>"
                               "Fri, 20 Nov 2026 00:00:00 GMT</Creation-Time>"));
  CHECK_THAT(listed,
             ContainsSubstring("<AccessTierInferred>true</AccessTierInferred>"
                               "<ServerEncrypted>true</ServerEncrypted>"
                               "<DeletedTime>Fri, 20 Nov 2026 01:00:00 GMT</DeletedTime>"
                               "<RemainingRetentionDays>7</RemainingRetentionDays></Properties></Blob>"
                               "<Blob><Name>b</Name><Properties>"));
  clock.advance(std::chrono::seconds(1));
  CHECK_THAT(list("deleted"), ContainsSubstring("<RemainingRetentionDays>6</RemainingRetentionDays>"));
  clock.advance(std::chrono::days(7) - std::chrono::seconds(2));
  CHECK_THAT(list("deleted"), ContainsSubstring("<RemainingRetentionDays>0</RemainingRetentionDays>"));
  clock.advance(std::chrono::seconds(1));
  CHECK_THAT(list("deleted"), !ContainsSubstring("<Name>a</Name>"));
  CHECK(code_of(ask("PUT", "files/a?comp=undelete")) == "BlobNotFound");
}

TEST_CASE_METHOD(
    Fixture, "What an overwrite keeps is listed as a soft-deleted snapshot, and undeleted as a live one") {
  keep_for_a_week();
  upload("a", "one");
  upload("a", "two");
  CHECK_THAT(list("deleted"), !ContainsSubstring("<Snapshot>"));
  CHECK_THAT(list("snapshots"), !ContainsSubstring("<Snapshot>"));
  CHECK_THAT(list("snapshots,deleted"),
             ContainsSubstring("<Blob><Name>a</Name><Snapshot>2026-11-20T00:00:00.0000000Z</Snapshot>"
                               "<Deleted>true</Deleted><Properties>"));
  CHECK(code_of(ask("GET", "files/a?snapshot=2026-11-20T00:00:00.0000000Z")) == "BlobNotFound");
  CHECK(ask("DELETE", "files/a").status == 202);  // what is soft-deleted is no snapshot that holds it off
  REQUIRE(ask("PUT", "files/a?comp=undelete").status == 200);
  CHECK(text_of(ask("GET", "files/a")) == "two");
  CHECK(text_of(ask("GET", "files/a?snapshot=2026-11-20T00:00:00.0000000Z")) == "one");
  CHECK(code_of(ask("DELETE", "files/a")) == "SnapshotsPresent");
}

TEST_CASE_METHOD(Fixture, "A copy over a blob keeps what was there") {
  keep_for_a_week();
  upload("a", "one");
  upload("b", "two");
  REQUIRE(ask("PUT", "files/a", "x-ms-copy-source", "http://127.0.0.1:14432" + at("files/b")).status == 202);
  CHECK(text_of(ask("GET", "files/a")) == "two");
  REQUIRE(ask("PUT", "files/a?comp=undelete").status == 200);
  CHECK(text_of(ask("GET", "files/a?snapshot=2026-11-20T00:00:00.0000000Z")) == "one");
}

TEST_CASE_METHOD(Fixture, "The policy is set alone, kept by other updates, and told") {
  CHECK_THAT(text_of(ask("GET", "?restype=service&comp=properties")),
             ContainsSubstring("<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>"));
  keep_for_a_week();
  REQUIRE(set_properties("<Cors></Cors>").status == 202);
  CHECK_THAT(text_of(ask("GET", "?restype=service&comp=properties")),
             ContainsSubstring(
                 "<DeleteRetentionPolicy><Enabled>true</Enabled><Days>7</Days></DeleteRetentionPolicy>"));
  for (const char* wrong :
       {"<Enabled>true</Enabled>", "<Enabled>true</Enabled><Days>0</Days>", "<Days>7</Days>",
        "<Enabled>true</Enabled><Days>366</Days>", "<Enabled>yes</Enabled><Days>7</Days>",
        "<Enabled>true</Enabled><Days>7d</Days>", "<Enabled>false</Enabled><Days>0</Days>"}) {
    CAPTURE(wrong);
    const auto refused = set_policy(wrong);
    CHECK(refused.status == 400);
    CHECK(code_of(refused) == "InvalidXmlNodeValue");
  }
  upload("a", "one");
  CHECK(header_of(ask("DELETE", "files/a"), "x-ms-delete-type-permanent") == "false");
  REQUIRE(set_policy("<Enabled>false</Enabled>").status == 202);
  CHECK(ask("PUT", "files/a?comp=undelete").status == 200);
  CHECK(header_of(ask("DELETE", "files/a"), "x-ms-delete-type-permanent") == "true");
}

TEST_CASE_METHOD(
    Fixture, "Deleting what is soft-deleted ahead of its time is refused, and undeleting takes no snapshot") {
  keep_for_a_week();
  upload("a", "one");
  CHECK(code_of(ask("DELETE", "files/a?deletetype=permanent")) == "InvalidQueryParameterValue");
  CHECK(code_of(ask("PUT", "files/a?comp=undelete&snapshot=2026-11-20T00:00:00.0000000Z")) ==
        "InvalidQueryParameterValue");
  CHECK(code_of(ask("GET", "files/a?comp=undelete")) == "UnsupportedHttpVerb");
  CHECK(ask("HEAD", "files/a").status == 200);
}

TEST_CASE_METHOD(Fixture,
                 "A leased container keeps itself from deletion, and not its blobs from soft deletion") {
  keep_for_a_week();
  upload("a", "one");
  const LeaseAction acquire{LeaseAction::Kind::acquire, "", "11111111-1111-1111-1111-111111111111", {}, {}};
  REQUIRE(lease_container(*store, {"devstoreaccount1", "files"}, acquire, {}, clock.now()));
  CHECK(ask("DELETE", "files/a").status == 202);
  CHECK(ask("PUT", "files/a?comp=undelete").status == 200);
  CHECK(ask("DELETE", "files/a").status == 202);
  CHECK(code_of(ask("DELETE", "files?restype=container")) == "LeaseIdMissing");
  CHECK(ask("DELETE", "files?restype=container", "x-ms-lease-id", "11111111-1111-1111-1111-111111111111")
            .status == 202);
  CHECK(code_of(ask("PUT", "files/a?comp=undelete")) == "ContainerNotFound");
  make_container("files", AccessLevel::none);
  CHECK_THAT(list("deleted,snapshots"), !ContainsSubstring("<Blob>"));
}

TEST_CASE_METHOD(Fixture,
                 "A blob of which there are only blocks is listed on demand, without what it has not yet") {
  HttpRequest block("PUT", at("files/a?comp=block&blockid=QQ%3D%3D"));
  REQUIRE(send_signed(std::move(block.body("one"))).status == 201);
  CHECK_THAT(list(""), !ContainsSubstring("<Blob>"));
  CHECK_THAT(
      list("uncommittedblobs"),
      ContainsSubstring("<Blobs><Blob><Name>a</Name><Properties><Content-Length>0</Content-Length>"
                        "<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>"
                        "<AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus>"
                        "<LeaseState>available</LeaseState><ServerEncrypted>false</ServerEncrypted>"
                        "</Properties></Blob></Blobs>"));
  CHECK(ask("GET", "files?restype=container&comp=list&include=versions").status == 200);
}
