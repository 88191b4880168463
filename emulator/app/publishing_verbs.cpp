#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/app/commands.h"
#include "emulator/app/control_client.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/json_fields.h"
#include "emulator/app/plan_command.h"
#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/package/builder.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;

constexpr std::chrono::minutes kPatience{10};  // a zip of the largest kind is received, judged and synced

/// What the hosting service would refuse: rules of config.json, of stage definitions and of zips.
bool is_refusal_of_the_service(const std::string& code) {
  return code.starts_with("EHE10") || code.starts_with("EHE11") || code.starts_with("EHE12") ||
         code.starts_with("EHE20");
}

/// One of publish, promote, rollback and friendly against a running instance.
class PublishingVerbs {
 public:
  PublishingVerbs(const CommandLine& command, const ControlClient& client, Terminal& out, Terminal& err)
      : command_(command), options_(command.publishing), client_(client), out_(out), err_(err) {}

  Result<int> run() {
    switch (command_.verb) {
      case Verb::publish:
        return publish();
      case Verb::promote:
        return show(client_.post(path("stages:promote") + query({}), promotion(), kPatience));
      case Verb::rollback:
        return show(client_.post(path("stages:rollback") + query({}), rollback(), kPatience));
      default:
        return friendly();
    }
  }

 private:
  std::string path(const std::string& what) const {
    return "/_emu/v1/extensions/" + base::percent_encode(command_.extension) + "/" + what;
  }

  std::string query(std::vector<std::pair<std::string, std::string>> parameters) const {
    if (options_.dry_run) parameters.emplace_back("dryRun", "true");
    std::string text;
    for (const auto& [name, value] : parameters)
      text += (text.empty() ? "?" : "&") + name + "=" + base::percent_encode(value);
    return text;
  }

  std::string promotion() const {
    ordered_json body = ordered_json::object();
    if (!options_.from.empty()) body["from"] = options_.from;
    if (!options_.to.empty()) body["to"] = options_.to;
    if (!options_.version.empty()) body["version"] = options_.version;
    return to_text(body);
  }

  std::string rollback() const { return to_text({{"stages", options_.names}}); }

  /// The zip to be put; absent if the container has it already.
  Result<std::optional<std::string>> zip() const {
    using Zip = std::optional<std::string>;
    const std::filesystem::path& from = command_.instance.project;
    if (!options_.folder.empty()) {
      auto built = package::build_folder(from / options_.folder, options_.ignore);
      if (!built) return std::move(built).error();
      return Zip(built->package->bytes());
    }
    if (options_.zip.empty()) return Zip();
    auto bytes = base::read_file(from / options_.zip, package::PackageLimits{}.zip_bytes);
    if (!bytes) return std::move(bytes).error();
    if (bytes->has_value()) return bytes;
    return Error{ErrorKind::not_found, "there is no file " + options_.zip,
                 std::string(model::codes::kTargetMissing)};
  }

  Result<int> publish() {
    auto bytes = zip();
    if (!bytes) return std::move(bytes).error();
    std::vector<std::pair<std::string, std::string>> parameters = {{"version", options_.version}};
    std::string names;
    for (const std::string& name : options_.names) names += (names.empty() ? "" : ",") + name;
    if (!names.empty()) parameters.emplace_back("to", names);
    if (options_.force) parameters.emplace_back("force", "true");
    const std::string target = path("versions") + query(std::move(parameters));
    return show(*bytes ? client_.post_zip(target, **bytes, kPatience) : client_.post(target, {}, kPatience));
  }

  Result<int> friendly() {
    if (options_.set.empty() && options_.removed.empty()) return list_friendly();
    int worst = kExitOk;
    const auto pass = [&](Result<std::string> answer) -> Result<void> {
      auto shown = show(std::move(answer));
      if (!shown) return std::move(shown).error();
      worst = std::max(worst, *shown);
      return {};
    };
    for (const auto& [name, version] : options_.set) {
      const std::string body = to_text({{"version", version}});
      auto done =
          pass(client_.put(path("friendly/" + base::percent_encode(name)) + query({}), body, kPatience));
      if (!done) return std::move(done).error();
    }
    for (const std::string& name : options_.removed) {
      auto done = pass(client_.remove(path("friendly/" + base::percent_encode(name)) + query({}), kPatience));
      if (!done) return std::move(done).error();
    }
    return worst;
  }

  Result<int> list_friendly() {
    auto answer = client_.get(path("friendly"));
    if (!answer) return std::move(answer).error();
    if (command_.json) {
      out_.lines(*answer);
      return int{kExitOk};
    }
    const auto json = ordered_json::parse(*answer, nullptr, false);
    const ordered_json names = list_at(json, "friendlyNames");
    for (const ordered_json& row : names) {
      std::string name = text_at(row, "name");
      name.resize(std::max<std::size_t>(name.size(), 24), ' ');
      out_.line(name + "  " + text_at(row, "version"));
    }
    if (names.empty()) out_.line("no friendly names");
    return int{kExitOk};
  }

  /// What became of it, as it was answered or for people.
  Result<int> show(Result<std::string> answer) {
    if (!answer) return std::move(answer).error();
    const auto json = ordered_json::parse(*answer, nullptr, false);
    if (!json.is_object()) return Error{ErrorKind::internal, "the emulator's answer is no object", ""};
    const ordered_json sync = json.value("sync", ordered_json());
    const bool failed = sync.is_object() && !is_set(sync, "succeeded");
    if (command_.json) {
      out_.lines(*answer);
    } else {
      print_zip(json);
      print_changes(json);
      print_plan_of(json);
      print_served(json, sync);
      for (const std::string& note : texts_at(json, "notes")) out_.line("  " + out_.styled(Style::dim, note));
      if (options_.dry_run) out_.line("  dry run: nothing was written");
    }
    return failed ? int{kExitUnexpected} : int{kExitOk};
  }

  std::string head() const {
    const Style style = options_.dry_run ? Style::plain : Style::good;
    return (options_.dry_run ? "" : out_.styled(style, out_.symbol(style)) + " ") +
           out_.styled(Style::bold, command_.extension) + "  ";
  }

  std::string step(const std::string& before, const std::string& after) const {
    if (before.empty()) return after + "  (new)";
    if (after.empty()) return "removed, it was " + before;
    return before + (out_.abilities().unicode ? " → " : " -> ") + after;
  }

  void print_zip(const ordered_json& json) {
    const ordered_json zip = json.value("zip", ordered_json());
    if (!zip.is_object()) return;
    const std::string name = text_at(zip, "version") + ".zip";
    out_.line(head() + name + "  " + base::human_bytes(number_at(zip, "bytes")) + "  sha256 " +
              text_at(zip, "sha256") +
              (is_set(zip, "reused") ? "  (the container had it already, with the same bytes)" : ""));
  }

  void print_changes(const ordered_json& json) {
    const ordered_json changes = list_at(json, "changes");
    const std::string from = text_at(json, "from");
    for (const ordered_json& change : changes) {
      out_.line(head() + text_at(change, "name") + "  " +
                step(text_at(change, "before"), text_at(change, "after")) +
                (from.empty() ? "" : "  from " + from));
    }
    const bool asked = command_.verb != Verb::publish || !options_.names.empty();
    if (changes.empty() && asked) out_.line(head() + "config.json says so already: nothing changed");
  }

  /// The share of the world, and what `plan` would warn of.
  void print_plan_of(const ordered_json& json) {
    const ordered_json answer = json.value("plan", ordered_json());
    if (!answer.is_object()) return;
    const ordered_json plan = answer.value("plan", ordered_json::object());
    std::string text = "  " + share_of_regions(plan);
    for (const ordered_json& line : list_at(plan, "stages")) {
      const std::string stage = text_at(line, "stage");
      const auto warn = [&](const std::string& what) {
        text += "  " + out_.styled(Style::warning, std::string(out_.symbol(Style::warning)) + " " + what);
      };
      if (text_at(line, "direction") == "downgrade") warn(stage + ": downgrade");
      const std::vector<std::string> skipped = texts_at(line, "skipped");
      // A version that comes back has been there before.
      if (!skipped.empty() && command_.verb != Verb::rollback)
        warn(stage + ": skips " + model::list_of(skipped));
    }
    out_.line(text);
    for (const ordered_json& problem : list_at(answer, "problems")) {
      err_.line(err_.styled(Style::warning, err_.symbol(Style::warning)) + " " + text_at(problem, "message") +
                "  " + err_.styled(Style::dim, text_at(problem, "code")));
    }
  }

  void print_served(const ordered_json& json, const ordered_json& sync) {
    if (!sync.is_object()) return;
    if (!is_set(sync, "succeeded")) {
      err_.line(err_.styled(Style::bad, err_.symbol(Style::bad)) + " not synced: " +
                text_at(sync, "message") + "  " + err_.styled(Style::dim, text_at(sync, "code")));
      return;
    }
    std::string text;
    for (const ordered_json& stage : list_at(json, "stages"))
      text += (text.empty() ? "  serves  " : ", ") + text_at(stage, "name") + " " + text_at(stage, "version");
    out_.line(text);
  }

  const CommandLine& command_;
  const PublishingOptions& options_;
  const ControlClient& client_;
  Terminal& out_;
  Terminal& err_;
};

}  // namespace

int run_publishing(const CommandLine& command, Terminal& out, Terminal& err) {
  auto instance = find_instance(command.instance, UserFolders::from_environment());
  Result<int> outcome = 0;
  if (!instance) {
    outcome = std::move(instance).error();
  } else {
    const ControlClient client(*std::move(instance));
    outcome = PublishingVerbs(command, client, out, err).run();
  }
  if (outcome) return *outcome;
  err.error(outcome.error());
  return is_refusal_of_the_service(outcome.error().code) ? static_cast<int>(kExitFindings)
                                                         : verb_exit_code(outcome.error());
}

}  // namespace exthost::app
