#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "emulator/app/instance.h"
#include "emulator/app/publishing_options.h"
#include "emulator/base/clock.h"
#include "emulator/base/result.h"

namespace exthost::app {

enum class Verb {
  start,
  stop,
  ps,
  wait,
  open,
  sync,
  regions,
  incidents,
  explain,
  check,
  plan,
  pack,
  publish,
  promote,
  rollback,
  friendly,
  events,
  clock,
  env,
  config_print,
  storage,
  cdn,
  cert,
  help,
  version
};

/// A command line, taken apart but not yet judged against files or running instances.
struct CommandLine {
  Verb verb = Verb::start;

  // start, config print
  std::vector<std::string> targets;  ///< A folder, a settings file, or `demo`; empty: this folder.
  std::vector<std::pair<std::string, std::string>>
      settings;  ///< Setting key and text, in the order given (options and --set).

  // verbs that talk to a running instance
  InstanceChoice instance;
  bool json = false;
  std::string extension;              ///< sync, explain, plan; cdn purge
  std::string region;                 ///< explain, sync; regions down and up
  std::string stamp, authority, url;  ///< explain
  base::Duration timeout{30'000};     ///< wait
  std::string argument;               ///< clock: of advance, run-until or scale
  base::Duration most{7'200'000};     ///< clock run-until: how far to go at most
  std::string outage;    ///< storage outage: none, primary, secondary or both; cdn outage: on, off
  std::string purge;     ///< cdn purge: a URL or path; empty: everything
  std::string incident;  ///< incidents: a number, for show, ack and resolve
  std::string state;     ///< incidents: open or resolved; empty: both
  std::string note;      ///< incidents: what to say with ack or resolve
  std::string account;   ///< env: a storage account; empty: the usual one. storage: as named
  std::string shell;     ///< env: posix, dotenv, powershell, github, azp

  // verbs that look at a container, or may
  std::string container;  ///< explain, plan: a folder or URL instead of a running instance; empty: ask that.
  std::string cloud;      ///< explain, check, plan; empty: the settings file's, or public.
  bool strict = false;    ///< check: warnings count. plan: a skipped stage or a downgrade counts.
  std::string format = "text";       ///< check: text, json, sarif or junit
  std::string output_file;           ///< check: where the report goes; empty: standard output.
  std::filesystem::path config;      ///< plan: the new config.json; `-`: standard input.
  std::filesystem::path definition;  ///< plan: a new stagedefinition.json; empty: the container's.
  std::string deployed;              ///< check: a date such as 2026-11-21, or empty.

  PublishingOptions publishing;  ///< pack, publish, promote, rollback, friendly

  std::string topic;  ///< help: a code, or empty; cert: status or export; clock, storage, cdn, incidents:
                      ///< what to do; regions: down or up, or empty; open: portal, dashboard
  std::string text;   ///< What --help or --version prints.
};

/// In the order of the overview.
std::vector<std::string> verb_names();

/// `folder` is where relative paths of the command line start: the working directory. A wrong command line is
/// `invalid_input` with kUsage and, for an unknown option or verb, a did-you-mean.
base::Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments,
                                             const std::filesystem::path& folder);

}  // namespace exthost::app
