#pragma once

#include <functional>
#include <string>

#include "emulator/base/result.h"
#include "emulator/watch/container_sink.h"

namespace exthost::watch {

/// Makes a new config.json of the one that is there; null if there is none. May be asked again, with another.
using ConfigEdit = std::function<base::Result<std::string>(const ContainerSink::Blob* there)>;

/// Edits a container's config.json without losing what others write at the same moment: the new text goes in
/// only where the old one still is, and is made anew, a few times, of what came between. A text that is the
/// same is not written. Returns the text that the container has then.
///
/// Fails as `edit` does, with nothing written; else with what the container answered, or, where others are
/// always quicker, with `unavailable` (kConfigChanged).
base::Result<std::string> edit_config(ContainerSink& sink, const ConfigEdit& edit);

}  // namespace exthost::watch
