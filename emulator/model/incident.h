#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/model/problem.h"

namespace exthost::model {

/// The documented causes of a failed sync (domain.md e6), and the notes the emulator adds.
enum class IncidentCause {
  storage_unavailable,
  invalid_config,
  invalid_stage_definition,
  stage_definition_fetch_failed,
  missing_version,
  validation_failed,
  too_many_friendly_names,
  replaced_zip,  ///< A note: production would say nothing (e4).
};
std::string_view to_string(IncidentCause cause);

/// What production would open against the owning team. One per cause and extension while it lasts.
struct Incident {
  std::uint64_t id = 0;
  std::string extension;
  IncidentCause cause = IncidentCause::storage_unavailable;
  std::string code;
  std::string message;
  std::string owner;
  std::vector<Problem> evidence;
  std::vector<std::string> regions;  ///< Affected; sorted.
  base::WallTime first_seen;
  base::WallTime last_seen;
  std::uint64_t occurrences = 1;
  std::optional<base::WallTime> resolved;
};

/// Opens, refreshes and resolves. A value: hosting owns one and guards it. While an incident is open, a
/// report of the same extension and cause refreshes it: the newest message and evidence stand, affected
/// regions add up.
class IncidentLog {
 public:
  struct Report {
    std::string extension;
    IncidentCause cause;
    std::string code;
    std::string message;
    std::string owner;
    std::vector<Problem> evidence;
    std::vector<std::string> regions;
  };
  /// `opened` is true if this report began a new incident rather than refreshing an open one.
  struct Outcome {
    Incident incident;
    bool opened = false;
  };
  Outcome report(Report report, base::WallTime now);

  /// Resolves the open incidents of `extension` whose cause is not among those that last, and returns them.
  std::vector<Incident> resolve_others(std::string_view extension, const std::vector<IncidentCause>& lasting,
                                       base::WallTime now);

  /// Newest (by opening) first, open ones before resolved ones; at most the newest 200 resolved ones are
  /// kept.
  std::vector<Incident> all() const;
  std::optional<Incident> find(std::uint64_t id) const;

 private:
  std::vector<Incident> incidents_;  // in the order in which they were opened
  std::uint64_t next_id_ = 1;
};

}  // namespace exthost::model
