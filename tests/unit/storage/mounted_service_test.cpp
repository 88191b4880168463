// What clients meet at a mounted folder that other containers don't do.
#include <filesystem>
#include <fstream>

#include "emulator/base/file.h"
#include "emulator/storage/mounted_blob_store.h"
#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;
namespace fs = std::filesystem;

namespace {

struct MountFolder {
  base::TemporaryFolder folder = *base::TemporaryFolder::create("exthost-mounts");
};

// Two containers on one folder: `work`, and `shown`, which only shows it.
class MountedService : public MountFolder, public BlobServiceFixture {
 public:
  MountedService()
      : BlobServiceFixture(
            {}, nullptr,
            *MountedBlobStore::open(make_memory_blob_store(),
                                    {{{"devstoreaccount1", "work"}, folder.path() / "deploy", false},
                                     {{"devstoreaccount1", "shown"}, folder.path() / "deploy", true}})) {
    make_container("work", AccessLevel::none);
    make_container("shown", AccessLevel::blob);
    write("there", "0123456789");
  }
  void write(const std::string& name, const std::string& text) {
    const fs::path path = folder.path() / "deploy" / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  http::Response upload(const std::string& name) {
    HttpRequest request("PUT", at(name));
    return send_signed(std::move(request.header("x-ms-blob-type", "BlockBlob").body("text")));
  }
};

std::string outcome(const http::Response& response) {
  return std::to_string(response.status) + " " + code_of(response);
}

}  // namespace

TEST_CASE_METHOD(MountedService, "A file is served whole, in parts and with a part's checksum") {
  const auto whole = send(HttpRequest("GET", at("shown/there")));
  CHECK(whole.status == 200);
  CHECK(text_of(whole) == "0123456789");
  CHECK(header_of(whole, "Content-Type") == "application/octet-stream");
  const auto part = send(HttpRequest("GET", at("shown/there"))
                             .header("x-ms-range", "bytes=2-4")
                             .header("x-ms-range-get-content-md5", "true"));
  CHECK(part.status == 206);
  CHECK(text_of(part) == "234");
  CHECK(header_of(part, "Content-MD5") == base::base64_encode(base::md5("234")));
  CHECK(
      send(HttpRequest("GET", at("shown/there")).header("If-None-Match", header_of(whole, "ETag"))).status ==
      304);
  write("empty", "");
  CHECK(text_of(send(HttpRequest("GET", at("shown/empty")))).empty());
}

TEST_CASE_METHOD(MountedService, "A name that is a folder, or below a file, is a conflict") {
  write("dir/file", "x");
  CHECK(outcome(upload("work/dir")) == "409 ResourceTypeMismatch");
  CHECK(outcome(upload("work/there/below")) == "409 ResourceTypeMismatch");
  CHECK(outcome(upload("work/there/further/below")) == "409 ResourceTypeMismatch");
  CHECK(text_of(upload("work/dir")).find("folder") != std::string::npos);
  CHECK(upload("work/dir/other").status == 201);
}

TEST_CASE_METHOD(MountedService, "A name that no file can have is refused with the reason") {
  for (const std::string& name : {std::string("a//b"), std::string("dir/"), std::string("/a"),
                                  std::string(256, 'n'), std::string(".exthost-emu-1.tmp")}) {
    CAPTURE(name);
    CHECK(outcome(upload("work/" + name)) == "400 InvalidResourceName");
    auto block = HttpRequest("PUT", at("work/" + name + "?comp=block&blockid=QQ=="));
    CHECK(outcome(send_signed(std::move(block.body("x")))) == "400 InvalidResourceName");
    CHECK(outcome(send_signed(HttpRequest("GET", at("work/" + name)))) == "404 BlobNotFound");
  }
}

TEST_CASE_METHOD(MountedService, "A folder holds block blobs only") {
  HttpRequest page("PUT", at("work/page"));
  page.header("x-ms-blob-type", "PageBlob").header("x-ms-blob-content-length", "512").body("");
  CHECK(outcome(send_signed(std::move(page))) == "409 InvalidBlobType");
  HttpRequest append("PUT", at("work/append"));
  CHECK(outcome(send_signed(std::move(append.header("x-ms-blob-type", "AppendBlob").body("")))) ==
        "409 InvalidBlobType");
  CHECK_FALSE(fs::exists(folder.path() / "deploy" / "page"));
}

TEST_CASE_METHOD(MountedService, "A read-only mount refuses every change of its blobs, and shows them") {
  const auto refused = [&](HttpRequest request) {
    const auto response = send_signed(std::move(request));
    CHECK(text_of(response).find("read-only") != std::string::npos);
    return outcome(response);
  };
  const std::string expected = "403 InsufficientAccountPermissions";
  CHECK(outcome(upload("shown/new")) == expected);
  CHECK(outcome(upload("shown/there")) == expected);
  CHECK(refused(HttpRequest("DELETE", at("shown/there"))) == expected);
  CHECK(refused(std::move(HttpRequest("PUT", at("shown/there?comp=metadata")).header("x-ms-meta-a", "b"))) ==
        expected);
  CHECK(refused(HttpRequest("PUT", at("shown/there?comp=properties"))) == expected);
  CHECK(refused(HttpRequest("PUT", at("shown/there?comp=snapshot"))) == expected);
  CHECK(refused(std::move(
            HttpRequest("PUT", at("shown/there?comp=tier")).header("x-ms-access-tier", "Cool"))) == expected);
  CHECK(refused(std::move(HttpRequest("PUT", at("shown/there?comp=lease"))
                              .header("x-ms-lease-action", "acquire")
                              .header("x-ms-lease-duration", "15"))) == expected);
  CHECK(refused(std::move(HttpRequest("PUT", at("shown/new?comp=block&blockid=QQ==")).body("x"))) ==
        expected);
  CHECK(refused(std::move(
            HttpRequest("PUT", at("shown/new?comp=blocklist")).body("<BlockList></BlockList>"))) == expected);
  CHECK(text_of(send(HttpRequest("GET", at("shown/there")))) == "0123456789");
  CHECK_FALSE(fs::exists(folder.path() / "deploy" / "new"));
  CHECK(text_of(send_signed(HttpRequest("GET", at("shown?restype=container&comp=list"))))
            .find("<Name>there</Name>") != std::string::npos);
}

TEST_CASE_METHOD(MountedService, "A mounted container is not deleted") {
  for (const char* name : {"work", "shown"}) {
    const auto response = send_signed(HttpRequest("DELETE", at(std::string(name) + "?restype=container")));
    CHECK(outcome(response) == "403 InsufficientAccountPermissions");
    CHECK(text_of(response).find("settings") != std::string::npos);
  }
  CHECK(send_signed(HttpRequest("GET", at("work/there"))).status == 200);
}

TEST_CASE_METHOD(MountedService, "A mounted container is listed by folders, page by page") {
  for (const char* name : {"a/1", "a/2", "b", "c/1"}) write(name, "x");
  const auto page = text_of(
      send_signed(HttpRequest("GET", at("work?restype=container&comp=list&delimiter=/&maxresults=2"))));
  CHECK(page.find("<BlobPrefix><Name>a/</Name></BlobPrefix>") != std::string::npos);
  CHECK(page.find("<Name>b</Name>") != std::string::npos);
  CHECK(page.find("<NextMarker>c/</NextMarker>") != std::string::npos);
  const auto next =
      text_of(send_signed(HttpRequest("GET", at("work?restype=container&comp=list&delimiter=/&marker=c/"))));
  CHECK(next.find("<Name>c/</Name>") != std::string::npos);
  CHECK(next.find("<Name>there</Name>") != std::string::npos);
  CHECK(next.find("<Name>b</Name>") == std::string::npos);
}

TEST_CASE_METHOD(MountedService, "A file is copied into another container, and a blob into the folder") {
  make_container("plain", AccessLevel::none);
  put("plain", "there", "from the store");
  const std::string here = "http://127.0.0.1:14432/devstoreaccount1/";
  const auto copy = [&](const std::string& from, const std::string& to, const char* header,
                        const char* value) {
    HttpRequest request("PUT", at(to));
    return outcome(
        send_signed(std::move(request.header("x-ms-copy-source", here + from).header(header, value))));
  };
  const auto text = [&](const std::string& name) {
    return text_of(send_signed(HttpRequest("GET", at(name))));
  };
  CHECK(copy("work/there", "plain/copied", "x-ms-requires-sync", "true") == "202 ");
  CHECK(text("plain/copied") == "0123456789");
  CHECK(copy("work/there", "plain/put", "x-ms-blob-type", "BlockBlob") == "201 ");
  CHECK(text("plain/put") == "0123456789");
  CHECK(copy("plain/there", "work/new/copied", "x-ms-meta-a", "b") == "202 ");
  CHECK(text("work/new/copied") == "from the store");
  CHECK(copy("work/there", "work/again", "x-ms-meta-a", "b") == "202 ");
  CHECK(text("work/again") == "0123456789");
  CHECK(copy("work/there", "plain/blocks?comp=block&blockid=QQ==", "x-ms-source-range", "bytes=2-4") ==
        "201 ");
  CHECK(copy("work/there", "plain/blocks?comp=block&blockid=Qg==", "x-ms-meta-a", "b") == "201 ");
  auto list = HttpRequest("PUT", at("plain/blocks?comp=blocklist"));
  list.body("<BlockList><Latest>Qg==</Latest><Latest>QQ==</Latest></BlockList>");
  CHECK(send_signed(std::move(list)).status == 201);
  CHECK(text("plain/blocks") == "0123456789234");
  CHECK(copy("work/there", "shown/new", "x-ms-meta-a", "b") == "403 InsufficientAccountPermissions");
  CHECK(copy("shown/there", "work/over/there/too", "x-ms-meta-a", "b") == "202 ");
}

TEST_CASE_METHOD(MountedService, "A mounted folder is read by a worker: its disk may be slow") {
  CHECK(service.may_block(HttpRequest("GET", at("work/there"))));
  make_container("own", AccessLevel::none);
  CHECK_FALSE(service.may_block(HttpRequest("GET", at("own/there"))));
}
