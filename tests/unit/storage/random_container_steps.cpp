#include "emulator/storage/xml_reader.h"
#include "tests/unit/storage/random_sequence.h"

namespace exthost::test {
namespace {

using storage::read_xml;
using storage::XmlElement;

std::string entry_of(const XmlElement& element) {
  if (element.name == "BlobPrefix") return std::string(element.child_text("Name")) + "*";
  const XmlElement& properties = *element.child("Properties");
  const auto text = [&](const char* name) { return std::string(properties.child_text(name)); };
  model::ListedBlob blob;
  blob.name = element.child_text("Name");
  blob.snapshot = element.child_text("Snapshot");
  blob.deleted = element.child_text("Deleted") == "true";
  blob.length = text("Content-Length");
  blob.etag = text("Etag");
  blob.modified = text("Last-Modified");
  blob.type = text("Content-Type");
  blob.tier = text("AccessTier");
  blob.lease = text("LeaseState");
  blob.deleted_at = text("DeletedTime");
  blob.days_left = text("RemainingRetentionDays");
  if (const XmlElement* metadata = element.child("Metadata")) {
    for (const XmlElement& item : metadata->children) blob.metadata[item.name] = item.text;
  }
  if (const XmlElement* tags = element.child("Tags")) {
    for (const XmlElement& tag : tags->child("TagSet")->children) {
      blob.tags[std::string(tag.child_text("Key"))] = tag.child_text("Value");
    }
  }
  return model::describe(blob);
}

}  // namespace

void Sequence::lease_container() {
  HttpRequest request("PUT", container_target("&comp=lease"));
  const auto action = some_action(request);
  check(std::move(request.body("")), model_.lease_container(container_, action, now()));
}

void Sequence::create_container() {
  HttpRequest request("PUT", container_target());
  const model::Texts metadata = some_texts();
  add_metadata(request, metadata);
  check(std::move(request.body("")), model_.create_container(container_, metadata));
}

void Sequence::delete_container() {
  HttpRequest request("DELETE", container_target());
  const std::string lease = some_container_lease();
  if (!lease.empty()) request.header("x-ms-lease-id", lease);
  check(std::move(request), model_.delete_container(container_, lease, now()));
}

void Sequence::change_container() {
  HttpRequest request("PUT", container_target("&comp=metadata"));
  const model::Texts metadata = some_texts();
  add_metadata(request, metadata);
  const std::string lease = some_container_lease();
  if (!lease.empty()) request.header("x-ms-lease-id", lease);
  check(std::move(request.body("")), model_.set_container_metadata(container_, metadata, lease, now()));
}

void Sequence::get_container() {
  HttpRequest request("GET", container_target());
  const std::string lease = some_container_lease();
  if (!lease.empty()) request.header("x-ms-lease-id", lease);
  check(std::move(request), model_.get_container(container_, lease, now()));
}

void Sequence::list() {
  model::Account::Listing wanted;
  if (dice_.once_in(3)) wanted.prefix = dice_.pick(Strings{"a", "a/", "a/2", "b", "c"});
  if (dice_.once_in(2)) wanted.delimiter = dice_.once_in(5) ? "!" : "/";
  std::string include = "copy,versions";
  const auto maybe = [&](bool& flag, const char* name) {
    flag = dice_.once_in(2);
    if (flag) include += std::string(",") + name;
  };
  maybe(wanted.snapshots, "snapshots");
  maybe(wanted.deleted, "deleted");
  maybe(wanted.uncommitted, "uncommittedblobs");
  maybe(wanted.metadata, "metadata");
  maybe(wanted.tags, "tags");
  const std::size_t page_size = dice_.once_in(2) ? 5000 : static_cast<std::size_t>(1 + dice_.roll(5));
  const std::string target =
      container_target("&comp=list&prefix=" + base::percent_encode(wanted.prefix) +
                       "&delimiter=" + base::percent_encode(wanted.delimiter) + "&include=" + include +
                       "&maxresults=" + std::to_string(page_size));
  model::Expected expected;
  expected.status = 200;
  if (model_.containers.count(container_) == 0) {
    expected.status = 404;
    expected.code = "ContainerNotFound";
    check(HttpRequest("GET", target), expected);
    return;
  }
  INFO(target);
  Strings entries;
  std::string marker;
  do {
    REQUIRE(entries.size() < 10'000);  // else the pages go round in circles
    const auto response =
        check(HttpRequest("GET", target + "&marker=" + base::percent_encode(marker)), expected);
    auto root = read_xml(text_of(response));
    REQUIRE(root);
    const std::vector<XmlElement>& page = root->child("Blobs")->children;
    marker = root->child_text("NextMarker");
    REQUIRE((marker.empty() ? page.size() <= page_size : page.size() == page_size));
    for (const XmlElement& element : page) entries.push_back(entry_of(element));
  } while (!marker.empty());
  REQUIRE(entries == model_.list(container_, wanted, now()));
}

void Sequence::set_policy() {
  model_.keep_days = dice_.once_in(3) ? 0 : 1 + dice_.roll(3);
  const std::string policy =
      model_.keep_days == 0 ? "<Enabled>false</Enabled>"
                            : "<Enabled>true</Enabled><Days>" + std::to_string(model_.keep_days) + "</Days>";
  HttpRequest request("PUT", at("?restype=service&comp=properties"));
  request.body("<StorageServiceProperties><DeleteRetentionPolicy>" + policy +
               "</DeleteRetentionPolicy></StorageServiceProperties>");
  model::Expected expected;
  expected.status = 202;
  check(std::move(request), expected);
}

void Sequence::pass_time() {
  const int kind = dice_.roll(10);
  if (kind < 2) {
    account_.clock.advance(std::chrono::hours(6 + dice_.roll(30)));
  } else if (kind < 5) {
    account_.clock.advance(base::Duration(dice_.roll(90'000)));
  } else {
    account_.clock.advance(base::Duration(dice_.roll(3)));
  }
}

// What a start sweeps away must not be needed: each write has freed its space itself.
void Sequence::reopen() {
  check_content();
  account_.reopen();
}

}  // namespace exthost::test
