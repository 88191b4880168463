#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_rules.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"
#include "emulator/storage/tag_query.h"
#include "emulator/storage/tags.h"

namespace exthost::storage {
namespace {

constexpr std::size_t kScanSize = 1000;

// Where a page of a search begins: `container/name`, each percent-encoded.
struct SearchMarker {
  std::string container;
  std::string name;
};

Rest<SearchMarker> read_marker(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  auto container = base::percent_decode(text.substr(0, slash));
  auto name = base::percent_decode(text.substr(std::min(slash + 1, text.size())));
  if (!container || !name) {
    return rest_error("InvalidQueryParameterValue", "marker is the NextMarker of the page before.");
  }
  return SearchMarker{std::move(*container), std::move(*name)};
}

struct Found {
  std::string container;
  BlobRecord blob;
};

// A search under way: what it looks for, and what it has found.
struct Search {
  TagQuery query;
  std::size_t wanted;  // one more than the page takes tells where the next one begins
  std::vector<Found> found = {};
};

Outcome<Done> search_container(const BlobStore& store, const ContainerId& id, std::string from,
                               Search& search) {
  for (;;) {
    const BlobScan scan{"", from, kScanSize};
    auto page = store.list(id, scan);
    if (!page) return page.failure();
    for (BlobRecord& blob : *page) {
      if (search.found.size() == search.wanted) return Done{};
      if (blob.tags.empty() || !matches(search.query, blob.tags, id.container)) continue;
      search.found.push_back({id.container, blob});
    }
    if (page->size() < kScanSize) return Done{};
    from = page->back().name + '\0';
  }
}

Outcome<Done> search_account(const BlobStore& store, const std::string& account, const SearchMarker& from,
                             Search& search) {
  std::string next = from.container;
  for (;;) {
    auto containers = store.list_containers(account, {"", next, kScanSize});
    if (!containers) return containers.failure();
    for (const ContainerRecord& container : *containers) {
      const std::string first = container.name == from.container ? from.name : "";
      auto searched = search_container(store, {account, container.name}, first, search);
      // One that was deleted meanwhile has nothing to find.
      if (!searched && searched.reason() != Reason::container_not_found) return searched;
      if (search.found.size() == search.wanted) return Done{};
    }
    if (containers->size() < kScanSize) return Done{};
    next = containers->back().name + '\0';
  }
}

void write_found(XmlWriter& xml, const Found& found, const TagQuery& query) {
  Tags mentioned;
  for (const auto& [key, value] : found.blob.tags) {
    if (mentions(query, key)) mentioned.emplace(key, value);
  }
  xml.open("Blob");
  xml.name_element("Name", found.blob.name);
  xml.element("ContainerName", found.container);
  write_tags(xml, mentioned);
  xml.close();
}

}  // namespace

Answer get_blob_tags(const OperationContext& context) {
  auto blob = context.store.find(context.request.blob_id());
  if (!blob) return rest_error(blob.failure());
  if (auto refusal = refuse_beside(conditions_of(context.headers()), *blob, context.now)) {
    return rest_error(*refusal);
  }
  XmlWriter xml;
  write_tags(xml, blob->tags);
  return xml_answer(xml);
}

Answer set_blob_tags(const OperationContext& context) {
  auto document = read_document(context.request.http);
  if (!document) return document.failure();
  auto tags = read_tags_document(*document);
  if (!tags) return tags.failure();
  auto changed = context.store.update(
      context.request.blob_id(),
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (!state.blob) return Failure{Reason::blob_not_found, "The specified blob does not exist."};
        const Conditions conditions = conditions_of(context.headers());
        if (auto refusal = refuse_change(conditions, *state.blob, context.now)) return *refusal;
        BlobEdit edit{state.blob, false};
        edit.blob->tags = *tags;
        return edit;
      },
      context.durability);
  if (!changed) return rest_error(changed.failure());
  http::Response response;
  response.status = 204;
  return response;
}

Answer find_blobs(const OperationContext& context) {
  const http::Target& target = context.request.http.target;
  const std::string where(target.parameter("where").value_or(""));
  auto query = parse_tag_query(where, TagQueryUse::search);
  if (!query) return rest_error("InvalidQueryParameterValue", query.error().message);
  auto limit = read_page_size(target);
  if (!limit) return limit.failure();
  auto marker = read_marker(target.parameter("marker").value_or(""));
  if (!marker) return marker.failure();

  Search search{std::move(*query), *limit + 1};
  const bool in_container = !context.request.container.empty();
  auto searched = in_container
                      ? search_container(context.store, context.request.container_id(), marker->name, search)
                      : search_account(context.store, context.request.account, *marker, search);
  if (!searched) return rest_error(searched.failure());
  std::string next;
  if (search.found.size() > *limit) {
    const Found& first = search.found.back();
    next = base::percent_encode(first.container) + "/" + base::percent_encode(first.blob.name);
    search.found.pop_back();
  }
  XmlWriter xml;
  xml.open("EnumerationResults", {{"ServiceEndpoint", context.request.service_endpoint()}});
  xml.element("Where", where);
  xml.open("Blobs");
  for (const Found& found : search.found) write_found(xml, found, search.query);
  xml.close();
  xml.element("NextMarker", next);
  xml.close();
  return xml_answer(xml);
}

}  // namespace exthost::storage
