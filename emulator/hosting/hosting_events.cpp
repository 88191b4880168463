#include "emulator/hosting/hosting_events.h"

#include <utility>

#include "emulator/base/text.h"

namespace exthost::hosting {
namespace {

using base::json_quote;

std::string json_map(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text = "{";
  for (const auto& [name, value] : pairs) {
    if (text.size() > 1) text += ',';
    text += json_quote(name) + ":" + json_quote(value);
  }
  return text + "}";
}

std::string listed(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) text += (text.empty() ? "" : ", ") + name + " " + value;
  return text;
}

/// The members that every event of an incident has, with the object still open.
std::string incident_members(const model::Incident& incident) {
  return "{\"id\":" + std::to_string(incident.id) +
         ",\"severity\":" + json_quote(model::to_string(incident.severity())) +
         ",\"cause\":" + json_quote(model::to_string(incident.cause)) +
         ",\"code\":" + json_quote(incident.code) + ",\"message\":" + json_quote(incident.message) +
         ",\"owner\":" + json_quote(incident.owner);
}

std::string remark_members(const model::IncidentRemark& remark) {
  return ",\"by\":" + json_quote(remark.by) + ",\"note\":" + json_quote(remark.note);
}

/// ` by somebody: a note`
std::string said(const model::IncidentRemark& remark) {
  return (remark.by.empty() ? " by hand" : " by " + remark.by) +
         (remark.note.empty() ? "" : ": " + remark.note);
}

std::string numbered(const model::Incident& incident) {
  return "incident #" + std::to_string(incident.id);
}

}  // namespace

std::string json_array(const std::vector<std::string>& texts) {
  std::string array = "[";
  for (const std::string& text : texts) {
    if (array.size() > 1) array += ',';
    array += json_quote(text);
  }
  return array + "]";
}

EventText describe_revision(const Revision& revision, const std::vector<std::string>& fetched,
                            const std::vector<model::Problem>& warnings) {
  std::vector<std::pair<std::string, std::string>> stages;
  std::vector<std::pair<std::string, std::string>> friendly;
  for (const auto& stage : revision.deployment.stages.stages) {
    if (const auto* entry = revision.deployment.config.find(stage.name))
      stages.emplace_back(stage.name, entry->version);
  }
  for (const auto* entry : revision.deployment.friendly_names())
    friendly.emplace_back(entry->name, entry->version);
  std::string notes;
  for (const model::Problem& warning : warnings) {
    notes += std::string(notes.empty() ? "" : ",") + "{\"code\":" + json_quote(warning.code) +
             ",\"message\":" + json_quote(warning.message) +
             ",\"where\":" + json_quote(warning.where.to_string()) + "}";
  }

  EventText event;
  event.text = "synced: " + listed(stages);
  if (!friendly.empty()) event.text += "; " + listed(friendly);
  event.data = "{\"revision\":" + std::to_string(revision.number) + ",\"stages\":" + json_map(stages) +
               ",\"friendlyNames\":" + json_map(friendly) + ",\"fetched\":" + json_array(fetched) +
               ",\"warnings\":[" + notes + "]}";
  return event;
}

EventText describe_activation(std::string_view extension, std::string_view region, const Revision& revision,
                              std::string_view version) {
  const std::string number = std::to_string(revision.number);
  return {std::string(region) + " serves " + std::string(extension) + " " + std::string(version) +
              " (revision " + number + ")",
          "{\"region\":" + json_quote(region) + ",\"revision\":" + number +
              ",\"version\":" + json_quote(version) + "}"};
}

EventText describe_incident(const model::Incident& incident) {
  std::string data = incident_members(incident);
  const model::Problem* finding = incident.resolved ? nullptr : model::main_finding(incident);
  if (finding != nullptr) {
    data += ",\"where\":" + json_quote(finding->where.to_string()) +
            ",\"frame\":" + json_quote(finding->frame) + ",\"hint\":" + json_quote(finding->hint);
  }
  if (incident.resolution) {
    return {numbered(incident) + " is resolved" + said(*incident.resolution),
            data + remark_members(*incident.resolution) + "}"};
  }
  return {numbered(incident) + (incident.resolved ? " is resolved: " : " opened: ") + incident.message,
          data + "}"};
}

EventText describe_acknowledgement(const model::Incident& incident) {
  return {numbered(incident) + " is acknowledged" + said(incident.acknowledgement),
          incident_members(incident) + remark_members(incident.acknowledgement) + "}"};
}

}  // namespace exthost::hosting
