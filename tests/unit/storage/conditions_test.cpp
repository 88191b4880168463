#include "emulator/storage/conditions.h"

#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::storage;

namespace {

const base::WallTime kWritten{base::Duration{1'700'000'000'500}};
const Validators kCurrent{"\"0x8D1\"", kWritten};

Conditions with_header(const char* name, const std::string& value) {
  http::Headers headers;
  headers.add(name, value);
  return conditions_of(headers);
}

std::optional<Reason> write_refusal(const Conditions& conditions, const std::optional<Validators>& current) {
  auto refusal = refuse_write(conditions, current);
  return refusal ? std::optional(refusal->reason) : std::nullopt;
}

std::optional<Reason> read_refusal(const Conditions& conditions) {
  auto refusal = refuse_read(conditions, kCurrent);
  return refusal ? std::optional(refusal->reason) : std::nullopt;
}

}  // namespace

TEST_CASE("Etags match with quotes and without, in lists, and with a star") {
  for (const char* match : {"\"0x8D1\"", "0x8D1", "\"other\", \"0x8D1\"", "*", "W/\"0x8D1\""}) {
    CAPTURE(match);
    CHECK_FALSE(read_refusal(with_header("If-Match", match)));
    CHECK_FALSE(write_refusal(with_header("If-Match", match), kCurrent));
  }
  CHECK(read_refusal(with_header("If-Match", "\"0x8D2\"")) == Reason::condition_failed);
  CHECK(write_refusal(with_header("If-Match", "\"0x8D2\""), kCurrent) == Reason::condition_failed);
}

TEST_CASE("A write that wants something new meets something old: the blob exists") {
  CHECK(write_refusal(Conditions::must_not_exist(), kCurrent) == Reason::blob_exists);
  CHECK_FALSE(write_refusal(Conditions::must_not_exist(), std::nullopt));
  CHECK(write_refusal(with_header("If-None-Match", "\"0x8D1\""), kCurrent) == Reason::condition_failed);
  CHECK(write_refusal(with_header("If-Match", "*"), std::nullopt) == Reason::condition_failed);
}

TEST_CASE("A reader with the current etag is told so, and an etag outranks a time") {
  CHECK(read_refusal(with_header("If-None-Match", "\"0x8D1\"")) == Reason::not_modified);
  Conditions both = with_header("If-None-Match", "\"0x8D2\"");
  both.if_modified_since = kWritten + std::chrono::hours(1);
  CHECK_FALSE(read_refusal(both));
}

TEST_CASE("Times are compared in whole seconds, as headers carry them") {
  const std::string written = base::to_http_date(kWritten);
  const std::string before = base::to_http_date(kWritten - std::chrono::seconds(1));
  CHECK(read_refusal(with_header("If-Modified-Since", written)) == Reason::not_modified);
  CHECK_FALSE(read_refusal(with_header("If-Modified-Since", before)));
  CHECK_FALSE(read_refusal(with_header("If-Unmodified-Since", written)));
  CHECK(read_refusal(with_header("If-Unmodified-Since", before)) == Reason::condition_failed);
  CHECK(write_refusal(with_header("If-Modified-Since", written), kCurrent) == Reason::condition_failed);
  CHECK(write_refusal(with_header("If-Unmodified-Since", before), kCurrent) == Reason::condition_failed);
}

TEST_CASE("A time that can't be read is no condition") {
  CHECK_FALSE(read_refusal(with_header("If-Modified-Since", "yesterday")));
  CHECK_FALSE(write_refusal(with_header("If-Unmodified-Since", "yesterday"), kCurrent));
}
