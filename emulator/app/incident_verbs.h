#pragma once

#include "emulator/app/command_line.h"
#include "emulator/app/control_client.h"
#include "emulator/app/terminal.h"
#include "emulator/base/result.h"

namespace exthost::app {

/// `exthost-emu incidents [list|show N|ack N|resolve N]` against a running instance: prints the list, one
/// incident, or what became of it. With --json as the control API answered. Returns the exit code.
base::Result<int> run_incidents(const CommandLine& command, const ControlClient& client, Terminal& out);

}  // namespace exthost::app
