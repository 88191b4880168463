#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace exthost::http {

/// Who listens on a TCP port of this machine: `node (process 4711)`. Absent if the system does not tell
/// (another user's process, or a system without /proc): it is only ever used to make an error message better.
std::optional<std::string> find_port_holder(std::uint16_t port);

}  // namespace exthost::http
