#include "emulator/watch/container_sink.h"

#include <utility>

namespace exthost::watch {

Content Content::of(std::string text) {
  auto owner = std::make_shared<const std::string>(std::move(text));
  const std::string_view bytes = *owner;
  return {std::move(owner), bytes};
}

}  // namespace exthost::watch
