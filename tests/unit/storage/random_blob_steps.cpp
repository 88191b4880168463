#include "emulator/storage/xml_reader.h"
#include "tests/unit/storage/random_sequence.h"

namespace exthost::test {
namespace {

using storage::read_xml;
using storage::XmlElement;

const Strings kBlockIds{"QQ==", "Qg==", "Qw==", "QUFBQQ=="};  // the last is longer

}  // namespace

void Sequence::put() {
  HttpRequest request("PUT", blob_target());
  model::Blob blob = some_blob(request);
  blob.body = some_bytes();
  blob.md5 = base::base64_encode(base::md5(blob.body));
  model::Conditions asked = some_conditions();
  if (dice_.once_in(10)) asked.if_none_match = "*";
  add(request, asked);
  request.header("x-ms-blob-type", "BlockBlob").body(blob.body);
  check(std::move(request), model_.put(container_, name_, blob, asked, now()));
}

void Sequence::stage() {
  const std::string& id =
      dice_.once_in(10) ? kBlockIds.back() : kBlockIds[static_cast<std::size_t>(dice_.roll(3))];
  HttpRequest request("PUT", blob_target("?comp=block&blockid=" + base::percent_encode(id)));
  const std::string bytes = some_bytes();
  const std::string lease = some_blob_lease();
  if (!lease.empty()) request.header("x-ms-lease-id", lease);
  request.body(bytes);
  check(std::move(request), model_.stage(container_, name_, id, bytes, lease, now()));
}

void Sequence::commit() {
  std::vector<std::pair<std::string, std::string>> blocks;
  std::string document = "<BlockList>";
  for (const std::string& id : kBlockIds) {
    if (!dice_.once_in(2)) continue;
    const std::string kind = dice_.pick(Strings{"Latest", "Latest", "Latest", "Committed", "Uncommitted"});
    // Mostly what is there: a list that names one block that is not there is refused.
    if (const model::Name* name = there(); name != nullptr && !dice_.once_in(20)) {
      bool found = kind != "Committed" && name->staged.count(id) != 0;
      if (kind != "Uncommitted" && name->live) {
        for (const auto& [committed, bytes] : name->live->blocks) found = found || committed == id;
      }
      if (!found) continue;
    }
    blocks.emplace_back(kind, id);
    document += "<" + kind + ">" + id + "</" + kind + ">";
  }
  HttpRequest request("PUT", blob_target("?comp=blocklist"));
  const model::Blob blob = some_blob(request);
  const model::Conditions asked = some_conditions();
  add(request, asked);
  request.body(document + "</BlockList>");
  check(std::move(request), model_.commit(container_, name_, blocks, blob, asked, now()));
}

void Sequence::get_block_list() {
  const model::Expected expected = model_.get_block_list(container_, name_);
  const auto response = check(HttpRequest("GET", blob_target("?comp=blocklist&blocklisttype=all")), expected);
  if (!expected.body) return;
  auto root = read_xml(text_of(response));
  REQUIRE(root);
  std::string blocks;
  for (const char* part : {"CommittedBlocks", "UncommittedBlocks"}) {
    if (!blocks.empty() || part[0] == 'U') blocks += "|";
    for (const XmlElement& block : root->child(part)->children) {
      blocks += "<Block><Name>" + std::string(block.child_text("Name")) + "</Name><Size>" +
                std::string(block.child_text("Size")) + "</Size></Block>";
    }
  }
  REQUIRE(blocks == *expected.body);
}

void Sequence::get() {
  const std::string snapshot = some_snapshot();
  const bool head = dice_.once_in(3);
  HttpRequest request(head ? "HEAD" : "GET", blob_target(snapshot.empty() ? "" : "?snapshot=" + snapshot));
  std::string range;
  if (!head && dice_.once_in(2)) {
    const int first = dice_.roll(20);
    const Strings kinds{std::to_string(first) + "-" + std::to_string(first + dice_.roll(20)),
                        std::to_string(first) + "-", "-" + std::to_string(1 + dice_.roll(20))};
    range = "bytes=" + dice_.pick(kinds);
    request.header(dice_.once_in(2) ? "x-ms-range" : "Range", range);
  }
  const model::Conditions asked = some_conditions();
  add(request, asked);
  const model::Expected expected = model_.get(container_, name_, snapshot, range, head, asked, now());
  const auto response = check(std::move(request), expected);
  if (expected.body) REQUIRE(text_of(response) == *expected.body);
}

void Sequence::remove() {
  const std::string snapshot = some_snapshot();
  const std::string snapshots = snapshot.empty() ? dice_.pick(Strings{"", "", "include", "only"}) : "";
  HttpRequest request("DELETE", blob_target(snapshot.empty() ? "" : "?snapshot=" + snapshot));
  if (!snapshots.empty()) request.header("x-ms-delete-snapshots", snapshots);
  const model::Conditions asked = some_conditions();
  add(request, asked);
  check(std::move(request), model_.remove(container_, name_, snapshot, snapshots, asked, now()));
}

void Sequence::undelete() {
  HttpRequest request("PUT", blob_target("?comp=undelete"));
  check(std::move(request.body("")), model_.undelete(container_, name_));
}

void Sequence::snapshot() {
  HttpRequest request("PUT", blob_target("?comp=snapshot"));
  const model::Texts metadata = some_texts();
  add_metadata(request, metadata);
  const model::Conditions asked = some_conditions();
  add(request, asked);
  const model::Expected expected = model_.snapshot(container_, name_, metadata, asked, now());
  const auto response = check(std::move(request.body("")), expected);
  if (response.status == 201) snapshots_.push_back(header_of(response, "x-ms-snapshot"));
}

void Sequence::set_metadata() {
  HttpRequest request("PUT", blob_target("?comp=metadata"));
  const model::Texts metadata = some_texts();
  add_metadata(request, metadata);
  const model::Conditions asked = some_conditions();
  add(request, asked);
  check(std::move(request.body("")), model_.set_metadata(container_, name_, metadata, asked, now()));
}

void Sequence::set_properties() {
  HttpRequest request("PUT", blob_target("?comp=properties"));
  const std::string type = dice_.once_in(2) ? "text/html" : "";
  if (!type.empty()) request.header("x-ms-blob-content-type", type);
  const model::Conditions asked = some_conditions();
  add(request, asked);
  check(std::move(request.body("")), model_.set_properties(container_, name_, type, asked, now()));
}

void Sequence::set_tier() {
  const std::string snapshot = some_snapshot();
  HttpRequest request(
      "PUT", blob_target("?comp=tier" + (snapshot.empty() ? std::string() : "&snapshot=" + snapshot)));
  const std::string tier = some_tier();
  request.header("x-ms-access-tier", tier);
  const model::Conditions asked = some_conditions();
  add(request, asked);
  check(std::move(request.body("")), model_.set_tier(container_, name_, snapshot, tier, asked, now()));
}

void Sequence::set_tags() {
  HttpRequest request("PUT", blob_target("?comp=tags"));
  const model::Texts tags = some_texts();
  std::string document = "<Tags><TagSet>";
  for (const auto& [key, value] : tags) {
    document += "<Tag><Key>" + key + "</Key><Value>" + value + "</Value></Tag>";
  }
  const model::Conditions asked = some_conditions();
  add(request, asked);
  request.body(document + "</TagSet></Tags>");
  check(std::move(request), model_.set_tags(container_, name_, tags, asked, now()));
}

void Sequence::lease_blob() {
  HttpRequest request("PUT", blob_target("?comp=lease"));
  const auto action = some_action(request);
  model::Conditions asked = some_conditions();
  asked.lease.clear();
  add(request, asked);
  check(std::move(request.body("")), model_.lease_blob(container_, name_, action, asked, now()));
}

}  // namespace exthost::test
