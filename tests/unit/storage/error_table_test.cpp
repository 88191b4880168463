// Every operation, asked wrongly in every way that applies to it.
#include <set>

#include "emulator/storage/operations.h"
#include "tests/unit/storage/operation_cases.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

std::string target_of(const Case& row, const std::string& container, const std::string& blob) {
  switch (row.on) {
    case On::account:
      return at(row.query);
    case On::secondary:
      return "/devstoreaccount1-secondary/" + row.query;
    case On::container:
      return at(container + row.query);
    case On::blob:
      break;
  }
  return at(container + "/" + blob + row.query);
}

HttpRequest request_to(const Case& row, const std::string& target, bool with_body = true) {
  HttpRequest request(row.method, target);
  for (const auto& [name, value] : row.headers) request.header(name, value);
  if (row.body && with_body) request.body(*row.body);
  return request;
}
HttpRequest request_of(const Case& row, const std::string& container = "files",
                       const std::string& blob = "there") {
  return request_to(row, target_of(row, container, blob));
}

std::string outcome(const http::Response& response) {
  return std::to_string(response.status) + " " + code_of(response);
}

/// An account with one container and one blob, new for each question.
struct Account : BlobServiceFixture {
  Account() {
    make_container("files", AccessLevel::none);
    put("files", "there", "abc");
  }
  std::string ask(HttpRequest request) { return outcome(send_signed(std::move(request))); }
};

constexpr std::string_view kLetters = "racwdltfexymop";

SasToken token_of(const std::string& permissions, const std::string& types) {
  SasToken token;
  token.permissions = permissions;
  token.expiry = "2027-01-01T00:00:00Z";
  token.services = "b";
  token.types = types;
  return token;
}

std::string outcome_with_sas(const Case& row, const std::string& sas) {
  Account account;
  const std::string target = target_of(row, "files", "there");
  const char separator = target.find('?') == std::string::npos ? '?' : '&';
  return outcome(account.send(request_to(row, target + separator + sas)));
}

std::string name_of(const Case& row) {
  return std::string(rules_of(row.operation).name) + " " + row.query;
}

}  // namespace

TEST_CASE("Each operation that is done has a row here, and each row is of its operation") {
  std::set<Operation> with_row;
  for (const Case& row : all_cases()) {
    CAPTURE(name_of(row));
    const HttpRequest request = request_of(row);
    const auto read = read_request(request);
    REQUIRE(read);
    CHECK(read->operation == row.operation);
    with_row.insert(row.operation);
  }
  for (int number = 0; number <= static_cast<int>(kLastOperation); ++number) {
    const auto operation = static_cast<Operation>(number);
    CAPTURE(rules_of(operation).name);
    CHECK((with_row.count(operation) != 0) == (handler_of(operation) != nullptr));
  }
}

TEST_CASE("Each operation names what is missing or failed, with status, code and body") {
  for (const Case& row : all_cases()) {
    CAPTURE(name_of(row));
    if (!row.missing_container.empty()) {
      Account account;
      const auto response = account.send_signed(request_of(row, "absent"));
      CHECK(outcome(response) == row.missing_container);
      CHECK_FALSE(text_of(response).empty());
    }
    if (!row.missing_blob.empty())
      CHECK(Account().ask(request_of(row, "files", "absent")) == row.missing_blob);
    HttpRequest conditional = request_of(row);
    conditional.header("If-Match", "\"0x0\"");
    if (!row.failed_match.empty()) CHECK(Account().ask(std::move(conditional)) == row.failed_match);
  }
}

TEST_CASE("What somebody else has leased can be read, and not changed") {
  const LeaseAction acquire{LeaseAction::Kind::acquire, "", "11111111-1111-1111-1111-111111111111", {}, {}};
  for (const Case& row : all_cases()) {
    CAPTURE(name_of(row));
    Account account;
    const ContainerId container{"devstoreaccount1", "files"};
    REQUIRE(lease_container(*account.store, container, acquire, {}, account.clock.now()));
    REQUIRE(
        lease_blob(*account.store, {"devstoreaccount1", "files", "there"}, acquire, {}, account.clock.now()));
    const auto response = account.send_signed(request_of(row));
    if (row.leased.empty()) {
      CHECK(response.status < 300);
    } else {
      CHECK(outcome(response) == row.leased);
    }
  }
}

TEST_CASE("Each operation says what is wrong with the length of its body") {
  for (const Case& row : all_cases()) {
    CAPTURE(name_of(row));
    const std::string target = target_of(row, "files", "there");
    if (!row.no_length.empty()) CHECK(Account().ask(request_to(row, target, false)) == row.no_length);
    if (row.limit_bytes == 0 && row.too_long.substr(0, 3) == "413") continue;
    HttpRequest request = request_of(row);
    request.body("a little more").says_length(row.limit_bytes + 1);
    CHECK(Account().ask(std::move(request)) == row.too_long);
  }
}

TEST_CASE("No operation is done without a key or a signature, or with a wrong one") {
  for (const Case& row : all_cases()) {
    CAPTURE(name_of(row));
    HttpRequest forged = request_of(row);
    forged.header("Authorization", "SharedKey devstoreaccount1:AAAA");
    CHECK(outcome(Account().send(forged)) == "403 AuthenticationFailed");
    const OperationRules& rules = rules_of(row.operation);
    const bool tells_of_account = row.on == On::account || row.on == On::secondary;
    CHECK(outcome(Account().send(request_of(row))) ==
          (rules.writes || tells_of_account ? "403 AuthorizationFailure" : "404 ResourceNotFound"));
  }
}

TEST_CASE("An operation is done by a container's signature that has one of its letters, and no other") {
  const Account signer;
  for (const Case& row : all_cases()) {
    if (row.on == On::account || row.on == On::secondary || row.account_sas == "**") continue;
    for (const char letter : kLetters) {
      CAPTURE(name_of(row), letter);
      const auto sas = signer.container_sas("files", token_of(std::string(1, letter), ""));
      const bool refused = outcome_with_sas(row, sas) == "403 AuthorizationPermissionMismatch";
      CHECK(refused == (row.sas.find(letter) == std::string::npos));
    }
  }
}

TEST_CASE(
    "An operation is done by an account's signature of its type with one of its letters, and no other") {
  const Account signer;
  for (const Case& row : all_cases()) {
    const std::string type = row.account_sas.substr(0, 1);
    const std::string letters = row.account_sas.substr(type.size());
    for (const char one : std::string_view("sco")) {
      CAPTURE(name_of(row), one);
      const auto sas = signer.account_sas(token_of(std::string(kLetters), std::string(1, one)));
      const bool refused = outcome_with_sas(row, sas) == "403 AuthorizationResourceTypeMismatch";
      CHECK(refused == (type != "*" && type != std::string(1, one)));
    }
    for (const char letter : kLetters) {
      if (type.empty()) continue;
      CAPTURE(name_of(row), letter);
      const auto sas = signer.account_sas(token_of(std::string(1, letter), "sco"));
      const bool refused = outcome_with_sas(row, sas) == "403 AuthorizationPermissionMismatch";
      CHECK(refused == (letters != "*" && letters.find(letter) == std::string::npos));
    }
    SasToken other_service = token_of(std::string(kLetters), "sco");
    other_service.services = "q";
    CHECK(outcome_with_sas(row, signer.account_sas(other_service)) == "403 AuthorizationServiceMismatch");
  }
}
