#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("files", AccessLevel::container);
    put("files", "a", "old");
  }
  http::Response ask(const std::string& method, const std::string& target, const std::string& header = "",
                     const std::string& value = "") {
    HttpRequest request(method, at("files" + target));
    if (!header.empty()) request.header(header, value);
    return send_signed(std::move(request));
  }
  std::string take_snapshot() { return header_of(ask("PUT", "/a?comp=snapshot"), "x-ms-snapshot"); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A snapshot is read by its time, and answers what the blob was") {
  const auto response = ask("PUT", "/a?comp=snapshot");
  CHECK(response.status == 201);
  const std::string time = header_of(response, "x-ms-snapshot");
  CHECK(time == "2026-11-20T00:00:00.0000000Z");
  CHECK(take_snapshot() == "2026-11-20T00:00:00.0000001Z");
  put("files", "a", "new");
  CHECK(text_of(ask("GET", "/a?snapshot=" + time)) == "old");
  CHECK(text_of(ask("GET", "/a")) == "new");
  const auto head = ask("HEAD", "/a?snapshot=" + time);
  CHECK(header_of(head, "ETag") == header_of(response, "ETag"));
  CHECK(header_of(head, "x-ms-lease-state").empty());
  CHECK(text_of(send(HttpRequest("GET", at("files/a?snapshot=" + time)))) == "old");
}

TEST_CASE_METHOD(Fixture, "A snapshot may have metadata of its own") {
  const auto response = ask("PUT", "/a?comp=snapshot", "x-ms-meta-k", "v");
  const std::string time = header_of(response, "x-ms-snapshot");
  CHECK(header_of(ask("GET", "/a?comp=metadata&snapshot=" + time), "x-ms-meta-k") == "v");
  CHECK(header_of(ask("HEAD", "/a"), "x-ms-meta-k").empty());
}

TEST_CASE_METHOD(Fixture, "A leased blob may be snapshotted, and the snapshot is not leased") {
  const LeaseAction acquire{LeaseAction::Kind::acquire, "", "11111111-1111-1111-1111-111111111111", {}, {}};
  REQUIRE(lease_blob(*store, {"devstoreaccount1", "files", "a"}, acquire, {}, clock.now()));
  const std::string time = take_snapshot();
  CHECK_FALSE(time.empty());
  CHECK(ask("DELETE", "/a?snapshot=" + time).status == 202);
  CHECK(code_of(ask("PUT", "/a?comp=snapshot", "x-ms-lease-id", "22222222-2222-2222-2222-222222222222")) ==
        "LeaseIdMismatchWithBlobOperation");
}

TEST_CASE_METHOD(Fixture, "A blob with snapshots is deleted with them, or they without it") {
  take_snapshot();
  const auto refused = ask("DELETE", "/a");
  CHECK(refused.status == 409);
  CHECK(code_of(refused) == "SnapshotsPresent");
  CHECK(ask("DELETE", "/a", "x-ms-delete-snapshots", "only").status == 202);
  CHECK(ask("HEAD", "/a").status == 200);
  take_snapshot();
  CHECK(code_of(ask("DELETE", "/a", "x-ms-delete-snapshots", "some")) == "InvalidHeaderValue");
  CHECK(ask("DELETE", "/a", "x-ms-delete-snapshots", "include").status == 202);
  CHECK(ask("HEAD", "/a").status == 404);
}

TEST_CASE_METHOD(Fixture, "One snapshot is deleted alone") {
  const std::string first = take_snapshot();
  const std::string second = take_snapshot();
  CHECK(code_of(ask("DELETE", "/a?snapshot=" + first, "x-ms-delete-snapshots", "include")) ==
        "InvalidHeaderValue");
  CHECK(ask("DELETE", "/a?snapshot=" + first).status == 202);
  CHECK(ask("HEAD", "/a?snapshot=" + first).status == 404);
  CHECK(ask("HEAD", "/a?snapshot=" + second).status == 200);
}

TEST_CASE_METHOD(Fixture, "Snapshots are listed if they are asked for, and pages may end among them") {
  const std::string first = take_snapshot();
  const std::string second = take_snapshot();
  put("files", "b", "x");
  CHECK_THAT(text_of(ask("GET", "?restype=container&comp=list")), !ContainsSubstring("<Snapshot>"));
  std::string marker;
  std::vector<std::string> seen;
  do {
    const std::string page =
        text_of(ask("GET", "?restype=container&comp=list&include=snapshots&maxresults=1&marker=" +
                               base::percent_encode(marker)));
    const auto between = [&](const std::string& element) {
      const std::size_t begin = page.find("<" + element + ">");
      if (begin == std::string::npos) return std::string();
      const std::size_t text = begin + element.size() + 2;
      return page.substr(text, page.find('<', text) - text);
    };
    seen.push_back(between("Name") + between("Snapshot"));
    marker = between("NextMarker");
  } while (!marker.empty());
  CHECK(seen == std::vector<std::string>{"a" + first, "a" + second, "a", "b"});
}

TEST_CASE_METHOD(Fixture, "What is no snapshot's time, and what takes none, is refused") {
  CHECK(code_of(ask("GET", "/a?snapshot=yesterday")) == "InvalidQueryParameterValue");
  CHECK(code_of(ask("GET", "/a?snapshot=2020-01-01T00:00:00.0000000Z")) == "BlobNotFound");
  CHECK(code_of(ask("PUT", "/a?comp=metadata&snapshot=2020-01-01T00:00:00.0000000Z")) ==
        "InvalidQueryParameterValue");
}
