#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/control/publishing_parts.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/promotion.h"
#include "emulator/watch/config_history.h"

namespace exthost::app {

// What a config.json becomes when somebody promotes, rolls back, names or publishes: functions of texts
// (watch/config_pointers.h edits them). Whether the hosting service would take the result is judged
// elsewhere.

/// What an edit has to know beside the text.
struct DraftContext {
  /// A config.json with the stage definition that it is read by, or why the hosting service refuses it.
  std::function<base::Result<model::Deployment>(const std::string& text)> deployment_of;
  model::ConfigRules rules;
  std::vector<watch::SeenConfig> history;    ///< What config.json was before, the oldest first.
  std::vector<std::string> default_stages;   ///< Of the cloud: for a container without config.json.
  std::vector<std::string> kept_names = {};  ///< Friendly names that a watcher puts back when they go.
};

/// As model::plan_promotion says. Fails as that does, and as deployment_of does.
struct Promoted {
  std::string text;
  std::string from;  ///< Promotion::from
};
base::Result<Promoted> promoted(const DraftContext& context, const std::string& text,
                                const model::PromotionWish& wish);

/// The stages, or all if none is named, as they were before the last change of any of them. Texts that the
/// service would not take now are passed over. `not_found` (kUnknownStamp) for what is no stage, `conflict`
/// (kNothingToMove) if nothing earlier is known.
base::Result<std::string> rolled_back(const DraftContext& context, const std::string& text,
                                      const std::vector<std::string>& stages);

/// A friendly name that is set or goes. kFriendlyName for a stage, for what cannot be a friendly name and for
/// the removal of one that a watcher keeps; `not_found` (kUnknownStamp) if there is none to remove. The text
/// may be one that the service refuses: this may mend it.
base::Result<std::string> with_friendly_name(const DraftContext& context, const std::string& text,
                                             const control::FriendlyWish& wish);

/// The names, stages or friendly names, at `version`. `text` is null if there is no config.json yet: then
/// every stage has it, since all must be set (domain.md b5).
base::Result<std::string> pointed(const DraftContext& context, const std::string* text,
                                  const std::vector<std::string>& names, const std::string& version);

}  // namespace exthost::app
