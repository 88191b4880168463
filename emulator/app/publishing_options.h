#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/result.h"

namespace CLI {
class App;
}

namespace exthost::app {

enum class Verb;
struct CommandLine;

/// What the command lines of pack, publish, promote, rollback and friendly say.
struct PublishingOptions {
  std::string version;              ///< pack, publish, promote
  std::string folder;               ///< pack, publish: to be packed
  std::vector<std::string> ignore;  ///< pack, publish: globs, as in .gitignore
  std::string output;               ///< pack: the folder of the zip; empty: the working directory
  std::string zip;                  ///< publish: a file
  std::vector<std::string> names;   ///< publish: stages and friendly names; rollback: stages
  std::string from, to;             ///< promote
  std::vector<std::pair<std::string, std::string>> set;  ///< friendly: names and their versions
  std::vector<std::string> removed;                      ///< friendly: names
  bool force = false;    ///< pack: over a zip with other contents; publish: a zip that would be refused
  bool dry_run = false;  ///< All but pack: judge and plan, and write nothing.

  std::vector<std::string> assignments;  ///< friendly: `NAME=V`, before they are taken apart
};

/// Adds the verb's options to a parser that fills `command`, which must live as long; appends their names to
/// `known`, for did-you-means.
void add_publishing_options(Verb verb, CLI::App& parser, CommandLine& command,
                            std::vector<std::string>& known);

/// Judges what was parsed, and takes assignments apart. kUsage.
base::Result<void> check_publishing_options(Verb verb, CommandLine& command);

}  // namespace exthost::app
