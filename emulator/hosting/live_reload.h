#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/hosting/page_tally.h"
#include "emulator/http/message.h"

namespace exthost::hosting {

/// Tells open pages that something happened to their extension (fidelity `dev` only).
///
/// Pages carry the script (environment_page.h). One page of a browser holds the stream for all of them. On an
/// event each asks what it should show now (page_state.h): a page of another version takes over the
/// stylesheets if nothing else changed, and else reloads; problems are laid over it while they last.
/// Thread-safe; nothing but `wait_for_pages` blocks.
class LiveReload {
 public:
  LiveReload();

  /// The script of `/_emu/live-reload.js`.
  static std::string_view script();

  /// Server-sent events, each with an extension that it concerns: `event: version` with
  /// `{"extension","change","revision","versions":{name: version}}` when another version may answer its
  /// pages, `event: problems` with `{"extension"}` when its problems changed. A stream is about `extension`,
  /// or about all if that is empty. It begins with a `version` whose extension is empty, which concerns every
  /// page.
  http::Response open_stream(std::string extension) const;

  /// Tells every stream that is about the extension of another version. `members`: what the event's JSON
  /// object has besides `extension` and `change`, such as `"revision":3`. Returns how many streams, and so
  /// browsers, that is.
  std::size_t tell_version(std::string_view extension, const std::string& members) const;

  /// The same for its problems.
  void tell_problems(std::string_view extension) const;

  /// What pages answer to `tell_version`, by the event's `change`.
  PageTally& tally() const;

  /// How the pages took the extension's newest version: waits until all have asked, for a quarter of a second
  /// of real time at most.
  PageCounts wait_for_pages(std::string_view extension) const;

  /// Ends every stream.
  void close() const;

 private:
  struct Streams;
  std::shared_ptr<Streams> streams_;  // shared with the registrations of open streams, which may outlive this
};

}  // namespace exthost::hosting
