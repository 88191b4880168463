#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "emulator/check/container.h"
#include "emulator/check/finding.h"
#include "emulator/check/subject.h"
#include "emulator/check/version_rules.h"
#include "emulator/model/cloud.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/environment.h"

namespace exthost::check {

struct ExamineOptions {
  model::Cloud cloud = model::Cloud::public_cloud;  ///< Whose stages and portals count.
  std::filesystem::path folder;                     ///< What paths are taken from.
  std::optional<SdkDays> sdk_days;                  ///< Absent: SDKs are not judged.
  model::ConfigRules config_rules = {};             ///< The readings of the rules that the settings choose.
  model::EnvironmentRules environment_rules = {};
};

/// Reads a subject and judges it by every rule. What cannot be read is a finding of that subject: an error
/// whose code says why. Blocks; the only part of this layer that reads, besides Container.
///
/// `subject.kind` is not settings_file: what a settings file means, its owner knows.
SubjectResult examine(const Subject& subject, const ExamineOptions& options);

/// A container that is open already.
SubjectResult examine_container(Container& container, SubjectKind kind, const ExamineOptions& options);

/// The result of a subject that could not be read or told.
SubjectResult failed_subject(std::string subject, std::string kind, const base::Error& error);

}  // namespace exthost::check
