#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/list_page.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"
#include "emulator/storage/tags.h"

namespace exthost::storage {
namespace {

constexpr std::array<std::string_view, 9> kIncludes = {
    "copy",     "deleted",          "metadata", "snapshots",
    "versions", "uncommittedblobs", "tags",     "immutabilitypolicy",
    "legalhold"};

Rest<std::set<std::string>> read_include(const http::Target& target) {
  std::set<std::string> include;
  for (const std::string& part : base::split(target.parameter("include").value_or(""), ',')) {
    const std::string name = base::to_lower(base::trim(part));
    if (name.empty()) continue;
    if (std::find(kIncludes.begin(), kIncludes.end(), name) == kIncludes.end()) {
      return rest_error("InvalidQueryParameterValue", "include=" + name + " is not known.");
    }
    include.insert(name);
  }
  return include;
}

// Where a page begins. In a marker the name is percent-encoded, so that XML can hold it and `!` is free to
// separate it from the position.
struct Marker {
  std::string name;
  std::string position;
};

Rest<Marker> read_marker(const std::string& text) {
  const std::size_t mark = std::min(text.find('!'), text.size());
  auto name = base::percent_decode(text.substr(0, mark));
  if (!name) return rest_error("InvalidQueryParameterValue", "marker is the NextMarker of the page before.");
  return Marker{std::move(*name), text.substr(std::min(mark + 1, text.size()))};
}

std::string marker_text(const Marker& marker) {
  const std::string name = base::percent_encode(marker.name, "/");
  return marker.position.empty() ? name : name + "!" + marker.position;
}

std::string without_quotes(const std::string& etag) {
  return etag.size() < 2 ? etag : etag.substr(1, etag.size() - 2);
}

void write_blob(XmlWriter& xml, const BlobRecord& blob, const std::set<std::string>& include,
                base::WallTime now) {
  const ContentProperties& properties = blob.properties;
  xml.open("Blob");
  xml.name_element("Name", blob.name);
  if (!blob.snapshot.empty()) xml.element("Snapshot", blob.snapshot);
  if (blob.deletion) xml.element("Deleted", "true");
  xml.open("Properties");
  xml.element("Creation-Time", base::to_http_date(blob.created));
  xml.element("Last-Modified", base::to_http_date(blob.last_modified));
  xml.element("Etag", without_quotes(blob.etag));
  xml.element("Content-Length", std::to_string(blob.size_bytes));
  xml.element("Content-Type", properties.type);
  xml.element("Content-Encoding", properties.encoding);
  xml.element("Content-Language", properties.language);
  xml.element("Content-MD5", base::base64_encode(properties.md5));
  xml.element("Cache-Control", properties.cache_control);
  xml.element("Content-Disposition", properties.disposition);
  xml.element("BlobType", type_name(blob.type));
  if (blob.type == BlobType::page) {
    xml.element("x-ms-blob-sequence-number", std::to_string(blob.sequence_number));
  }
  if (blob.type == BlobType::block) xml.element("AccessTier", blob.tier.empty() ? "Hot" : blob.tier);
  if (blob.type == BlobType::block && blob.tier.empty()) xml.element("AccessTierInferred", "true");
  if (blob.tier_changed) xml.element("AccessTierChangeTime", base::to_http_date(*blob.tier_changed));
  if (blob.snapshot.empty() && !blob.deletion) write_lease(xml, blob.lease, now);
  if (include.count("copy") != 0) write_copy(xml, blob);
  xml.element("ServerEncrypted", "true");
  if (!blob.tags.empty()) xml.element("TagCount", std::to_string(blob.tags.size()));
  if (blob.deletion) {
    const auto left = std::chrono::floor<std::chrono::days>(blob.deletion->until - now);
    xml.element("DeletedTime", base::to_http_date(blob.deletion->at));
    xml.element("RemainingRetentionDays", std::to_string(left.count()));
  }
  xml.close();
  if (include.count("metadata") != 0) write_metadata(xml, blob.metadata);
  if (include.count("tags") != 0 && !blob.tags.empty()) write_tags(xml, blob.tags);
  xml.close();
}

// As Azure does: nothing is known of it before its commit.
void write_uncommitted(XmlWriter& xml, const BlobRecord& blob, base::WallTime now) {
  xml.open("Blob");
  xml.name_element("Name", blob.name);
  xml.open("Properties");
  xml.element("Content-Length", "0");
  xml.element("BlobType", "BlockBlob");
  xml.element("AccessTier", "Hot");
  xml.element("AccessTierInferred", "true");
  write_lease(xml, Lease(), now);
  xml.element("ServerEncrypted", "false");
  xml.close();
  xml.close();
}

}  // namespace

// Of what `include` can name, there are no versions, policies and legal holds here: they are accepted without
// effect.
Answer list_blobs(const OperationContext& context) {
  const http::Target& target = context.request.http.target;
  const auto parameter = [&](std::string_view name) {
    return std::string(target.parameter(name).value_or(""));
  };
  auto limit = read_page_size(target);
  if (!limit) return limit.failure();
  auto include = read_include(target);
  if (!include) return include.failure();
  auto marker = read_marker(parameter("marker"));
  if (!marker) return marker.failure();
  ListQuery query{
      parameter("prefix"), parameter("delimiter"), marker->name, *limit, include->count("snapshots") != 0,
      marker->position};
  if (include->count("deleted") != 0) query.deleted_at = context.now;
  query.uncommitted = include->count("uncommittedblobs") != 0;
  if (const std::string first = parameter("startFrom"); first > query.from) {
    query.from = first;
    query.position.clear();
  }
  auto page = list_page(context.store, context.request.container_id(), query);
  if (!page) return rest_error(page.failure());

  XmlWriter xml;
  xml.open("EnumerationResults", {{"ServiceEndpoint", context.request.service_endpoint()},
                                  {"ContainerName", context.request.container}});
  xml.name_element("Prefix", query.prefix);
  xml.element("Marker", parameter("marker"));
  xml.element("MaxResults", std::to_string(*limit));
  if (!query.delimiter.empty()) xml.name_element("Delimiter", query.delimiter);
  xml.open("Blobs");
  for (const ListEntry& entry : page->entries) {
    if (entry.prefix.empty() && is_uncommitted(entry.blob)) {
      write_uncommitted(xml, entry.blob, context.now);
    } else if (entry.prefix.empty()) {
      write_blob(xml, entry.blob, *include, context.now);
    } else {
      xml.open("BlobPrefix");
      xml.name_element("Name", entry.prefix);
      xml.close();
    }
  }
  xml.close();
  xml.element("NextMarker", marker_text({page->next, page->next_position}));
  xml.close();
  return xml_answer(xml);
}

}  // namespace exthost::storage
