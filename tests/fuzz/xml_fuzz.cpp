// XML bodies: a tree that is accepted is as deep as allowed, and written out again it reads back the same.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/text.h"
#include "emulator/check/blob_listing.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/xml_reader.h"
#include "emulator/storage/xml_writer.h"

namespace {

using namespace exthost;

/// The names of the elements, their order and, where the writer can say it, their text.
void write(const storage::XmlElement& element, storage::XmlWriter& out, int depth) {
  EXTHOST_CHECK(depth <= storage::limits::kXmlDepth);
  EXTHOST_CHECK(!element.name.empty() && base::is_valid_utf8(element.name));
  EXTHOST_CHECK(storage::is_xml_text(element.text));
  if (element.children.empty()) return out.element(element.name, element.text);
  out.open(element.name);
  for (const storage::XmlElement& child : element.children) write(child, out, depth + 1);
  out.close();
}

bool same(const storage::XmlElement& a, const storage::XmlElement& b) {
  if (a.name != b.name || a.children.size() != b.children.size()) return false;
  if (a.children.empty()) return base::trim(a.text) == base::trim(b.text);  // the reader drops blanks alone
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!same(a.children[i], b.children[i])) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto root = storage::read_xml(text);
  const auto listing = check::read_blob_listing(text);
  if (!root) {
    EXTHOST_CHECK(root.error().kind == base::ErrorKind::invalid_input);
    EXTHOST_CHECK(!listing || !*listing);
    return 0;
  }
  // What is well formed is a listing or another document, never a damaged listing.
  EXTHOST_CHECK(listing.has_value());

  storage::XmlWriter out;
  write(*root, out, 1);
  const auto again = storage::read_xml(out.take());
  EXTHOST_CHECK(again && same(*root, *again));
  return 0;
}
