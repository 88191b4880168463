#include "emulator/hosting/http_container_source.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/support/fake_container_source.h"
#include "tests/unit/http/running_server.h"

// What every ContainerSource promises (container_source.h), over the fake that hosting's tests use and over
// real HTTP.

using namespace exthost;
using hosting::ContainerSource;
using hosting::Fetched;

namespace {

namespace codes = model::codes;

/// A container that tests can fill and break, and the source under test that reads it.
class Container {
 public:
  virtual ~Container() = default;
  virtual void put(const std::string& blob, const std::string& bytes) = 0;
  virtual void make_unreachable() = 0;
  virtual ContainerSource& source() = 0;
};

class InMemory final : public Container {
 public:
  void put(const std::string& blob, const std::string& bytes) override { source_.put(blob, bytes); }
  void make_unreachable() override { source_.set_reachable(false); }
  ContainerSource& source() override { return source_; }

 private:
  test::FakeContainerSource source_;
};

/// The same container behind a real server on a free port.
class OverHttp final : public Container {
 public:
  OverHttp() : source_("http://127.0.0.1:" + std::to_string(server_.port()) + "/account/demo/") {}
  void put(const std::string& blob, const std::string& bytes) override { blobs_.put(blob, bytes); }
  void make_unreachable() override { server_.stop(std::chrono::milliseconds(0)); }
  ContainerSource& source() override { return source_; }

 private:
  http::Response answer(const http::Request& request) {
    const std::string folder = "/account/demo/";
    if (request.target.path.rfind(folder, 0) != 0) return http::Response::text(404, "no such container");
    auto fetched = *blobs_.get(request.target.path.substr(folder.size()), "", 1u << 30);
    if (fetched.state == Fetched::State::absent) return http::Response::text(404, "BlobNotFound");
    http::Response response;
    response.headers.add("ETag", fetched.etag);
    if (http::evaluate_conditions(request, fetched.etag, std::nullopt) == http::Condition::not_modified) {
      response.status = 304;
    } else {
      response.body = std::string(fetched.bytes);
    }
    return response;
  }

  test::FakeContainerSource blobs_;
  test::RunningServer server_{[this](const http::Request& request) { return answer(request); }};
  hosting::HttpContainerSource source_;
};

std::vector<std::unique_ptr<Container>> all_kinds() {
  std::vector<std::unique_ptr<Container>> kinds;
  kinds.push_back(std::make_unique<InMemory>());
  kinds.push_back(std::make_unique<OverHttp>());
  return kinds;
}

constexpr std::uint64_t kLimit = 1000;

/// A server that answers everything in one way, and what a source makes of it.
base::Result<Fetched> ask_server(const test::FunctionService::Handler& handler,
                                 const std::string& condition = {}) {
  test::RunningServer server(handler);
  hosting::HttpContainerSource source("http://localhost:" + std::to_string(server.port()) + "/c");
  return source.get("config.json", condition, kLimit);
}

}  // namespace

TEST_CASE("a source finds a blob by its exact name, with its ETag") {
  for (const auto& container : all_kinds()) {
    container->put("config.json", "{}");
    container->put("1.0 (a+b)%41.zip", std::string("zip\0zip", 7));
    const auto config = container->source().get("config.json", "", kLimit);
    REQUIRE(config);
    CHECK(config->state == Fetched::State::found);
    CHECK(config->bytes == "{}");
    CHECK_FALSE(config->etag.empty());
    const auto zip = container->source().get("1.0 (a+b)%41.zip", "", kLimit);
    REQUIRE(zip);
    CHECK(zip->bytes == std::string_view("zip\0zip", 7));
    CHECK(container->source().get("Config.json", "", kLimit)->state == Fetched::State::absent);
  }
}

TEST_CASE("a source tells not modified from modified") {
  for (const auto& container : all_kinds()) {
    container->put("config.json", "1");
    const std::string etag = container->source().get("config.json", "", kLimit)->etag;
    const auto same = container->source().get("config.json", etag, kLimit);
    REQUIRE(same);
    CHECK(same->state == Fetched::State::not_modified);
    container->put("config.json", "2");
    const auto changed = container->source().get("config.json", etag, kLimit);
    REQUIRE(changed);
    CHECK(changed->state == Fetched::State::found);
    CHECK(changed->bytes == "2");
    CHECK(changed->etag != etag);
  }
}

TEST_CASE("a source tells absent from unreachable") {
  for (const auto& container : all_kinds()) {
    const auto absent = container->source().get("none.zip", "\"etag\"", kLimit);
    REQUIRE(absent);
    CHECK(absent->state == Fetched::State::absent);
    container->make_unreachable();
    const auto failed = container->source().get("none.zip", "", kLimit);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == base::ErrorKind::unavailable);
    CHECK(failed.error().code == codes::kStorageUnavailable);
  }
}

TEST_CASE("a source refuses what is longer than it was told to take") {
  for (const auto& container : all_kinds()) {
    container->put("fits.json", std::string(kLimit, 'x'));
    container->put("long.json", std::string(kLimit + 1, 'x'));
    container->put("empty.json", "");
    CHECK(container->source().get("fits.json", "", kLimit));
    CHECK(container->source().get("empty.json", "", 0)->state == Fetched::State::found);
    const auto refused = container->source().get("long.json", "", kLimit);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::invalid_input);
    CHECK(refused.error().code == codes::kSourceTooLarge);
  }
}

TEST_CASE("the bytes live as long as their owner, whatever becomes of the container") {
  for (const auto& container : all_kinds()) {
    container->put("config.json", "first");
    const auto fetched = *container->source().get("config.json", "", kLimit);
    container->put("config.json", "second");
    CHECK(fetched.bytes == "first");
  }
}

TEST_CASE("redirects are not followed") {
  for (const int status : {301, 302, 303, 307, 308}) {
    const auto result = ask_server([status](const http::Request&) {
      http::Response response;
      response.status = status;
      response.headers.add("Location", "http://elsewhere.example/");
      return response;
    });
    REQUIRE_FALSE(result);
    CHECK(result.error().code == codes::kSourceRedirects);
    CHECK(result.error().kind == base::ErrorKind::invalid_input);
  }
}

TEST_CASE("a container that answers nonsense is unavailable, not empty") {
  for (const int status : {204, 206, 400, 401, 403, 409, 500, 503}) {
    CAPTURE(status);
    const auto result =
        ask_server([status](const http::Request&) { return http::Response::text(status, "{}"); });
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == base::ErrorKind::unavailable);
    CHECK_THAT(result.error().message, ContainsSubstring(std::to_string(status)));
  }
  const auto no_container = ask_server([](const http::Request&) {
    http::Response response = http::Response::text(404, "");
    response.headers.add("x-ms-error-code", "ContainerNotFound");
    return response;
  });
  REQUIRE_FALSE(no_container);
  CHECK(no_container.error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("a URL keeps its query for requests and out of messages") {
  std::string seen;
  test::RunningServer server([&](const http::Request& request) {
    seen = request.target.raw;
    return http::Response::text(200, "{}");
  });
  hosting::HttpContainerSource source("http://127.0.0.1:" + std::to_string(server.port()) +
                                      "/c?sv=1&sig=secret");
  CHECK(source.get("config.json", "", kLimit));
  CHECK(seen == "/c/config.json?sv=1&sig=secret");
  CHECK(source.url().find("secret") == std::string::npos);
  server.stop(std::chrono::milliseconds(0));
  const auto failed = source.get("config.json", "", kLimit);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("secret") == std::string::npos);
  hosting::HttpContainerSource unusable("nonsense?sig=secret");
  CHECK(unusable.get("config.json", "", kLimit).error().message.find("secret") == std::string::npos);
}

TEST_CASE("a URL that can't be asked is unavailable") {
  for (const std::string url : {"", "nonsense", "ftp://x/y", "http://"}) {
    hosting::HttpContainerSource source(url);
    const auto result = source.get("config.json", "", kLimit);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == base::ErrorKind::unavailable);
  }
}
