#pragma once

#include <optional>
#include <string_view>

#include "emulator/hosting/inflated_files.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/http/message.h"
#include "emulator/package/package.h"

namespace exthost::hosting {

/// A file that a content URL names.
struct ContentMatch {
  const HeldVersion* version = nullptr;
  const package::Entry* entry = nullptr;
  const package::Entry* brotli = nullptr;  ///< Its precompressed sibling `<path>.br`; null if there is none.
  bool immutable =
      false;  ///< The URL can never name other bytes: it holds the version, or a content hash (i3).
};

/// Whether a path below a version, as find_content looks it up, is that of a bundle: `Dynamic/<hash>.js`, or
/// `Dynamic/AmdBundleDefinition_<hash>.js` of old.
bool is_bundle(std::string_view path);

/// Finds `path`, what stands after `/Content/` in a URL.
///
/// If it begins with the name of a held version, the rest is looked up in that one; else it is looked up in
/// `current`. Either way below the package's `Content/` first, then at its root: the page is served with the
/// base URL
/// `/<ext>/Content/<version>/`, so that its own `Content/app.js` is asked for as
/// `/<ext>/Content/<version>/Content/app.js`. A bundle, `Dynamic/<hash>.js`, that is not there is looked up
/// in every held version, the newest first (domain.md e9, f). `Content/Config/*.json` is never found:
/// settings reach the client only merged (Appendix B). `current` may be null.
std::optional<ContentMatch> find_content(const HeldVersions& versions, const HeldVersion* current,
                                         std::string_view path);

/// Whether `path` begins with the name of a held version, which then decides alone: `current` above is of no
/// account.
bool names_version(const HeldVersions& versions, std::string_view path);

/// The answer to a GET or HEAD for a file: 200, 206, 304, 412 or 416.
///
/// A deflated entry goes out as it lies in the zip, framed as gzip, if the client takes gzip; its Brotli
/// sibling goes before that. A Range is of the file itself. Each encoding has an ETag of its own, made of CRC
/// and size.
http::Response serve_content(const http::Request& request, const ContentMatch& match,
                             const InflatedFiles& inflated);

}  // namespace exthost::hosting
