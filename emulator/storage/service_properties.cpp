#include "emulator/storage/service_properties.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/base/text.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/xml_reader.h"
#include "emulator/storage/xml_writer.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kRoot = "StorageServiceProperties";

// In the order in which Azure writes them; each is replaced whole.
constexpr std::array<std::string_view, 7> kProperties = {
    "Logging",      "HourMetrics", "MinuteMetrics", "Cors", "DefaultServiceVersion", "DeleteRetentionPolicy",
    "StaticWebsite"};

constexpr std::string_view kDefaults =
    "<StorageServiceProperties>"
    "<Logging><Version>1.0</Version><Delete>false</Delete><Read>false</Read><Write>false</Write>"
    "<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></Logging>"
    "<HourMetrics><Version>1.0</Version><Enabled>false</Enabled>"
    "<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></HourMetrics>"
    "<MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled>"
    "<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></MinuteMetrics>"
    "<Cors></Cors>"
    "<DefaultServiceVersion>2021-12-02</DefaultServiceVersion>"
    "<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>"
    "<StaticWebsite><Enabled>false</Enabled></StaticWebsite>"
    "</StorageServiceProperties>";

// What is stored was written here, so it reads back.
XmlElement read_stored(std::string_view stored) {
  if (stored.empty()) return {std::string(kRoot), {}, {}};
  auto root = read_xml(stored);
  return root ? std::move(*root) : XmlElement{std::string(kRoot), {}, {}};
}

void write(XmlWriter& xml, const XmlElement& element) {
  if (element.children.empty()) {
    xml.element(element.name, element.text);
    return;
  }
  xml.open(element.name);
  for (const XmlElement& child : element.children) write(xml, child);
  xml.close();
}

// The properties that `preferred` has, else those of `fallback`, in Azure's order.
std::string combine(const XmlElement& preferred, const XmlElement& fallback) {
  XmlWriter xml;
  xml.open(kRoot);
  for (std::string_view name : kProperties) {
    const XmlElement* property = preferred.child(name);
    if (property == nullptr) property = fallback.child(name);
    if (property != nullptr) write(xml, *property);
  }
  xml.close();
  return xml.take();
}

CorsRule to_rule(const XmlElement& element) {
  return {
      std::string(element.child_text("AllowedOrigins")), std::string(element.child_text("AllowedMethods")),
      std::string(element.child_text("AllowedHeaders")), std::string(element.child_text("ExposedHeaders")),
      std::string(element.child_text("MaxAgeInSeconds"))};
}

// A whole number, and nothing else.
std::optional<int> read_number(std::string_view text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

Rest<Done> check_retention(const XmlElement& policy) {
  const std::string_view enabled = policy.child_text("Enabled");
  if (enabled != "true" && enabled != "false") {
    return rest_error("InvalidXmlNodeValue", "DeleteRetentionPolicy has Enabled, which is true or false.");
  }
  const auto days = read_number(policy.child_text("Days"));
  const bool in_range = days && *days >= 1 && *days <= limits::kRetentionDays;
  if (!in_range && (enabled == "true" || policy.child("Days") != nullptr)) {
    return rest_error("InvalidXmlNodeValue", "DeleteRetentionPolicy keeps for 1 to 365 Days.");
  }
  return Done{};
}

Rest<Done> check_cors(const XmlElement& cors) {
  if (cors.children.size() > limits::kCorsRules) {
    return rest_error("InvalidXmlNodeValue", "An account has at most 5 CORS rules.");
  }
  for (const XmlElement& element : cors.children) {
    if (element.name != "CorsRule")
      return rest_error("UnsupportedXmlNode", "Cors holds CorsRule elements only.");
    const CorsRule rule = to_rule(element);
    if (rule.origins.empty() || rule.methods.empty()) {
      return rest_error("InvalidXmlNodeValue", "A CORS rule needs AllowedOrigins and AllowedMethods.");
    }
    if (read_number(rule.max_age_seconds).value_or(-1) < 0) {
      return rest_error("InvalidXmlNodeValue", "A CORS rule needs a MaxAgeInSeconds of 0 or more.");
    }
  }
  return Done{};
}

std::string without_slash(std::string_view path) {
  return std::string(path.substr(path.substr(0, 1) == "/" ? 1 : 0));
}

Rest<Done> check_website(const XmlElement& element) {
  constexpr std::array<std::string_view, 4> kNames = {"Enabled", "IndexDocument", "DefaultIndexDocumentPath",
                                                      "ErrorDocument404Path"};
  for (const XmlElement& child : element.children) {
    if (std::find(kNames.begin(), kNames.end(), child.name) == kNames.end()) {
      return rest_error("UnsupportedXmlNode", "StaticWebsite has no " + child.name + ".");
    }
  }
  const std::string_view enabled = element.child_text("Enabled");
  if (enabled != "true" && enabled != "false") {
    return rest_error("InvalidXmlNodeValue", "StaticWebsite needs Enabled, true or false.");
  }
  const std::string_view index = element.child_text("IndexDocument");
  if (index.find('/') != std::string_view::npos) {
    return rest_error("InvalidXmlNodeValue", "IndexDocument is a name without folders, as index.html.");
  }
  if (!index.empty() && !element.child_text("DefaultIndexDocumentPath").empty()) {
    return rest_error("InvalidXmlNodeValue", "StaticWebsite has IndexDocument or DefaultIndexDocumentPath.");
  }
  return Done{};
}

}  // namespace

std::string complete_service_properties(std::string_view stored) {
  return combine(read_stored(stored), read_stored(kDefaults));
}

Rest<std::string> merge_service_properties(std::string_view stored, std::string_view update) {
  auto root = read_xml(update);
  if (!root) return rest_error("InvalidXmlDocument", root.error().message);
  if (root->name != kRoot) return rest_error("InvalidXmlDocument", "Its root is StorageServiceProperties.");
  for (const XmlElement& property : root->children) {
    if (std::find(kProperties.begin(), kProperties.end(), property.name) == kProperties.end()) {
      return rest_error("UnsupportedXmlNode", "There is no service property " + property.name + ".");
    }
    Rest<Done> checked = Done{};
    if (property.name == "Cors") checked = check_cors(property);
    if (property.name == "StaticWebsite") checked = check_website(property);
    if (property.name == "DeleteRetentionPolicy") checked = check_retention(property);
    if (!checked) return checked.failure();
  }
  return combine(*root, read_stored(stored));
}

Rest<std::string> replace_cors_rules(std::string_view stored, const std::vector<CorsRule>& rules) {
  XmlWriter xml;
  xml.open(kRoot);
  xml.open("Cors");
  for (const CorsRule& rule : rules) {
    xml.open("CorsRule");
    xml.element("AllowedOrigins", rule.origins);
    xml.element("AllowedMethods", rule.methods);
    xml.element("AllowedHeaders", rule.allowed_headers);
    xml.element("ExposedHeaders", rule.exposed_headers);
    xml.element("MaxAgeInSeconds", rule.max_age_seconds);
    xml.close();
  }
  xml.close();
  xml.close();
  return merge_service_properties(stored, xml.take());
}

std::vector<CorsRule> cors_rules(std::string_view stored) {
  std::vector<CorsRule> rules;
  const XmlElement root = read_stored(stored);
  if (const XmlElement* cors = root.child("Cors")) {
    for (const XmlElement& element : cors->children) rules.push_back(to_rule(element));
  }
  return rules;
}

Website website(std::string_view stored) {
  const XmlElement root = read_stored(stored);
  Website site;
  if (const XmlElement* element = root.child("StaticWebsite")) {
    site.enabled = element->child_text("Enabled") == "true";
    site.index_document = element->child_text("IndexDocument");
    site.default_index_path = without_slash(element->child_text("DefaultIndexDocumentPath"));
    site.error_path = without_slash(element->child_text("ErrorDocument404Path"));
  }
  return site;
}

std::optional<std::chrono::days> delete_retention(std::string_view stored) {
  if (stored.empty()) return std::nullopt;
  const XmlElement root = read_stored(stored);
  const XmlElement* policy = root.child("DeleteRetentionPolicy");
  if (policy == nullptr || policy->child_text("Enabled") != "true") return std::nullopt;
  const auto days = read_number(policy->child_text("Days"));
  if (!days) return std::nullopt;
  return std::chrono::days(*days);
}

}  // namespace exthost::storage
