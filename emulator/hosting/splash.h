#pragma once

#include <string>
#include <string_view>

namespace exthost::hosting {

/// What a page shows whoever opens it by itself rather than in a portal (domain.md d, "Index page"): a
/// script that covers the page in blue and says in production's two sentences that it belongs in a portal.
///
/// It does nothing in a frame, and nothing in a session: with `sessionId` in the query, or anything in the
/// fragment, where portals put it. The page runs beneath it either way. With `portal_origin`, which
/// production has not, it also links to that portal and to the page without the splash. Empty: it does not.
std::string splash_tag(std::string_view portal_origin);

}  // namespace exthost::hosting
