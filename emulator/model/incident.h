#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"
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

/// How bad an incident is: what fails a sync is of severity 3 (ux.md 7), what production would pass over is a
/// note.
enum class IncidentSeverity { sev3, note };
/// `sev3` or `note`.
std::string_view to_string(IncidentSeverity severity);
IncidentSeverity severity_of(IncidentCause cause);

/// What somebody did with an incident.
struct IncidentRemark {
  std::string by;    ///< Who; empty: nobody in particular.
  std::string note;  ///< In their words; may be empty.
};

/// What production would open against the owning team. One per cause and extension while it lasts.
struct Incident {
  std::uint64_t id = 0;
  std::string extension;
  IncidentCause cause = IncidentCause::storage_unavailable;
  std::string code;
  std::string message;
  std::string owner;
  std::string container_url;  ///< What was read; filled in by who tells of the incident.
  std::vector<Problem> evidence;
  std::vector<std::string> regions;  ///< Affected; sorted.
  base::WallTime first_seen;
  base::WallTime last_seen;
  std::uint64_t occurrences = 1;
  std::optional<base::WallTime> acknowledged;
  IncidentRemark acknowledgement;
  std::optional<base::WallTime> resolved;
  /// Set if somebody resolved it; a good sync makes no remark.
  std::optional<IncidentRemark> resolution;

  IncidentSeverity severity() const { return severity_of(cause); }
};

/// The finding that says best what is wrong: the first error, else the first of all; null if there is none.
const Problem* main_finding(const Incident& incident);

/// Opens, refreshes and resolves. A value: hosting owns one and guards it. While an incident is open, a
/// report of the same extension and cause refreshes it: the newest message and evidence stand, affected
/// regions add up. An incident without evidence of its own gets its message, and its code's remedy as the
/// hint.
///
/// A person may acknowledge an open incident, which changes nothing but what is shown, or resolve it. What
/// persists then opens a new incident at the next report.
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

  /// The open incident of that extension and cause was seen `times` more, lastly at `newest`: reports that
  /// would have said nothing new. Nothing if none is open.
  void seen_again(std::string_view extension, IncidentCause cause, std::uint64_t times,
                  base::WallTime newest);

  /// Resolves the open incidents of `extension` whose cause is not among those that last, and returns them.
  std::vector<Incident> resolve_others(std::string_view extension, const std::vector<IncidentCause>& lasting,
                                       base::WallTime now);

  /// Keeps who has seen the incident, and when; again, with the newest remark. `not_found` (kUnknownRoute),
  /// or `conflict` (kIncidentResolved) if it is not open.
  base::Result<Incident> acknowledge(std::uint64_t id, IncidentRemark remark, base::WallTime now);
  /// Resolves one by hand. Fails as `acknowledge` does.
  base::Result<Incident> resolve(std::uint64_t id, IncidentRemark remark, base::WallTime now);

  /// How many incidents were opened, notes apart; whether they are resolved or forgotten does not matter.
  std::uint64_t opened() const { return opened_; }

  /// Newest (by opening) first, open ones before resolved ones; at most the newest 200 resolved ones are
  /// kept.
  std::vector<Incident> all() const;
  std::optional<Incident> find(std::uint64_t id) const;

 private:
  Incident* find_open(std::string_view extension, IncidentCause cause);
  base::Result<Incident*> find_open(std::uint64_t id);

  std::vector<Incident> incidents_;  // in the order in which they were opened
  std::uint64_t next_id_ = 1;
  std::uint64_t opened_ = 0;
};

}  // namespace exthost::model
