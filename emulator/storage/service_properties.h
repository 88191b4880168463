#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/storage/rest_error.h"

namespace exthost::storage {

/// A rule of an account's CORS settings. Lists as they were given: separated by commas.
struct CorsRule {
  std::string origins;
  std::string methods;
  std::string allowed_headers;
  std::string exposed_headers;
  std::string max_age_seconds;
};

/// An account's StaticWebsite settings. Names are of blobs in `$web`, without a slash at their beginning;
/// empty: not set.
struct Website {
  bool enabled = false;
  std::string index_document;      ///< In each folder.
  std::string default_index_path;  ///< One for all folders, instead.
  std::string error_path;          ///< Shown where there is no page.
};

/// The whole StorageServiceProperties document: what was set, and defaults for the rest. `stored` may be
/// empty.
std::string complete_service_properties(std::string_view stored);

/// What is stored once `update`, a document with some of the properties, is applied: the others stay.
/// InvalidXmlDocument, UnsupportedXmlNode or InvalidXmlNodeValue if it is no such document.
Rest<std::string> merge_service_properties(std::string_view stored, std::string_view update);

std::vector<CorsRule> cors_rules(std::string_view stored);
Website website(std::string_view stored);

/// What is stored once the account has these CORS rules instead of its own: the other properties stay. Fails
/// as merge_service_properties does, if there are too many or one is incomplete.
Rest<std::string> replace_cors_rules(std::string_view stored, const std::vector<CorsRule>& rules);

/// For how long the DeleteRetentionPolicy keeps what is deleted; absent: not at all.
std::optional<std::chrono::days> delete_retention(std::string_view stored);

}  // namespace exthost::storage
