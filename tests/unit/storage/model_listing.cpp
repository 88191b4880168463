// What listings and the content folder of a model account have.
#include <chrono>
#include <set>

#include "tests/unit/storage/account_model.h"

namespace exthost::test::model {
namespace {

ListedBlob listed(const std::string& name, const Blob& blob, const Account::Listing& wanted) {
  ListedBlob entry;
  entry.name = name;
  entry.length = std::to_string(blob.body.size());
  entry.etag = blob.etag.substr(1, blob.etag.size() - 2);
  entry.modified = base::to_http_date(blob.modified);
  entry.type = blob.type;
  entry.tier = blob.tier.empty() ? "Hot" : blob.tier;
  if (wanted.metadata) entry.metadata = blob.metadata;
  if (wanted.tags) entry.tags = blob.tags;
  return entry;
}
ListedBlob listed(const std::string& name, const Kept& kept, const Account::Listing& wanted, Time now) {
  ListedBlob entry = listed(name, kept.blob, wanted);
  entry.deleted = true;
  entry.deleted_at = base::to_http_date(kept.at);
  entry.days_left = std::to_string((kept.until - now) / std::chrono::days(1));
  return entry;
}

std::string text_of(const Texts& texts) {
  std::string text;
  for (const auto& [key, value] : texts) text += key + "=" + value + ";";
  return text;
}

}  // namespace

std::string describe(const ListedBlob& blob) {
  return blob.name + " snapshot:" + blob.snapshot + " deleted:" + (blob.deleted ? "yes" : "no") +
         " length:" + blob.length + " etag:" + blob.etag + " modified:" + blob.modified +
         " type:" + blob.type + " tier:" + blob.tier + " lease:" + blob.lease + " at:" + blob.deleted_at +
         " left:" + blob.days_left + " metadata:" + text_of(blob.metadata) + " tags:" + text_of(blob.tags);
}

std::vector<std::string> Account::list(const std::string& container, const Listing& wanted, Time now) const {
  std::vector<std::string> entries;
  for (const auto& [name, there] : containers.at(container).names) {
    if (name.substr(0, wanted.prefix.size()) != wanted.prefix) continue;
    std::vector<std::string> own;
    std::set<std::string> times;
    for (const auto& [time, blob] : there.snapshots) times.insert(time);
    for (const auto& [time, kept] : there.deleted_snapshots) times.insert(time);
    for (const std::string& time : times) {
      if (!wanted.snapshots) break;
      const bool deleted = there.deleted_snapshots.count(time) != 0;
      if (deleted && !wanted.deleted) continue;
      ListedBlob entry = deleted ? listed(name, there.deleted_snapshots.at(time), wanted, now)
                                 : listed(name, there.snapshots.at(time), wanted);
      entry.snapshot = time;
      own.push_back(describe(entry));
    }
    if (there.live) {
      ListedBlob entry = listed(name, *there.live, wanted);
      entry.lease = state_of(there.live->lease, now);
      own.push_back(describe(entry));
    }
    if (there.deleted && wanted.deleted) own.push_back(describe(listed(name, *there.deleted, wanted, now)));
    if (wanted.uncommitted && !there.live && !there.staged.empty()) {
      ListedBlob entry;
      entry.name = name;
      entry.length = "0";
      entry.tier = "Hot";
      entry.lease = "available";
      own.push_back(describe(entry));
    }
    const std::size_t cut =
        wanted.delimiter.empty() ? std::string::npos : name.find(wanted.delimiter, wanted.prefix.size());
    if (cut != std::string::npos && !own.empty()) {
      own = {name.substr(0, cut + wanted.delimiter.size()) + "*"};
      if (!entries.empty() && entries.back() == own.front()) continue;
    }
    entries.insert(entries.end(), own.begin(), own.end());
  }
  return entries;
}

std::vector<std::string> Account::contents() const {
  std::set<std::string> contents;
  const auto add = [&](const Blob& blob) {
    if (blob.put_at_once) contents.insert(blob.body);
    for (const auto& [id, bytes] : blob.blocks) contents.insert(bytes);
  };
  for (const auto& [container_name, container] : containers) {
    for (const auto& [blob_name, name] : container.names) {
      if (name.live) add(*name.live);
      if (name.deleted) add(name.deleted->blob);
      for (const auto& [time, blob] : name.snapshots) add(blob);
      for (const auto& [time, kept] : name.deleted_snapshots) add(kept.blob);
      for (const auto& [id, bytes] : name.staged) contents.insert(bytes);
    }
  }
  return {contents.begin(), contents.end()};
}

}  // namespace exthost::test::model
