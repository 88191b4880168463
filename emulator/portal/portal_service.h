#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "emulator/base/guarded.h"
#include "emulator/base/ids.h"
#include "emulator/base/journal.h"
#include "emulator/http/message.h"
#include "emulator/portal/portal_settings.h"

namespace exthost::portal {

/// The emulated portal, as a function from request to response (ux.md 8).
///
///     GET /                            the page, with production's query strings (domain.md h3, h4)
///     GET /_emu/portal/<file>          the page's script, style and pictures
///     GET /_emu/v1/portal?url=…        what the page shows for a portal URL, as JSON (portal_view.h);
///                                      `region`, `environment` and `location` (`lat,lon`) outrank what the
///                                      URL says
///     GET /_emu/v1/events              the journal as server-sent events, as the control API has them
///     GET /api/diagnostics             the registrations (domain.md g)
///
/// The environment is that of the host asked for (`ms.portal.azure.com.localhost`), else the one in the
/// settings. Thread-safe.
class PortalService final : public http::Service {
 public:
  struct Parts {
    base::Journal& journal;  ///< To say up to which event a view is.
    base::IdSource& ids;     ///< For session ids.
    ExplainVersion explain;
    FindAsset find_asset;
    /// What the page reads of the control API under the same paths: the event stream and the clock.
    std::function<http::Response(const http::Request&)> control;
    WhatIf what_if = nullptr;                                           ///< May be left out.
  };
  /// `settings` must not be null.
  PortalService(Parts parts, std::shared_ptr<const PortalSettings> settings);

  /// Later requests see these settings: call it again once the ports are known. Must not be null.
  void publish(std::shared_ptr<const PortalSettings> settings);

  bool may_block(const http::Request& request) const override;
  http::Response handle(const http::Request& request) override;

 private:
  http::Response page(const PortalSettings& settings) const;
  http::Response asset(std::string_view name) const;
  http::Response view(const http::Request& request, const PortalSettings& settings);

  Parts parts_;
  base::Published<PortalSettings> settings_;
};

}  // namespace exthost::portal
