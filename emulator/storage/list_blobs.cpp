#include <algorithm>
#include <array>
#include <set>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/list_page.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"

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

std::string without_quotes(const std::string& etag) {
  return etag.size() < 2 ? etag : etag.substr(1, etag.size() - 2);
}

void write_blob(XmlWriter& xml, const BlobRecord& blob, bool with_metadata, base::WallTime now) {
  const ContentProperties& properties = blob.properties;
  xml.open("Blob");
  xml.name_element("Name", blob.name);
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
  xml.element("BlobType", "BlockBlob");
  xml.element("AccessTier", "Hot");
  xml.element("AccessTierInferred", "true");
  write_lease(xml, blob.lease, now);
  xml.element("ServerEncrypted", "true");
  xml.close();
  if (with_metadata) write_metadata(xml, blob.metadata);
  xml.close();
}

}  // namespace

// Of what `include` can name, metadata is what this store has; the rest is accepted, and there is none of it.
Answer list_blobs(const OperationContext& context) {
  const http::Target& target = context.request.http.target;
  const auto parameter = [&](std::string_view name) {
    return std::string(target.parameter(name).value_or(""));
  };
  auto limit = read_page_size(target);
  if (!limit) return limit.failure();
  auto include = read_include(target);
  if (!include) return include.failure();
  // A marker is the next page's first name, percent-encoded so that XML can hold it.
  const auto marker = base::percent_decode(parameter("marker"));
  if (!marker)
    return rest_error("InvalidQueryParameterValue", "marker is the NextMarker of the page before.");

  const ListQuery query{parameter("prefix"), parameter("delimiter"),
                        std::max(*marker, parameter("startFrom")), *limit};
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
    if (entry.prefix.empty()) {
      write_blob(xml, entry.blob, include->count("metadata") != 0, context.now);
    } else {
      xml.open("BlobPrefix");
      xml.name_element("Name", entry.prefix);
      xml.close();
    }
  }
  xml.close();
  xml.element("NextMarker", base::percent_encode(page->next, "/"));
  xml.close();
  return xml_answer(xml);
}

}  // namespace exthost::storage
