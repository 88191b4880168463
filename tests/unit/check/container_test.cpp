#include "emulator/check/container.h"

#include "emulator/check/blob_listing.h"
#include "emulator/model/codes.h"
#include "emulator/package/package.h"
#include "tests/support/catch.h"
#include "tests/support/source_tree.h"
#include "tests/unit/http/running_server.h"

using namespace exthost;
using check::BlobName;
using hosting::Fetched;

namespace {

namespace codes = model::codes;
constexpr std::uint64_t kLimit = 1 << 20;

std::unique_ptr<check::Container> open_folder(const testing::SourceTree& tree) {
  auto container = check::open_container(".", tree.path());
  REQUIRE(container);
  return *std::move(container);
}

std::vector<std::string> names_of(check::Container& container) {
  const auto list = container.list();
  REQUIRE(list);
  REQUIRE(*list);
  std::vector<std::string> names;
  for (const BlobName& blob : **list) names.push_back(blob.name);
  return names;
}

/// What a container behind a server that answers with `handler` says to a listing.
base::Result<std::optional<std::vector<BlobName>>> list_from(const test::FunctionService::Handler& handler,
                                                             const std::string& query = "") {
  test::RunningServer server(handler);
  auto container =
      check::open_container("http://127.0.0.1:" + std::to_string(server.port()) + "/c" + query, "/");
  REQUIRE(container);
  return (*container)->list();
}

std::string page(const std::string& blobs, const std::string& next) {
  return "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "
         "ServiceEndpoint=\"http://x/\" "
         "ContainerName=\"c\"><Blobs>" +
         blobs + "</Blobs><NextMarker>" + next + "</NextMarker></EnumerationResults>";
}

}  // namespace

TEST_CASE("a folder's files are blobs, and its version folders are zips") {
  testing::SourceTree tree;
  tree.write("config.json", "{}");
  tree.write("1.0.0.1.zip", "PK");
  tree.write("1.0.0.2/Content/Config/default.json", "{}");
  tree.write("docs/readme.md", "not a version");
  tree.write("node_modules/a/index.js", "");
  tree.write(".hidden", "");
  const auto container = open_folder(tree);
  CHECK(container->url() == ".");
  const auto list = container->list();
  REQUIRE(list);
  REQUIRE(*list);
  CHECK(**list ==
        std::vector<BlobName>{{"1.0.0.1.zip", 2}, {"1.0.0.2.zip", std::nullopt}, {"config.json", 2}});
  CHECK(container->remarks().empty());

  const auto config = container->get("config.json", "", kLimit);
  REQUIRE(config);
  CHECK(config->state == Fetched::State::found);
  CHECK(config->bytes == "{}");
}

TEST_CASE("a version folder is packed the same way each time") {
  testing::SourceTree tree;
  tree.write("1.0.0.2/index.html", "<!doctype html>");
  tree.write("1.0.0.2/Content/Config/default.json", "{}");
  const auto container = open_folder(tree);
  const auto first = container->get("1.0.0.2.zip", "", kLimit);
  const auto second = container->get("1.0.0.2.zip", "", kLimit);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->bytes == second->bytes);
  const auto package = package::Package::open(first->owner, first->bytes);
  REQUIRE(package);
  CHECK((*package)->find("Content/Config/default.json") != nullptr);
}

TEST_CASE("what a folder does not hold at its top is absent") {
  testing::SourceTree tree;
  tree.write("config.json", "{}");
  tree.write("docs/readme.md", "");
  const auto container = open_folder(tree);
  for (const char* name : {"Config.json", "docs/readme.md", "../config.json", "1.0.0.9.zip", ""}) {
    INFO(name);
    const auto fetched = container->get(name, "", kLimit);
    REQUIRE(fetched);
    CHECK(fetched->state == Fetched::State::absent);
  }
}

TEST_CASE("a blob over the limit is refused, in a file and in a packed folder") {
  testing::SourceTree tree;
  tree.write("config.json", std::string(100, ' '));
  tree.write("1.0.0.1/index.html", std::string(100, 'x'));
  const auto container = open_folder(tree);
  for (const char* name : {"config.json", "1.0.0.1.zip"}) {
    const auto fetched = container->get(name, "", 50);
    REQUIRE_FALSE(fetched);
    CHECK(fetched.error().code == codes::kSourceTooLarge);
  }
}

TEST_CASE("a zip and a folder of one version are remarked upon, and the zip is taken") {
  testing::SourceTree tree;
  tree.write("1.0.0.1.zip", "PK");
  tree.write("1.0.0.1/index.html", "");
  const auto container = open_folder(tree);
  CHECK(names_of(*container) == std::vector<std::string>{"1.0.0.1.zip"});
  REQUIRE(container->remarks().size() == 1);
  CHECK(container->remarks().front().code == codes::kSourceRejected);
}

TEST_CASE("a container is named by a folder or by an http URL, nothing else") {
  testing::SourceTree tree;
  tree.write("file", "");
  for (const std::string text :
       {"missing", "file", "ftp://example.com/c", "https://user:secret@example.com/c", "https://e.com/c#x"}) {
    INFO(text);
    const auto container = check::open_container(text, tree.path());
    REQUIRE_FALSE(container);
    CHECK(container.error().code == codes::kTargetMissing);
    CHECK(container.error().message.find("secret") == std::string::npos);
  }
  CHECK(check::open_container("https://account.blob.core.windows.net/c?sv=1&sig=abc", tree.path()));
  CHECK(check::open_container(tree.path().string(), "/"));
  CHECK_FALSE(check::is_url("a/b://c"));
  CHECK(check::without_secrets("https://u:p@e.com/c/?sig=1") == "https://e.com/c/");
  CHECK(check::without_secrets("https://e.com/a@b") == "https://e.com/a@b");
  CHECK(check::without_secrets("./a?b") == "./a?b");
}

TEST_CASE("a listing goes over all pages, and sends the query of the URL with each") {
  std::vector<std::string> asked;
  const auto list = list_from(
      [&](const http::Request& request) {
        asked.push_back(request.target.path);
        CHECK(request.target.parameter("restype") == "container");
        CHECK(request.target.parameter("comp") == "list");
        CHECK(request.target.parameter("sig") == "a+b");
        if (request.target.parameter("marker") == "2 more") {
          return http::Response::text(200, page("<Blob><Name>a&amp;b.zip</Name></Blob>", ""));
        }
        return http::Response::text(200, page("<Blob><Name>config.json</Name><Properties><Content-Length>12</"
                                              "Content-Length></Properties></Blob>",
                                              "2 more"));
      },
      "/?sv=1&sig=a%2Bb");
  REQUIRE(list);
  REQUIRE(*list);
  CHECK(**list == std::vector<BlobName>{{"a&b.zip", std::nullopt}, {"config.json", 12}});
  CHECK(asked == std::vector<std::string>{"/c", "/c"});
}

TEST_CASE("a container that answers without a list may only be read") {
  const std::vector<http::Response (*)()> answers = {
      [] { return http::Response::text(404, "ResourceNotFound"); },
      [] { return http::Response::text(403, "denied"); },
      [] { return http::Response::text(200, "<!doctype html><title>Index of /c</title>"); },
      [] { return http::Response::text(200, "<Error><Code>x</Code></Error>"); },
  };
  for (const auto& answer : answers) {
    const auto list = list_from([&](const http::Request&) { return answer(); });
    REQUIRE(list);
    CHECK_FALSE(list->has_value());
  }
}

TEST_CASE("a listing that fails, lies or never ends is an error without the URL's secrets") {
  const std::vector<std::function<http::Response()>> answers = {
      [] { return http::Response::text(503, "busy"); },
      [] {
        http::Response response = http::Response::text(404, "");
        response.headers.add("x-ms-error-code", "ContainerNotFound");
        return response;
      },
      [] { return http::Response::text(200, "<EnumerationResults><Blobs>"); },
      [] { return http::Response::text(200, page("", "again")); },
  };
  for (const auto& answer : answers) {
    const auto list = list_from([&](const http::Request&) { return answer(); }, "?sig=secret");
    REQUIRE_FALSE(list);
    CHECK(list.error().code == codes::kStorageUnavailable);
    CHECK(list.error().message.find("secret") == std::string::npos);
  }
  const auto nobody = check::open_container("http://127.0.0.1:1/c?sig=secret", "/");
  REQUIRE(nobody);
  const auto list = (*nobody)->list();
  REQUIRE_FALSE(list);
  CHECK(list.error().message.find("secret") == std::string::npos);
}

TEST_CASE("a page of a listing is told from other documents") {
  CHECK(check::read_blob_listing(page("", "")));
  CHECK(check::read_blob_listing(page("", ""))->has_value());
  CHECK_FALSE(check::read_blob_listing("not xml")->has_value());
  CHECK_FALSE(check::read_blob_listing("<html/>")->has_value());
  CHECK_FALSE(check::read_blob_listing("<EnumerationResults>"));
}
