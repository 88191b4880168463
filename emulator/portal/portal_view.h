#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/cloud.h"
#include "emulator/model/portal_url.h"
#include "emulator/portal/frame_url.h"
#include "emulator/portal/portal_settings.h"

namespace exthost::portal {

namespace reasons = model::reasons;

/// What is asked of the portal: a URL, and choices that outrank what the URL says.
struct ViewRequest {
  std::string url;             ///< Of the portal, whole; its fragment may sideload and select (domain.md h4).
  std::string page_origin;     ///< Of the page that asks: `https://localhost:14430`.
  std::string region;          ///< Any spelling; or empty.
  std::string environment;     ///< Portal host or name (domain.md h1); or empty.
  std::string location;        ///< `lat,lon`; or empty. A region that was chosen outranks it.
  model::FlightTicket flight;  ///< Which half of MPAC's browsers this one is in (domain.md h2).
};

/// One extension of the portal, ready to be shown.
struct ExtensionView {
  model::ExtensionLoad load;
  FrameBase base;
  std::string frame_url;  ///< What the browser loads, with the portal's parameters (domain.md f). Or empty.
  std::string settings_url;     ///< The same as JSON (`environmentjson=true`); hosting only.
  std::string real_portal_url;  ///< Sideloads the page into the real portal (h4); empty if that can't work.
  std::string missing_flag;     ///< The flag whose absence made the portal ignore an override; or empty.
  std::optional<VersionAnswer> answer;  ///< Hosting only.
};

/// A region of the emulated cloud, and what the selected extension's users get there without a stamp.
struct RegionView {
  const model::Region* region = nullptr;  ///< Never null.
  std::string stage;                      ///< Empty if no hosted extension is selected.
  std::string version;
};

/// Everything that the page shows for a URL.
struct PortalView {
  const model::PortalEnvironment* environment = nullptr;  ///< Never null.
  std::string trusted_authority;       ///< The origin of the page that shows this: what extensions are told.
  std::string region;                  ///< Normalised.
  std::vector<model::Reason> reasons;  ///< Why this environment and region.
  std::string language;                ///< `l` as given.
  std::vector<std::string> hide_keys;  ///< Hidden gallery items that the URL would show; nothing here does.
  model::PortalUrl::NoCdn no_cdn = model::PortalUrl::NoCdn::off;  ///< `force` is passed on.
  std::string page;  ///< `Content/…` to show in place of the index page, or empty. Our own parameter, `page`.
  std::vector<ExtensionView> extensions;
  std::optional<std::size_t> selected;  ///< Index of the extension to show; absent if there are none.
  std::vector<model::Counterfactual> counterfactuals;  ///< What would change the selected extension's answer.
  std::vector<RegionView> regions;
  std::vector<model::Problem> problems;  ///< Of the URL.
};

/// Decides all of it. `explain` is asked about every hosted extension, and about every region for the
/// selected one.
///
/// The extension shown is that of `#blade/<name>`, else one that the URL sideloads, else one that it names,
/// else the first that is enabled. The environment is the one asked for, else that of the URL's host. The
/// region is the one asked for, else the URL's `region`, else the nearest to `location`, else the default.
/// What does not exist is passed over, with a reason.
PortalView make_portal_view(const ViewRequest& request, const PortalSettings& settings,
                            const ExplainVersion& explain, const WhatIf& what_if = {});

/// As `GET /_emu/v1/portal` answers it. `session_id` is 32 hexadecimal digits, for the frame's fragment;
/// `journal_seq` the last event that the view may know of.
std::string to_json(const PortalView& view, const PortalSettings& settings, const std::string& session_id,
                    std::uint64_t journal_seq);

}  // namespace exthost::portal
