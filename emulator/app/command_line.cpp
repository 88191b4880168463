#include "emulator/app/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include "emulator/app/settings_table.h"
#include "emulator/base/text.h"
#include "emulator/model/clock_mode.h"
#include "emulator/model/codes.h"
#include "emulator/storage/outage.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

struct VerbRow {
  std::string_view name;
  Verb verb;
  std::string_view usage;
  std::string_view help;
};

constexpr auto kVerbs = std::to_array<VerbRow>({
    {"start", Verb::start, "[TARGET]",
     "run the emulator (the default); TARGET: a folder, a settings file, or demo"},
    {"stop", Verb::stop, "", "end a running instance"},
    {"ps", Verb::ps, "", "list the running instances"},
    {"wait", Verb::wait, "ready", "return when an instance is ready"},
    {"open", Verb::open, "[portal|dashboard]", "open the portal or the dashboard in the browser"},
    {"sync", Verb::sync, "[EXT]", "sync one extension or all, now, and say what came of it"},
    {"regions", Verb::regions, "[down|up REGION]", "what each region serves; take one down or bring it back"},
    {"incidents", Verb::incidents, "[show|ack|resolve N]",
     "what production would have opened an incident for"},
    {"explain", Verb::explain, "[EXT]", "why a user in a region gets the version they get"},
    {"check", Verb::check, "[PATH|URL...]",
     "find what is wrong with a container, zip, source folder or config.json"},
    {"plan", Verb::plan, "[EXT] --config NEW.json",
     "which regions a new config.json would change, and which way"},
    {"pack", Verb::pack, "FOLDER --version V", "make the version zip that a release would publish"},
    {"publish", Verb::publish, "EXT --version V", "put a version's zip, and point stages to it"},
    {"promote", Verb::promote, "EXT", "give a stage the version of the one before it"},
    {"rollback", Verb::rollback, "EXT", "give the stages the versions that they had before"},
    {"friendly", Verb::friendly, "EXT [NAME=V...]", "list, set and remove friendly names"},
    {"events", Verb::events, "", "the journal, as JSON lines"},
    {"clock", Verb::clock, "[now|freeze|advance D|run-until E|...]",
     "the emulator's time: stop it, move it, let it pass faster"},
    {"storage", Verb::storage, "[outage|failover|failback]",
     "the storage accounts; outage primary|secondary|both|none, failover [ACCOUNT]"},
    {"cdn", Verb::cdn, "[status|purge [URL]|outage on|off]",
     "the CDN edge: what it keeps; make it forget; begin or end an outage"},
    {"env", Verb::env, "", "connection string and URLs for shells and CI"},
    {"config", Verb::config_print, "print [TARGET]", "the settings in force, and where each came from"},
    {"cert", Verb::cert, "status|trust|untrust|export",
     "the certificate authority that signs the local certificates"},
    {"help", Verb::help, "[CODE]", "this page, or what an error code means"},
});

Error usage(std::string message) {
  return {ErrorKind::invalid_input, std::move(message), std::string(model::codes::kUsage)};
}

std::string overview() {
  std::string text =
      "exthost-emu " EXTHOST_VERSION
      ": Azure Portal extension hosting on one machine\n\nusage: exthost-emu [VERB] [options]\n\n";
  for (const VerbRow& row : kVerbs) {
    std::string left = "  " + std::string(row.name) + (row.usage.empty() ? "" : " ") + std::string(row.usage);
    if (left.size() < 38) left.resize(38, ' ');
    text += left + " " + std::string(row.help) + "\n";
  }
  return text + "\nexthost-emu VERB --help lists the options of a verb.\n";
}

/// One verb's options, as CLI11 sees them. Lives as long as the parse.
class VerbParser {
 public:
  VerbParser(const VerbRow& row, CommandLine& result, const std::filesystem::path& folder)
      : row_(row),
        result_(result),
        folder_(folder),
        app_(std::string(row.help), "exthost-emu " + std::string(row.name)) {
    app_.allow_extras();
    app_.set_help_flag("-h,--help", "this page");
    switch (row.verb) {
      case Verb::start:
      case Verb::config_print:
        add_settings();
        break;
      case Verb::check:
        add_check();
        break;
      case Verb::help:
        app_.add_option("topic", result_.topic, "an error code such as EHE1003");
        app_.add_flag("--json", result_.json, "JSON; without a code, of all codes");
        known_ = {"--json", "--help"};
        break;
      case Verb::cert:
        app_.add_option("action", result_.topic, "status, trust, untrust or export")->required();
        break;
      case Verb::pack:
        app_.add_flag("--json", result_.json, "JSON instead of text");
        app_.add_option("-C", directory_, "work as if started in this folder")->type_name("DIR");
        known_ = {"--json", "--help"};
        break;
      default:
        add_instance_options();
        break;
    }
    switch (row.verb) {
      case Verb::wait:
        app_.add_option("condition", result_.topic, "ready")->required();
        add_text("--timeout", "DURATION", "how long to wait (default 30s)", timeout_);
        break;
      case Verb::open:
        app_.add_option("page", result_.topic, "portal (the default) or dashboard");
        break;
      case Verb::sync:
        app_.add_option("extension", result_.extension, "hosting service name");
        add_text("--region", "REGION", "only this region's data centre polls", result_.region);
        break;
      case Verb::regions:
        app_.add_option("action", result_.topic, "down or up");
        app_.add_option("region", result_.region, "a region, such as westus");
        break;
      case Verb::explain:
        app_.add_option("extension", result_.extension, "hosting service name or portal name");
        add_text("--url", "PORTAL_URL", "what the user typed, overrides and all", result_.url);
        add_text("--region", "REGION", "the user's region", result_.region);
        add_text("--cloud", "CLOUD", "a cloud or portal environment, such as fairfax or MPAC", result_.cloud);
        add_text("--stamp", "STAMP", "stage, friendly name or build number from the URL", result_.stamp);
        add_text("--authority", "HOST", "the portal's host, such as ms.portal.azure.com", result_.authority);
        add_text("--container", "PATH|URL", "a container to look into; no emulator need run",
                 result_.container);
        break;
      case Verb::plan:
        add_plan();
        break;
      case Verb::pack:
      case Verb::publish:
      case Verb::promote:
      case Verb::rollback:
      case Verb::friendly:
        add_publishing_options(row.verb, app_, result_, known_);
        break;
      case Verb::clock:
        result_.topic = "now";
        app_.add_option("action", result_.topic, "now, freeze, advance, run-until, scale or resume");
        app_.add_option("argument", result_.argument,
                        "of advance: a duration such as 31m; of run-until: an expression such as "
                        "westus=1.0.0.5; of scale: a number");
        add_text("--max", "DURATION", "with run-until: how far to go at most (default 2h)", most_);
        break;
      case Verb::incidents:
        app_.add_option("action", result_.topic, "list (the default), show, ack or resolve");
        app_.add_option("number", result_.incident, "which incident to show, acknowledge or resolve");
        add_text("--state", "STATE", "list only those that are open or resolved", result_.state);
        add_text("--note", "TEXT", "what to say with ack or resolve", result_.note);
        break;
      case Verb::storage:
        app_.add_option("action", result_.topic,
                        "outage, failover (the secondary location becomes the primary) or failback");
        app_.add_option("which", which_,
                        "outage: primary, secondary, both or none; failover and failback: an account "
                        "(default: all)");
        break;
      case Verb::cdn:
        app_.add_option("action", result_.topic, "status, purge or outage");
        app_.add_option("argument", which_,
                        "purge: a path or URL, * at its end for all below; outage: on or off");
        add_text("--extension", "EXT", "purge only what this extension has", result_.extension);
        break;
      case Verb::env:
        add_text("--shell", "NAME", "posix, dotenv, powershell, github or azp (default posix)",
                 result_.shell);
        add_text("--account", "NAME", "whose connection string (default: the extensions' account)",
                 result_.account);
        break;
      default:
        break;
    }
  }

  Result<void> parse(std::vector<std::string> arguments) {
    try {
      // Without a value it is the portal that is opened: what follows is the target.
      std::replace(arguments.begin(), arguments.end(), std::string("--open"), std::string("--open=portal"));
      std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
      app_.parse(reversed);
    } catch (const CLI::CallForHelp&) {
      result_.verb = Verb::help;
      result_.text = app_.help();
      return {};
    } catch (const CLI::ParseError& fault) {
      return usage(fault.what());
    }
    if (const std::vector<std::string> extra = app_.remaining(); !extra.empty())
      return refuse_extra(extra.front());
    return collect();
  }

 private:
  void add_text(const std::string& option, const std::string& argument, const std::string& help,
                std::string& target) {
    app_.add_option(option, target, help)->type_name(argument);
    known_.push_back(option);
  }

  void add_instance_options() {
    app_.add_option("--ready-file", ready_file_, "the instance that wrote this ready file")
        ->type_name("FILE");
    app_.add_option("-i,--instance", result_.instance.instance, "the instance of this name")
        ->type_name("NAME");
    app_.add_option("-C", directory_, "the project folder (default: this one)")->type_name("DIR");
    app_.add_flag("--json", result_.json, "JSON instead of text");
    known_ = {"--ready-file", "--instance", "--json", "--help"};
  }

  void add_check() {
    app_.add_option(
            "target", result_.targets,
            "a container (folder or URL), version zip, source folder, config.json, stagedefinition.json, "
            "Extensions.*.json or settings file (default: this folder)")
        ->type_name("PATH|URL");
    add_text("--format", "FORMAT", "text, json, sarif or junit (default text)", result_.format);
    add_text("-o,--output", "FILE", "write the report there, and text to the terminal", result_.output_file);
    add_text("--cloud", "NAME", "public, fairfax, mooncake or blackforest (default public)", result_.cloud);
    add_text("--deployed", "DATE",
             "judge the SDK's age, if the version was deployed on that day (2026-11-21)", result_.deployed);
    app_.add_flag("--strict", result_.strict, "warnings count as errors");
    app_.add_option("-C", directory_, "work as if started in this folder")->type_name("DIR");
    known_ = {"--format", "--output", "--cloud", "--deployed", "--strict", "--help"};
  }

  void add_plan() {
    app_.add_option("extension", result_.extension, "hosting service name; not needed with --container");
    add_text("--config", "FILE", "the new config.json; - is standard input", config_);
    add_text("--definition", "FILE", "a new stagedefinition.json (default: the container's)", definition_);
    add_text("--container", "PATH|URL", "compare with this container instead of a running instance",
             result_.container);
    add_text("--cloud", "NAME", "with --container: public, fairfax, mooncake or blackforest (default public)",
             result_.cloud);
    app_.add_flag("--strict", result_.strict, "a skipped stage or a downgrade ends with 8");
    known_.push_back("--strict");
  }

  void add_settings() {
    if (row_.verb == Verb::config_print) app_.add_option("action", result_.topic, "print")->required();
    app_.add_option("target", result_.targets, "a folder, a settings file, or demo")->type_name("TARGET");
    app_.add_option("-C", directory_, "work as if started in this folder")->type_name("DIR");
    for (const SettingRow& row : setting_rows()) {
      std::string names(row.option);
      known_.push_back(names);
      if (row.key == "instance") names = "-i," + names;
      given_.push_back({&row, {}, nullptr});
      Given& given = given_.back();
      if (row.argument.empty()) {
        const std::string bare = names.substr(2);
        known_.push_back("--no-" + bare);
        given.option = app_.add_flag(names + ",!--no-" + bare, given.on, std::string(row.help));
      } else {
        given.option = app_.add_option(names, given.texts, std::string(row.help))
                           ->type_name(std::string(row.argument))
                           ->take_all();
        given.option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      }
    }
    app_.add_option("--set", sets_, "any setting by its key in the settings file")
        ->type_name("KEY=VALUE")
        ->take_all();
    if (row_.verb == Verb::config_print) app_.add_flag("--json", result_.json, "JSON instead of text");
    known_.insert(known_.end(), {"--set", "--help"});
  }

  Error refuse_extra(const std::string& extra) const {
    if (extra.size() > 1 && extra.front() == '-') {
      const std::string name = extra.substr(0, extra.find('='));
      const auto meant = base::nearest_word(name, known_);
      return usage("unknown option " + name + (meant ? "; did you mean " + *meant + "?" : ""));
    }
    return usage("'" + extra + "' is one argument too many for 'exthost-emu " + std::string(row_.name) + "'");
  }

  Result<void> collect() {
    if (!ready_file_.empty()) result_.instance.ready_file = folder_ / ready_file_;
    result_.instance.project = directory_.empty() ? folder_ : (folder_ / directory_).lexically_normal();
    if (!config_.empty()) result_.config = config_ == "-" ? std::filesystem::path("-") : folder_ / config_;
    if (!definition_.empty()) result_.definition = folder_ / definition_;
    if (row_.verb == Verb::cdn && result_.topic == "purge") {
      result_.purge = which_;
    } else if (result_.topic == "outage") {
      result_.outage = which_;
    } else if (row_.verb == Verb::storage) {
      result_.account = which_;
    }
    for (const std::string& set : sets_) {
      const std::size_t equals = set.find('=');
      if (equals == std::string::npos) return usage("--set wants KEY=VALUE, not '" + set + "'");
      const std::string key = set.substr(0, equals);
      if (!find_setting(key)) {
        std::vector<std::string> keys;
        for (const SettingRow& row : setting_rows()) keys.emplace_back(row.key);
        const auto meant = base::nearest_word(key, keys);
        return usage("unknown setting '" + key + "'" + (meant ? "; did you mean '" + *meant + "'?" : ""));
      }
      result_.settings.emplace_back(key, set.substr(equals + 1));
    }
    for (const Given& given : given_) {
      if (given.option->count() == 0) continue;
      if (given.row->argument.empty()) {
        result_.settings.emplace_back(given.row->key, given.on ? "true" : "false");
      } else {
        for (const std::string& text : given.texts) result_.settings.emplace_back(given.row->key, text);
      }
    }
    if (!timeout_.empty()) {
      const auto timeout = base::parse_duration(timeout_);
      if (!timeout) return usage("--timeout is not a duration such as 30s: " + timeout_);
      result_.timeout = *timeout;
    }
    if (!most_.empty()) {
      const auto most = base::parse_duration(most_);
      if (!most) return usage("--max is not a duration such as 2h: " + most_);
      result_.most = *most;
    }
    return check_words();
  }

  /// The words that are positional for CLI11 but have fixed values.
  Result<void> check_words() const {
    if (row_.verb == Verb::plan) return check_plan();
    const auto expect = [&](std::initializer_list<std::string_view> words) -> Result<void> {
      for (const std::string_view word : words) {
        if (result_.topic == word) return {};
      }
      return usage("'exthost-emu " + std::string(row_.name) + "' wants " + std::string(row_.usage) +
                   ", not '" + result_.topic + "'");
    };
    switch (row_.verb) {
      case Verb::pack:
      case Verb::publish:
      case Verb::promote:
      case Verb::rollback:
      case Verb::friendly:
        return check_publishing_options(row_.verb, result_);
      case Verb::wait:
        return expect({"ready"});
      case Verb::open:
        return result_.topic.empty() ? Result<void>() : expect({"portal", "dashboard"});
      case Verb::clock:
        return check_clock();
      case Verb::config_print:
        return expect({"print"});
      case Verb::incidents:
        return check_incidents();
      case Verb::storage:
        return check_storage();
      case Verb::regions:
        if (result_.topic.empty()) return {};
        if (result_.region.empty())
          return usage("'exthost-emu regions " + result_.topic + "' needs a region, such as westus");
        return expect({"down", "up"});
      case Verb::cdn:
        return check_cdn();
      case Verb::cert:
        return expect({"status", "trust", "untrust", "export"});
      default:
        return {};
    }
  }

  Result<void> check_clock() const {
    const std::string& action = result_.topic;
    const std::string& argument = result_.argument;
    const auto takes = [&](bool good, const char* what) -> Result<void> {
      if (good) return {};
      return usage("'exthost-emu clock " + action + "' wants " + what +
                   (argument.empty() ? "" : ", not '" + argument + "'"));
    };
    if (!most_.empty() && action != "run-until") return usage("--max goes with run-until");
    if (action == "advance")
      return takes(base::parse_duration(argument).has_value(), "a duration such as 31m");
    if (action == "scale")
      return takes(model::parse_clock_scale(argument).has_value(), "a number from 0.01 to 86400");
    if (action == "run-until") return takes(!argument.empty(), "an expression such as westus=1.0.0.5");
    const std::vector<std::string> plain = {"now", "freeze", "resume"};
    if (std::find(plain.begin(), plain.end(), action) != plain.end())
      return takes(argument.empty(), "nothing behind it");
    const auto meant =
        base::nearest_word(action, {"now", "freeze", "resume", "advance", "run-until", "scale"});
    return usage("'exthost-emu clock' wants now, freeze, advance, run-until, scale or resume, not '" +
                 action + "'" + (meant ? "; did you mean '" + *meant + "'?" : ""));
  }

  Result<void> check_incidents() const {
    const std::string& action = result_.topic;
    const bool lists = action.empty() || action == "list";
    const bool changes = action == "ack" || action == "resolve";
    if (!lists && !changes && action != "show") {
      const auto meant = base::nearest_word(action, {"list", "show", "ack", "resolve"});
      return usage("'exthost-emu incidents' wants list, show, ack or resolve, not '" + action + "'" +
                   (meant ? "; did you mean '" + *meant + "'?" : ""));
    }
    const std::string& number = result_.incident;
    const bool is_number = !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
    if (lists && !number.empty()) return usage("'exthost-emu incidents list' takes no number");
    if (!lists && !is_number)
      return usage("'exthost-emu incidents " + action + "' wants an incident's number, such as 3" +
                   (number.empty() ? "" : ", not '" + number + "'"));
    if (!lists && !result_.state.empty()) return usage("--state goes with 'exthost-emu incidents list'");
    if (!changes && !result_.note.empty()) return usage("--note goes with ack or resolve");
    if (!result_.state.empty() && result_.state != "open" && result_.state != "resolved")
      return usage("--state is open or resolved, not '" + result_.state + "'");
    return {};
  }

  Result<void> check_storage() const {
    const std::string& action = result_.topic;
    if (action.empty() || action == "failover" || action == "failback") return {};
    if (action == "outage" && storage::parse_outage(which_)) return {};
    const auto meant = action == "outage"
                           ? base::nearest_word(which_, {"primary", "secondary", "both", "none"})
                           : base::nearest_word(action, {"outage", "failover", "failback"});
    return usage(
        "'exthost-emu storage' wants failover, failback, or outage primary, secondary, both or none, "
        "not '" +
        action + (which_.empty() ? "" : " " + which_) + "'" +
        (meant ? "; did you mean '" + *meant + "'?" : ""));
  }

  Result<void> check_cdn() const {
    const std::string& action = result_.topic;
    if (action != "purge" && !result_.extension.empty()) return usage("--extension goes with 'cdn purge'");
    if (action == "purge") return {};
    if ((action.empty() || action == "status") && which_.empty()) return {};
    if (action == "outage" && (which_ == "on" || which_ == "off")) return {};
    const auto meant = base::nearest_word(action, {"status", "purge", "outage"});
    return usage("'exthost-emu cdn' wants status, purge [URL] or outage on|off, not '" + action +
                 (which_.empty() ? "" : " " + which_) + "'" +
                 (meant && *meant != action ? "; did you mean '" + *meant + "'?" : ""));
  }

  Result<void> check_plan() const {
    if (config_.empty()) return usage("'exthost-emu plan' needs --config FILE, the new config.json");
    if (result_.container.empty() && result_.extension.empty())
      return usage("'exthost-emu plan' needs an extension, or --container PATH|URL");
    if (result_.container.empty() && !result_.cloud.empty())
      return usage("--cloud goes with --container; a running instance has its own cloud");
    return {};
  }

  struct Given {
    const SettingRow* row;
    std::vector<std::string> texts;
    CLI::Option* option;
    bool on = false;
  };

  const VerbRow& row_;
  CommandLine& result_;
  std::filesystem::path folder_;
  CLI::App app_;
  std::deque<Given> given_;  // CLI11 keeps references into it
  std::vector<std::string> sets_, known_;
  std::string ready_file_, directory_, timeout_, most_, config_, definition_;
  std::string which_;  // storage, cdn: what their action is about
};

}  // namespace

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const VerbRow& row : kVerbs) names.emplace_back(row.name);
  return names;
}

Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments,
                                       const std::filesystem::path& folder) {
  CommandLine result;
  if (!arguments.empty() && (arguments[0] == "--version" || arguments[0] == "-V")) {
    result.verb = Verb::version;
    result.text = "exthost-emu " EXTHOST_VERSION "\n";
    return result;
  }
  if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
    result.verb = Verb::help;
    result.text = overview();
    return result;
  }
  const VerbRow* row = &kVerbs.front();
  std::vector<std::string> rest = arguments;
  for (const VerbRow& candidate : kVerbs) {
    if (!arguments.empty() && arguments[0] == candidate.name) {
      row = &candidate;
      rest.erase(rest.begin());
      break;
    }
  }
  result.verb = row->verb;
  VerbParser parser(*row, result, folder);
  if (auto parsed = parser.parse(std::move(rest)); !parsed) return std::move(parsed).error();
  if (result.verb == Verb::help && result.text.empty() && result.topic.empty() && !result.json)
    result.text = overview();
  return result;
}

}  // namespace exthost::app
