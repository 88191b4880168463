#pragma once

#include <memory>
#include <string>

#include "emulator/base/hash.h"
#include "emulator/base/ids.h"
#include "emulator/base/text.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/blob_service.h"
#include "emulator/storage/memory_blob_store.h"
#include "emulator/storage/sas.h"
#include "emulator/storage/shared_key.h"
#include "spdlog/sinks/null_sink.h"
#include "spdlog/spdlog.h"
#include "tests/support/catch.h"
#include "tests/support/http_request.h"

namespace exthost::test {

/// Signs with the development account's key, as the SDKs do.
inline void sign_request(HttpRequest& request, const storage::Accounts& accounts, base::WallTime now) {
  request.header("x-ms-date", base::to_http_date(now)).header("x-ms-version", "2021-12-02");
  auto parsed = storage::read_request(request);
  const std::string account = parsed ? parsed->account : std::string(storage::kDevelopmentAccount);
  const std::string text =
      storage::shared_key_string_to_sign(request, account, request.get().target.raw_path);
  const std::string& key = accounts.keys(storage::kDevelopmentAccount).front();
  request.header("Authorization",
                 "SharedKey " + account + ":" + base::base64_encode(base::hmac_sha256(key, text)));
}

/// An account over an in-memory store (or another), asked by hand: anonymously, or signed with the
/// development key.
class BlobServiceFixture {
 public:
  /// Accounts besides the development account must have its key.
  explicit BlobServiceFixture(storage::Accounts held = {}, storage::CopySourceFetcher* elsewhere = nullptr,
                              std::unique_ptr<storage::BlobStore> over = storage::make_memory_blob_store())
      : store(std::move(over)),
        accounts(std::move(held)),
        service(*store, accounts, clock, ids, std::make_shared<spdlog::logger>("test"),
                {.elsewhere = elsewhere}) {}

  http::Response send(const HttpRequest& request) { return service.handle(request); }

  http::Response send_signed(HttpRequest request) {
    sign_request(request, accounts, clock.now());
    return send(request);
  }

  /// The base64 signature of the development account.
  std::string sign(const std::string& text) const {
    return base::base64_encode(base::hmac_sha256(accounts.keys(storage::kDevelopmentAccount).front(), text));
  }

  /// `sv=…&sr=c&…&sig=…` for a container's blobs.
  std::string container_sas(const std::string& container, storage::SasToken token,
                            const std::string& account = "devstoreaccount1") const {
    token.version = "2021-06-08";
    token.resource = "c";
    return query(token, storage::service_sas_string_to_sign(token, {account, container, ""})) + "&sr=c";
  }
  std::string account_sas(storage::SasToken token) const {
    token.version = "2021-06-08";
    return query(token, storage::account_sas_string_to_sign(token, "devstoreaccount1")) +
           "&ss=" + token.services + "&srt=" + token.types;
  }

  void make_container(const std::string& name, storage::AccessLevel access) {
    REQUIRE(storage::ensure_container(*store, {"devstoreaccount1", name}, access, clock.now()));
  }
  storage::BlobRecord put(const std::string& container, const std::string& name, const std::string& bytes) {
    auto put = storage::put_blob(*store, {"devstoreaccount1", container, name}, bytes, {}, clock.now());
    REQUIRE(put);
    return *put;
  }

  std::unique_ptr<storage::BlobStore> store;
  storage::Accounts accounts;
  base::VirtualScheduler clock{base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20))};
  base::SeededIdSource ids{1};
  storage::BlobService service;

 private:
  std::string query(const storage::SasToken& token, const std::string& text) const {
    return "sv=" + token.version + "&sp=" + token.permissions + "&st=" + token.start + "&se=" + token.expiry +
           "&si=" + token.identifier + "&sip=" + token.addresses + "&spr=" + token.protocols +
           "&rsct=" + base::percent_encode(token.type) + "&sig=" + base::percent_encode(sign(text));
  }
};

inline std::string text_of(const http::Response& response) {
  auto text = http::body_text(response.body);
  REQUIRE(text);
  return *text;
}
inline std::string header_of(const http::Response& response, std::string_view name) {
  return std::string(response.headers.value(name));
}
inline std::string code_of(const http::Response& response) {
  return header_of(response, "x-ms-error-code");
}

/// A path-style target of the development account.
inline std::string at(const std::string& rest) {
  return "/devstoreaccount1/" + rest;
}

}  // namespace exthost::test
