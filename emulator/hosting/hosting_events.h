#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/hosting/snapshot.h"
#include "emulator/model/incident.h"
#include "emulator/model/problem.h"

namespace exthost::hosting {

// What hosting writes into the journal: the sentence for people and the JSON object for programs of each
// event.

struct EventText {
  std::string text;
  std::string data;
};

/// `sync.succeeded`: a new revision is there. `data`: revision, stages, friendlyNames, fetched, warnings.
EventText describe_revision(const Revision& revision, const std::vector<std::string>& fetched,
                            const std::vector<model::Problem>& warnings);

/// `region.activated`: a data centre took a revision after its lag. `data`: region, revision, version.
EventText describe_activation(std::string_view extension, std::string_view region, const Revision& revision,
                              std::string_view version);

/// `incident.opened` and `incident.resolved`. `data`: id, severity, cause, code, message, owner; when it
/// opens where, frame and hint of its main finding; `by` and `note` if somebody resolved it.
EventText describe_incident(const model::Incident& incident);

/// `incident.acknowledged`. `data`: as above, with `by` and `note`.
EventText describe_acknowledgement(const model::Incident& incident);

/// `["a","b"]`
std::string json_array(const std::vector<std::string>& texts);

}  // namespace exthost::hosting
