#include "emulator/storage/xml_reader.h"

#include <pugixml.hpp>
#include <set>

#include "emulator/base/text.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/xml_writer.h"

namespace exthost::storage {
namespace {

constexpr int kAttributes = 16;  // of one element: xmlns and a few more

base::Error refuse(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), ""};
}

base::Result<void> check_attributes(const pugi::xml_node& node) {
  std::set<std::string_view> names;
  int count = 0;
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (++count > kAttributes) return refuse("an element has too many attributes");
    if (!names.insert(attribute.name()).second) {
      return refuse("an element has two attributes of the name " + std::string(attribute.name()));
    }
  }
  return {};
}

// `depth` counts from 1; the recursion ends at the limit.
base::Result<XmlElement> convert(const pugi::xml_node& node, int depth) {
  if (depth > limits::kXmlDepth)
    return refuse("elements are nested deeper than " + std::to_string(limits::kXmlDepth));
  if (auto checked = check_attributes(node); !checked) return std::move(checked).error();
  XmlElement element;
  element.name = node.name();
  for (const pugi::xml_node& child : node.children()) {
    switch (child.type()) {
      case pugi::node_element: {
        auto converted = convert(child, depth + 1);
        if (!converted) return std::move(converted).error();
        element.children.push_back(std::move(*converted));
        break;
      }
      case pugi::node_pcdata:
      case pugi::node_cdata:
        element.text += child.value();
        break;
      default:
        return refuse("only elements and text may stand in an element");
    }
  }
  if (!is_xml_text(element.text)) return refuse("a text has a character that XML cannot hold");
  return element;
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& element : children) {
    if (element.name == wanted) return &element;
  }
  return nullptr;
}

std::string_view XmlElement::child_text(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

base::Result<XmlElement> read_xml(std::string_view document) {
  if (document.size() > limits::kXmlBytes) {
    return refuse("the document is longer than " + base::human_bytes(limits::kXmlBytes));
  }
  if (document.find('\0') != std::string_view::npos) return refuse("the document holds a NUL");
  if (!base::is_valid_utf8(document)) return refuse("the document is not valid UTF-8");
  if (document.substr(0, 3) == "\xEF\xBB\xBF") document.remove_prefix(3);
  // What pugixml would pass over in silence is made visible, so that it can be refused.
  const unsigned flags = pugi::parse_default | pugi::parse_doctype | pugi::parse_pi | pugi::parse_declaration;
  pugi::xml_document parsed;
  const pugi::xml_parse_result result =
      parsed.load_buffer(document.data(), document.size(), flags, pugi::encoding_utf8);
  if (!result) return refuse(std::string(result.description()) + " at byte " + std::to_string(result.offset));
  pugi::xml_node root;
  for (const pugi::xml_node& node : parsed.children()) {
    if (node.type() == pugi::node_declaration && node == parsed.first_child()) continue;
    if (node.type() != pugi::node_element)
      return refuse("only one element may stand in the document: no DOCTYPE, no processing instruction");
    if (root) return refuse("the document has a second root element");
    root = node;
  }
  if (!root) return refuse("the document has no root element");
  return convert(root, 1);
}

}  // namespace exthost::storage
