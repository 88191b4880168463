#include <libdeflate.h>

#include "emulator/hosting/content.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

const std::string kScript = [] {
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}();

std::shared_ptr<const HeldVersion> version_of(const std::string& name, const Files& files) {
  auto zip = *package::write_zip(files);
  return make_held_version(name, *package::Package::open(zip, *zip), "hash", "");
}

std::shared_ptr<const HeldVersion> sample() {
  return version_of("1.0", {{"Content/app.js", kScript},
                            {"Content/logo.png", "\x89PNG bytes"},
                            {"Content/with.css", std::string(500, 'c')},
                            {"Content/with.css.br", "brotli bytes"},
                            {"Content/empty.txt", ""},
                            {"top.js", "top"}});
}

http::Response ask(const std::string& path, const http::Headers& headers = {},
                   const std::string& method = "GET") {
  static const HeldVersions versions{sample()};
  const auto match = find_content(versions, versions.front().get(), path);
  REQUIRE(match);
  http::Request request;
  request.method = method;
  request.headers = headers;
  static const InflatedFiles inflated(1u << 20);
  return serve_content(request, *match, inflated);
}

std::string gunzip(const std::string& bytes) {
  std::string text(kScript.size(), '\0');
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  const auto result =
      libdeflate_gzip_decompress(decompressor, bytes.data(), bytes.size(), text.data(), text.size(), nullptr);
  libdeflate_free_decompressor(decompressor);
  CHECK(result == LIBDEFLATE_SUCCESS);
  return text;
}

}  // namespace

TEST_CASE("a deflated entry goes out as gzip without being inflated, or as itself") {
  const auto zipped = ask("app.js", headers_of({{"Accept-Encoding", "gzip, br"}}));
  CHECK(zipped.headers.value("Content-Encoding") == "gzip");
  CHECK(zipped.headers.value("Vary") == "Accept-Encoding");
  CHECK(zipped.headers.value("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(gunzip(body_of(zipped)) == kScript);
  CHECK(http::body_length(zipped.body) < kScript.size());

  const auto plain = ask("app.js");
  CHECK_FALSE(plain.headers.get("Content-Encoding"));
  CHECK(plain.headers.value("Vary") == "Accept-Encoding");
  CHECK(body_of(plain) == kScript);
  CHECK(plain.headers.value("ETag") != zipped.headers.value("ETag"));
  CHECK_FALSE(ask("app.js", headers_of({{"Accept-Encoding", "gzip;q=0"}})).headers.get("Content-Encoding"));
}

TEST_CASE("a precompressed sibling is served as Brotli to who takes it") {
  const auto response = ask("with.css", headers_of({{"Accept-Encoding", "gzip, deflate, br"}}));
  CHECK(response.headers.value("Content-Encoding") == "br");
  CHECK(response.headers.value("Content-Type") == "text/css; charset=utf-8");
  CHECK(body_of(response) == "brotli bytes");
  CHECK(body_of(ask("with.css")) == std::string(500, 'c'));
}

TEST_CASE("a condition that still holds gets 304 with the same validators") {
  for (const std::string encoding : {"gzip", "identity"}) {
    const std::string etag(ask("app.js", headers_of({{"Accept-Encoding", encoding}})).headers.value("ETag"));
    const auto again = ask("app.js", headers_of({{"Accept-Encoding", encoding}, {"If-None-Match", etag}}));
    CHECK(again.status == 304);
    CHECK(again.headers.value("ETag") == etag);
    CHECK(http::body_length(again.body) == 0);
    CHECK(ask("app.js", headers_of({{"Accept-Encoding", encoding}, {"If-Match", "\"other\""}})).status ==
          412);
  }
}

TEST_CASE("a range is of the file itself, whatever encodings the client takes") {
  const auto part = ask("app.js", headers_of({{"Range", "bytes=10-19"}, {"Accept-Encoding", "gzip"}}));
  CHECK(part.status == 206);
  CHECK(part.headers.value("Content-Range") == "bytes 10-19/" + std::to_string(kScript.size()));
  CHECK(body_of(part) == kScript.substr(10, 10));
  CHECK(body_of(ask("app.js", headers_of({{"Range", "bytes=-5"}}))) == kScript.substr(kScript.size() - 5));
  CHECK(ask("app.js", headers_of({{"Range", "bytes=0-1,5-6"}})).status == 200);
  CHECK(ask("app.js", headers_of({{"Range", "nonsense"}})).status == 200);
  const auto beyond = ask("app.js", headers_of({{"Range", "bytes=99999999-"}}));
  CHECK(beyond.status == 416);
  CHECK(beyond.headers.value("Content-Range") == "bytes */" + std::to_string(kScript.size()));
  CHECK(ask("app.js", headers_of({{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}})).status == 200);
}

TEST_CASE("HEAD says how long the answer would be without making it") {
  const auto head = ask("app.js", {}, "HEAD");
  CHECK(head.headers.value("Content-Length") == std::to_string(kScript.size()));
  CHECK(http::body_length(head.body) == 0);
  CHECK(head.headers.value("ETag") == ask("app.js").headers.value("ETag"));
}

TEST_CASE("stored and empty entries are served as they are") {
  CHECK(body_of(ask("logo.png", headers_of({{"Accept-Encoding", "gzip"}}))) == "\x89PNG bytes");
  CHECK(ask("logo.png").headers.value("Content-Type") == "image/png");
  const auto empty = ask("empty.txt");
  CHECK(empty.status == 200);
  CHECK(body_of(empty).empty());
}

TEST_CASE("a path is looked up below Content, then at the root, in the version it names or the current one") {
  const HeldVersions versions{sample(),
                              version_of("2.0", {{"Content/app.js", "two"}, {"Content/Dynamic/h.js", "b"}})};
  const auto in = [&](std::string_view path) {
    const auto match = find_content(versions, versions.front().get(), path);
    return match ? match->version->name + ":" + std::string(match->entry->name) : std::string();
  };
  CHECK(in("app.js") == "1.0:Content/app.js");
  CHECK(in("top.js") == "1.0:top.js");
  CHECK(in("2.0/app.js") == "2.0:Content/app.js");
  CHECK(in("2.0/Content/app.js") == "2.0:Content/app.js");
  CHECK(in("Dynamic/h.js") == "2.0:Content/Dynamic/h.js");
  CHECK(in("1.0/Dynamic/h.js") == "2.0:Content/Dynamic/h.js");
  for (const std::string_view path :
       {"", "none", "2.0", "2.0/", "2.0/top.js", "3.0/app.js", "Content", "Dynamic/"}) {
    CAPTURE(path);
    CHECK(in(path).empty());
  }
  CHECK_FALSE(find_content(versions, nullptr, "app.js"));
  CHECK(find_content(versions, nullptr, "2.0/app.js"));
}
