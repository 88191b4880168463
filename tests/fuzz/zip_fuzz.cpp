// Any bytes as a version zip. Property: a zip that opens and verifies gives each of its files back at the
// declared size, finds each by its name, and its files can be packed again and come out the same; any other
// is refused with a code.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/base/text.h"
#include "emulator/package/package.h"
#include "emulator/package/zip_writer.h"

namespace {

using namespace exthost;

package::PackageLimits small_limits() {
  package::PackageLimits limits;
  limits.expanded_bytes = 1u << 20;
  limits.file_bytes = 1u << 19;
  limits.entries = 200;
  return limits;
}

/// A refusal is a sentence with a code, and safe to print.
void check_refusal(const base::Error& error) {
  EXTHOST_CHECK(error.code.starts_with("EHE20"));
  EXTHOST_CHECK(!error.message.empty());
  EXTHOST_CHECK(base::is_valid_utf8(error.message));
}

std::vector<package::NamedBytes> read_all(const package::Package& zip) {
  std::vector<package::NamedBytes> files;
  for (const package::Entry& entry : zip.entries()) {
    EXTHOST_CHECK(zip.find(entry.name) == &entry);
    EXTHOST_CHECK(base::is_valid_utf8(entry.name));
    auto bytes = zip.read(entry);
    EXTHOST_CHECK(bytes.has_value());
    EXTHOST_CHECK(bytes->size() == entry.size);
    files.push_back({std::string(entry.name), *std::move(bytes)});
  }
  return files;
}

void check_packs_again(const std::vector<package::NamedBytes>& files, const package::PackageLimits& limits) {
  auto zip = package::write_zip(files, limits);
  if (!zip) return check_refusal(zip.error());  // packed anew, it may pass the ratio
  auto again = package::Package::open(*zip, **zip, limits);
  EXTHOST_CHECK(again.has_value());
  EXTHOST_CHECK((*again)->entries().size() == files.size());
  for (const package::NamedBytes& file : files) {
    const package::Entry* entry = (*again)->find(file.name);
    EXTHOST_CHECK(entry != nullptr);
    EXTHOST_CHECK((*again)->read(*entry).value() == file.bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const package::PackageLimits limits = small_limits();
  // A copy of the exact size, so that a sanitizer sees any read past the end.
  const auto bytes = std::make_shared<const std::vector<char>>(data, data + size);
  auto zip = package::Package::open(bytes, {bytes->data(), bytes->size()}, limits);
  if (!zip) {
    check_refusal(zip.error());
    return 0;
  }
  if (auto verified = (*zip)->verify(1); !verified) {
    check_refusal(verified.error());
    return 0;
  }
  check_packs_again(read_all(**zip), limits);
  return 0;
}
