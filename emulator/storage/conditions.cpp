#include "emulator/storage/conditions.h"

#include <chrono>
#include <string_view>

#include "emulator/base/text.h"
#include "emulator/http/conditions.h"

namespace exthost::storage {
namespace {

std::string_view without_quotes(std::string_view etag) {
  etag = base::trim(etag);
  if (etag.substr(0, 2) == "W/") etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

// Clients send etags with and without quotes: List Blobs gives them without.
bool names(const std::string& list, std::string_view etag) {
  for (const std::string& candidate : base::split(list, ',')) {
    if (base::trim(candidate) == "*" || without_quotes(candidate) == without_quotes(etag)) return true;
  }
  return false;
}

// Headers carry whole seconds.
auto in_seconds(base::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

bool modified_since(const Validators& current, base::WallTime time) {
  return in_seconds(current.last_modified) > in_seconds(time);
}

Failure failed() {
  return {Reason::condition_failed, "The condition specified using HTTP conditional header(s) is not met."};
}

}  // namespace

Conditions conditions_of(const http::Headers& headers) {
  Conditions conditions;
  conditions.if_match = headers.value("If-Match");
  conditions.if_none_match = headers.value("If-None-Match");
  if (auto text = headers.get("If-Modified-Since"))
    conditions.if_modified_since = http::parse_http_date(*text);
  if (auto text = headers.get("If-Unmodified-Since")) {
    conditions.if_unmodified_since = http::parse_http_date(*text);
  }
  conditions.if_tags = base::trim(headers.value("x-ms-if-tags"));
  conditions.lease_id = headers.value("x-ms-lease-id");
  return conditions;
}

std::optional<Failure> refuse_write(const Conditions& conditions, const std::optional<Validators>& current) {
  if (!current) {
    if (!conditions.if_match.empty()) return failed();
    return std::nullopt;
  }
  if (base::trim(conditions.if_none_match) == "*") {
    return Failure{Reason::blob_exists, "The specified blob already exists."};
  }
  if (!conditions.if_match.empty() && !names(conditions.if_match, current->etag)) return failed();
  if (!conditions.if_none_match.empty() && names(conditions.if_none_match, current->etag)) return failed();
  if (conditions.if_modified_since && !modified_since(*current, *conditions.if_modified_since))
    return failed();
  if (conditions.if_unmodified_since && modified_since(*current, *conditions.if_unmodified_since))
    return failed();
  return std::nullopt;
}

std::optional<Failure> refuse_read(const Conditions& conditions, const Validators& current) {
  if (!conditions.if_match.empty()) {
    if (!names(conditions.if_match, current.etag)) return failed();
  } else if (conditions.if_unmodified_since && modified_since(current, *conditions.if_unmodified_since)) {
    return failed();
  }
  const Failure not_modified{Reason::not_modified, "The reader has the current content."};
  if (!conditions.if_none_match.empty()) {
    if (names(conditions.if_none_match, current.etag)) return not_modified;
  } else if (conditions.if_modified_since && !modified_since(current, *conditions.if_modified_since)) {
    return not_modified;
  }
  return std::nullopt;
}

}  // namespace exthost::storage
