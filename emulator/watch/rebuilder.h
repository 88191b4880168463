#pragma once

#include <functional>
#include <optional>
#include <string>

#include "emulator/package/builder.h"
#include "emulator/watch/publisher.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// What a source folder's loop tells. Called on its thread, with no lock held; each may be empty.
struct SourceCallbacks {
  std::function<void(const Published&)> on_published;
  /// A build or a publish failed (kSourceUnreadable, kSourceRejected, kPublishFailed): once per cause while
  /// it lasts. The last published version stays.
  std::function<void(const base::Error&)> on_problem;
  /// The problem told last is over.
  std::function<void()> on_mended;
  /// The ready file is not there: nothing is built until it is written. Once while that lasts.
  std::function<void()> on_waiting;
  /// Watching goes on in another way (kWatchLimit, polling).
  std::function<void(const base::Error&)> on_notice;
};

/// One turn from a source folder to a published version: build; no change, nothing; else publish.
///
/// Not thread-safe: the watch thread owns it.
class Rebuilder {
 public:
  using Build = std::function<base::Result<std::optional<package::BuiltPackage>>(const package::Touched&)>;

  /// `build` is PackageBuilder::build. `publisher` outlives this.
  Rebuilder(Build build, Publisher& publisher, SourceCallbacks callbacks, MonotonicNow now);

  /// Builds ahead of `rebuild`, for those paths: shows nothing, and leaves what fails to that.
  void prepare(const package::Touched& touched);

  /// Looks at the folder, and publishes if its content changed. Returns when to try again if it failed in a
  /// way that may mend itself without an event: files that did not settle, a container that could not be
  /// written.
  std::optional<Duration> rebuild(const package::Touched& touched = std::nullopt);

  /// config.json was changed by another (Publisher::config_changed).
  std::optional<Duration> config_changed();

 private:
  std::optional<Duration> settle(base::Result<std::optional<Published>> outcome);
  std::optional<Duration> fail(base::Error error);
  void mend();

  Build build_;
  Publisher& publisher_;
  SourceCallbacks callbacks_;
  MonotonicNow now_;
  bool folder_is_empty_ = false;     // as the builder saw it last
  std::optional<base::Error> told_;  // while it lasts
  unsigned failures_ = 0;            // in a row
};

/// A failed build under one of the two codes that a source folder's problems have: kSourceRejected for a
/// folder that can never be a package as it is, kSourceUnreadable for one that could not be read. Pure.
base::Error as_source_error(base::Error error);

/// How long to wait after so many failures in a row: 50 ms, doubling, up to 5 s. Pure.
Duration retry_delay(unsigned failures);

}  // namespace exthost::watch
