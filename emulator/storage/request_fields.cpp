#include "emulator/storage/request_fields.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/storage/digest.h"
#include "emulator/storage/limits.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kMetadataPrefix = "x-ms-meta-";
constexpr std::size_t kMd5Bytes = 16;
constexpr std::size_t kCrc64Bytes = 8;

// Azure wants C# identifiers; ASCII ones, since HTTP carries no others.
bool is_identifier(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

Rest<std::string> read_digest(const http::Headers& headers, std::string_view name, std::size_t size_bytes,
                              std::string_view code) {
  const auto text = headers.get(name);
  if (!text || text->empty()) return std::string();
  auto digest = base::base64_decode(*text);
  if (!digest || digest->size() != size_bytes) return rest_error(code);
  return std::move(*digest);
}

Rest<SentChecksums> read_checksums(const http::Headers& headers, std::string_view md5_name,
                                   std::string_view crc64_name) {
  auto md5 = read_digest(headers, md5_name, kMd5Bytes, "InvalidMd5");
  if (!md5) return md5.failure();
  auto crc64 = read_digest(headers, crc64_name, kCrc64Bytes, "InvalidHeaderValue");
  if (!crc64) return crc64.failure();
  if (!md5->empty() && !crc64->empty()) return rest_error("BothCrc64AndMd5HeaderPresent");
  return SentChecksums{std::move(*md5), std::move(*crc64)};
}

}  // namespace

Rest<Metadata> read_metadata(const http::Headers& headers) {
  Metadata metadata;
  std::size_t total = 0;
  for (const http::Header& header : headers.all()) {
    if (!base::begins_with_ignoring_case(header.name, kMetadataPrefix)) {
      continue;
    }
    std::string name = header.name.substr(kMetadataPrefix.size());
    const std::string value(base::trim(header.value));
    if (name.empty()) return rest_error("EmptyMetadataKey");
    if (!is_identifier(name) || !base::is_valid_utf8(value)) return rest_error("InvalidMetadata");
    total += name.size() + value.size();
    const auto same = std::find_if(metadata.begin(), metadata.end(), [&](const MetadataItem& item) {
      return base::equals_ignoring_case(item.name, name);
    });
    if (same != metadata.end()) {
      same->value += "," + value;
    } else {
      metadata.push_back({std::move(name), value});
    }
  }
  if (total > limits::kMetadataBytes) return rest_error("MetadataTooLarge");
  return metadata;
}

Rest<ContentProperties> read_content_properties(const http::Headers& headers, bool or_plain_headers) {
  // An empty `x-ms-blob-…` header, as rclone sends it, unsets: it does not fall back.
  const auto field = [&](std::string_view blob_header, std::string_view plain_header) {
    if (auto value = headers.get(blob_header)) return std::string(*value);
    return or_plain_headers ? std::string(headers.value(plain_header)) : std::string();
  };
  auto md5 = read_digest(headers, "x-ms-blob-content-md5", kMd5Bytes, "InvalidMd5");
  if (!md5) return md5.failure();
  return ContentProperties{field("x-ms-blob-content-type", "Content-Type"),
                           field("x-ms-blob-content-encoding", "Content-Encoding"),
                           field("x-ms-blob-content-language", "Content-Language"),
                           field("x-ms-blob-content-disposition", "Content-Disposition"),
                           field("x-ms-blob-cache-control", "Cache-Control"),
                           std::move(*md5)};
}

Rest<AccessLevel> read_access_level(const http::Headers& headers) {
  const auto level = headers.get("x-ms-blob-public-access");
  if (!level) return AccessLevel::none;
  if (const auto access = parse_access_level(*level)) return *access;
  return rest_error("InvalidHeaderValue", "x-ms-blob-public-access is container or blob, or is not sent.");
}

Rest<SentChecksums> read_checksums(const http::Headers& headers) {
  return read_checksums(headers, "Content-MD5", "x-ms-content-crc64");
}

Rest<SentChecksums> read_source_checksums(const http::Headers& headers) {
  return read_checksums(headers, "x-ms-source-content-md5", "x-ms-source-content-crc64");
}

Rest<Done> check_checksums(const SentChecksums& sent, const Content& content) {
  if (!sent.md5.empty() && sent.md5 != content.md5) return rest_error("Md5Mismatch");
  if (!sent.crc64.empty() && sent.crc64 != content.crc64) return rest_error("Crc64Mismatch");
  return Done{};
}

Rest<std::string> read_document(const http::Request& request, std::size_t limit_bytes) {
  auto sent = read_checksums(request.headers);
  if (!sent) return sent.failure();
  if (request.body == nullptr) return std::string();
  auto document = http::read_body(request, limit_bytes);
  if (!document) {
    const bool too_large = document.error().kind == base::ErrorKind::invalid_input;
    return rest_error(too_large ? "RequestBodyTooLarge" : "ServerBusy", document.error().message);
  }
  if (!sent->md5.empty() && sent->md5 != base::md5(*document)) return rest_error("Md5Mismatch");
  if (!sent->crc64.empty()) {
    Crc64 crc64;
    crc64.update(*document);
    if (sent->crc64 != crc64.bytes()) return rest_error("Crc64Mismatch");
  }
  return std::move(*document);
}

bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

Rest<std::size_t> read_page_size(const http::Target& target) {
  const auto text = target.parameter("maxresults");
  if (!text || text->empty()) return limits::kListPage;
  std::size_t count = 0;
  const auto result = std::from_chars(text->data(), text->data() + text->size(), count);
  if (result.ec == std::errc::result_out_of_range) return limits::kListPage;
  if (result.ec != std::errc() || result.ptr != text->data() + text->size() || count == 0) {
    return rest_error("OutOfRangeQueryParameterValue", "maxresults is a number from 1 on.");
  }
  return std::min(count, limits::kListPage);
}

}  // namespace exthost::storage
