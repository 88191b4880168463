#pragma once

#include <vector>

#include "emulator/app/settings.h"
#include "emulator/model/problem.h"
#include "emulator/model/registration.h"

namespace exthost::app {

/// Reads the settings' registration files (docs/configuration.md, `registrations`) and gives each extension
/// the registration that belongs to it: that of its name, else one of its hosting service name, letter case
/// aside. Fields that the extension's own entry sets stay. What belongs to no extension is in
/// `other_registrations`.
///
/// Everything wrong with the files is reported, with places. `settings` is complete only if no problem is an
/// error. Before complete_extensions: what is registered counts more than what a name suggests.
std::vector<model::Problem> read_registration_files(Settings& settings);

/// Everything that the portal knows: the extensions in their order, then the other registrations.
std::vector<model::Registration> registrations_of(const Settings& settings);

}  // namespace exthost::app
