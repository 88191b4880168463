#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "emulator/app/commands.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/terminal.h"

int main(int argc, char** argv) {
  using namespace exthost::app;
  Terminal out(std::cout, Terminal::detect(STDOUT_FILENO));
  Terminal err(std::cerr, Terminal::detect(STDERR_FILENO));
  try {
    return run_command(std::vector<std::string>(argv + 1, argv + argc), out, err);
  } catch (const std::exception& fault) {
    err.line(std::string("exthost-emu: this is a defect, please report it: ") + fault.what());
    return kExitUnexpected;
  }
}
