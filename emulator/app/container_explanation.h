#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/model/explanation.h"

namespace exthost::app {

/// What a hosting service that saw a container for the first time would answer.
struct ContainerExplanation {
  std::vector<model::Explanation> explanations;
  std::vector<model::Problem>
      problems;          ///< Of its config.json and versions; with an error, nothing is served.
  bool refused = false;  ///< The sync failed.
};

/// Lets a hosting service of its own sync the container once, in a temporary folder, and asks it. `container`
/// is as check::open_container takes it. The cloud is that of `question.environment`, else that of the URL's
/// host, else public; the extension is registered under `question.extension`, else under the first name in
/// the URL that could be one, else under the folder's name.
///
/// Fails as open_container does, and as model::refuse_question.
base::Result<ContainerExplanation> explain_container(const std::string& container,
                                                     const std::filesystem::path& folder,
                                                     const model::ExplainQuestion& question);

}  // namespace exthost::app
