// Where the source of a copy lies, and sources that lie on other servers.
#include "emulator/storage/copy_address.h"
#include "emulator/storage/limits.h"
#include "tests/unit/storage/copy_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

const std::string kElsewhere = "http://localhost:8080/a.txt?sig=secret";

// `account container blob snapshot` of a source that is here, or `elsewhere`.
std::string place_of(const std::string& source, const http::Request& asking) {
  const auto address = read_copy_address(source, asking, two_accounts());
  if (!address) return address.failure().code;
  if (!address->here) return "elsewhere";
  const auto request = read_request(*address->here);
  REQUIRE(request);
  const BlobId id = request->blob_id();
  return id.account + " " + id.container + " " + id.name + (id.snapshot.empty() ? "" : " " + id.snapshot);
}

}  // namespace

TEST_CASE("A source of these accounts is known by every name that they have") {
  const HttpRequest plain("PUT", "/devstoreaccount1/c/b");
  const auto place = [&](const std::string& source) { return place_of(source, plain); };
  CHECK(place("http://127.0.0.1:14432/second/c/a%20b/d") == "second c a b/d");
  CHECK(place("http://localhost:14432/second/c/b?snapshot=2026-11-20T00:00:00.0000000Z&sig=x") ==
        "second c b 2026-11-20T00:00:00.0000000Z");
  CHECK(place("http://[::1]:14432/second-secondary/c/b") == "second c b");
  CHECK(place("http://second.blob.core.windows.net.localhost:14432/c/b") == "second c b");
  CHECK(place("http://second.blob.localhost:14432/c/b") == "second c b");
  CHECK(place("https://second.blob.core.windows.net/c/b") == "second c b");
  CHECK(place("https://second-secondary.blob.core.windows.net/c/b") == "second c b");
  CHECK(place("https://SECOND.blob.core.chinacloudapi.cn/c/b") == "second c b");
  CHECK(place("http://127.0.0.1:14432/nobody/c/b") == "nobody c b");
}

TEST_CASE("A source behind any other name or port is elsewhere") {
  const HttpRequest plain("PUT", "/devstoreaccount1/c/b");
  const auto place = [&](const std::string& source) { return place_of(source, plain); };
  CHECK(place("http://127.0.0.1:10000/devstoreaccount1/c/b") == "elsewhere");
  CHECK(place("http://second.blob.localhost:10000/c/b") == "elsewhere");
  CHECK(place("https://nobody.blob.core.windows.net/c/b") == "elsewhere");
  CHECK(place("https://second.blob/c/b") == "elsewhere");
  CHECK(place("https://second.example.com/c/b") == "elsewhere");
  CHECK(place("http://example.com:14432/second/c/b") == "elsewhere");
  CHECK(place("ftp://127.0.0.1/second/c/b") == "InvalidHeaderValue");
  CHECK(place("/second/c/b") == "InvalidHeaderValue");
  CHECK(place("") == "InvalidHeaderValue");
}

TEST_CASE("The name and port by which a client came are these accounts' own") {
  HttpRequest mapped("PUT", "/devstoreaccount1/c/b");
  mapped.host("storage", 24432);
  http::Request asking = mapped;
  asking.port = 14432;
  CHECK(place_of("http://storage:24432/second/c/b", asking) == "second c b");
  CHECK(place_of("http://127.0.0.1:14432/second/c/b", asking) == "second c b");
  CHECK(place_of("http://127.0.0.1:24432/second/c/b", asking) == "elsewhere");
}

TEST_CASE("A source is shown without its signature") {
  CHECK(without_signature("http://h/c/b") == "http://h/c/b");
  CHECK(without_signature("http://h/c/b?sig=x") == "http://h/c/b");
  CHECK(without_signature("http://h/c/b?sv=1&SIG=x%3D&sp=r") == "http://h/c/b?sv=1&sp=r");
}

TEST_CASE_METHOD(CopyFixture, "A source on this machine is fetched, with its properties and metadata") {
  fetcher().answer = {{"Content-Type", "text/css"},
                      {"Cache-Control", "no-cache"},
                      {"Content-MD5", base::base64_encode(base::md5("from elsewhere"))},
                      {"x-ms-meta-a", "b"}};
  CHECK(copy("copy", kElsewhere).status == 202);
  CHECK(bytes_of("copy") == "from elsewhere");
  const BlobRecord copied = find("copy");
  CHECK(copied.properties.type == "text/css");
  CHECK(copied.properties.cache_control == "no-cache");
  CHECK(copied.properties.md5 == base::md5("from elsewhere"));
  CHECK(copied.metadata == Metadata{{"a", "b"}});
  CHECK(copied.copy->source == "http://localhost:8080/a.txt");
  CHECK(fetcher().asked == kElsewhere);
  CHECK(fetcher().asked_limit == limits::kPutBytes);
  CHECK(sync_copy("copy", kElsewhere).status == 202);
  CHECK(fetcher().asked_limit == limits::kSyncCopyBytes);
  CHECK(put_from("put", kElsewhere).status == 201);
  CHECK(bytes_of("put") == "from elsewhere");
}

TEST_CASE_METHOD(CopyFixture, "Ranges and conditions are the other server's to keep") {
  fetcher().status = 206;
  fetcher().bytes = "part";
  CHECK(block_from("made", kElsewhere, {{"x-ms-source-range", "bytes=5-8"}}).status == 201);
  CHECK(fetcher().asked_headers.value("Range") == "bytes=5-8");
  CHECK(fetcher().asked_limit == limits::kBlockBytes);
  CHECK(store->staged_blocks(blob("made"))->front().size_bytes == 4);
  fetcher().status = 200;
  CHECK(outcome(block_from("made", kElsewhere, {{"x-ms-source-range", "bytes=5-8"}})) ==
        "500 CannotVerifyCopySource");
  CHECK(copy("copy", kElsewhere, {{"x-ms-source-if-match", "\"1\""}}).status == 202);
  CHECK(fetcher().asked_headers.value("If-Match") == "\"1\"");
}

TEST_CASE_METHOD(CopyFixture, "Whatever a source elsewhere answers instead is named, and nothing is made") {
  const auto with_status = [&](int status) {
    fetcher().status = status;
    return outcome(copy("copy", kElsewhere));
  };
  CHECK(with_status(404) == "404 CannotVerifyCopySource");
  CHECK(with_status(403) == "403 CannotVerifyCopySource");
  CHECK(with_status(500) == "500 CannotVerifyCopySource");
  CHECK(with_status(302) == "500 CannotVerifyCopySource");
  CHECK(with_status(206) == "500 CannotVerifyCopySource");
  CHECK(with_status(304) == "412 SourceConditionNotMet");
  CHECK(with_status(412) == "412 SourceConditionNotMet");
  CHECK(with_status(416) == "416 InvalidRange");
  fetcher().answer = {{"x-ms-error-code", "BlobNotFound"}};
  fetcher().status = 404;
  const auto named = copy("copy", kElsewhere);
  CHECK(header_of(named, "x-ms-copy-source-status-code") == "404");
  CHECK(header_of(named, "x-ms-copy-source-error-code") == "BlobNotFound");
  fetcher().status = 200;
  fetcher().breaks_off = true;
  const auto broken = copy("copy", kElsewhere);
  CHECK(outcome(broken) == "500 CannotVerifyCopySource");
  CHECK_THAT(text_of(broken), ContainsSubstring("broke off") && !ContainsSubstring("secret"));
  fetcher().fails = true;
  CHECK(outcome(copy("copy", kElsewhere)) == "500 CannotVerifyCopySource");
  CHECK_FALSE(store->find(blob("copy")));
}

TEST_CASE_METHOD(CopyFixture, "No other machine is asked for a source") {
  for (const char* source : {"https://nobody.blob.core.windows.net/c/b", "http://192.168.0.1/a",
                             "http://localhost.example.com/a", "http://127.0.0.1.example.com/a"}) {
    CAPTURE(source);
    const auto refused = copy("copy", source);
    CHECK(outcome(refused) == "403 CannotVerifyCopySource");
    CHECK_THAT(text_of(refused), ContainsSubstring("servers on this machine"));
  }
  CHECK(fetcher().asked.empty());
  CHECK(outcome(sync_copy("copy", kElsewhere, {{"x-ms-copy-source-tag-option", "COPY"}})) ==
        "403 CannotVerifyCopySource");
  CHECK(fetcher().asked.empty());
}

TEST_CASE_METHOD(BlobServiceFixture, "A service that nobody fetches for copies from its own accounts only") {
  make_container("files", AccessLevel::none);
  HttpRequest request("PUT", at("files/copy"));
  CHECK(code_of(send_signed(std::move(request.header("x-ms-copy-source", kElsewhere)))) ==
        "CannotVerifyCopySource");
}
