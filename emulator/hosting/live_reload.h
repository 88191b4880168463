#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "emulator/base/guarded.h"
#include "emulator/http/message.h"

namespace exthost::hosting {

/// Tells open pages that there may be another version behind their URL (fidelity `dev` only).
///
/// Pages carry the script (environment_page.h). One page of a browser holds the stream for all of them; on an
/// event each asks which version answers its own URL now, and reloads if it is not the one it has.
/// Thread-safe; nothing here blocks.
class LiveReload {
 public:
  LiveReload();

  /// The script of `/_emu/live-reload.js`.
  static std::string_view script();

  /// Server-sent events: `event: version` with `{"extension","revision","versions":{name: version}}` after
  /// each change of `extension`, or of any extension if it is empty; one with an empty `extension` at first,
  /// which concerns every page.
  http::Response open_stream(std::string extension) const;

  /// Tells every stream that is about the extension. `data`: the event's JSON object on one line. Returns how
  /// many.
  std::size_t tell(std::string_view extension, const std::string& data) const;

  /// Ends every stream.
  void close() const;

 private:
  struct Streams;
  std::shared_ptr<Streams> streams_;  // shared with the registrations of open streams, which may outlive this
};

}  // namespace exthost::hosting
