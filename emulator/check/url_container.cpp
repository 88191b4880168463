#include "emulator/check/url_container.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/blob_listing.h"
#include "emulator/http/client.h"
#include "emulator/model/codes.h"

namespace exthost::check {
namespace {

namespace codes = model::codes;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr int kPageBlobs = 1000;                       // well below what the XML reader takes
constexpr std::uint64_t kPageBytes = 4 * 1024 * 1024;  // as storage's XML reader
constexpr int kMostPages = 200;                        // 200,000 blobs: far beyond any container of versions

Error unusable(std::string message) {
  return {ErrorKind::unavailable, std::move(message), std::string(codes::kStorageUnavailable)};
}

}  // namespace

UrlContainer::UrlContainer(const std::string& url) : source_(url) {
  if (const std::size_t query = url.find('?'); query != std::string::npos) query_ = url.substr(query + 1);
}

Result<std::optional<std::vector<BlobName>>> UrlContainer::list() {
  std::vector<BlobName> names;
  std::string marker;
  for (int page = 0; page < kMostPages; ++page) {
    const auto document = fetch_page(marker);
    if (!document) return document.error();
    if (!*document) return std::optional<std::vector<BlobName>>();
    auto listing = read_blob_listing(**document);
    if (!listing) return unusable(listing.error().message);
    if (!*listing) return std::optional<std::vector<BlobName>>();
    std::move((*listing)->blobs.begin(), (*listing)->blobs.end(), std::back_inserter(names));
    if ((*listing)->next_marker.empty()) {
      std::sort(names.begin(), names.end(),
                [](const BlobName& left, const BlobName& right) { return left.name < right.name; });
      return std::optional(std::move(names));
    }
    if ((*listing)->next_marker == marker) return unusable("its list of blobs has no end");
    marker = (*listing)->next_marker;
  }
  return unusable("its list of blobs has no end within " + std::to_string(kMostPages) + " pages");
}

/// Absent if the container answers, but not with a list.
Result<std::optional<std::string>> UrlContainer::fetch_page(const std::string& marker) const {
  http::FetchRequest request;
  request.url = source_.url() + "?restype=container&comp=list&maxresults=" + std::to_string(kPageBlobs);
  if (!marker.empty()) request.url += "&marker=" + base::percent_encode(marker);
  if (!query_.empty()) request.url += "&" + query_;
  request.limit_bytes = kPageBytes;
  auto response = http::fetch(request);
  // The client's message holds the URL, and with it the signature.
  if (!response) {
    return unusable(response.error().kind == ErrorKind::invalid_input
                        ? "its list of blobs is longer than " + base::human_bytes(kPageBytes) + " a page"
                        : "it did not answer when asked for the list of its blobs");
  }
  if (response->status == 200) return std::optional(std::move(response->body));
  const std::string_view azure_code = response->headers.value("x-ms-error-code");
  if (azure_code == "ContainerNotFound") return unusable("the container does not exist");
  if (response->status >= 500) {
    return unusable("it answered " + std::to_string(response->status) +
                    " when asked for the list of its blobs");
  }
  return std::optional<std::string>();
}

}  // namespace exthost::check
