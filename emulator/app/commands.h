#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/app/command_line.h"
#include "emulator/app/terminal.h"
#include "emulator/base/result.h"
#include "emulator/model/cloud.h"

namespace exthost::app {

/// Runs a whole command line and returns what the process ends with (exit_code.h). Results go to `out`,
/// problems to `err`.
int run_command(const std::vector<std::string>& arguments, Terminal& out, Terminal& err);

// One function a group of verbs; each prints its own failures.
int run_start(const CommandLine& command, Terminal& out, Terminal& err);
int run_config_print(const CommandLine& command, Terminal& out, Terminal& err);
int run_instance_verb(const CommandLine& command, Terminal& out, Terminal& err);
int run_explain(const CommandLine& command, Terminal& out, Terminal& err);
int run_clock(const CommandLine& command, Terminal& out, Terminal& err);
int run_cert(const CommandLine& command, Terminal& out, Terminal& err);
int run_check(const CommandLine& command, Terminal& out, Terminal& err);
int run_open(const CommandLine& command, Terminal& out, Terminal& err);
int run_plan(const CommandLine& command, Terminal& out, Terminal& err);
int run_pack(const CommandLine& command, Terminal& out, Terminal& err);
int run_publishing(const CommandLine& command, Terminal& out, Terminal& err);
int run_help(const CommandLine& command, Terminal& out, Terminal& err);

/// The cloud that `--cloud` names, or none if it is not given; kUsage if there is no such cloud.
base::Result<std::optional<model::Cloud>> chosen_cloud(const CommandLine& command);

/// What a verb that failed for this reason ends with.
int verb_exit_code(const base::Error& error);

}  // namespace exthost::app
