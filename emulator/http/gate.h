#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/http/message.h"

namespace exthost::http {

/// Who may talk to a listener: the same check before every service (limits.md, HTTP).
struct GateRules {
  std::vector<std::string> allowed_hosts;  ///< Besides localhost, loopback addresses and `.localhost` names.
  bool check_port = true;                  ///< The Host header's port must be the listener's.
  /// Portal and control: cross-site requests are refused unless they are top-level navigations (GET or HEAD),
  /// and so are scripts for any other origin. Clients that send no fetch metadata are judged by Origin, if
  /// they send one.
  bool refuse_cross_site = false;
};

/// What a Host header says.
struct HostAndPort {
  std::string name;  ///< Lower-cased, without brackets and final dot.
  std::optional<std::uint16_t> port;
};

/// The refusal, or nothing if the request may go on: 400 for several Host headers, 421 for none (HTTP/1.0 may
/// send none) or one that is not ours, 403 for another site's page. Uses the request's head only;
/// `host` is parse_host's word on its Host header.
std::optional<Response> refuse_at_gate(const Request& request, const std::optional<HostAndPort>& host,
                                       const GateRules& rules);

/// Whether a lower-cased host name is of this machine: `localhost`, a name under it, or a literal loopback
/// address. No name server can point these elsewhere.
bool is_local_name(std::string_view name);

/// The name without the `.localhost` behind it: production's host that it stands for. Empty if there is none.
std::string_view production_name(std::string_view name);

/// Splits a Host header; nothing if it is malformed.
std::optional<HostAndPort> parse_host(std::string_view host_header);

}  // namespace exthost::http
