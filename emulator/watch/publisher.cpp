#include "emulator/watch/publisher.h"

#include <algorithm>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/package/same_content.h"
#include "emulator/watch/config_edit.h"
#include "emulator/watch/minted_versions.h"

namespace exthost::watch {
namespace {

using model::kConfigBlob;
using model::zip_of;

base::Error publish_failed(base::Error cause, const std::string& what) {
  cause = std::move(cause).within(what);
  cause.code = model::codes::kPublishFailed;
  return cause;
}

std::vector<std::string> unique_names(const std::vector<std::string>& publish_to) {
  std::vector<std::string> names = {std::string(kDevName)};
  for (const std::string& name : publish_to) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> versions_among(const std::vector<std::string>& blobs) {
  std::vector<std::string> versions;
  for (const std::string& blob : blobs) {
    if (auto version = model::version_of_zip(blob)) versions.push_back(*std::move(version));
  }
  return versions;
}

/// The package that a container has, if its files are those of `built`; else null. The bytes may differ: a
/// save of a large file is deflated at another level than a first build.
std::shared_ptr<const package::Package> package_there(const Content& zip,
                                                      const std::shared_ptr<const package::Package>& built) {
  if (zip.bytes == built->bytes()) return built;
  auto there = package::Package::open(zip.owner, zip.bytes);
  if (!there || !(*there)->verify() || !package::same_content(**there, *built)) return nullptr;
  return *std::move(there);
}

/// Both sorted and without doubles; so is the result.
std::vector<std::string> united(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  std::vector<std::string> all;
  std::set_union(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(all));
  return all;
}

}  // namespace

Publisher::Publisher(PublisherSettings settings, ContainerSink& sink, const base::Clock& clock,
                     MonotonicNow now, OnStored on_stored)
    : settings_(std::move(settings)),
      sink_(sink),
      clock_(clock),
      now_(std::move(now)),
      on_stored_(std::move(on_stored)),
      names_(unique_names(settings_.publish_to)) {}

void Publisher::hold(package::BuiltPackage built, std::chrono::microseconds build_time) {
  if (waiting_) {
    built.changed = united(waiting_->built.changed, built.changed);
    build_time += waiting_->build_time;
    if (published_ != nullptr && package::same_content(*published_, *built.package)) {
      waiting_.reset();
      return;
    }
  }
  Waiting waiting;
  waiting.built = std::move(built);
  waiting.build_time = build_time;
  waiting_ = std::move(waiting);
}

base::Result<std::optional<Published>> Publisher::publish() {
  if (waiting_) {
    auto published = publish_waiting();
    if (!published) return std::move(published).error();
    return std::optional<Published>(*std::move(published));
  }
  if (names_may_lack_) {
    auto restored = restore_names();
    if (!restored) return std::move(restored).error();
    names_may_lack_ = false;
  }
  return std::optional<Published>();
}

base::Result<std::optional<Published>> Publisher::config_changed() {
  names_may_lack_ = true;
  return publish();
}

/// Adds those of our names that config.json lacks. One that is absent or no JSON is the hosting service's to
/// complain of.
base::Result<void> Publisher::restore_names() {
  auto config = sink_.get(kConfigBlob);
  if (!config) return publish_failed(std::move(config).error(), "config.json could not be read");
  if (!*config) return {};
  const auto present = read_pointers((*config)->content.bytes, names_);
  if (!present) return {};

  std::vector<Pointer> lacking = pointers();
  const auto is_present = [&present](const Pointer& pointer) {
    return std::any_of(present->begin(), present->end(),
                       [&pointer](const Pointer& other) { return other.name == pointer.name; });
  };
  lacking.erase(std::remove_if(lacking.begin(), lacking.end(), is_present), lacking.end());
  if (lacking.empty()) return {};
  auto pointed = point_names(lacking);
  if (!pointed) return std::move(pointed).error();
  return {};
}

std::vector<Pointer> Publisher::pointers() const {
  return pointers_.with([](const std::vector<Pointer>& pointers) { return pointers; });
}

base::Result<Published> Publisher::publish_waiting() {
  const Instant start = now_();
  // Judged before anything is put: with a config.json that can't be edited, nothing changes.
  auto config = sink_.get(kConfigBlob);
  if (!config) return publish_failed(std::move(config).error(), "config.json could not be read");
  auto chosen = choose_version();
  if (!chosen) return std::move(chosen).error();
  const std::string version = waiting_->version;
  if (*config) {
    auto composed = compose_config((*config)->content.bytes, pointers_to(version));
    if (!composed) {
      return publish_failed(std::move(composed).error(), "the new version waits until config.json is mended");
    }
  }

  auto stored = store_zip();
  if (!stored) return std::move(stored).error();
  const std::shared_ptr<const package::Package> package = waiting_->built.package;
  if (on_stored_) on_stored_(version, package, waiting_->etag);
  // From here on whoever composes config.json points to this version, whichever of us comes first.
  pointers_.with([&](std::vector<Pointer>& pointers) { pointers = pointers_to(version); });
  auto pointed = point_names(pointers_to(version));
  if (!pointed) return std::move(pointed).error();

  Published report;
  report.version = version;
  report.reused = waiting_->reused;
  report.zip_bytes = package->size_bytes();
  report.changed = std::move(waiting_->built.changed);
  report.build = waiting_->build_time;
  report.names = names_;
  waiting_.reset();
  published_ = package;
  names_may_lack_ = false;
  report.publish = std::chrono::duration_cast<std::chrono::microseconds>(now_() - start);
  drop_old_versions(*pointed, report);
  return report;
}

/// Chooses the version that waits to be published: a new one, or, for the first of this run, the newest
/// minted one that is there if it has these very files.
base::Result<void> Publisher::choose_version() {
  if (!waiting_->version.empty()) return {};
  auto blobs = sink_.list();
  if (!blobs) return publish_failed(std::move(blobs).error(), "the container could not be listed");
  std::vector<std::string> versions = versions_among(*blobs);

  const std::vector<std::string> earlier = minted_newest_first(versions, settings_.base_version);
  if (minted_.empty() && !earlier.empty()) {
    auto newest = sink_.get(zip_of(earlier.front()));
    if (!newest)
      return publish_failed(std::move(newest).error(), zip_of(earlier.front()) + " could not be read");
    if (auto there = *newest ? package_there((*newest)->content, waiting_->built.package) : nullptr) {
      waiting_->version = earlier.front();
      waiting_->etag = (*newest)->etag;
      waiting_->built.package = std::move(there);
      waiting_->reused = true;
    }
  }
  if (waiting_->version.empty()) {
    versions.insert(versions.end(), minted_.begin(), minted_.end());
    waiting_->version = next_minted(versions, settings_.base_version, base::to_version_stamp(clock_.now()));
  }
  minted_.push_back(waiting_->version);
  return {};
}

base::Result<void> Publisher::store_zip() {
  if (!waiting_->etag.empty()) return {};
  const std::string blob = zip_of(waiting_->version);
  auto put = sink_.put_new_zip(blob, waiting_->built);
  if (!put) {
    // Somebody took the name since it was chosen: the next try chooses another.
    if (put.error().kind == base::ErrorKind::conflict) {
      waiting_->version.clear();
      put.error().kind = base::ErrorKind::unavailable;
    }
    return publish_failed(std::move(put).error(), blob + " could not be stored");
  }
  waiting_->etag = *std::move(put);
  return {};
}

/// Sets the pointers in config.json as it stands at that moment; the text that it has then.
base::Result<std::string> Publisher::point_names(const std::vector<Pointer>& pointers) {
  auto edited = edit_config(sink_, [&](const ContainerSink::Blob* there) -> base::Result<std::string> {
    if (there == nullptr) return first_config(settings_.default_stages, pointers.front().version, pointers);
    auto composed = compose_config(there->content.bytes, pointers);
    if (!composed) return std::move(composed).error().within("config.json was left as it is");
    return composed;
  });
  if (!edited) edited.error().code = model::codes::kPublishFailed;
  return edited;
}

void Publisher::drop_old_versions(const std::string& config, Published& report) {
  auto blobs = sink_.list();
  if (!blobs) {
    report.leftovers.push_back(std::move(blobs).error().within("old versions could not be listed"));
    return;
  }
  std::vector<std::string> referred = referred_versions(config);
  referred.push_back(report.version);
  for (const std::string& version :
       versions_to_drop(versions_among(*blobs), settings_.base_version, referred, settings_.kept_versions)) {
    auto removed = sink_.remove(zip_of(version));
    if (removed) {
      report.dropped.push_back(version);
    } else {
      report.leftovers.push_back(
          std::move(removed).error().within(zip_of(version) + " could not be removed"));
    }
  }
}

std::vector<Pointer> Publisher::pointers_to(const std::string& version) const {
  std::vector<Pointer> pointers;
  for (const std::string& name : names_) pointers.push_back({name, version});
  return pointers;
}

}  // namespace exthost::watch
