#pragma once

#include "emulator/app/instance.h"

namespace exthost::app {

/// Whether `cert trust` has put the certificate authority now in use into this user's browser database. A
/// look at a mark that it leaves, not at the database: starting must not wait for another program.
bool is_certificate_trusted(const UserFolders& folders);

}  // namespace exthost::app
