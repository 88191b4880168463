#include "emulator/package/zip_extra.h"

#include <cstdint>

#include "emulator/package/deflate.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_format.h"

namespace exthost::package::zip {
namespace {

/// The name in a Unicode path field (APPNOTE 4.6.9), or empty if the field belongs to another name, as it
/// does after a tool that did not know the field has renamed the entry.
std::string_view unicode_path_of(std::string_view field, std::string_view raw_name) {
  if (field.size() < 5) return {};
  FieldReader fields(field);
  if (fields.u8() != 1 || fields.u32() != crc32_of(raw_name)) return {};
  return fields.rest();
}

}  // namespace

base::Result<ExtraFields> read_extra(std::string_view extra, std::string_view raw_name) {
  ExtraFields result;
  bool has_unicode_path = false;
  FieldReader fields(extra);
  const auto cut_short = [&] {
    return zip_corrupt("the extra data of entry " + quoted_name(raw_name) + " is cut short");
  };
  while (!fields.rest().empty()) {
    if (fields.rest().size() < 4) return cut_short();
    const std::uint16_t id = fields.u16();
    const std::uint16_t size = fields.u16();
    if (fields.rest().size() < size) return cut_short();
    const std::string_view value = fields.rest().substr(0, size);
    fields.skip(size);
    if ((id == kExtraZip64 && result.zip64) || (id == kExtraUnicodePath && has_unicode_path)) {
      return zip_corrupt("entry " + quoted_name(raw_name) + " has the same extra field twice");
    }
    if (id == kExtraZip64) result.zip64 = value;
    if (id == kExtraUnicodePath) {
      result.unicode_path = unicode_path_of(value, raw_name);
      has_unicode_path = true;
    }
  }
  return result;
}

base::Error zip64_mismatch(std::string_view raw_name) {
  return zip_corrupt("the zip64 sizes of entry " + quoted_name(raw_name) + " do not fit its header");
}

}  // namespace exthost::package::zip
