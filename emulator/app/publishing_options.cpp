#include "emulator/app/publishing_options.h"

#include <CLI/CLI.hpp>

#include "emulator/app/command_line.h"
#include "emulator/model/codes.h"
#include "emulator/model/stamp_name.h"
#include "emulator/model/version.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

Error usage(std::string message) {
  return {ErrorKind::invalid_input, std::move(message), std::string(model::codes::kUsage)};
}

/// Options of one verb under construction.
class Adder {
 public:
  Adder(CLI::App& parser, std::vector<std::string>& known) : parser_(parser), known_(known) {}

  void text(const std::string& option, const std::string& argument, const std::string& help,
            std::string& target) {
    parser_.add_option(option, target, help)->type_name(argument);
    known_.push_back(option);
  }
  void texts(const std::string& option, const std::string& argument, const std::string& help,
             std::vector<std::string>& target) {
    parser_.add_option(option, target, help)
        ->type_name(argument)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    known_.push_back(option);
  }
  void flag(const std::string& option, const std::string& help, bool& target) {
    parser_.add_flag(option, target, help);
    known_.push_back(option);
  }

 private:
  CLI::App& parser_;
  std::vector<std::string>& known_;
};

Result<void> check_version(const std::string& version) {
  const auto good = model::check_version_name(version);
  if (good) return {};
  return Error{ErrorKind::invalid_input, good.error().message, std::string(model::codes::kVersionName)};
}

Result<void> check_friendly(PublishingOptions& options) {
  for (const std::string& assignment : options.assignments) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == assignment.size())
      return usage("'exthost-emu friendly' wants NAME=VERSION, not '" + assignment + "'");
    const std::string name = assignment.substr(0, equals);
    if (model::judge_stamp_name(name) == model::StampName::unusable) {
      return Error{ErrorKind::invalid_input,
                   "a friendly name has letters, digits, underscores and hyphens, unlike '" + name + "'",
                   std::string(model::codes::kFriendlyName)};
    }
    options.set.emplace_back(name, assignment.substr(equals + 1));
  }
  return {};
}

}  // namespace

void add_publishing_options(Verb verb, CLI::App& parser, CommandLine& command,
                            std::vector<std::string>& known) {
  PublishingOptions& options = command.publishing;
  Adder add(parser, known);
  if (verb == Verb::pack) {
    parser.add_option("folder", options.folder, "the extension's output")->type_name("FOLDER")->required();
    add.text("--version", "V", "the version's name; the zip is V.zip", options.version);
    add.text("-o,--output", "DIR", "where the zip goes (default: the working directory)", options.output);
    add.texts("--ignore", "GLOB", "leave files out, as in .gitignore; may be repeated", options.ignore);
    add.text("--cloud", "NAME", "whose portals count: public, fairfax, mooncake or blackforest",
             command.cloud);
    add.flag("--force", "replace a zip of that version that has other contents", options.force);
    return;
  }
  parser.add_option("extension", command.extension, "hosting service name or portal name")
      ->type_name("EXT")
      ->required();
  switch (verb) {
    case Verb::publish:
      add.text("--version", "V", "the version's name", options.version);
      add.text("--zip", "FILE", "its zip", options.zip);
      add.text("--folder", "DIR", "the extension's output, to be packed", options.folder);
      add.texts("--ignore", "GLOB", "with --folder: leave files out; may be repeated", options.ignore);
      add.texts("--to", "STAGE|NAME", "a stage or friendly name that shall have it; may be repeated",
                options.names);
      add.flag("--force", "put a zip that the hosting service will refuse", options.force);
      break;
    case Verb::promote:
      add.text("--from", "STAGE", "who has the version (default: the stage before --to)", options.from);
      add.text("--to", "STAGE", "who gets it (default: the stage after --from)", options.to);
      add.text("--version", "V", "the version, instead of the one that --from has", options.version);
      break;
    case Verb::rollback:
      add.texts("--stage", "STAGE", "only this stage; may be repeated", options.names);
      break;
    default:
      parser.add_option("names", options.assignments, "names and their versions (default: list them)")
          ->type_name("NAME=V");
      add.texts("--rm", "NAME", "take this name away; may be repeated", options.removed);
      break;
  }
  add.flag("--dry-run", "say what would change, and write nothing", options.dry_run);
}

Result<void> check_publishing_options(Verb verb, CommandLine& command) {
  PublishingOptions& options = command.publishing;
  switch (verb) {
    case Verb::friendly:
      return check_friendly(options);
    case Verb::rollback:
      return {};
    case Verb::promote:
      return options.version.empty() ? Result<void>() : check_version(options.version);
    default:
      break;
  }
  const std::string name = verb == Verb::pack ? "pack" : "publish";
  if (options.version.empty())
    return usage("'exthost-emu " + name + "' needs --version V, the version's name");
  if (auto good = check_version(options.version); !good) return good;
  if (verb == Verb::pack) return {};
  if (!options.zip.empty() && !options.folder.empty())
    return usage("--zip and --folder are two ways to say the same: give one of them");
  if (options.zip.empty() && options.folder.empty() && options.names.empty())
    return usage(
        "'exthost-emu publish' needs --zip FILE or --folder DIR, or, if the zip is in the container "
        "already, --to STAGE");
  if (options.folder.empty() && !options.ignore.empty()) return usage("--ignore goes with --folder");
  return {};
}

}  // namespace exthost::app
