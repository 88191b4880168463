#pragma once

#include <string>
#include <string_view>

#include "emulator/app/instance.h"
#include "emulator/base/result.h"

namespace exthost::app {

/// What other programs need to use an instance, in a shell's own syntax: `posix`, `dotenv`, `powershell`,
/// `github` (for `>> "$GITHUB_ENV"`), `azp` (secrets as secret variables) or `json`. The connection string is
/// that of `account`, or of the usual one if that is empty. Fails with kUsage for another shell or account.
/// Has secrets: the token and the account's key.
base::Result<std::string> environment_report(const InstanceRecord& instance, std::string_view shell,
                                             const std::string& account = {});

}  // namespace exthost::app
