#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/storage/blob_service_fixture.h"

namespace exthost::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// What another server would answer, and what it was asked.
class FakeCopySource final : public storage::CopySourceFetcher {
 public:
  base::Result<storage::FetchedSource> get(const std::string& url, const http::Headers& headers,
                                           std::uint64_t limit_bytes) override {
    asked = url;
    asked_headers = headers;
    asked_limit = limit_bytes;
    if (fails) return base::Error{base::ErrorKind::unavailable, "nothing answers there", ""};
    storage::FetchedSource source;
    source.status = status;
    for (const auto& [name, value] : answer) source.headers.add(name, value);
    source.body = std::make_unique<Body>(bytes, breaks_off);
    return source;
  }

  int status = 200;
  Fields answer;
  std::string bytes = "from elsewhere";
  bool fails = false;
  bool breaks_off = false;

  std::string asked;
  http::Headers asked_headers;
  std::uint64_t asked_limit = 0;

 private:
  class Body final : public http::BodyReader {
   public:
    Body(const std::string& bytes, bool breaks_off) : bytes_(bytes), breaks_off_(breaks_off) {}
    base::Result<std::size_t> read(std::span<char> buffer) override {
      auto count = bytes_.read(buffer);
      if (count && *count == 0 && breaks_off_) {
        return base::Error{base::ErrorKind::unavailable, "the answer broke off", ""};
      }
      return count;
    }

   private:
    StringBody bytes_;
    bool breaks_off_;
  };
};

inline storage::Accounts two_accounts() {
  storage::Accounts accounts;
  REQUIRE(accounts.add("second", {std::string(storage::kDevelopmentKey)}));
  return accounts;
}

/// Two accounts of one key with a container `files` each: `source` is a blob of the first with all there is
/// to copy, `theirs` is a blob of the second.
struct CopyFixture : private std::pair<int, FakeCopySource>, BlobServiceFixture {
  static constexpr const char* kHere = "http://127.0.0.1:14432/devstoreaccount1/files/";
  static constexpr const char* kTheirs = "http://127.0.0.1:14432/second/files/theirs";

  CopyFixture() : BlobServiceFixture(two_accounts(), &fetcher()) {
    make_container("files", storage::AccessLevel::none);
    REQUIRE(storage::ensure_container(*store, {"second", "files"}, storage::AccessLevel::none, clock.now()));
    storage::PutOptions options;
    options.properties = {"text/plain", "identity", "en", "attachment", "no-cache", base::md5("abcdef")};
    options.metadata = {{"made", "first"}};
    options.tags = {{"stage", "one"}};
    REQUIRE(storage::put_blob(*store, blob("source"), "abcdef", options, clock.now()));
    REQUIRE(storage::put_blob(*store, {"second", "files", "theirs"}, "theirs", {}, clock.now()));
  }

  FakeCopySource& fetcher() { return second; }

  static storage::BlobId blob(const std::string& name) { return {"devstoreaccount1", "files", name}; }

  /// A signed PUT on a blob of `files` with a source and further headers.
  http::Response copy(const std::string& target, const std::string& source, const Fields& headers = {}) {
    HttpRequest request("PUT", at("files/" + target));
    request.header("x-ms-copy-source", source).header("Content-Length", "0");
    for (const auto& [name, value] : headers) request.header(name, value);
    return send_signed(std::move(request));
  }
  http::Response sync_copy(const std::string& target, const std::string& source, Fields headers = {}) {
    headers.emplace_back("x-ms-requires-sync", "True");
    return copy(target, source, headers);
  }
  http::Response put_from(const std::string& target, const std::string& source, Fields headers = {}) {
    headers.emplace_back("x-ms-blob-type", "BlockBlob");
    return copy(target, source, headers);
  }
  http::Response block_from(const std::string& target, const std::string& source,
                            const Fields& headers = {}) {
    return copy(target + "?comp=block&blockid=QQ%3D%3D", source, headers);
  }
  http::Response ask(const std::string& method, const std::string& target, const Fields& headers = {}) {
    HttpRequest request(method, at("files/" + target));
    for (const auto& [name, value] : headers) request.header(name, value);
    return send_signed(std::move(request));
  }
  storage::BlobRecord find(const std::string& name) {
    auto found = store->find(blob(name));
    REQUIRE(found);
    return *found;
  }
  std::string bytes_of(const std::string& name) {
    auto opened = storage::open_blob(*store, blob(name), "", 1 << 20);
    REQUIRE(opened);
    return std::string(opened->content.bytes);
  }
  void lease(const std::string& name, std::optional<std::chrono::seconds> duration) {
    storage::LeaseAction acquire;
    acquire.proposed_id = kLease;
    acquire.duration = duration;
    REQUIRE(storage::lease_blob(*store, blob(name), acquire, {}, clock.now()));
  }
  /// `r` or other letters on the container `files` of the second account.
  std::string their_sas(const std::string& permissions) const {
    storage::SasToken token;
    token.permissions = permissions;
    token.expiry = "2026-11-21T00:00:00Z";
    return container_sas("files", token, "second");
  }

  static constexpr const char* kLease = "11111111-1111-1111-1111-111111111111";
};

inline std::string outcome(const http::Response& response) {
  return std::to_string(response.status) + " " + code_of(response);
}

}  // namespace exthost::test
