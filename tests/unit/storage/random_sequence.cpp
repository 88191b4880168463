// What a step is about, and how its answer is judged. The steps are in random_blob_steps.cpp and
// random_container_steps.cpp.
#include "tests/unit/storage/random_sequence.h"

#include <algorithm>
#include <sstream>

namespace exthost::test {
namespace {

const Strings kContainers{"one", "two"};
const Strings kNames{"a", "a/1", "a/2", "a/2/x", "a!", "b", "b c", "\xc3\xa4"};
const Strings kLeases{"11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"};

}  // namespace

void Sequence::step() {
  static const std::vector<std::pair<Method, int>> kMethods{
      {&Sequence::put, 14},
      {&Sequence::stage, 8},
      {&Sequence::commit, 7},
      {&Sequence::get_block_list, 3},
      {&Sequence::get, 14},
      {&Sequence::remove, 8},
      {&Sequence::undelete, 5},
      {&Sequence::snapshot, 6},
      {&Sequence::set_metadata, 3},
      {&Sequence::set_properties, 3},
      {&Sequence::set_tier, 4},
      {&Sequence::set_tags, 3},
      {&Sequence::lease_blob, 10},
      {&Sequence::lease_container, 3},
      {&Sequence::create_container, 3},
      {&Sequence::delete_container, 1},
      {&Sequence::change_container, 2},
      {&Sequence::get_container, 2},
      {&Sequence::list, 7},
      {&Sequence::set_policy, 2},
      {&Sequence::pass_time, 10},
      {&Sequence::reopen, 1},
  };
  static const int kTotal = [] {
    int total = 0;
    for (const auto& [method, weight] : kMethods) total += weight;
    return total;
  }();
  container_ = kContainers[dice_.once_in(5) ? 1 : 0];
  name_ = dice_.pick(kNames);
  model_.expire(now());
  if (model_.containers.count(container_) == 0 && !dice_.once_in(4)) return create_container();
  // Mostly a blob that is there, or was: much that can be asked of others is one answer, 404.
  for (int tries = 0; tries < 2 && (there() == nullptr || !there()->live); ++tries) {
    name_ = dice_.pick(kNames);
  }
  int at = dice_.roll(kTotal);
  for (const auto& [method, weight] : kMethods) {
    at -= weight;
    if (at < 0) return (this->*method)();
  }
}

// Few of them, so that equal contents are frequent; and now and then a long one.
std::string Sequence::some_bytes() {
  const int kind = dice_.roll(12);
  if (kind == 0) return "";
  std::string bytes = "content " + std::to_string(kind);
  if (kind == 1)
    bytes.append(static_cast<std::size_t>(dice_.roll(20'000)), static_cast<char>(dice_.roll(256)));
  return bytes;
}

model::Texts Sequence::some_texts() {
  model::Texts texts;
  for (const char* name : {"k", "second"}) {
    if (dice_.once_in(3)) texts[name] = std::to_string(dice_.roll(2));
  }
  return texts;
}

const model::Name* Sequence::there() const {
  const auto container = model_.containers.find(container_);
  if (container == model_.containers.end()) return nullptr;
  const auto name = container->second.names.find(name_);
  return name == container->second.names.end() ? nullptr : &name->second;
}

// Where there is a lease mostly its id; elsewhere mostly none.
std::string Sequence::some_lease(const model::Lease* lease) {
  if (lease != nullptr && !lease->id.empty() && !dice_.once_in(3)) return lease->id;
  return dice_.once_in(10) ? dice_.pick(kLeases) : "";
}
std::string Sequence::some_blob_lease() {
  const model::Name* name = there();
  return some_lease(name != nullptr && name->live ? &name->live->lease : nullptr);
}
std::string Sequence::some_container_lease() {
  const auto container = model_.containers.find(container_);
  return some_lease(container == model_.containers.end() ? nullptr : &container->second.lease);
}

std::string Sequence::some_tier() {
  return dice_.pick(Strings{"Hot", "Cool", "Cold", "Archive"});
}

std::string Sequence::some_snapshot() {
  if (snapshots_.empty() || !dice_.once_in(3)) return "";
  return snapshots_[snapshots_.size() - 1 -
                    static_cast<std::size_t>(dice_.roll(std::min(6, static_cast<int>(snapshots_.size()))))];
}

model::Conditions Sequence::some_conditions() {
  model::Conditions asked;
  asked.lease = some_blob_lease();
  if (!dice_.once_in(4)) return asked;
  const model::Name* name = there();
  const bool fits = name != nullptr && name->live && !dice_.once_in(4);
  const std::string etag = fits ? name->live->etag : "\"0x8D0000000000000\"";
  const base::WallTime time = now() - std::chrono::seconds(dice_.roll(100));
  switch (dice_.roll(6)) {
    case 0:
      asked.if_match = etag;
      break;
    case 1:
      asked.if_match = "*";
      break;
    case 2:
      asked.if_none_match = etag;
      break;
    case 3:
      asked.modified_since = time;
      break;
    case 4:
      asked.unmodified_since = time;
      break;
    case 5:
      asked.tag = {"k", std::to_string(dice_.roll(2))};
      break;
  }
  return asked;
}

void Sequence::add(HttpRequest& request, const model::Conditions& asked) {
  if (!asked.lease.empty()) request.header("x-ms-lease-id", asked.lease);
  if (!asked.if_match.empty()) request.header("If-Match", asked.if_match);
  if (!asked.if_none_match.empty()) request.header("If-None-Match", asked.if_none_match);
  if (asked.modified_since) request.header("If-Modified-Since", base::to_http_date(*asked.modified_since));
  if (asked.unmodified_since)
    request.header("If-Unmodified-Since", base::to_http_date(*asked.unmodified_since));
  if (!asked.tag.first.empty()) {
    request.header("x-ms-if-tags", "\"" + asked.tag.first + "\" = '" + asked.tag.second + "'");
  }
}

void Sequence::add_metadata(HttpRequest& request, const model::Texts& metadata) {
  for (const auto& [key, value] : metadata) request.header("x-ms-meta-" + key, value);
}

// What a put and a commit say of the blob, and the headers that say it.
model::Blob Sequence::some_blob(HttpRequest& request) {
  model::Blob blob;
  blob.type = dice_.once_in(2) ? "text/plain" : "application/octet-stream";
  blob.metadata = some_texts();
  blob.tags = some_texts();
  if (dice_.once_in(6)) blob.tier = some_tier();
  request.header("x-ms-blob-content-type", blob.type);
  add_metadata(request, blob.metadata);
  std::string tags;
  for (const auto& [key, value] : blob.tags) tags += (tags.empty() ? "" : "&") + key + "=" + value;
  if (!tags.empty()) request.header("x-ms-tags", tags);
  if (!blob.tier.empty()) request.header("x-ms-access-tier", blob.tier);
  return blob;
}

model::LeaseAction Sequence::some_action(HttpRequest& request) {
  model::LeaseAction action;
  action.action = dice_.pick(Strings{"acquire", "acquire", "renew", "change", "release", "break"});
  request.header("x-ms-lease-action", action.action);
  if (action.action == "acquire") {
    action.seconds = dice_.once_in(3) ? -1 : 15 + dice_.roll(46);
    request.header("x-ms-lease-duration", std::to_string(action.seconds));
  } else if (action.action == "break") {
    if (dice_.once_in(2)) action.break_period = dice_.roll(61);
    if (action.break_period) request.header("x-ms-lease-break-period", std::to_string(*action.break_period));
    return action;
  } else {
    action.id = dice_.pick(kLeases);
    request.header("x-ms-lease-id", action.id);
  }
  if (action.action == "acquire" || action.action == "change") {
    action.proposed = dice_.pick(kLeases);
    request.header("x-ms-proposed-lease-id", action.proposed);
  }
  return action;
}

http::Response Sequence::send(HttpRequest& request) {
  return account_.send(request);
}

http::Response Sequence::check(HttpRequest request, const model::Expected& expected) {
  std::ostringstream sent;
  sent << request.get().method << ' ' << request.get().target.raw_path << '?'
       << request.get().target.raw_query;
  for (const http::Header& header : request.get().headers.all()) {
    sent << "\n  " << header.name << ": " << header.value;
  }
  INFO(sent.str());
  http::Response response = send(request);
  INFO(text_of(response).substr(0, 300));
  REQUIRE(response.status == expected.status);
  REQUIRE(code_of(response) == expected.code);
  for (const auto& [name, value] : expected.headers) {
    CAPTURE(name);
    REQUIRE(header_of(response, name) == value);
  }
  if (expected.written != nullptr) {
    const std::string etag = header_of(response, "ETag");
    REQUIRE_FALSE(etag.empty());
    REQUIRE(etag != expected.written->etag);
    REQUIRE(header_of(response, "Last-Modified") == base::to_http_date(now()));
    expected.written->etag = etag;
  }
  return response;
}

// Any write frees what is kept no longer; after that nothing takes space that nothing refers to.
void Sequence::check_content() {
  set_policy();
  model_.expire(now());
  std::set<std::string> wanted;
  for (const std::string& content : model_.contents()) wanted.insert(base::sha256_hex(content));
  CHECK(account_.files("content") == wanted);
  CHECK(account_.files("incoming").empty());
}

}  // namespace exthost::test
