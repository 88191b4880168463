#include <charconv>

#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"

namespace exthost::storage {
namespace {

using Kind = LeaseAction::Kind;

constexpr int kShortest = 15;  // Azure's, in seconds
constexpr int kLongest = 60;

Rest<Kind> read_kind(const http::Headers& headers) {
  const std::string name = base::to_lower(headers.value("x-ms-lease-action"));
  if (name.empty()) return rest_error("MissingRequiredHeader", "Send x-ms-lease-action.");
  if (name == "acquire") return Kind::acquire;
  if (name == "renew") return Kind::renew;
  if (name == "change") return Kind::change;
  if (name == "release") return Kind::release;
  if (name == "break") return Kind::break_it;
  return rest_error("InvalidHeaderValue", "x-ms-lease-action is acquire, renew, change, release or break.");
}

Rest<std::string> read_id(const http::Headers& headers, std::string_view name, bool required) {
  const std::string_view id = base::trim(headers.value(name));
  if (id.empty()) {
    if (!required) return std::string();
    return rest_error("MissingRequiredHeader", "Send " + std::string(name) + ".");
  }
  if (!is_guid(id)) return rest_error("InvalidHeaderValue", std::string(name) + " is a GUID.");
  return base::to_lower(id);
}

Rest<std::optional<int>> read_seconds(const http::Headers& headers, std::string_view name) {
  const std::string_view text = base::trim(headers.value(name));
  if (text.empty()) return std::optional<int>();
  int seconds = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    return rest_error("InvalidHeaderValue", std::string(name) + " is a number of seconds.");
  }
  return std::optional(seconds);
}

Rest<Done> read_times(LeaseAction& action, const http::Headers& headers) {
  if (action.kind == Kind::acquire) {
    auto duration = read_seconds(headers, "x-ms-lease-duration");
    if (!duration) return duration.failure();
    if (!*duration) return rest_error("MissingRequiredHeader", "Send x-ms-lease-duration.");
    if (**duration != -1 && (**duration < kShortest || **duration > kLongest)) {
      return rest_error("InvalidHeaderValue", "x-ms-lease-duration is 15 to 60 seconds, or -1 for ever.");
    }
    if (**duration != -1) action.duration = std::chrono::seconds(**duration);
  }
  if (action.kind == Kind::break_it) {
    auto period = read_seconds(headers, "x-ms-lease-break-period");
    if (!period) return period.failure();
    if (*period && (**period < 0 || **period > kLongest)) {
      return rest_error("InvalidHeaderValue", "x-ms-lease-break-period is 0 to 60 seconds.");
    }
    if (*period) action.break_period = std::chrono::seconds(**period);
  }
  return Done{};
}

Rest<LeaseAction> read_action(const OperationContext& context) {
  const http::Headers& headers = context.headers();
  auto kind = read_kind(headers);
  if (!kind) return kind.failure();
  LeaseAction action;
  action.kind = *kind;
  const bool acts_on_one = *kind != Kind::acquire && *kind != Kind::break_it;
  auto id = read_id(headers, "x-ms-lease-id", acts_on_one);
  if (!id) return id.failure();
  action.id = std::move(*id);
  auto proposed = read_id(headers, "x-ms-proposed-lease-id", *kind == Kind::change);
  if (!proposed) return proposed.failure();
  action.proposed_id = std::move(*proposed);
  if (*kind == Kind::acquire && action.proposed_id.empty()) action.proposed_id = context.ids.uuid();
  if (auto times = read_times(action, headers); !times) return times.failure();
  return action;
}

template <class Record>
http::Response lease_answer(const LeaseAction& action, const Record& record, base::WallTime now) {
  const bool breaks = action.kind == Kind::break_it;
  http::Response response = answer_with_validators(action.kind == Kind::acquire ? 201
                                                   : breaks                     ? 202
                                                                                : 200,
                                                   record);
  if (breaks) {
    response.headers.set("x-ms-lease-time", std::to_string(remaining_break(record.lease, now).count()));
  } else if (action.kind != Kind::release) {
    response.headers.set("x-ms-lease-id", record.lease.id);
  }
  return response;
}

}  // namespace

Answer lease_container(const OperationContext& context) {
  auto action = read_action(context);
  if (!action) return action.failure();
  Conditions conditions = conditions_of(context.headers());
  conditions.if_match.clear();  // only the conditions on time exist for containers
  conditions.if_none_match.clear();
  auto leased =
      lease_container(context.store, context.request.container_id(), *action, conditions, context.now);
  if (!leased) return rest_error(leased.failure());
  return lease_answer(*action, *leased, context.now);
}

Answer lease_blob(const OperationContext& context) {
  auto action = read_action(context);
  if (!action) return action.failure();
  auto leased = lease_blob(context.store, context.request.blob_id(), *action,
                           conditions_of(context.headers()), context.now);
  if (!leased) return rest_error(leased.failure());
  return lease_answer(*action, *leased, context.now);
}

}  // namespace exthost::storage
