#include "emulator/storage/list_page.h"
#include "emulator/storage/xml_reader.h"
#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

// What a page of List Blobs says, by its XML.
struct Page {
  std::vector<std::string> names;  // prefixes with a `*` behind them
  std::string next;
};

Page page_of(const http::Response& response) {
  REQUIRE(response.status == 200);
  auto root = read_xml(text_of(response));
  REQUIRE(root);
  Page page;
  for (const XmlElement& entry : root->child("Blobs")->children) {
    page.names.push_back(std::string(entry.child_text("Name")) + (entry.name == "BlobPrefix" ? "*" : ""));
  }
  page.next = root->child_text("NextMarker");
  return page;
}

struct Fixture : BlobServiceFixture {
  Fixture() { make_container("files", AccessLevel::container); }
  http::Response list(const std::string& query) {
    return send(HttpRequest("GET", at("files?restype=container&comp=list" + query)));
  }
  // All pages, one after another.
  std::vector<std::string> all(const std::string& query) {
    std::vector<std::string> names;
    std::string marker;
    do {
      const Page page = page_of(list(query + "&marker=" + base::percent_encode(marker)));
      names.insert(names.end(), page.names.begin(), page.names.end());
      marker = page.next;
    } while (!marker.empty());
    return names;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "A listing describes each blob as Azure does") {
  PutOptions options;
  options.properties.type = "application/zip";
  options.metadata = {{"team", "one"}};
  REQUIRE(storage::put_blob(*store, {"devstoreaccount1", "files", "a.zip"}, "abc", options, clock.now()));
  const std::string text = text_of(list("&include=metadata"));
  CHECK_THAT(text, ContainsSubstring(
                       "<EnumerationResults ServiceEndpoint=\"http://127.0.0.1:14432/devstoreaccount1/\" "
                       "ContainerName=\"files\">"));
  CHECK_THAT(text, ContainsSubstring("<Blob><Name>a.zip</Name><Properties><Creation-Time>Fri, 20 Nov 2026 "
                                     "00:00:00 GMT</Creation-Time>"));
  CHECK_THAT(text, ContainsSubstring("<Etag>0x8D"));
  CHECK_THAT(text, ContainsSubstring(
                       "<Content-Length>3</Content-Length><Content-Type>application/zip</Content-Type>"));
  CHECK_THAT(text, ContainsSubstring("<Metadata><team>one</team></Metadata>"));
  CHECK_THAT(text, ContainsSubstring("<NextMarker />"));
  CHECK(text_of(list("")).find("<Metadata>") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "Pages follow each other without a gap or a repetition") {
  Names names;
  for (int i = 0; i < 7; ++i) names.push_back("blob-" + std::to_string(i));
  for (const std::string& name : names) put("files", name, "x");
  const Page first = page_of(list("&maxresults=3"));
  CHECK(first.names == Names{"blob-0", "blob-1", "blob-2"});
  CHECK_FALSE(first.next.empty());
  CHECK(all("&maxresults=3") == names);
  CHECK(all("&maxresults=1") == names);
  CHECK(all("&maxresults=7") == names);
}

TEST_CASE_METHOD(Fixture, "A delimiter folds what is deeper into prefixes, on every page size") {
  for (const char* name : {"a", "dir/1", "dir/2", "dir/sub/3", "dir0", "other/1", "z"})
    put("files", name, "x");
  const Names expected{"a", "dir/*", "dir0", "other/*", "z"};
  for (const char* size : {"1", "2", "3", "5", "5000"}) {
    CAPTURE(size);
    CHECK(all("&delimiter=%2F&maxresults=" + std::string(size)) == expected);
  }
  CHECK(all("&delimiter=%2F&prefix=dir%2F") == Names{"dir/1", "dir/2", "dir/sub/*"});
  CHECK(all("&delimiter=%2F&prefix=di&maxresults=1") == Names{"dir/*", "dir0"});
  CHECK(all("&delimiter=") == Names{"a", "dir/1", "dir/2", "dir/sub/3", "dir0", "other/1", "z"});
  CHECK(all("&startFrom=dir0") == Names{"dir0", "other/1", "z"});
}

TEST_CASE_METHOD(Fixture, "A folder with more names than one scan reads is still one prefix") {
  for (int i = 0; i < 2'500; ++i) put("files", "many/" + std::to_string(i), "");
  put("files", "zoo", "");
  CHECK(all("&delimiter=%2F&maxresults=1") == Names{"many/*", "zoo"});
}

TEST_CASE_METHOD(Fixture, "Names of any characters are listed as well-formed XML and paged through") {
  const Names names{" a", "%41", "<b>&\"'", "a+b", "dir//x", "\xc3\xa4\xe2\x82\xac", "\xf0\x9f\x98\x80"};
  for (const std::string& name : names) put("files", name, "x");
  CHECK(all("&maxresults=1") == names);
}

TEST_CASE_METHOD(Fixture, "Parameters that make no sense are refused") {
  CHECK(code_of(list("&maxresults=0")) == "OutOfRangeQueryParameterValue");
  CHECK(code_of(list("&maxresults=-1")) == "OutOfRangeQueryParameterValue");
  CHECK(code_of(list("&maxresults=x")) == "OutOfRangeQueryParameterValue");
  CHECK(code_of(list("&include=everything")) == "InvalidQueryParameterValue");
  CHECK(list("&maxresults=99999999999999999999999").status == 200);
  CHECK(list("&include=snapshots,metadata,deleted,versions&maxresults=").status == 200);
}

TEST_CASE_METHOD(Fixture, "Containers are listed in pages, with their access level") {
  make_container("private", AccessLevel::none);
  make_container("third", AccessLevel::blob);
  const std::string first = text_of(send_signed(HttpRequest("GET", at("?comp=list&maxresults=2&include="))));
  CHECK_THAT(first, ContainsSubstring("<Name>files</Name>"));
  CHECK_THAT(first, ContainsSubstring("<PublicAccess>container</PublicAccess>"));
  CHECK_THAT(first, ContainsSubstring("<Etag>&quot;0x8D"));
  CHECK_THAT(first, ContainsSubstring("<NextMarker>third</NextMarker>"));
  const std::string rest = text_of(send_signed(HttpRequest("GET", at("?comp=list&marker=third"))));
  CHECK_THAT(rest, ContainsSubstring("<Name>third</Name>"));
  CHECK(rest.find("<Name>files</Name>") == std::string::npos);
}

TEST_CASE("The first string after a prefix is behind all that begin with it") {
  CHECK(first_after_prefix("a/") == "a0");
  CHECK(first_after_prefix("a\xff") == "b");
  CHECK(first_after_prefix("\xff\xff").empty());
}
