#include "emulator/app/config_drafts.h"

#include <algorithm>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/watch/config_pointers.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
namespace codes = model::codes;

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Error no_friendly_name(ErrorKind kind, std::string message) {
  return {kind, std::move(message), std::string(codes::kFriendlyName)};
}

Result<void> check_name(const std::string& name) {
  if (!name.empty() && name.front() != '$') return {};
  return no_friendly_name(ErrorKind::invalid_input,
                          model::quoted(name) + " is no stage, and can be no friendly name either");
}

}  // namespace

Result<Promoted> promoted(const DraftContext& context, const std::string& text,
                          const model::PromotionWish& wish) {
  const auto deployment = context.deployment_of(text);
  if (!deployment) return deployment.error();
  auto promotion = model::plan_promotion(*deployment, wish);
  if (!promotion) return std::move(promotion).error();
  auto composed = watch::compose_config(text, {{promotion->to, promotion->version}});
  if (!composed) return std::move(composed).error();
  return Promoted{*std::move(composed), std::move(promotion->from)};
}

Result<std::string> rolled_back(const DraftContext& context, const std::string& text,
                                const std::vector<std::string>& named) {
  const auto deployment = context.deployment_of(text);
  if (!deployment) return deployment.error();
  for (const std::string& stage : named) {
    if (!deployment->is_stage(stage)) return model::unknown_stage(deployment->stages, stage);
  }
  const std::vector<std::string> stages = named.empty() ? model::stage_names(deployment->stages) : named;
  const watch::SeenConfig* earlier =
      watch::before_last_change(context.history, text, stages, [&](const std::string& candidate) {
        return model::read_deployment(candidate, deployment->stages, context.rules).value.has_value();
      });
  if (earlier == nullptr) {
    return Error{ErrorKind::conflict,
                 "no earlier version of " + model::list_of(stages) + " is known to go back to",
                 std::string(codes::kNothingToMove)};
  }
  const auto versions = watch::read_pointers(earlier->text, stages);
  if (!versions) return versions.error();
  std::vector<std::string> unset = stages;  // possible with rules.requireStages last
  for (const watch::Pointer& pointer : *versions) std::erase(unset, pointer.name);
  auto composed = watch::compose_config(text, *versions);
  return composed ? watch::remove_names(*composed, unset) : composed;
}

Result<std::string> with_friendly_name(const DraftContext& context, const std::string& text,
                                       const control::FriendlyWish& wish) {
  if (auto good = check_name(wish.name); !good) return std::move(good).error();
  const auto deployment = context.deployment_of(text);
  if (deployment && deployment->is_stage(wish.name)) {
    return no_friendly_name(ErrorKind::invalid_input, wish.name + " is a stage: exthost-emu promote --to " +
                                                          wish.name +
                                                          " gives it a version, and none can be without");
  }
  if (!wish.version.empty()) return watch::compose_config(text, {{wish.name, wish.version}});
  const auto present = watch::read_pointers(text, {wish.name});
  if (!present) return present.error();
  if (present->empty()) {
    return Error{ErrorKind::not_found, "config.json has no friendly name " + model::quoted(wish.name),
                 std::string(codes::kUnknownStamp)};
  }
  if (contains(context.kept_names, wish.name)) {
    return no_friendly_name(ErrorKind::conflict,
                            wish.name + " follows the source folder, whose watcher puts it back at once");
  }
  return watch::remove_names(text, {wish.name});
}

Result<std::string> pointed(const DraftContext& context, const std::string* text,
                            const std::vector<std::string>& names, const std::string& version) {
  std::vector<watch::Pointer> pointers;
  for (const std::string& name : names) {
    if (auto good = check_name(name); !good) return std::move(good).error();
    pointers.push_back({name, version});
  }
  if (text != nullptr) return watch::compose_config(*text, pointers);
  return watch::first_config(context.default_stages, version, pointers);
}

}  // namespace exthost::app
