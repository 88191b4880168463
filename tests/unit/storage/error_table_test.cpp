// Every operation, asked wrongly in every way that applies to it.
#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

struct Case {
  const char* name;
  const char* method;
  const char* query;  // after the resource
  bool on_blob;
  const char* body;  // null: none
  const char* missing_container;
  const char* missing_blob;  // empty: not an error
  const char* failed_match;  // with an If-Match that fails; empty: not an error
  const char* leased;        // while somebody holds the lease of container and blob; empty: not an error
};

const char* const kBlocks = "<BlockList><Latest>QQ==</Latest></BlockList>";

const Case kCases[] = {
    {"Get Container Properties", "GET", "?restype=container", false, nullptr, "404 ContainerNotFound", "", "",
     ""},
    {"Get Container Metadata", "GET", "?restype=container&comp=metadata", false, nullptr,
     "404 ContainerNotFound", "", "", ""},
    {"Set Container Metadata", "PUT", "?restype=container&comp=metadata", false, "", "404 ContainerNotFound",
     "", "", ""},
    {"Get Container ACL", "GET", "?restype=container&comp=acl", false, nullptr, "404 ContainerNotFound", "",
     "", ""},
    {"Set Container ACL", "PUT", "?restype=container&comp=acl", false, "", "404 ContainerNotFound", "", "",
     ""},
    {"Delete Container", "DELETE", "?restype=container", false, nullptr, "404 ContainerNotFound", "", "",
     "412 LeaseIdMissing"},
    {"List Blobs", "GET", "?restype=container&comp=list", false, nullptr, "404 ContainerNotFound", "", "",
     ""},
    {"Put Blob", "PUT", "", true, "abc", "404 ContainerNotFound", "", "412 ConditionNotMet",
     "412 LeaseIdMissing"},
    {"Get Blob", "GET", "", true, nullptr, "404 ContainerNotFound", "404 BlobNotFound", "412 ConditionNotMet",
     ""},
    {"Get Blob Properties", "HEAD", "", true, nullptr, "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", ""},
    {"Get Blob Metadata", "GET", "?comp=metadata", true, nullptr, "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", ""},
    {"Set Blob Metadata", "PUT", "?comp=metadata", true, "", "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", "412 LeaseIdMissing"},
    {"Set Blob Properties", "PUT", "?comp=properties", true, "", "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", "412 LeaseIdMissing"},
    {"Delete Blob", "DELETE", "", true, nullptr, "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", "412 LeaseIdMissing"},
    {"Put Block", "PUT", "?comp=block&blockid=QQ%3D%3D", true, "abc", "404 ContainerNotFound", "", "",
     "412 LeaseIdMissing"},
    {"Put Block List", "PUT", "?comp=blocklist", true, kBlocks, "404 ContainerNotFound",
     "400 InvalidBlockList", "412 ConditionNotMet", "412 LeaseIdMissing"},
    {"Get Block List", "GET", "?comp=blocklist", true, nullptr, "404 ContainerNotFound", "404 BlobNotFound",
     "", ""},
    {"Abort Copy Blob", "PUT", "?comp=copy&copyid=11111111-1111-1111-1111-111111111111", true, nullptr,
     "404 ContainerNotFound", "404 BlobNotFound", "", "412 LeaseIdMissing"},
    {"Snapshot Blob", "PUT", "?comp=snapshot", true, "", "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", ""},
    {"Delete Blob (snapshot)", "DELETE", "?snapshot=2026-11-20T00:00:00.0000000Z", true, nullptr,
     "404 ContainerNotFound", "404 BlobNotFound", "", ""},
    {"Set Blob Tier", "PUT", "?comp=tier", true, "", "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", "412 LeaseIdMissing"},
    {"Get Blob Tags", "GET", "?comp=tags", true, nullptr, "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", ""},
    {"Set Blob Tags", "PUT", "?comp=tags", true, "<Tags><TagSet/></Tags>", "404 ContainerNotFound",
     "404 BlobNotFound", "412 ConditionNotMet", "412 LeaseIdMissing"},
    {"Find Blobs by Tags", "GET", "?restype=container&comp=blobs&where=a='b'", false, nullptr,
     "404 ContainerNotFound", "", "", ""},
    {"Lease Container", "PUT", "?restype=container&comp=lease", false, nullptr, "404 ContainerNotFound", "",
     "", "409 LeaseAlreadyPresent"},
    {"Lease Blob", "PUT", "?comp=lease", true, nullptr, "404 ContainerNotFound", "404 BlobNotFound",
     "412 ConditionNotMet", "409 LeaseAlreadyPresent"},
};

HttpRequest request_of(const Case& row, const std::string& container, const std::string& blob) {
  HttpRequest request(row.method, at(container + (row.on_blob ? "/" + blob : "") + row.query));
  if (row.query == std::string("?comp=lease") || row.query == std::string("?restype=container&comp=lease")) {
    request.header("x-ms-lease-action", "acquire").header("x-ms-lease-duration", "-1");
  }
  if (row.query == std::string("?comp=tier")) request.header("x-ms-access-tier", "Cool");
  if (std::string(row.query).rfind("?comp=copy", 0) == 0) request.header("x-ms-copy-action", "abort");
  if (row.body != nullptr) request.header("x-ms-blob-type", "BlockBlob").body(row.body);
  return request;
}

std::string outcome(const http::Response& response) {
  return std::to_string(response.status) + " " + code_of(response);
}

bool has_body(const http::Response& response) {
  return !text_of(response).empty();
}

}  // namespace

TEST_CASE_METHOD(BlobServiceFixture,
                 "Each operation names what is missing, failed or forbidden, with status, code and body") {
  make_container("files", AccessLevel::none);
  put("files", "there", "abc");
  for (const Case& row : kCases) {
    CAPTURE(row.name);
    const auto missing_container = send_signed(request_of(row, "absent", "there"));
    CHECK(outcome(missing_container) == row.missing_container);
    CHECK(has_body(missing_container));
    if (*row.missing_blob != '\0')
      CHECK(outcome(send_signed(request_of(row, "files", "absent"))) == row.missing_blob);
    if (*row.failed_match != '\0') {
      auto request = request_of(row, "files", "there");
      CHECK(outcome(send_signed(std::move(request.header("If-Match", "\"0x0\"")))) == row.failed_match);
    }
    auto wrong_key = request_of(row, "files", "there");
    CHECK(outcome(send(wrong_key.header("Authorization", "SharedKey devstoreaccount1:AAAA"))) ==
          "403 AuthenticationFailed");
    const bool reads = row.method[0] == 'G' || row.method[0] == 'H';
    CHECK(outcome(send(request_of(row, "files", "there"))) ==
          (reads ? "404 ResourceNotFound" : "403 AuthorizationFailure"));
  }
  CHECK(store->find({"devstoreaccount1", "files", "there"}));
}

TEST_CASE_METHOD(BlobServiceFixture, "What somebody else has leased can be read, and not changed") {
  make_container("files", AccessLevel::none);
  put("files", "there", "abc");
  const LeaseAction acquire{LeaseAction::Kind::acquire, "", "11111111-1111-1111-1111-111111111111", {}, {}};
  REQUIRE(lease_container(*store, {"devstoreaccount1", "files"}, acquire, {}, clock.now()));
  REQUIRE(lease_blob(*store, {"devstoreaccount1", "files", "there"}, acquire, {}, clock.now()));
  for (const Case& row : kCases) {
    CAPTURE(row.name);
    const auto response = send_signed(request_of(row, "files", "there"));
    if (*row.leased == '\0') {
      CHECK(response.status < 300);
    } else {
      CHECK(outcome(response) == row.leased);
    }
  }
}
