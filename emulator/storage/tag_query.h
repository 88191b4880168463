#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/storage/records.h"

namespace exthost::storage {

/// A condition on a blob's tags, as `x-ms-if-tags` and Find Blobs by Tags have it:
/// `"Date" >= '2026-01' AND @container = 'logs'`. Values compare as bytes; a tag that is absent fits nothing.
struct TagQuery {
  enum class Kind { compare, all_of, any_of };
  Kind kind = Kind::compare;
  std::string key;  ///< Of a comparison; `@container` is the container's name.
  std::string op;   ///< One of = <> < <= > >=.
  std::string value;
  std::vector<TagQuery> parts;  ///< Of the others.
};

/// A condition (`x-ms-if-tags`) may use AND, OR, parentheses and `<>`; a search only AND, and `@container`.
enum class TagQueryUse { condition, search };

/// Fails with `invalid_input` and a sentence for what is no such expression, or nests deeper than 16.
base::Result<TagQuery> parse_tag_query(std::string_view text, TagQueryUse use);

bool matches(const TagQuery& query, const Tags& tags, std::string_view container);
/// Whether the query says something about that tag.
bool mentions(const TagQuery& query, std::string_view key);

}  // namespace exthost::storage
