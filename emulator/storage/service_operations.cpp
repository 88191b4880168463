#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"
#include "emulator/storage/service_properties.h"

namespace exthost::storage {
namespace {

void write_container(XmlWriter& xml, const ContainerRecord& container, bool with_metadata,
                     base::WallTime now) {
  xml.open("Container");
  xml.element("Name", container.name);
  xml.open("Properties");
  xml.element("Last-Modified", base::to_http_date(container.last_modified));
  xml.element("Etag", container.etag);
  write_lease(xml, container.lease, now);
  if (container.access != AccessLevel::none) xml.element("PublicAccess", access_name(container.access));
  xml.element("HasImmutabilityPolicy", "false");
  xml.element("HasLegalHold", "false");
  xml.close();
  if (with_metadata) write_metadata(xml, container.metadata);
  xml.close();
}

// Of what `include` can name, there is metadata; deleted containers are not kept, nor those of the system.
Rest<bool> read_include_metadata(const http::Target& target) {
  bool metadata = false;
  for (const std::string& part : base::split(target.parameter("include").value_or(""), ',')) {
    const std::string name = base::to_lower(base::trim(part));
    if (name == "metadata") metadata = true;
    if (name.empty() || name == "metadata" || name == "deleted" || name == "system") continue;
    return rest_error("InvalidQueryParameterValue", "include=" + name + " is not known.");
  }
  return metadata;
}

// A website brings its container with it.
Rest<Done> make_web_container(const OperationContext& context) {
  auto stored = context.store.account_settings(context.request.account);
  if (!stored) return rest_error(stored.failure());
  if (!website(*stored).enabled) return Done{};
  auto made = create_container(context.store, {context.request.account, "$web"}, {}, context.now);
  if (!made && made.reason() != Reason::container_exists) return rest_error(made.failure());
  return Done{};
}

}  // namespace

Answer list_containers(const OperationContext& context) {
  const http::Target& target = context.request.http.target;
  auto limit = read_page_size(target);
  if (!limit) return limit.failure();
  const std::string prefix(target.parameter("prefix").value_or(""));
  const std::string marker(target.parameter("marker").value_or(""));
  auto with_metadata = read_include_metadata(target);
  if (!with_metadata) return with_metadata.failure();
  auto found = context.store.list_containers(context.request.account, {prefix, marker, *limit + 1});
  if (!found) return rest_error(found.failure());
  std::string next;
  if (found->size() > *limit) {
    next = found->back().name;
    found->pop_back();
  }
  XmlWriter xml;
  xml.open("EnumerationResults", {{"ServiceEndpoint", context.request.service_endpoint()}});
  xml.element("Prefix", prefix);
  xml.element("Marker", marker);
  xml.element("MaxResults", std::to_string(*limit));
  xml.open("Containers");
  for (const ContainerRecord& container : *found) {
    write_container(xml, container, *with_metadata, context.now);
  }
  xml.close();
  xml.element("NextMarker", next);
  xml.close();
  return xml_answer(xml);
}

Answer get_service_properties(const OperationContext& context) {
  auto stored = context.store.account_settings(context.request.account);
  if (!stored) return rest_error(stored.failure());
  http::Response response;
  response.headers.set("Content-Type", "application/xml");
  response.body = complete_service_properties(*stored);
  return response;
}

Answer set_service_properties(const OperationContext& context) {
  auto document = read_document(context.request.http);
  if (!document) return document.failure();
  std::optional<RestError> refusal;
  auto done = context.store.update_account_settings(
      context.request.account, [&](const std::string& stored) -> Outcome<std::string> {
        auto merged = merge_service_properties(stored, *document);
        if (merged) return std::move(*merged);
        refusal = merged.failure();
        return Failure{Reason::invalid_input, refusal->message};
      });
  if (refusal) return *refusal;
  if (!done) return rest_error(done.failure());
  if (auto made = make_web_container(context); !made) return made.failure();
  http::Response response;
  response.status = 202;
  return response;
}

Answer get_service_stats(const OperationContext& context) {
  if (!context.request.secondary) {
    return rest_error("InvalidQueryParameterValue",
                      "Statistics are asked of the secondary: <account>-secondary.");
  }
  XmlWriter xml;
  xml.open("StorageServiceStats");
  xml.open("GeoReplication");
  xml.element("Status", "live");
  xml.element("LastSyncTime", base::to_http_date(context.now));
  xml.close();
  xml.close();
  return xml_answer(xml);
}

Answer get_account_information(const OperationContext& context) {
  http::Response response;
  response.headers.set("x-ms-sku-name", context.geo_redundant ? "Standard_RAGRS" : "Standard_LRS");
  response.headers.set("x-ms-account-kind", "StorageV2");
  response.headers.set("x-ms-is-hns-enabled", "false");
  return response;
}

}  // namespace exthost::storage
