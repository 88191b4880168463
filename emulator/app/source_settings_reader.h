#pragma once

#include <string>

#include "emulator/app/settings.h"
#include "emulator/app/settings_fields.h"

namespace exthost::app {

/// Reads an extension's `source`, which stands in `member`; what is wrong with it is reported to `fields`.
/// `where` is its name in messages.
SourceSettings read_source(SettingsFields& fields, const base::JsonMember& member, const std::string& where);

}  // namespace exthost::app
