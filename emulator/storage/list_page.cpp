#include "emulator/storage/list_page.h"

#include <algorithm>
#include <utility>

namespace exthost::storage {
namespace {

constexpr std::size_t kScanSize = 1000;  // of a scan that may find folders full of names to pass over

// The common prefix that a name falls under, or empty.
std::string common_prefix(const std::string& name, const ListQuery& query) {
  if (query.delimiter.empty()) return {};
  const std::size_t at = name.find(query.delimiter, query.prefix.size());
  return at == std::string::npos ? std::string() : name.substr(0, at + query.delimiter.size());
}

bool one_name_may_have_several(const ListQuery& query) {
  return query.snapshots || (query.deleted_at && query.uncommitted);
}

}  // namespace

std::string first_after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

Outcome<ListPage> list_page(const BlobStore& store, const ContainerId& id, const ListQuery& query) {
  ListPage page;
  std::string from = query.from;
  std::string position = query.position;
  std::string passing;  // the common prefix whose names are being passed over
  for (;;) {
    // One more than the page takes tells where the next one begins.
    const std::size_t wanted = query.limit - page.entries.size() + 1;
    const std::size_t limit = query.delimiter.empty() ? wanted : std::min(wanted, kScanSize);
    const BlobScan scan{query.prefix,     from, limit, query.snapshots, position, query.deleted_at,
                        query.uncommitted};
    auto found = store.list(id, scan);
    if (!found) return found.failure();
    for (BlobRecord& blob : *found) {
      if (!passing.empty() && blob.name.starts_with(passing)) continue;
      std::string common = common_prefix(blob.name, query);
      if (page.entries.size() == query.limit) {
        page.next = common.empty() ? blob.name : common;
        if (common.empty() && one_name_may_have_several(query)) page.next_position = position_of(blob);
        return page;
      }
      passing = common;
      page.entries.push_back(common.empty() ? ListEntry{{}, std::move(blob)}
                                            : ListEntry{std::move(common), {}});
    }
    if (found->size() < scan.limit) return page;
    if (passing.empty()) {
      from = page.entries.back().blob.name;
      position = position_of(page.entries.back().blob) + '\0';
    } else {
      from = first_after_prefix(passing);
      position.clear();
      if (from.empty()) return page;
    }
  }
}

}  // namespace exthost::storage
