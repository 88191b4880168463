#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::hosting {

/// The value of a page's Content-Security-Policy: who may frame it (domain.md f, "Response headers").
///
/// The extension's own origin, `portal_origins` (the emulated portal's), and the portal that
/// `trusted_authority` names, as it names it, if that is a portal or below one (`AllowedParentFrame`), one of
/// `aliases`, or on this machine. Any other authority gets nothing: a page asked for in its name can be
/// framed by no one else.
std::string frame_ancestors(std::string_view trusted_authority,
                            const std::vector<std::string>& portal_origins,
                            const std::map<std::string, std::string>& aliases);

}  // namespace exthost::hosting
