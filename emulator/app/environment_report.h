#pragma once

#include <string>
#include <string_view>

#include "emulator/app/instance.h"
#include "emulator/base/result.h"

namespace exthost::app {

/// What other programs need to use an instance, in a shell's own syntax: `posix`, `dotenv`, `powershell`,
/// `github`, `azp` or `json`. Fails with kUsage for another. The account key in it is the well-known one and
/// no secret.
base::Result<std::string> environment_report(const InstanceRecord& instance, std::string_view shell);

}  // namespace exthost::app
