#pragma once

#include <optional>
#include <string>

#include "emulator/base/clock.h"
#include "emulator/http/message.h"
#include "emulator/storage/outcome.h"

namespace exthost::storage {

/// What a request asks of the thing it reads or changes. Etags in quotes, several separated by commas, or
/// `*`.
struct Conditions {
  std::string if_match;
  std::string if_none_match;
  std::optional<base::WallTime> if_modified_since;
  std::optional<base::WallTime> if_unmodified_since;
  std::string if_tags = {};   ///< `x-ms-if-tags`: a TagQuery; empty: not sent.
  std::string lease_id = {};  ///< `x-ms-lease-id`; empty: not sent.

  static Conditions must_not_exist() { return {"", "*", std::nullopt, std::nullopt, {}, {}}; }
  static Conditions if_none_match_etag(std::string etag) {
    return {"", std::move(etag), std::nullopt, std::nullopt, {}, {}};
  }
};

/// The If-* headers and the lease's id. A date that can't be read counts as not sent, as RFC 9110 wants it.
Conditions conditions_of(const http::Headers& headers);

/// A thing as conditions see it. Absent: there is none.
struct Validators {
  std::string etag;
  base::WallTime last_modified;
};

/// Whether a write may go on: blob_exists for `If-None-Match: *` on something that exists (Azure answers 409
/// there, not 412), condition_failed for all else.
std::optional<Failure> refuse_write(const Conditions& conditions, const std::optional<Validators>& current);

/// Whether a read may go on: not_modified or condition_failed.
std::optional<Failure> refuse_read(const Conditions& conditions, const Validators& current);

}  // namespace exthost::storage
