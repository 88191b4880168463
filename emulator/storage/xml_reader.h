#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::storage {

/// An element of a request's document. Attributes are checked and dropped: the dialect uses none.
struct XmlElement {
  std::string name;
  std::string text;  ///< Its own character data, entities resolved.
  std::vector<XmlElement> children;

  /// The first child of that name, or null.
  const XmlElement* child(std::string_view name) const;
  /// The text of the first child of that name, or empty.
  std::string_view child_text(std::string_view name) const;
};

/// The document's root. Fails with `invalid_input` for anything but one well-formed element tree: DOCTYPE,
/// processing instructions, a second root, duplicate attributes, invalid UTF-8, texts with
/// characters that XML cannot hold (is_xml_text) and whatever limits.h forbids
/// (limits.md, XML bodies).
base::Result<XmlElement> read_xml(std::string_view document);

}  // namespace exthost::storage
