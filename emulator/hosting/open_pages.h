#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/base/journal.h"
#include "emulator/hosting/live_reload.h"
#include "emulator/hosting/selection.h"
#include "emulator/http/message.h"
#include "emulator/model/incident.h"
#include "emulator/model/problem.h"

namespace exthost::hosting {

/// The pages of extensions that are open in browsers (fidelity `dev`): what they are told, and what they ask
/// below `/_emu/`. Thread-safe.
class OpenPages {
 public:
  /// What their questions are answered from.
  struct Sources {
    /// Of the extension of that name, or null.
    std::function<std::shared_ptr<const ExtensionSnapshot>(std::string_view)> snapshot;
    std::function<std::vector<model::Incident>()> incidents;
    std::function<std::shared_ptr<const ServingRules>()> rules;
  };

  /// `centers` and `journal` outlive this.
  OpenPages(Sources sources, const std::vector<DataCenter>& centers, base::Journal& journal);

  /// Another version may answer the extension's pages.
  void tell_version(const ExtensionSnapshot& snapshot) const;
  /// What is wrong with the extension of that hosting service name is not what it was.
  void tell_problems(const std::string& extension) const;

  /// See HostingService::show_problems. `extension` is a hosting service name.
  void show_problems(const std::string& extension, const std::string& part,
                     std::vector<model::Problem> problems);

  /// See HostingService::wait_for_pages.
  PageCounts wait_for_pages(std::string_view extension) const {
    return live_reload_.wait_for_pages(extension);
  }

  /// Answers a path below `/_emu/`: the script, the stream, what a page should show, how many pages there
  /// are. Absent if there is nothing there, or no extension of the name asked for.
  std::optional<http::Response> handle(const http::Request& request, std::string_view path) const;

  /// Ends every stream.
  void close() const { live_reload_.close(); }

 private:
  using ProblemsByPart = std::map<std::string, std::vector<model::Problem>>;  // no part has none

  std::optional<http::Response> page_state(const http::Request& request) const;
  std::vector<model::Problem> problems_of(const std::string& extension) const;

  const Sources sources_;
  const std::vector<DataCenter>& centers_;
  base::Journal& journal_;
  LiveReload live_reload_;
  base::Guarded<std::map<std::string, ProblemsByPart>> problems_;  // by hosting service name
};

}  // namespace exthost::hosting
