#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/http/message.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/rest_error.h"

/// The parts of a request that several operations read in the same way.
namespace exthost::storage {

/// `x-ms-meta-*`: InvalidMetadata, EmptyMetadataKey or MetadataTooLarge if Azure would not take them.
Rest<Metadata> read_metadata(const http::Headers& headers);

/// `x-ms-blob-content-type` and its kin. An absent one falls back to the plain header (`Content-Type`) if
/// `or_plain_headers`. InvalidMd5 if `x-ms-blob-content-md5` is none.
Rest<ContentProperties> read_content_properties(const http::Headers& headers, bool or_plain_headers);

/// `x-ms-blob-public-access`. Absent header: none.
Rest<AccessLevel> read_access_level(const http::Headers& headers);

/// Checksums that a client computed over the body it sends. Raw bytes; empty: not sent.
struct SentChecksums {
  std::string md5;
  std::string crc64;
};
Rest<SentChecksums> read_checksums(const http::Headers& headers);
/// The same over the source that a request names: `x-ms-source-content-md5` and `-crc64`.
Rest<SentChecksums> read_source_checksums(const http::Headers& headers);
/// Md5Mismatch or Crc64Mismatch.
Rest<Done> check_checksums(const SentChecksums& sent, const Content& content);

/// The body of a request that sends a document: RequestBodyTooLarge, or Md5Mismatch or Crc64Mismatch if it
/// does not fit its checksum.
Rest<std::string> read_document(const http::Request& request, std::size_t limit_bytes = limits::kXmlBytes);

/// Hexadecimal digits in groups, as the ids of leases and copies are written.
bool is_guid(std::string_view text);

/// `maxresults`, at most the page that Azure gives. OutOfRangeQueryParameterValue if it is no positive
/// number.
Rest<std::size_t> read_page_size(const http::Target& target);

}  // namespace exthost::storage
