#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

// The parts of a batch's answer: what follows each boundary.
std::vector<std::string> parts_of(const http::Response& response) {
  const std::string type = header_of(response, "Content-Type");
  const std::string boundary = "--" + type.substr(type.find('=') + 1);
  std::vector<std::string> parts;
  std::string text = text_of(response);
  for (std::size_t at = text.find(boundary); at != std::string::npos;) {
    const std::size_t begin = at + boundary.size();
    at = text.find(boundary, begin);
    if (at != std::string::npos) parts.push_back(text.substr(begin, at - begin));
  }
  return parts;
}

struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("files", AccessLevel::none);
    make_container("other", AccessLevel::none);
    for (const char* name : {"a", "b", "c"}) put("files", name, "text");
    put("other", "a", "text");
  }

  // A sub-request as it is written into a batch, signed for `signed_path`.
  std::string signed_part(const std::string& method, const std::string& target,
                          const std::string& signed_path, const std::string& headers = "") {
    HttpRequest request(method, target);
    request.header("x-ms-date", base::to_http_date(clock.now())).header("Content-Length", "0");
    if (!headers.empty())
      request.header(headers.substr(0, headers.find(':')), headers.substr(headers.find(':') + 2));
    const std::string text = shared_key_string_to_sign(request, "devstoreaccount1", signed_path);
    request.header("Authorization", "SharedKey devstoreaccount1:" + sign(text));
    std::string written = method + " " + target + " HTTP/1.1\r\n";
    for (const http::Header& header : request.get().headers.all()) {
      if (header.name != "Host") written += header.name + ": " + header.value + "\r\n";
    }
    return written;
  }
  std::string remove(const std::string& blob) { return signed_part("DELETE", at(blob), at(blob)); }

  HttpRequest batch(const std::string& target, const std::vector<std::string>& requests) const {
    std::string body;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      body += "--b\r\nContent-Type: application/http\r\nContent-ID: " + std::to_string(i) + "\r\n\r\n" +
              requests[i] + "\r\n";
    }
    HttpRequest request("POST", at(target));
    request.header("Content-Type", "multipart/mixed; boundary=b").body(body + "--b--\r\n");
    return request;
  }
  std::vector<std::string> answers(HttpRequest request) {
    const auto response = send_signed(std::move(request));
    REQUIRE(response.status == 202);
    return parts_of(response);
  }
  bool is_there(const std::string& container, const std::string& name) {
    return store->find({"devstoreaccount1", container, name}).has_value();
  }
};

const std::string kInContainer = "files?restype=container&comp=batch";

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "A batch answers each sub-request in its order, with its id, status, headers and body") {
  const auto parts =
      answers(batch("?comp=batch", {remove("files/a"), remove("files/absent"), remove("other/a")}));
  REQUIRE(parts.size() == 3);
  CHECK_THAT(parts[0],
             ContainsSubstring("\r\nContent-Type: application/http\r\nContent-ID: 0\r\n\r\nHTTP/1.1 202 "));
  CHECK_THAT(parts[0], ContainsSubstring("\r\nx-ms-delete-type-permanent: true\r\n"));
  CHECK_THAT(parts[0], ContainsSubstring("\r\nx-ms-version: 2021-12-02\r\n"));
  CHECK_THAT(parts[1],
             ContainsSubstring("Content-ID: 1\r\n\r\nHTTP/1.1 404 The specified blob does not exist."));
  CHECK_THAT(parts[1], ContainsSubstring("\r\nx-ms-error-code: BlobNotFound\r\n"));
  CHECK_THAT(parts[1], ContainsSubstring("<Error><Code>BlobNotFound</Code>"));
  CHECK_THAT(parts[2], ContainsSubstring("HTTP/1.1 202 "));
  CHECK_FALSE(is_there("files", "a"));
  CHECK(is_there("files", "b"));
  CHECK_FALSE(is_there("other", "a"));
}

TEST_CASE_METHOD(Fixture,
                 "A sub-request may leave the account out of its path, and sign it with or without") {
  const std::string signed_as_sent = signed_part("DELETE", "/files/a?", "/files/a");
  const std::string signed_in_full = signed_part("DELETE", "/files/b?", at("files/b"));
  const std::string sent_in_full = signed_part("DELETE", at("files/c"), "/files/c");
  const auto parts = answers(batch(kInContainer, {signed_as_sent, signed_in_full, sent_in_full}));
  for (const std::string& part : parts) CHECK_THAT(part, ContainsSubstring("HTTP/1.1 202 "));
  for (const char* name : {"a", "b", "c"}) CHECK_FALSE(is_there("files", name));
}

TEST_CASE_METHOD(Fixture, "A batch to a host that names the account has paths without it") {
  auto request = batch("", {signed_part("DELETE", "/files/a", "/files/a")});
  HttpRequest hosted("POST", "/?comp=batch");
  hosted.host("devstoreaccount1.blob.localhost", 14432).header("Content-Type", "multipart/mixed; boundary=b");
  hosted.body(*http::read_body(request, 10000));
  CHECK_THAT(answers(std::move(hosted)).at(0), ContainsSubstring("HTTP/1.1 202 "));
}

TEST_CASE_METHOD(Fixture, "Each sub-request is authorised for itself") {
  std::string forged = remove("files/b");
  forged.replace(forged.find("devstoreaccount1:") + 17, 4, "AAAA");
  const auto parts =
      answers(batch("?comp=batch", {"DELETE " + at("files/a") + " HTTP/1.1\r\n", forged, remove("files/c")}));
  CHECK_THAT(parts[0], ContainsSubstring("HTTP/1.1 403 ") &&
                           ContainsSubstring("x-ms-error-code: AuthorizationFailure"));
  CHECK_THAT(parts[1], ContainsSubstring("HTTP/1.1 403 ") &&
                           ContainsSubstring("x-ms-error-code: AuthenticationFailed"));
  CHECK_THAT(parts[2], ContainsSubstring("HTTP/1.1 202 "));
  CHECK(is_there("files", "a"));
  CHECK(is_there("files", "b"));
}

TEST_CASE_METHOD(Fixture, "A container's signature authorises a batch and what its letters allow in it") {
  SasToken token;
  token.permissions = "w";
  token.expiry = "2027-01-01T00:00:00Z";
  const std::string sas = container_sas("files", token);
  const std::vector<std::string> requests{
      "PUT " + at("files/a?comp=tier&" + sas) + " HTTP/1.1\r\nx-ms-access-tier: Cool\r\n",
      "DELETE " + at("files/b?" + sas) + " HTTP/1.1\r\n"};
  const auto response = send(batch(kInContainer + "&" + sas, requests));
  REQUIRE(response.status == 202);
  const auto parts = parts_of(response);
  CHECK_THAT(parts.at(0), ContainsSubstring("HTTP/1.1 200 "));
  CHECK_THAT(parts.at(1), ContainsSubstring("x-ms-error-code: AuthorizationPermissionMismatch"));
  CHECK(store->find({"devstoreaccount1", "files", "a"})->tier == "Cool");
  CHECK(code_of(send(batch("?comp=batch&" + sas, requests))) == "AuthenticationFailed");
  token.permissions = "r";
  CHECK(code_of(send(batch(kInContainer + "&" + container_sas("files", token), requests))) ==
        "AuthorizationPermissionMismatch");
}

TEST_CASE_METHOD(Fixture, "What a batch does not hold is refused for itself, and the rest is done") {
  const auto parts = answers(
      batch(kInContainer,
            {signed_part("GET", at("files/a"), at("files/a")), remove("other/a"),
             signed_part("DELETE", at("files?restype=container"), at("files")),
             "DELETE /devstoreaccount1/../files/a HTTP/1.1\r\n", "DELETE http://host/files/a HTTP/1.1\r\n",
             signed_part("PUT", at("files/a?comp=tier"), at("files/a"), "x-ms-access-tier: Cool")}));
  CHECK_THAT(parts[0], ContainsSubstring("HTTP/1.1 400 ") && ContainsSubstring("<Code>InvalidInput</Code>") &&
                           ContainsSubstring("not Get Blob."));
  CHECK_THAT(parts[1],
             ContainsSubstring("<Code>InvalidInput</Code>") && ContainsSubstring("container 'files' only"));
  CHECK_THAT(parts[2],
             ContainsSubstring("<Code>InvalidInput</Code>") && ContainsSubstring("not Delete Container."));
  CHECK_THAT(parts[3], ContainsSubstring("HTTP/1.1 4"));
  CHECK_THAT(parts[4], ContainsSubstring("<Code>InvalidUri</Code>"));
  CHECK_THAT(parts[5], ContainsSubstring("HTTP/1.1 200 "));
  CHECK(is_there("files", "a"));
  CHECK(is_there("other", "a"));
}

TEST_CASE_METHOD(Fixture, "What is no batch is refused as a whole") {
  const auto post = [&](const std::string& type, const std::string& body) {
    HttpRequest request("POST", at("?comp=batch"));
    if (!type.empty()) request.header("Content-Type", type);
    request.body(body);
    return send_signed(std::move(request));
  };
  CHECK(code_of(post("", "--b--")) == "InvalidHeaderValue");
  CHECK(code_of(post("multipart/form-data; boundary=b", "--b--")) == "InvalidHeaderValue");
  const auto malformed = post("multipart/mixed; boundary=b", "nothing");
  CHECK(malformed.status == 400);
  CHECK(code_of(malformed) == "InvalidInput");
  CHECK_THAT(text_of(malformed), ContainsSubstring("does not end with its boundary"));
  const auto large = post("multipart/mixed; boundary=b", std::string((4u << 20) + 1, ' '));
  CHECK(large.status == 413);
  CHECK(code_of(large) == "RequestBodyTooLarge");
  CHECK(code_of(send(batch("?comp=batch", {remove("files/a")}))) == "AuthorizationFailure");
  CHECK(code_of(send_signed(batch("?comp=batch", std::vector<std::string>(257, remove("files/a"))))) ==
        "InvalidInput");
  CHECK(is_there("files", "a"));
}
