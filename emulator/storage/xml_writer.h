#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exthost::storage {

/// True if XML 1.0 can hold the text at all: valid UTF-8 without most control characters.
bool is_xml_text(std::string_view text);

/// Writes a well-formed UTF-8 document, whatever the texts hold: what XML can't hold becomes U+FFFD.
class XmlWriter {
 public:
  using Attributes = std::vector<std::pair<std::string_view, std::string_view>>;

  XmlWriter();
  void open(std::string_view name, const Attributes& attributes = {});
  void close();
  /// `<name>text</name>`, or `<name />` if the text is empty.
  void element(std::string_view name, std::string_view text);
  /// A blob's name or prefix: one that XML can't hold is percent-encoded and marked `Encoded="true"`, as
  /// Azure does.
  void name_element(std::string_view name, std::string_view blob_name);
  /// The document; every element must be closed.
  std::string take();

 private:
  void append_escaped(std::string_view text);
  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace exthost::storage
