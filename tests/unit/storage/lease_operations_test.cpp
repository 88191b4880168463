#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

const std::string kId = "11111111-1111-1111-1111-111111111111";
const std::string kOther = "22222222-2222-2222-2222-222222222222";

struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("files", AccessLevel::container);
    put("files", "a", "bytes");
  }

  using Fields = std::vector<std::pair<std::string, std::string>>;
  http::Response ask(const std::string& method, const std::string& target, const Fields& fields,
                     const char* body = nullptr) {
    HttpRequest request(method, at(target));
    for (const auto& [name, value] : fields) request.header(name, value);
    if (body != nullptr) request.body(body);
    return send_signed(std::move(request));
  }
  http::Response lease(const std::string& action, Fields fields,
                       const std::string& target = "files/a?comp=lease") {
    fields.emplace_back("x-ms-lease-action", action);
    return ask("PUT", target, fields);
  }
  http::Response acquire(const std::string& seconds = "-1") {
    return lease("acquire", {{"x-ms-lease-duration", seconds}, {"x-ms-proposed-lease-id", kId}});
  }
  http::Response head() { return ask("HEAD", "files/a", {}); }
};

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "A lease is acquired, renewed, changed, broken and released, each with its status") {
  const std::string etag = header_of(head(), "ETag");
  const auto acquired = acquire("15");
  CHECK(acquired.status == 201);
  CHECK(header_of(acquired, "x-ms-lease-id") == kId);
  CHECK(header_of(acquired, "ETag") == etag);
  CHECK(lease("renew", {{"x-ms-lease-id", kId}}).status == 200);
  const auto changed = lease("change", {{"x-ms-lease-id", kId}, {"x-ms-proposed-lease-id", kOther}});
  CHECK(changed.status == 200);
  CHECK(header_of(changed, "x-ms-lease-id") == kOther);
  const auto broken = lease("break", {{"x-ms-lease-break-period", "10"}});
  CHECK(broken.status == 202);
  CHECK(header_of(broken, "x-ms-lease-time") == "10");
  CHECK(header_of(head(), "x-ms-lease-state") == "breaking");
  CHECK(lease("release", {{"x-ms-lease-id", kOther}}).status == 200);
  CHECK(header_of(head(), "x-ms-lease-state") == "available");
  CHECK(header_of(head(), "ETag") == etag);
}

TEST_CASE_METHOD(Fixture, "Reads and listings tell state, status and duration") {
  acquire();
  CHECK(header_of(head(), "x-ms-lease-state") == "leased");
  CHECK(header_of(head(), "x-ms-lease-status") == "locked");
  CHECK(header_of(head(), "x-ms-lease-duration") == "infinite");
  CHECK_THAT(text_of(ask("GET", "files?restype=container&comp=list", {})),
             ContainsSubstring("<LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState>"
                               "<LeaseDuration>infinite</LeaseDuration>"));
  lease("acquire", {{"x-ms-lease-duration", "15"}}, "files?restype=container&comp=lease");
  CHECK(header_of(ask("GET", "files?restype=container", {}), "x-ms-lease-duration") == "fixed");
  CHECK_THAT(text_of(ask("GET", "?comp=list", {})),
             ContainsSubstring("<LeaseDuration>fixed</LeaseDuration>"));
  clock.advance(std::chrono::seconds(15));
  CHECK(header_of(ask("GET", "files?restype=container", {}), "x-ms-lease-state") == "expired");
  CHECK(header_of(ask("GET", "files?restype=container", {}), "x-ms-lease-status") == "unlocked");
}

TEST_CASE_METHOD(Fixture, "A read may name the lease, and then it must fit") {
  CHECK(code_of(ask("GET", "files/a", {{"x-ms-lease-id", kId}})) == "LeaseNotPresentWithBlobOperation");
  acquire();
  CHECK(ask("GET", "files/a", {}).status == 200);
  CHECK(ask("GET", "files/a", {{"x-ms-lease-id", kId}}).status == 200);
  CHECK(code_of(ask("GET", "files/a", {{"x-ms-lease-id", kOther}})) == "LeaseIdMismatchWithBlobOperation");
}

TEST_CASE_METHOD(Fixture, "Who holds the lease writes, and an overwritten blob keeps it") {
  acquire();
  CHECK(ask("PUT", "files/a", {{"x-ms-blob-type", "BlockBlob"}, {"x-ms-lease-id", kId}}, "new").status ==
        201);
  CHECK(header_of(head(), "x-ms-lease-state") == "leased");
  CHECK(ask("PUT", "files/a?comp=block&blockid=QQ==", {{"x-ms-lease-id", kId}}, "new").status == 201);
  CHECK(ask("DELETE", "files/a", {{"x-ms-lease-id", kId}}).status == 202);
}

TEST_CASE_METHOD(Fixture, "A write over an expired lease forgets it") {
  acquire("15");
  clock.advance(std::chrono::seconds(15));
  CHECK(code_of(ask("PUT", "files/a?comp=metadata", {{"x-ms-lease-id", kId}}, "")) == "LeaseLost");
  CHECK(ask("PUT", "files/a?comp=metadata", {}, "").status == 200);
  CHECK(code_of(lease("renew", {{"x-ms-lease-id", kId}})) == "LeaseIdMismatchWithLeaseOperation");
}

TEST_CASE_METHOD(Fixture, "A leased container is deleted only with the lease's id") {
  const std::string container = "files?restype=container";
  const auto acquired = lease("acquire", {{"x-ms-lease-duration", "-1"}}, container + "&comp=lease");
  const std::string id = header_of(acquired, "x-ms-lease-id");
  CHECK(id.size() == 36);
  CHECK(code_of(ask("DELETE", container, {})) == "LeaseIdMissing");
  CHECK(code_of(ask("DELETE", container, {{"x-ms-lease-id", kOther}})) ==
        "LeaseIdMismatchWithContainerOperation");
  CHECK(ask("PUT", container + "&comp=metadata", {{"x-ms-meta-k", "v"}}, "").status == 200);
  CHECK(code_of(ask("PUT", container + "&comp=acl", {{"x-ms-lease-id", kOther}}, "")) ==
        "LeaseIdMismatchWithContainerOperation");
  CHECK(ask("PUT", "files/b", {{"x-ms-blob-type", "BlockBlob"}}, "x").status == 201);
  CHECK(ask("DELETE", container, {{"x-ms-lease-id", id}}).status == 202);
}

TEST_CASE_METHOD(Fixture, "What a lease action lacks or gets wrong is named") {
  const auto code = [&](const std::string& action, const Fields& fields) {
    return code_of(lease(action, fields));
  };
  CHECK(code("steal", {}) == "InvalidHeaderValue");
  CHECK(code_of(ask("PUT", "files/a?comp=lease", {})) == "MissingRequiredHeader");
  CHECK(code("acquire", {}) == "MissingRequiredHeader");
  CHECK(code("acquire", {{"x-ms-lease-duration", "14"}}) == "InvalidHeaderValue");
  CHECK(code("acquire", {{"x-ms-lease-duration", "61"}}) == "InvalidHeaderValue");
  CHECK(code("acquire", {{"x-ms-lease-duration", "soon"}}) == "InvalidHeaderValue");
  CHECK(code("acquire", {{"x-ms-lease-duration", "15"}, {"x-ms-proposed-lease-id", "me"}}) ==
        "InvalidHeaderValue");
  CHECK(code("renew", {}) == "MissingRequiredHeader");
  CHECK(code("change", {{"x-ms-lease-id", kId}}) == "MissingRequiredHeader");
  CHECK(code("break", {{"x-ms-lease-break-period", "61"}}) == "InvalidHeaderValue");
  CHECK(code("break", {}) == "LeaseNotPresentWithLeaseOperation");
}

TEST_CASE_METHOD(Fixture, "A signature that may delete may break a lease, and not acquire one") {
  acquire();
  SasToken token;
  token.permissions = "d";
  token.expiry = "2027-01-01T00:00:00Z";
  const auto with_sas = [&](const std::string& action) {
    HttpRequest request("PUT", at("files/a?comp=lease&" + container_sas("files", token)));
    request.header("x-ms-lease-action", action).header("x-ms-lease-duration", "-1");
    return send(request);
  };
  CHECK(code_of(with_sas("acquire")) == "AuthorizationPermissionMismatch");
  CHECK(with_sas("break").status == 202);
}
