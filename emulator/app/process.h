#pragma once

#include <string>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::app {

struct ProcessOutcome {
  int exit_code = 0;   ///< 128 + the signal's number if it was killed.
  std::string output;  ///< Standard output and standard error, together.
};

/// Runs a program found by PATH to its end and takes what it prints. `not_found` if there is no such program.
base::Result<ProcessOutcome> run_process(const std::vector<std::string>& arguments);

}  // namespace exthost::app
