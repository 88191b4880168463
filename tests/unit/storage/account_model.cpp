#include "tests/unit/storage/account_model.h"

#include <algorithm>
#include <chrono>

#include "emulator/base/hash.h"

namespace exthost::test::model {
namespace {

Expected refused(int status, const std::string& code) {
  Expected expected;
  expected.status = status;
  expected.code = code;
  return expected;
}
Expected done(int status) {
  return refused(status, "");
}
const Expected kNoContainer = refused(404, "ContainerNotFound");
const Expected kNoBlob = refused(404, "BlobNotFound");
const Expected kNotMet = refused(412, "ConditionNotMet");

long long seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool has_tag(const Texts& tags, const std::pair<std::string, std::string>& wanted) {
  const auto at = tags.find(wanted.first);
  return at != tags.end() && at->second == wanted.second;
}

// Whether a write's conditions hold for something that is there.
bool holds_for_write(const Conditions& asked, const Blob& blob) {
  if (!asked.tag.first.empty() && !has_tag(blob.tags, asked.tag)) return false;
  if (!asked.if_match.empty() && asked.if_match != "*" && asked.if_match != blob.etag) return false;
  if (asked.if_none_match == "*" || asked.if_none_match == blob.etag) return false;
  if (asked.modified_since && seconds(blob.modified) <= seconds(*asked.modified_since)) return false;
  return !asked.unmodified_since || seconds(blob.modified) <= seconds(*asked.unmodified_since);
}

// What refuses a put over what is there, or a change of it.
std::optional<Expected> refuse_put(const Conditions& asked, const std::optional<Blob>& live, Time now) {
  if (!live) {
    if (!asked.if_match.empty() || !asked.tag.first.empty()) return kNotMet;
    const std::string code = missing_lease({}, asked.lease, "Blob", now);
    return code.empty() ? std::nullopt : std::optional(refused(412, code));
  }
  if (asked.if_none_match == "*") return refused(409, "BlobAlreadyExists");
  if (!holds_for_write(asked, *live)) return kNotMet;
  const std::string code = missing_lease(live->lease, asked.lease, "Blob", now);
  return code.empty() ? std::nullopt : std::optional(refused(412, code));
}
std::optional<Expected> refuse_change(const Conditions& asked, const Blob& live, Time now) {
  if (!holds_for_write(asked, live)) return kNotMet;
  const std::string code = missing_lease(live.lease, asked.lease, "Blob", now);
  return code.empty() ? std::nullopt : std::optional(refused(412, code));
}

// A write of content, properties or metadata.
void touch(Blob& blob, Time now) {
  blob.modified = now;
  if (!locked(blob.lease, now)) blob.lease = Lease();
}

std::string snapshot_time(const Name& name, Time now) {
  for (int ticks = 0;; ++ticks) {
    std::string time = base::to_iso8601(now);
    time.pop_back();  // the Z
    std::string digits = std::to_string(ticks);
    while (digits.size() < 4) digits = "0" + digits;
    time += digits + "Z";
    if (name.snapshots.count(time) == 0 && name.deleted_snapshots.count(time) == 0) return time;
  }
}

Blob unleased(Blob blob) {
  blob.lease = Lease();
  return blob;
}

// The blob gets other content.
Expected overwrite(Name& name, Blob blob, int keep_days, Time now) {
  blob.created = now;
  if (name.live) {
    blob.created = name.live->created;
    if (locked(name.live->lease, now)) blob.lease = name.live->lease;
    blob.etag = name.live->etag;
    if (keep_days > 0 && name.live->tier != "Archive") {
      name.deleted_snapshots[snapshot_time(name, now)] = {unleased(*name.live), now,
                                                          now + std::chrono::days(keep_days)};
    }
  } else if (name.deleted) {
    if (name.deleted->blob.tier != "Archive")
      name.deleted_snapshots[snapshot_time(name, now)] = *name.deleted;
    name.deleted.reset();
  }
  blob.modified = now;
  name.live = std::move(blob);
  name.staged.clear();
  Expected expected = done(201);
  expected.written = &*name.live;
  return expected;
}

void remove_snapshot(Name& name, const std::string& time, int keep_days, Time now) {
  if (keep_days > 0) {
    name.deleted_snapshots[time] = {name.snapshots.at(time), now, now + std::chrono::days(keep_days)};
  }
  name.snapshots.erase(time);
}

Expected lease_answer(const LeaseAction& asked, const Lease& lease, Time now) {
  Expected expected = done(asked.action == "acquire" ? 201 : asked.action == "break" ? 202 : 200);
  if (asked.action == "break") {
    const auto left = *lease.broken - now;
    expected.headers["x-ms-lease-time"] = std::to_string(left.count() <= 0 ? 0 : (left.count() + 999) / 1000);
  } else if (asked.action != "release") {
    expected.headers["x-ms-lease-id"] = lease.id;
  }
  return expected;
}

// First byte and count, or nothing if the range lies behind the end.
std::optional<std::pair<std::size_t, std::size_t>> parse_range(const std::string& range, std::size_t size) {
  const std::string spec = range.substr(std::string("bytes=").size());
  const std::size_t dash = spec.find('-');
  if (size == 0) return std::nullopt;
  if (dash == 0) {
    const std::size_t last = std::min<std::size_t>(std::stoul(spec.substr(1)), size);
    return std::pair(size - last, last);
  }
  const std::size_t first = std::stoul(spec.substr(0, dash));
  if (first >= size) return std::nullopt;
  const std::size_t last = dash + 1 == spec.size() ? size - 1 : std::stoul(spec.substr(dash + 1));
  return std::pair(first, std::min(last, size - 1) - first + 1);
}

void tell(Texts& headers, const Blob& blob) {
  headers["ETag"] = blob.etag;
  headers["Last-Modified"] = base::to_http_date(blob.modified);
  headers["x-ms-creation-time"] = base::to_http_date(blob.created);
  headers["Content-Type"] = blob.type;
  if (!blob.tags.empty()) headers["x-ms-tag-count"] = std::to_string(blob.tags.size());
  for (const auto& [key, value] : blob.metadata) headers["x-ms-meta-" + key] = value;
}

}  // namespace

Name* Account::find(const std::string& container, const std::string& name) {
  const auto at = containers.find(container);
  return at == containers.end() ? nullptr : &at->second.names[name];
}

void Account::expire(Time now) {
  for (auto& [container_name, container] : containers) {
    for (auto& [blob_name, name] : container.names) {
      if (name.deleted && name.deleted->until <= now) name.deleted.reset();
      std::erase_if(name.deleted_snapshots, [&](const auto& one) { return one.second.until <= now; });
    }
  }
}

Expected Account::create_container(const std::string& container, const Texts& metadata) {
  if (containers.count(container) != 0) return refused(409, "ContainerAlreadyExists");
  containers[container].metadata = metadata;
  return done(201);
}

Expected Account::delete_container(const std::string& container, const std::string& lease, Time now) {
  const auto at = containers.find(container);
  if (at == containers.end()) return kNoContainer;
  const std::string code = missing_lease(at->second.lease, lease, "Container", now);
  if (!code.empty()) return refused(412, code);
  containers.erase(at);
  return done(202);
}

Expected Account::set_container_metadata(const std::string& container, const Texts& metadata,
                                         const std::string& lease, Time now) {
  const auto at = containers.find(container);
  if (at == containers.end()) return kNoContainer;
  const std::string code = wrong_lease(at->second.lease, lease, "Container", now);
  if (!code.empty()) return refused(412, code);
  at->second.metadata = metadata;
  return done(200);
}

Expected Account::get_container(const std::string& container, const std::string& lease, Time now) {
  const auto at = containers.find(container);
  if (at == containers.end()) return kNoContainer;
  const std::string code = wrong_lease(at->second.lease, lease, "Container", now);
  if (!code.empty()) return refused(412, code);
  Expected expected = done(200);
  expected.headers["x-ms-lease-state"] = state_of(at->second.lease, now);
  for (const auto& [key, value] : at->second.metadata) expected.headers["x-ms-meta-" + key] = value;
  return expected;
}

Expected Account::put(const std::string& container, const std::string& name, Blob blob,
                      const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (auto refusal = refuse_put(asked, there->live, now)) return *refusal;
  blob.put_at_once = true;
  return overwrite(*there, std::move(blob), keep_days, now);
}

Expected Account::stage(const std::string& container, const std::string& name, const std::string& id,
                        const std::string& bytes, const std::string& lease, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (there->live) {
    const std::string code = missing_lease(there->live->lease, lease, "Blob", now);
    if (!code.empty()) return refused(412, code);
  }
  if (!there->staged.empty() && there->staged.begin()->first.size() != id.size()) {
    return refused(400, "InvalidBlobOrBlock");
  }
  there->staged[id] = bytes;
  return done(201);
}

Expected Account::commit(const std::string& container, const std::string& name,
                         const std::vector<std::pair<std::string, std::string>>& blocks, Blob blob,
                         const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (auto refusal = refuse_put(asked, there->live, now)) return *refusal;
  for (const auto& [kind, id] : blocks) {
    std::optional<std::string> bytes;
    if (kind != "Uncommitted" && there->live) {
      for (const auto& [committed, content] : there->live->blocks) {
        if (committed == id) bytes = content;
      }
    }
    if (kind != "Committed" && there->staged.count(id) != 0) bytes = there->staged.at(id);
    if (!bytes) return refused(400, "InvalidBlockList");
    blob.blocks.emplace_back(id, *bytes);
    blob.body += *bytes;
  }
  return overwrite(*there, std::move(blob), keep_days, now);
}

Expected Account::get_block_list(const std::string& container, const std::string& name) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (!there->live && there->staged.empty()) return kNoBlob;
  const auto block = [](const std::string& id, const std::string& bytes) {
    return "<Block><Name>" + id + "</Name><Size>" + std::to_string(bytes.size()) + "</Size></Block>";
  };
  std::string committed;
  if (there->live) {
    for (const auto& [id, bytes] : there->live->blocks) committed += block(id, bytes);
  }
  std::string staged;
  for (const auto& [id, bytes] : there->staged) staged += block(id, bytes);
  Expected expected = done(200);
  expected.body = committed + "|" + staged;
  return expected;
}

Expected Account::get(const std::string& container, const std::string& name, const std::string& snapshot,
                      const std::string& range, bool head, const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  const Blob* blob = nullptr;
  if (snapshot.empty()) {
    if (there->live) blob = &*there->live;
  } else if (there->snapshots.count(snapshot) != 0) {
    blob = &there->snapshots.at(snapshot);
  }
  if (blob == nullptr) return kNoBlob;
  if (!asked.tag.first.empty() && !has_tag(blob->tags, asked.tag)) return kNotMet;
  const auto modified_after = [&](const std::optional<Time>& time) {
    return seconds(blob->modified) > seconds(*time);
  };
  if (!asked.if_match.empty()) {
    if (asked.if_match != "*" && asked.if_match != blob->etag) return kNotMet;
  } else if (asked.unmodified_since && modified_after(asked.unmodified_since)) {
    return kNotMet;
  }
  if (!asked.if_none_match.empty()) {
    if (asked.if_none_match == blob->etag) return refused(304, "ConditionNotMet");
  } else if (asked.modified_since && !modified_after(asked.modified_since)) {
    return refused(304, "ConditionNotMet");
  }
  const std::string code = wrong_lease(blob->lease, asked.lease, "Blob", now);
  if (!code.empty()) return refused(412, code);
  Expected expected = done(200);
  tell(expected.headers, *blob);
  if (snapshot.empty()) expected.headers["x-ms-lease-state"] = state_of(blob->lease, now);
  if (head) {
    expected.headers["Content-Length"] = std::to_string(blob->body.size());
    expected.headers["x-ms-access-tier"] = blob->tier.empty() ? "Hot" : blob->tier;
    expected.headers["Content-MD5"] = blob->md5;
    return expected;
  }
  if (blob->tier == "Archive") return refused(409, "BlobArchived");
  expected.body = blob->body;
  if (range.empty()) {
    expected.headers["Content-MD5"] = blob->md5;
    return expected;
  }
  const auto part = parse_range(range, blob->body.size());
  if (!part) return refused(416, "InvalidRange");
  expected.status = 206;
  expected.body = blob->body.substr(part->first, part->second);
  expected.headers["Content-Range"] = "bytes " + std::to_string(part->first) + "-" +
                                      std::to_string(part->first + part->second - 1) + "/" +
                                      std::to_string(blob->body.size());
  return expected;
}

Expected Account::remove(const std::string& container, const std::string& name, const std::string& snapshot,
                         const std::string& snapshots, const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  Expected expected = done(202);
  expected.headers["x-ms-delete-type-permanent"] = keep_days > 0 ? "false" : "true";
  if (!snapshot.empty()) {
    const auto at = there->snapshots.find(snapshot);
    if (at == there->snapshots.end()) return kNoBlob;
    if (!holds_for_write(asked, at->second)) return kNotMet;
    remove_snapshot(*there, snapshot, keep_days, now);
    return expected;
  }
  if (!there->live) return kNoBlob;
  if (auto refusal = refuse_change(asked, *there->live, now)) return *refusal;
  if (snapshots.empty() && !there->snapshots.empty()) return refused(409, "SnapshotsPresent");
  while (!there->snapshots.empty()) {
    remove_snapshot(*there, there->snapshots.begin()->first, keep_days, now);
  }
  if (snapshots == "only") return expected;
  if (keep_days > 0) {
    there->deleted = Kept{unleased(*there->live), now, now + std::chrono::days(keep_days)};
  }
  there->live.reset();
  there->staged.clear();
  return expected;
}

Expected Account::undelete(const std::string& container, const std::string& name) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (!there->live && !there->deleted) return kNoBlob;
  if (there->deleted) there->live = there->deleted->blob;
  there->deleted.reset();
  for (const auto& [time, kept] : there->deleted_snapshots) there->snapshots[time] = kept.blob;
  there->deleted_snapshots.clear();
  return done(200);
}

Expected Account::snapshot(const std::string& container, const std::string& name, const Texts& metadata,
                           const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (!there->live) return kNoBlob;
  if (!holds_for_write(asked, *there->live)) return kNotMet;
  const std::string code = wrong_lease(there->live->lease, asked.lease, "Blob", now);
  if (!code.empty()) return refused(412, code);
  const std::string time = snapshot_time(*there, now);
  Blob& taken = there->snapshots[time] = unleased(*there->live);
  Expected expected = done(201);
  expected.headers["x-ms-snapshot"] = time;
  if (metadata.empty()) {
    expected.headers["ETag"] = taken.etag;
  } else {
    taken.metadata = metadata;
    taken.modified = now;
    expected.written = &taken;
  }
  return expected;
}

Expected Account::set_metadata(const std::string& container, const std::string& name, const Texts& metadata,
                               const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (!there->live) return kNoBlob;
  if (auto refusal = refuse_change(asked, *there->live, now)) return *refusal;
  there->live->metadata = metadata;
  touch(*there->live, now);
  Expected expected = done(200);
  expected.written = &*there->live;
  return expected;
}

Expected Account::set_properties(const std::string& container, const std::string& name,
                                 const std::string& type, const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (!there->live) return kNoBlob;
  if (auto refusal = refuse_change(asked, *there->live, now)) return *refusal;
  there->live->type = type.empty() ? "application/octet-stream" : type;
  there->live->md5.clear();
  touch(*there->live, now);
  Expected expected = done(200);
  expected.written = &*there->live;
  return expected;
}

Expected Account::set_tier(const std::string& container, const std::string& name, const std::string& snapshot,
                           const std::string& tier, const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  Blob* blob = nullptr;
  if (snapshot.empty()) {
    if (!there->live) return kNoBlob;
    if (auto refusal = refuse_change(asked, *there->live, now)) return *refusal;
    blob = &*there->live;
  } else {
    const auto at = there->snapshots.find(snapshot);
    if (at == there->snapshots.end()) return kNoBlob;
    if (!holds_for_write(asked, at->second)) return kNotMet;
    blob = &at->second;
  }
  const bool comes_back = blob->tier == "Archive" && tier != "Archive";
  blob->tier = tier;
  return done(comes_back ? 202 : 200);
}

Expected Account::set_tags(const std::string& container, const std::string& name, const Texts& tags,
                           const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (!there->live) return kNoBlob;
  if (auto refusal = refuse_change(asked, *there->live, now)) return *refusal;
  there->live->tags = tags;
  return done(204);
}

Expected Account::lease_container(const std::string& container, const LeaseAction& action, Time now) {
  const auto at = containers.find(container);
  if (at == containers.end()) return kNoContainer;
  const std::string code = act(at->second.lease, action, now);
  return code.empty() ? lease_answer(action, at->second.lease, now) : refused(409, code);
}

Expected Account::lease_blob(const std::string& container, const std::string& name, const LeaseAction& action,
                             const Conditions& asked, Time now) {
  Name* there = find(container, name);
  if (there == nullptr) return kNoContainer;
  if (!there->live) return kNoBlob;
  if (!holds_for_write(asked, *there->live)) return kNotMet;
  const std::string code = act(there->live->lease, action, now);
  if (!code.empty()) return refused(409, code);
  Expected expected = lease_answer(action, there->live->lease, now);
  expected.headers["ETag"] = there->live->etag;
  return expected;
}

}  // namespace exthost::test::model
