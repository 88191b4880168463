#include "emulator/base/result.h"

#include <memory>

#include "emulator/base/guarded.h"
#include "tests/support/catch.h"

using namespace exthost::base;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{ErrorKind::invalid_input, std::to_string(number) + " is odd", "EHE0000"};
  return number / 2;
}

Result<void> check_even(int number) {
  auto result = half(number);
  if (!result) return std::move(result).error().within("checking");
  return {};
}

}  // namespace

TEST_CASE("a result is a value or an error") {
  CHECK(half(4).value() == 2);
  const Result<int> odd = half(3);
  REQUIRE_FALSE(odd);
  CHECK(odd.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("context goes ahead of an error's sentence and leaves the rest") {
  CHECK(check_even(2));
  const Result<void> failed = check_even(3);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "checking: 3 is odd");
  CHECK(failed.error().code == "EHE0000");
}

TEST_CASE("values that can only be moved pass through a result") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> value = *std::move(result);
  CHECK(*value == 5);
}

TEST_CASE("a reader keeps the snapshot it took when the next one is published") {
  Published<int> published(std::make_shared<const int>(1));
  const auto taken = published.get();
  published.set(std::make_shared<const int>(2));
  CHECK(*taken == 1);
  CHECK(*published.get() == 2);
}

TEST_CASE("a guarded value is reached through its lock only") {
  Guarded<int> number(1);
  number.with([](int& held) { ++held; });
  CHECK(number.with([](const int& held) { return held; }) == 2);
}
