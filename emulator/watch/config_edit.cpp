#include "emulator/watch/config_edit.h"

#include <utility>

#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"

namespace exthost::watch {
namespace {

constexpr int kTries = 5;  // against others who write config.json at the same moment

}  // namespace

base::Result<std::string> edit_config(ContainerSink& sink, const ConfigEdit& edit) {
  for (int tries = 0; tries < kTries; ++tries) {
    auto there = sink.get(model::kConfigBlob);
    if (!there) return std::move(there).error().within("config.json could not be read");
    const ContainerSink::Blob* blob = *there ? &**there : nullptr;
    auto edited = edit(blob);
    if (!edited || (blob != nullptr && *edited == blob->content.bytes)) return edited;
    auto put = sink.put_if_unchanged(model::kConfigBlob, Content::of(*edited),
                                     blob == nullptr ? std::string() : blob->etag);
    if (put) return edited;
    if (put.error().kind != base::ErrorKind::conflict)
      return std::move(put).error().within("config.json could not be stored");
  }
  return base::Error{base::ErrorKind::unavailable, "config.json changed again and again while it was edited",
                     std::string(model::codes::kConfigChanged)};
}

}  // namespace exthost::watch
