#pragma once

namespace exthost::app {

/// What the process ends with (docs/configuration.md, Exit codes). Stable: scripts depend on them.
enum ExitCode : int {
  kExitOk = 0,
  kExitUnexpected = 1,
  kExitUsage = 2,
  kExitSettings = 3,
  kExitPort = 4,
  kExitTimeout = 5,
  kExitIncidents = 6,
  kExitFindings = 8,
  kExitStateInUse = 9,
  kExitNoInstance = 10,
  kExitStateUnwritable = 12,
  kExitTls = 13,
};

}  // namespace exthost::app
