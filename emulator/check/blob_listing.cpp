#include "emulator/check/blob_listing.h"

#include <charconv>

#include "emulator/storage/xml_reader.h"

namespace exthost::check {
namespace {

std::optional<std::uint64_t> read_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return size;
}

}  // namespace

base::Result<std::optional<BlobListing>> read_blob_listing(std::string_view document) {
  const auto root = storage::read_xml(document);
  if (!root) {
    if (document.find("<EnumerationResults") == std::string_view::npos) return std::optional<BlobListing>();
    return base::Error{base::ErrorKind::corrupt, "the list of blobs cannot be read: " + root.error().message,
                       root.error().code};
  }
  if (root->name != "EnumerationResults") return std::optional<BlobListing>();
  BlobListing listing;
  listing.next_marker = root->child_text("NextMarker");
  if (const storage::XmlElement* blobs = root->child("Blobs")) {
    for (const storage::XmlElement& blob : blobs->children) {
      if (blob.name != "Blob") continue;
      const storage::XmlElement* properties = blob.child("Properties");
      listing.blobs.push_back(
          {std::string(blob.child_text("Name")),
           properties ? read_size(properties->child_text("Content-Length")) : std::nullopt});
    }
  }
  return std::optional(std::move(listing));
}

}  // namespace exthost::check
