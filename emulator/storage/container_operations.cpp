#include <array>

#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"
#include "emulator/storage/sas.h"
#include "emulator/storage/xml_reader.h"

namespace exthost::storage {
namespace {

// Only the conditions on time exist for containers.
Conditions time_conditions(const OperationContext& context) {
  Conditions conditions = conditions_of(context.headers());
  conditions.if_match.clear();
  conditions.if_none_match.clear();
  return conditions;
}

Rest<std::vector<StoredPolicy>> read_policies(const std::string& document) {
  std::vector<StoredPolicy> policies;
  if (base::trim(document).empty()) return policies;
  auto root = read_xml(document);
  if (!root) return rest_error("InvalidXmlDocument", root.error().message);
  if (root->name != "SignedIdentifiers")
    return rest_error("InvalidXmlDocument", "Its root is SignedIdentifiers.");
  if (root->children.size() > limits::kStoredPolicies) {
    return rest_error("InvalidXmlDocument", "A container has at most 5 stored access policies.");
  }
  for (const XmlElement& element : root->children) {
    if (element.name != "SignedIdentifier") {
      return rest_error("UnsupportedXmlNode", "SignedIdentifiers holds SignedIdentifier elements only.");
    }
    StoredPolicy policy;
    policy.id = element.child_text("Id");
    if (policy.id.empty() || policy.id.size() > 64) {
      return rest_error("InvalidXmlNodeValue", "A policy's Id has 1 to 64 characters.");
    }
    if (const XmlElement* access = element.child("AccessPolicy")) {
      policy.start = access->child_text("Start");
      policy.expiry = access->child_text("Expiry");
      policy.permission = access->child_text("Permission");
    }
    for (const std::string& time : {policy.start, policy.expiry}) {
      if (!time.empty() && !base::parse_iso8601(time)) {
        return rest_error("InvalidXmlNodeValue", "Start and Expiry are times as 2026-11-20T00:00:00Z.");
      }
    }
    policies.push_back(std::move(policy));
  }
  return policies;
}

/// The container that a read names, whose lease's id fits if one was sent.
Rest<ContainerRecord> find_readable(const OperationContext& context) {
  auto container = context.store.find_container(context.request.container_id());
  if (!container) return rest_error(container.failure());
  const std::string_view id = context.headers().value("x-ms-lease-id");
  if (auto refusal = refuse_wrong_lease(container->lease, id, LeasedThing::container, context.now)) {
    return rest_error(*refusal);
  }
  return *std::move(container);
}

}  // namespace

Answer create_container(const OperationContext& context) {
  if (auto checked = check_container_name(context.request.container); !checked) return checked.failure();
  auto access = read_access_level(context.headers());
  if (!access) return access.failure();
  auto metadata = read_metadata(context.headers());
  if (!metadata) return metadata.failure();
  auto created = create_container(context.store, context.request.container_id(),
                                  {*access, std::move(*metadata)}, context.now);
  if (!created) return rest_error(created.failure());
  return answer_with_validators(201, *created);
}

Answer get_container_properties(const OperationContext& context) {
  auto container = find_readable(context);
  if (!container) return container.failure();
  http::Response response = answer_with_validators(200, *container);
  add_metadata(response.headers, container->metadata);
  add_lease(response.headers, container->lease, context.now);
  if (container->access != AccessLevel::none) {
    response.headers.set("x-ms-blob-public-access", std::string(access_name(container->access)));
  }
  response.headers.set("x-ms-has-immutability-policy", "false");
  response.headers.set("x-ms-has-legal-hold", "false");
  return response;
}

Answer delete_container(const OperationContext& context) {
  auto deleted =
      delete_container(context.store, context.request.container_id(), time_conditions(context), context.now);
  if (!deleted) return rest_error(deleted.failure());
  http::Response response;
  response.status = 202;
  return response;
}

Answer get_container_metadata(const OperationContext& context) {
  auto container = find_readable(context);
  if (!container) return container.failure();
  http::Response response = answer_with_validators(200, *container);
  add_metadata(response.headers, container->metadata);
  return response;
}

Answer set_container_metadata(const OperationContext& context) {
  auto metadata = read_metadata(context.headers());
  if (!metadata) return metadata.failure();
  auto changed = set_container_metadata(context.store, context.request.container_id(), *metadata,
                                        time_conditions(context), context.now);
  if (!changed) return rest_error(changed.failure());
  return answer_with_validators(200, *changed);
}

Answer get_container_acl(const OperationContext& context) {
  auto container = find_readable(context);
  if (!container) return container.failure();
  XmlWriter xml;
  xml.open("SignedIdentifiers");
  for (const StoredPolicy& policy : container->policies) {
    xml.open("SignedIdentifier");
    xml.element("Id", policy.id);
    xml.open("AccessPolicy");
    if (!policy.start.empty()) xml.element("Start", policy.start);
    if (!policy.expiry.empty()) xml.element("Expiry", policy.expiry);
    if (!policy.permission.empty()) xml.element("Permission", policy.permission);
    xml.close();
    xml.close();
  }
  xml.close();
  http::Response response = xml_answer(xml);
  add_validators(response.headers, *container);
  if (container->access != AccessLevel::none) {
    response.headers.set("x-ms-blob-public-access", std::string(access_name(container->access)));
  }
  return response;
}

Answer set_container_acl(const OperationContext& context) {
  auto access = read_access_level(context.headers());
  if (!access) return access.failure();
  auto document = read_document(context.request.http);
  if (!document) return document.failure();
  auto policies = read_policies(*document);
  if (!policies) return policies.failure();
  auto changed = set_container_access(context.store, context.request.container_id(), *access, *policies,
                                      time_conditions(context), context.now);
  if (!changed) return rest_error(changed.failure());
  return answer_with_validators(200, *changed);
}

}  // namespace exthost::storage
