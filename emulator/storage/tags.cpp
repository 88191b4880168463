#include "emulator/storage/tags.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "emulator/base/text.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/xml_reader.h"

namespace exthost::storage {
namespace {

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view(" +-./:=_").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

Rest<Done> add_tag(Tags& tags, const std::string& key, const std::string& value) {
  if (key.empty()) return rest_error("EmptyTagName");
  if (key.size() > limits::kTagKeyBytes || value.size() > limits::kTagValueBytes || !is_plain(key) ||
      !is_plain(value)) {
    return rest_error("InvalidTag");
  }
  if (!tags.emplace(key, value).second) return rest_error("DuplicateTagNames");
  if (tags.size() > limits::kTags) return rest_error("TagsTooLarge");
  return Done{};
}

}  // namespace

Rest<Tags> read_tags(const http::Headers& headers) {
  Tags tags;
  const std::string_view text = base::trim(headers.value("x-ms-tags"));
  if (text.empty()) return tags;
  for (const std::string& part : base::split(text, '&')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) return rest_error("InvalidTag");
    const auto key = base::percent_decode(part.substr(0, equals));
    const auto value = base::percent_decode(part.substr(equals + 1));
    if (!key || !value) return rest_error("InvalidTag");
    if (auto added = add_tag(tags, *key, *value); !added) return added.failure();
  }
  return tags;
}

Rest<Tags> read_tags_document(const std::string& document) {
  auto root = read_xml(document);
  if (!root) return rest_error("InvalidXmlDocument", root.error().message);
  const XmlElement* set = root->child("TagSet");
  if (root->name != "Tags" || set == nullptr) {
    return rest_error("InvalidXmlDocument", "Its root is Tags, with a TagSet.");
  }
  Tags tags;
  for (const XmlElement& element : set->children) {
    if (element.name != "Tag") return rest_error("UnsupportedXmlNode", "A TagSet holds Tag elements only.");
    auto added =
        add_tag(tags, std::string(element.child_text("Key")), std::string(element.child_text("Value")));
    if (!added) return added.failure();
  }
  return tags;
}

void write_tags(XmlWriter& xml, const Tags& tags) {
  xml.open("Tags");
  xml.open("TagSet");
  for (const auto& [key, value] : tags) {
    xml.open("Tag");
    xml.element("Key", key);
    xml.element("Value", value);
    xml.close();
  }
  xml.close();
  xml.close();
}

Rest<std::string> read_tier(const http::Headers& headers) {
  constexpr std::array<std::string_view, 4> kTiers = {"Hot", "Cool", "Cold", kArchive};
  const std::string_view text = base::trim(headers.value("x-ms-access-tier"));
  if (text.empty()) return std::string();
  for (std::string_view tier : kTiers) {
    if (base::equals_ignoring_case(tier, text)) return std::string(tier);
  }
  return rest_error("InvalidHeaderValue", "x-ms-access-tier is Hot, Cool, Cold or Archive.");
}

}  // namespace exthost::storage
