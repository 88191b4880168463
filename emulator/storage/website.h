#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/http/message.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/service_properties.h"

/// An account's static website: the blobs of its container `$web`, for anybody, as pages.
namespace exthost::storage {

/// The blobs that may answer for a path, the most likely first; none if the site has no index document for
/// it. Pure.
std::vector<std::string> website_candidates(const Website& site, std::string_view path);

/// Answers Get Blob or Get Blob Properties.
using ReadBlob = std::function<Answer(const RestRequest&)>;

/// The page that was asked for, by GET or HEAD, with the ranges and conditions of Get Blob; the site's error
/// document, with status 404, where there is none. The query and all `x-ms-…` headers mean nothing here.
/// WebContentNotFound if there is no such page, no error document, or no site; UnsupportedHttpVerb.
Answer serve_website(const http::Request& http, const std::string& account, const Website& site,
                     const ReadBlob& read);

/// A refusal as a page for people; `x-ms-error-code` has its code.
http::Response website_error(const RestError& error, std::string_view request_id, std::string_view time);

}  // namespace exthost::storage
