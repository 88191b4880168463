#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/counterfactuals.h"
#include "emulator/model/hosting_answer.h"
#include "emulator/model/portal_url.h"
#include "emulator/model/traffic_manager.h"

namespace exthost::model {

/// Why does a user get what they get? Either of a portal URL, or of a request to the hosting service.
struct ExplainQuestion {
  std::string url;          ///< Of the portal; empty: a request to the hosting service is meant.
  std::string extension;    ///< Its portal or hosting service name; with a URL it may be empty.
  std::string region;       ///< In any spelling; empty: the URL's, or the default one.
  std::string stamp;        ///< Of a request to the hosting service; a URL has its own.
  std::string authority;    ///< As trustedAuthority; empty: the environment's portal.
  std::string environment;  ///< A cloud, an environment's name or its portal's host; empty: the URL's.
};

/// Everything that the answer depends on besides the question.
struct ExplainBasis {
  std::vector<Registration> registrations;
  const PortalEnvironment* environment = nullptr;  ///< In force; its cloud's regions are meant. Never null.
  std::string default_region;                      ///< Normalised.
  RegionIsUp is_up;                                ///< Which data centres answer; null: all.
  std::map<std::string, std::string> authority_aliases;
  std::string hosting_origin;  ///< Where a hosting service answers here, `https://localhost:14431`; or empty.
  /// What is hosted under a hosting service name; absent if nothing is.
  std::function<std::optional<HostedState>(std::string_view hosting_service_name)> hosted;
};

/// The answer for one extension.
struct Explanation {
  std::string name;                  ///< In the portal.
  std::string hosting_service_name;  ///< Empty if another server has it, or none.
  bool enabled = false;              ///< Whether the portal loads it.
  std::string url;        ///< What the portal loads, or is asked for, in production; empty if not enabled.
  std::string local_url;  ///< The same here; empty if nothing runs here or another server has it.
  const PortalEnvironment* environment = nullptr;  ///< Null if the authority is that of no known one.
  std::string region;                              ///< Normalised.
  std::string stamp;                               ///< In force, or empty.
  std::optional<HostingAnswer> hosted;             ///< Absent if the hosting service is not asked.
  std::vector<Reason> reasons;    ///< All of them, in the order in which the rules were applied.
  std::vector<Problem> problems;  ///< Of the URL.
  std::vector<Counterfactual> counterfactuals;
  std::optional<base::Error> failure;  ///< Why there is no page.
  /// What the browser gets: 200, 400 (no settings for the portal), 404 (no such extension or stamp), 503
  /// (never synced). Absent if the hosting service is not asked.
  std::optional<int> status;

  /// Empty if no version answers.
  const std::string& version() const;
  /// The stage that decided, or empty.
  const std::string& stage() const;
  /// `Content/Config/portal.azure.com.json`, or empty.
  std::string environment_file() const;
};

/// Why the question makes no sense, `invalid_input` with kBadTarget; nothing if it does: a URL together with
/// a stamp, a region that is no name, an environment that nobody knows.
std::optional<base::Error> refuse_question(const ExplainQuestion& question);

/// The one function behind the command, the control API and the portal's page (q7). It composes
/// parse_portal_url, choose_environment, choose_region, resolve_portal and answer_request.
///
/// With a URL: of the extension asked for, else of each that the URL names, else of each that is registered.
/// Without: of the extension asked for, whether or not the portal would load it. A name that nothing has is
/// an explanation too, of a 404.
std::vector<Explanation> explain(const ExplainQuestion& question, const ExplainBasis& basis);

/// The same without counterfactuals.
std::vector<Explanation> explain_plainly(const ExplainQuestion& question, const ExplainBasis& basis);

}  // namespace exthost::model
