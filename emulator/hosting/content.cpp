#include "emulator/hosting/content.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/text.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {
namespace {

using http::Response;
using package::Compression;
using package::Entry;

enum class Encoding { identity, gzip, brotli };

/// Below `Content/`, else at the root of the package.
const Entry* find_in(const HeldVersion& version, std::string_view path) {
  if (path.empty()) return nullptr;
  const Entry* entry = version.find("Content/" + std::string(path));
  return entry != nullptr ? entry : version.find(path);
}

/// Content/Config/<host>.json, by the name in the package: however it was asked for.
bool is_hidden(const HeldVersion& version, const Entry& entry) {
  const std::string_view name = entry.name.substr(version.root.size());
  return base::begins_with_ignoring_case(name, "Content/Config/") &&
         base::ends_with_ignoring_case(name, ".json");
}

std::optional<ContentMatch> match_in(const HeldVersion& version, std::string_view path, bool immutable) {
  const Entry* entry = find_in(version, path);
  if (entry == nullptr || is_hidden(version, *entry)) return std::nullopt;
  const std::string name(entry->name);
  return ContentMatch{&version, entry, version.package->find(name + ".br"), immutable};
}

Encoding choose_encoding(const http::Request& request, const ContentMatch& match) {
  if (request.headers.get("Range")) return Encoding::identity;
  if (match.brotli != nullptr && http::accepts_encoding(request, "br")) return Encoding::brotli;
  if (match.entry->compression == Compression::deflated && http::accepts_encoding(request, "gzip")) {
    return Encoding::gzip;
  }
  return Encoding::identity;
}

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return std::string(digits.data(), end.ptr);
}

std::string etag_of(const Entry& entry, Encoding encoding) {
  std::string tag = "\"" + hexadecimal(entry.crc32) + "-" + hexadecimal(entry.size);
  if (encoding == Encoding::gzip) tag += "-gz";
  if (encoding == Encoding::brotli) tag += "-br";
  return tag + "\"";
}

std::vector<http::Slice> gzip_slices(const ContentMatch& match) {
  const auto frame = std::make_shared<const package::GzipFrame>(package::gzip_frame(*match.entry));
  std::vector<http::Slice> slices;
  slices.reserve(3);
  slices.push_back({frame, frame->header});
  slices.push_back({match.version->package, match.entry->stored});
  slices.push_back({frame, frame->trailer});
  return slices;
}

void add_validators(Response& response, const ContentMatch& match, const std::string& etag) {
  response.headers.add("ETag", etag);
  response.headers.add("Cache-Control", match.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (match.entry->compression == Compression::deflated || match.brotli != nullptr) {
    response.headers.add("Vary", "Accept-Encoding");
  }
}

Response serve_identity(const http::Request& request, const ContentMatch& match, const std::string& etag,
                        const InflatedFiles& inflated) {
  const std::uint64_t size = match.entry->size;
  const http::RangeDecision decision = http::decide_range(request, size, etag, std::nullopt);
  Response response;
  if (decision.kind == http::RangeKind::unsatisfiable) {
    response = Response::text(416, "the range lies outside the file's " + std::to_string(size) + " bytes\n");
    response.headers.add("Content-Range", http::unsatisfied_content_range(size));
    return response;
  }
  http::ByteRange range{0, size};
  if (decision.kind == http::RangeKind::partial) {
    range = decision.range;
    response.status = 206;
    response.headers.add("Content-Range", http::content_range(range, size));
  }
  response.headers.add("Accept-Ranges", "bytes");
  response.headers.add("Content-Type", std::string(http::content_type_for(match.entry->name)));
  if (request.method == "HEAD") {  // answered without inflating anything
    response.headers.add("Content-Length", std::to_string(range.length));
    return response;
  }
  auto body = inflated.body_of(match.version->package, *match.entry, range);
  if (!body) return Response::problem(503, body.error().code, body.error().message);
  response.body = *std::move(body);
  return response;
}

Response serve_encoded(const ContentMatch& match, Encoding encoding, const InflatedFiles& inflated) {
  Response response;
  response.headers.add("Content-Type", std::string(http::content_type_for(match.entry->name)));
  response.headers.add("Content-Encoding", encoding == Encoding::gzip ? "gzip" : "br");
  if (encoding == Encoding::gzip) {
    response.body = gzip_slices(match);
    return response;
  }
  auto body = inflated.body_of(match.version->package, *match.brotli, {0, match.brotli->size});
  if (!body) return Response::problem(503, body.error().code, body.error().message);
  response.body = *std::move(body);
  return response;
}

/// The held version whose name is the path's first segment, if more follows; else null.
const HeldVersion* named_version(const HeldVersions& versions, std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? nullptr : find_version(versions, path.substr(0, slash));
}

}  // namespace

bool is_bundle(std::string_view path) {
  return base::begins_with_ignoring_case(path, "Dynamic/") ||
         base::begins_with_ignoring_case(path, "Content/Dynamic/");
}

bool names_version(const HeldVersions& versions, std::string_view path) {
  return named_version(versions, path) != nullptr;
}

std::optional<ContentMatch> find_content(const HeldVersions& versions, const HeldVersion* current,
                                         std::string_view path) {
  const HeldVersion* named = named_version(versions, path);
  const HeldVersion* version = named != nullptr ? named : current;
  if (named != nullptr) path.remove_prefix(path.find('/') + 1);

  const bool bundle = is_bundle(path);
  if (version != nullptr) {
    if (auto match = match_in(*version, path, named != nullptr || bundle)) return match;
  }
  if (!bundle) return std::nullopt;
  for (const auto& candidate : versions) {
    if (auto match = match_in(*candidate, path, true)) return match;
  }
  return std::nullopt;
}

Response serve_content(const http::Request& request, const ContentMatch& match,
                       const InflatedFiles& inflated) {
  const Encoding encoding = choose_encoding(request, match);
  const Entry& sent = encoding == Encoding::brotli ? *match.brotli : *match.entry;
  const std::string etag = etag_of(sent, encoding);

  Response response;
  const http::Condition condition = http::evaluate_conditions(request, etag, std::nullopt);
  if (condition == http::Condition::not_modified) {
    response.status = 304;
  } else if (condition == http::Condition::failed) {
    response = Response::text(412, "the file is not the one that the request's condition names\n");
  } else if (encoding == Encoding::identity) {
    response = serve_identity(request, match, etag, inflated);
  } else {
    response = serve_encoded(match, encoding, inflated);
  }
  if (response.status != 503) add_validators(response, match, etag);
  return response;
}

}  // namespace exthost::hosting
