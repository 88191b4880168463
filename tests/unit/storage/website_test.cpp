#include "emulator/storage/website.h"

#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

const std::string kHost = "devstoreaccount1.z6.web.core.windows.net.localhost";

struct Fixture : BlobServiceFixture {
  http::Response set_website(const std::string& inner) {
    HttpRequest request("PUT", at("?restype=service&comp=properties"));
    request.body("<StorageServiceProperties><StaticWebsite>" + inner +
                 "</StaticWebsite></StorageServiceProperties>");
    return send_signed(std::move(request));
  }
  void enable() {
    REQUIRE(set_website("<Enabled>true</Enabled><IndexDocument>index.html</IndexDocument>"
                        "<ErrorDocument404Path>errors/404.html</ErrorDocument404Path>")
                .status == 202);
    put_page("index.html", "home");
    put_page("docs/index.html", "docs");
    put_page("errors/404.html", "nothing here");
    put_page("script.js", "let x;", "text/javascript");
  }
  void put_page(const std::string& name, const std::string& text, const std::string& type = "text/html") {
    PutOptions options;
    options.properties.type = type;
    options.metadata = {{"k", "v"}};
    REQUIRE(put_blob(*store, {"devstoreaccount1", "$web", name}, text, options, clock.now()));
  }
  http::Response visit(const std::string& path, const std::string& header = "", const std::string& value = "",
                       const std::string& method = "GET") {
    HttpRequest request(method, path);
    request.host(kHost, 14432);
    if (!header.empty()) request.header(header, value);
    return send(request);
  }
};

}  // namespace

TEST_CASE("A host names a site by its third label") {
  const auto account = [](const std::string& host) {
    HttpRequest request("GET", "/");
    const AskedAccount asked = read_account(request.host(host, 14432));
    return asked.website ? asked.name + (asked.secondary ? " (secondary)" : "") : "none";
  };
  CHECK(account("acct.z6.web.core.windows.net.localhost") == "acct");
  CHECK(account("acct.z13.web.core.windows.net") == "acct");
  CHECK(account("acct-secondary.z6.web.core.windows.net.localhost") == "acct (secondary)");
  CHECK(account("acct.blob.core.windows.net.localhost") == "none");
  CHECK(account("localhost") == "none");
}

TEST_CASE("Paths of folders are answered by the index document") {
  Website site;
  CHECK(website_candidates(site, "/").empty());
  CHECK(website_candidates(site, "/a") == std::vector<std::string>{"a"});
  site.index_document = "index.html";
  CHECK(website_candidates(site, "/") == std::vector<std::string>{"index.html"});
  CHECK(website_candidates(site, "/a/") == std::vector<std::string>{"a/index.html"});
  CHECK(website_candidates(site, "/a") == std::vector<std::string>{"a", "a/index.html"});
  site.index_document.clear();
  site.default_index_path = "app/start.html";
  CHECK(website_candidates(site, "/a/") == std::vector<std::string>{"app/start.html"});
}

TEST_CASE_METHOD(Fixture, "A site is read by anybody, and its container stays private") {
  enable();
  const auto home = visit("/");
  CHECK(home.status == 200);
  CHECK(text_of(home) == "home");
  CHECK(header_of(home, "Content-Type") == "text/html");
  CHECK_FALSE(header_of(home, "ETag").empty());
  CHECK(header_of(home, "Server") == "exthost-emu-Web/1.0");
  CHECK(header_of(home, "x-ms-meta-k").empty());
  CHECK(header_of(home, "x-ms-blob-type").empty());
  CHECK(text_of(visit("/docs/")) == "docs");
  CHECK(text_of(visit("/docs")) == "docs");
  CHECK(header_of(visit("/script.js?v=1&snapshot=x"), "Content-Type") == "text/javascript");
  const auto head = visit("/", "", "", "HEAD");
  CHECK(header_of(head, "Content-Length") == "4");
  CHECK(code_of(send(HttpRequest("GET", at("$web/index.html")))) == "ResourceNotFound");
}

TEST_CASE_METHOD(Fixture, "Ranges and conditions of a page are those of Get Blob") {
  enable();
  const auto part = visit("/script.js", "Range", "bytes=0-2");
  CHECK(part.status == 206);
  CHECK(text_of(part) == "let");
  const auto beyond = visit("/script.js", "Range", "bytes=99-");
  CHECK(beyond.status == 416);
  CHECK(header_of(beyond, "Content-Range") == "bytes */6");
  const std::string etag = header_of(visit("/script.js"), "ETag");
  const auto current = visit("/script.js", "If-None-Match", etag);
  CHECK(current.status == 304);
  CHECK(header_of(current, "ETag") == etag);
  CHECK(text_of(current).empty());
  CHECK(visit("/script.js", "If-Match", "\"0x0\"").status == 412);
  CHECK(visit("/script.js", "x-ms-range", "bytes=0-2").status == 200);
}

TEST_CASE_METHOD(Fixture, "Where there is no page the error document is shown, with status 404") {
  enable();
  const auto absent = visit("/absent", "Range", "bytes=0-2");
  CHECK(absent.status == 404);
  CHECK(code_of(absent) == "WebContentNotFound");
  CHECK(text_of(absent) == "nothing here");
  CHECK(header_of(absent, "Content-Type") == "text/html");
  CHECK(visit("/absent", "", "", "HEAD").status == 404);

  REQUIRE(
      set_website("<Enabled>true</Enabled><ErrorDocument404Path>gone.html</ErrorDocument404Path>").status ==
      202);
  const auto plain = visit("/");
  CHECK(plain.status == 404);
  CHECK(code_of(plain) == "WebContentNotFound");
  CHECK_THAT(text_of(plain), ContainsSubstring("<h1>The requested content does not exist.</h1>"));
}

TEST_CASE_METHOD(Fixture, "What is no site says so, and a site is only read") {
  const auto off = visit("/");
  CHECK(off.status == 404);
  CHECK(code_of(off) == "WebContentNotFound");
  CHECK_THAT(text_of(off), ContainsSubstring("enable StaticWebsite"));
  enable();
  const auto written = visit("/index.html", "x-ms-blob-type", "BlockBlob", "PUT");
  CHECK(written.status == 405);
  CHECK(code_of(written) == "UnsupportedHttpVerb");
  CHECK(header_of(written, "Allow") == "GET, HEAD");
  CHECK(visit("/", "Origin", "http://x", "OPTIONS").status == 405);
  HttpRequest elsewhere("GET", "/");
  CHECK(code_of(send(elsewhere.host("nobody.z6.web.localhost", 14432))) == "WebContentNotFound");
  REQUIRE(set_website("<Enabled>false</Enabled>").status == 202);
  CHECK(visit("/").status == 404);
}

TEST_CASE_METHOD(Fixture, "Enabling a site makes its container, and what it can't mean is refused") {
  CHECK_FALSE(store->find_container({"devstoreaccount1", "$web"}));
  CHECK(set_website("<Enabled>true</Enabled>").status == 202);
  CHECK(store->find_container({"devstoreaccount1", "$web"}));
  CHECK(set_website("<Enabled>true</Enabled>").status == 202);
  CHECK(code_of(set_website("<IndexDocument>index.html</IndexDocument>")) == "InvalidXmlNodeValue");
  CHECK(code_of(set_website("<Enabled>yes</Enabled>")) == "InvalidXmlNodeValue");
  CHECK(code_of(set_website("<Enabled>true</Enabled><Index>a</Index>")) == "UnsupportedXmlNode");
  CHECK(code_of(set_website("<Enabled>true</Enabled><IndexDocument>a/b</IndexDocument>")) ==
        "InvalidXmlNodeValue");
  CHECK(code_of(set_website("<Enabled>true</Enabled><IndexDocument>a</IndexDocument>"
                            "<DefaultIndexDocumentPath>b</DefaultIndexDocumentPath>")) ==
        "InvalidXmlNodeValue");
}
