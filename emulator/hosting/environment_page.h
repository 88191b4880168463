#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/hosting/bundle_paths.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/model/environment.h"

namespace exthost::hosting {

/// What the page of a version is filled in with.
struct PageFacts {
  std::string extension_name;  ///< In the portal.
  std::string hosting_service_name;
  std::string version;
  std::string region;
  std::string stage;              ///< Empty if a friendly name or a build number decided.
  std::string stamp;              ///< As asked for, or empty.
  std::string trusted_authority;  ///< As the portal gave it, or the default.
  std::string settings;           ///< The merged settings: a JSON object as text.
  bool live_reload = false;
  bool tell_emulator_facts = false;   ///< Outside fidelity prod: what production's pages do not have.
  std::vector<BundlePath> bundles{};  ///< For the environment JSON.
  std::string portal_origin{};        ///< The emulated portal's; empty in prod, and until it is known.
};

/// A settings file of a version, as model::PackageFileReader has it. One over the limit is `invalid_input`.
base::Result<std::optional<std::string>> read_settings_file(const HeldVersion& version, std::string_view path,
                                                            const HostingLimits& limits);

/// `window.fx.environment`'s value on a page: the settings, and `version` where they do not set it (domain.md
/// f, response headers). JSON that is also safe inside a <script>.
std::string environment_object(const PageFacts& facts);

/// `window.fx.emulator`'s value: extension name, version, region, stage and trusted authority, which
/// production's pages do not have. Safe inside a <script>.
std::string emulator_object(const PageFacts& facts);

/// The body of `?environmentjson=true` (domain.md d): `pageVersion`, `extensionName`, `environment` with the
/// merged settings and nothing else, `requireConfig` with the bundles' addresses, and outside fidelity prod
/// `emulator`.
std::string environment_json(const PageFacts& facts);

/// The version's page with what it needs put ahead of its own scripts: a base URL below which the page finds
/// the files of its own version (content.h), `window.fx.environment`, what it shows outside a portal
/// (splash.h), and in `dev` the reload script. A page with a <base> of its own keeps it.
std::string fill_in_page(std::string_view html, const PageFacts& facts);

/// The page of a version that brings none.
std::string generated_page(const PageFacts& facts);

/// Where in an HTML document its first script could be put: after `<head>` if it has one, else before its
/// first content. Byte-order mark, comments and the doctype are passed over.
std::size_t head_offset(std::string_view html);

/// Whether the document has a `<base>` element outside comments.
bool has_base(std::string_view html);

}  // namespace exthost::hosting
