#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Fixture : BlobServiceFixture {
  Fixture() { make_container("files", AccessLevel::none); }

  http::Response ask(const std::string& method, const std::string& target, const Fields& headers = {},
                     const std::string& body = "") {
    HttpRequest request(method, at("files" + target));
    for (const auto& [name, value] : headers) request.header(name, value);
    if (method == "PUT") request.body(body);
    return send_signed(std::move(request));
  }
  http::Response make_page_blob(const std::string& size, const std::string& sequence_number = "0") {
    return ask("PUT", "/disk",
               {{"x-ms-blob-type", "PageBlob"},
                {"x-ms-blob-content-length", size},
                {"x-ms-blob-sequence-number", sequence_number},
                {"x-ms-blob-content-type", "application/x-vhd"},
                {"x-ms-meta-k", "v"}});
  }
  http::Response make_append_blob() { return ask("PUT", "/log", {{"x-ms-blob-type", "AppendBlob"}}); }
};

std::string outcome(const http::Response& response) {
  return std::to_string(response.status) + " " + code_of(response);
}

}  // namespace

TEST_CASE_METHOD(Fixture, "A page blob is made, described, listed and read as zeros") {
  const auto made = make_page_blob("1024", "7");
  CHECK(made.status == 201);
  CHECK_FALSE(header_of(made, "ETag").empty());
  CHECK(header_of(made, "x-ms-request-server-encrypted") == "true");
  const auto head = ask("HEAD", "/disk");
  CHECK(header_of(head, "x-ms-blob-type") == "PageBlob");
  CHECK(header_of(head, "x-ms-blob-sequence-number") == "7");
  CHECK(header_of(head, "Content-Length") == "1024");
  CHECK(header_of(head, "Content-Type") == "application/x-vhd");
  CHECK(header_of(head, "x-ms-meta-k") == "v");
  CHECK(header_of(head, "x-ms-access-tier").empty());
  CHECK(text_of(ask("GET", "/disk")) == std::string(1024, '\0'));
  const auto part = ask("GET", "/disk", {{"Range", "bytes=-2"}});
  CHECK(part.status == 206);
  CHECK(text_of(part) == std::string(2, '\0'));
  const std::string listed = text_of(ask("GET", "?restype=container&comp=list"));
  CHECK_THAT(listed, ContainsSubstring("<Content-Length>1024</Content-Length>"));
  CHECK_THAT(listed, ContainsSubstring("<BlobType>PageBlob</BlobType>"
                                       "<x-ms-blob-sequence-number>7</x-ms-blob-sequence-number>"));
  CHECK_THAT(listed, !ContainsSubstring("AccessTier"));
}

TEST_CASE_METHOD(Fixture, "A page blob may be as large as Azure's, for nothing") {
  CHECK(make_page_blob("8796093022208").status == 201);
  CHECK(http::body_length(ask("GET", "/disk").body) == 8796093022208);
  CHECK(text_of(ask("GET", "/disk", {{"x-ms-range", "bytes=8796093022205-"}})) == std::string(3, '\0'));
}

TEST_CASE_METHOD(Fixture, "An append blob is made empty") {
  CHECK(make_append_blob().status == 201);
  const auto head = ask("HEAD", "/log");
  CHECK(header_of(head, "x-ms-blob-type") == "AppendBlob");
  CHECK(header_of(head, "x-ms-blob-committed-block-count") == "0");
  CHECK(header_of(head, "Content-Length") == "0");
  CHECK(text_of(ask("GET", "/log")).empty());
  CHECK_THAT(text_of(ask("GET", "?restype=container&comp=list")), ContainsSubstring("<BlobType>AppendBlob<"));
}

TEST_CASE_METHOD(Fixture, "What no page or append blob can be made of is refused") {
  CHECK(outcome(ask("PUT", "/disk", {{"x-ms-blob-type", "PageBlob"}})) == "400 MissingRequiredHeader");
  for (const char* size : {"", "513", "-512", "512x", "8796093022720", "99999999999999999999"}) {
    CAPTURE(size);
    CHECK(outcome(make_page_blob(size)) == "400 InvalidHeaderValue");
  }
  CHECK(outcome(make_page_blob("512", "-1")) == "400 InvalidHeaderValue");
  CHECK(outcome(make_page_blob("512", "9223372036854775808")) == "400 InvalidHeaderValue");
  CHECK(outcome(ask("PUT", "/log", {{"x-ms-blob-type", "AppendBlob"}}, "text")) == "400 InvalidHeaderValue");
  CHECK(outcome(ask("PUT", "/log", {{"x-ms-blob-type", "AppendBlob"}, {"x-ms-access-tier", "Hot"}})) ==
        "400 InvalidHeaderValue");
  CHECK(outcome(send_signed(
            std::move(HttpRequest("PUT", at("files/log")).header("x-ms-blob-type", "AppendBlob")))) ==
        "411 MissingContentLengthHeader");
  CHECK(ask("HEAD", "/log").status == 404);
}

TEST_CASE_METHOD(Fixture, "A blob is replaced by one of its type, and by another only after it is deleted") {
  REQUIRE(make_page_blob("512").status == 201);
  const std::string etag = header_of(ask("HEAD", "/disk"), "ETag");
  CHECK(make_page_blob("1024").status == 201);
  CHECK(header_of(ask("HEAD", "/disk"), "ETag") != etag);
  CHECK(header_of(ask("HEAD", "/disk"), "Content-Length") == "1024");
  CHECK(outcome(ask("PUT", "/disk", {{"x-ms-blob-type", "BlockBlob"}}, "text")) == "409 InvalidBlobType");
  CHECK(outcome(ask("PUT", "/disk", {{"x-ms-blob-type", "AppendBlob"}})) == "409 InvalidBlobType");
  put("files", "text", "text");
  CHECK(outcome(ask("PUT", "/text", {{"x-ms-blob-type", "AppendBlob"}})) == "409 InvalidBlobType");
  CHECK(outcome(ask("PUT", "/text", {{"x-ms-blob-type", "AppendBlob"}, {"If-None-Match", "*"}})) ==
        "409 BlobAlreadyExists");
  CHECK(ask("DELETE", "/disk").status == 202);
  CHECK(ask("PUT", "/disk", {{"x-ms-blob-type", "BlockBlob"}}, "text").status == 201);
  CHECK(header_of(ask("HEAD", "/disk"), "x-ms-blob-type") == "BlockBlob");
}

TEST_CASE_METHOD(Fixture, "Operations on blocks and tiers are not for page and append blobs") {
  REQUIRE(make_page_blob("512").status == 201);
  REQUIRE(make_append_blob().status == 201);
  for (const std::string blob : {"/disk", "/log"}) {
    CAPTURE(blob);
    CHECK(outcome(ask("PUT", blob + "?comp=block&blockid=QQ%3D%3D", {}, "x")) == "409 InvalidBlobType");
    CHECK(outcome(ask("PUT", blob + "?comp=blocklist", {}, "<BlockList></BlockList>")) ==
          "409 InvalidBlobType");
    CHECK(outcome(ask("GET", blob + "?comp=blocklist")) == "409 InvalidBlobType");
    CHECK(outcome(ask("PUT", blob + "?comp=tier", {{"x-ms-access-tier", "Cool"}})) == "409 InvalidBlobType");
  }
}

TEST_CASE_METHOD(Fixture, "Writing to page and append blobs is not done, and says so") {
  REQUIRE(make_page_blob("512").status == 201);
  for (const char* target : {"/disk?comp=page", "/disk?comp=pagelist", "/disk?comp=incrementalcopy",
                             "/log?comp=appendblock", "/log?comp=seal"}) {
    CAPTURE(target);
    const auto response = ask("PUT", target);
    CHECK(outcome(response) == "501 NotImplemented");
    CHECK_THAT(text_of(response), ContainsSubstring("their content can't be written."));
  }
  CHECK(outcome(ask("GET", "/disk?comp=pagelist")) == "501 NotImplemented");
  CHECK(outcome(ask("PUT", "/disk?comp=properties", {{"x-ms-blob-content-length", "1024"}})) ==
        "501 NotImplemented");
  put("files", "text", "text");
  CHECK(outcome(ask("PUT", "/text?comp=properties", {{"x-ms-blob-content-length", "1024"}})) ==
        "409 InvalidBlobType");
}

TEST_CASE_METHOD(Fixture, "A page blob's snapshot, metadata and properties are those of any blob") {
  REQUIRE(make_page_blob("512", "3").status == 201);
  const std::string time = header_of(ask("PUT", "/disk?comp=snapshot"), "x-ms-snapshot");
  CHECK(ask("PUT", "/disk?comp=metadata", {{"x-ms-meta-k", "w"}}).status == 200);
  CHECK(ask("PUT", "/disk?comp=properties", {{"x-ms-blob-content-type", "a/b"}}).status == 200);
  CHECK(header_of(ask("HEAD", "/disk"), "x-ms-blob-type") == "PageBlob");
  const auto old = ask("GET", "/disk?snapshot=" + time);
  CHECK(header_of(old, "x-ms-blob-sequence-number") == "3");
  CHECK(header_of(old, "x-ms-meta-k") == "v");
  CHECK(text_of(old).size() == 512);
}
