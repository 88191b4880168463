#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/guarded.h"
#include "emulator/base/result.h"
#include "emulator/package/builder.h"
#include "emulator/watch/config_pointers.h"
#include "emulator/watch/container_sink.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// The friendly name that always points to the newest version of a source folder (design.md 4).
inline constexpr std::string_view kDevName = "dev";

struct PublisherSettings {
  std::string base_version;                 ///< Valid; minted versions are `<base>.<yyMMdd-HHmmss>[-n]`.
  std::vector<std::string> publish_to;      ///< Stages and friendly names to point, besides `dev`.
  std::vector<std::string> default_stages;  ///< Of the cloud: for a container without config.json.
  std::size_t kept_versions = 20;  ///< The newest minted ones, which stay though nothing refers to them.
};

/// A publish that is done.
struct Published {
  std::string version;
  bool reused = false;  ///< The container had these very files already, under this minted version.
  std::uint64_t zip_bytes = 0;
  std::vector<std::string> changed;  ///< Files, since the last build.
  std::chrono::microseconds build{0};
  std::chrono::microseconds publish{0};
  std::vector<std::string> names;      ///< Stages and friendly names that point to it now.
  std::vector<std::string> dropped;    ///< Old minted versions that were removed.
  std::vector<base::Error> leftovers;  ///< Old versions that should have been removed, and why they were not.
};

/// Puts a built package into a container as a new version and points names to it: zip first, then config.json
/// (domain.md b21), which stays the user's but for those names.
///
/// A config.json that is not valid stops a publish before anything is put; the package waits, and goes out
/// when config.json is mended (`config_changed`) or when `publish` is called again. A newer package takes a
/// waiting one's place.
///
/// `hold`, `publish` and `config_changed` are for one thread; `pointers` may be called from any.
/// Whoever else writes config.json meanwhile loses nothing: it is replaced only if it still is what was read.
class Publisher {
 public:
  /// Told of a zip that is in the container, under that ETag, before config.json points to it: so that the
  /// one who serves need not fetch what is in memory here.
  using OnStored = std::function<void(
      const std::string& version, const std::shared_ptr<const package::Package>&, const std::string& etag)>;

  /// `sink` and `clock` outlive the publisher. `on_stored` may be empty.
  Publisher(PublisherSettings settings, ContainerSink& sink, const base::Clock& clock, MonotonicNow now,
            OnStored on_stored);

  /// Keeps a package as the one that waits to be published, in place of another that did. If that brings back
  /// what is published, nothing waits.
  void hold(package::BuiltPackage built, std::chrono::microseconds build_time);

  /// Publishes what waits, or sees to a config.json that had changed and could not be seen to. Absent if
  /// there was nothing to publish. Fails with kPublishFailed; the error's kind is `invalid_input` if only the
  /// user can mend it.
  base::Result<std::optional<Published>> publish();

  /// To be called when config.json was changed by another: publishes what waits, or adds names of ours that
  /// the new config.json lacks. Names that it points elsewhere stay so until the next publish: that was
  /// somebody's will.
  base::Result<std::optional<Published>> config_changed();

  /// What config.json must say, now that a version has been published; empty before that.
  std::vector<Pointer> pointers() const;

 private:
  struct Waiting {
    package::BuiltPackage built;
    std::chrono::microseconds build_time{0};
    std::string version;  // empty until minted
    std::string etag;     // of the zip in the container; empty until it is there
    bool reused = false;
  };
  base::Result<Published> publish_waiting();
  base::Result<void> restore_names();
  base::Result<void> choose_version();
  base::Result<void> store_zip();
  base::Result<std::string> point_names(const std::vector<Pointer>& pointers);
  void drop_old_versions(const std::string& config, Published& report);
  std::vector<Pointer> pointers_to(const std::string& version) const;

  PublisherSettings settings_;
  ContainerSink& sink_;
  const base::Clock& clock_;
  MonotonicNow now_;
  OnStored on_stored_;
  std::vector<std::string> names_;  // `dev`, then publish_to
  std::vector<std::string>
      minted_;  // in this run, whatever became of them: a name is never used for other bytes
  std::optional<Waiting> waiting_;
  std::shared_ptr<const package::Package> published_;  // of this run; null before the first
  bool names_may_lack_ = false;  // config.json was changed by another and has not been seen to
  base::Guarded<std::vector<Pointer>> pointers_;
};

}  // namespace exthost::watch
