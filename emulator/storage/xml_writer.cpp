#include "emulator/storage/xml_writer.h"

#include "emulator/base/result.h"
#include "emulator/base/text.h"

namespace exthost::storage {
namespace {

// What XML can't hold though it is valid UTF-8: U+FFFE and U+FFFF.
bool is_noncharacter(std::string_view three_bytes) {
  return three_bytes == "\xEF\xBF\xBE" || three_bytes == "\xEF\xBF\xBF";
}

bool is_forbidden_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

}  // namespace

bool is_xml_text(std::string_view text) {
  if (!base::is_valid_utf8(text)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_forbidden_control(text[i]) || is_noncharacter(text.substr(i, 3))) return false;
  }
  return true;
}

XmlWriter::XmlWriter() : out_("<?xml version=\"1.0\" encoding=\"utf-8\"?>") {}

void XmlWriter::open(std::string_view name, const Attributes& attributes) {
  out_.append("<").append(name);
  for (const auto& [attribute, value] : attributes) {
    out_.append(" ").append(attribute).append("=\"");
    append_escaped(value);
    out_.append("\"");
  }
  out_.append(">");
  open_.emplace_back(name);
}

void XmlWriter::close() {
  EXTHOST_CHECK(!open_.empty());
  out_.append("</").append(open_.back()).append(">");
  open_.pop_back();
}

void XmlWriter::element(std::string_view name, std::string_view text) {
  out_.append("<").append(name);
  if (text.empty()) {
    out_.append(" />");
    return;
  }
  out_.append(">");
  append_escaped(text);
  out_.append("</").append(name).append(">");
}

void XmlWriter::name_element(std::string_view name, std::string_view blob_name) {
  if (is_xml_text(blob_name)) {
    element(name, blob_name);
    return;
  }
  out_.append("<").append(name).append(" Encoded=\"true\">");
  out_.append(base::percent_encode(blob_name, "/"));
  out_.append("</").append(name).append(">");
}

std::string XmlWriter::take() {
  EXTHOST_CHECK(open_.empty());
  return std::move(out_);
}

void XmlWriter::append_escaped(std::string_view text) {
  const bool valid_utf8 = base::is_valid_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&':
        out_.append("&amp;");
        break;
      case '<':
        out_.append("&lt;");
        break;
      case '>':
        out_.append("&gt;");
        break;
      case '"':
        out_.append("&quot;");
        break;
      case '\r':
        out_.append("&#xD;");
        break;  // a reader would turn a bare one into \n
      default:
        if (is_forbidden_control(c) || (!valid_utf8 && static_cast<unsigned char>(c) >= 0x80)) {
          out_.append("\xEF\xBF\xBD");
        } else if (is_noncharacter(text.substr(i, 3))) {
          out_.append("\xEF\xBF\xBD");
          i += 2;
        } else {
          out_.push_back(c);
        }
    }
  }
}

}  // namespace exthost::storage
