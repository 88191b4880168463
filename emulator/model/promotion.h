#pragma once

#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/model/deployment_config.h"

namespace exthost::model {

/// What somebody wants to promote. Each part may be left empty.
struct PromotionWish {
  std::string from;     ///< A stage; with `to`, any name of config.json.
  std::string to;       ///< A stage.
  std::string version;  ///< Empty: the one that `from` has.
};

/// One stage that gets the version of another (domain.md b21): an edit of config.json and nothing else.
struct Promotion {
  std::string from;  ///< Who has the version already; empty if the version was named and nobody needs to.
  std::string to;
  std::string version;
  std::string before;  ///< What `to` has now; empty if nothing.
};

/// Completes a wish in the rollout order of the stage definition in force (domain.md c1).
///
/// With nothing given it is one step of the roll-out: from the first stage whose version differs from the
/// next one's, to that next one. `from` alone goes to the stage after it, `to` alone takes from the stage
/// before it. A version alone goes to the stage after the furthest that has it, or to the first if none has.
///
/// Fails with `not_found` (kUnknownStamp) for a name that is none, `conflict` (kNothingToMove) if there is no
/// stage to go to or to come from, or if it has the version already.
base::Result<Promotion> plan_promotion(const Deployment& deployment, const PromotionWish& wish);

/// The names of the stages, in rollout order.
std::vector<std::string> stage_names(const StageDefinition& definition);

/// `not_found` (kUnknownStamp), with the stages that there are and which was probably meant.
base::Error unknown_stage(const StageDefinition& definition, const std::string& name);

}  // namespace exthost::model
