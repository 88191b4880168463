#pragma once

#include <string>

#include "emulator/base/clock.h"

namespace exthost::storage {

/// What a blob says about the copy that made it. Every copy here is done when it is answered.
struct CopyState {
  std::string id;      ///< A GUID.
  std::string source;  ///< The URL that was copied, without its signature.
  base::WallTime completed;
  bool operator==(const CopyState&) const = default;
};

}  // namespace exthost::storage
