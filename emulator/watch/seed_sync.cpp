#include "emulator/watch/seed_sync.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/version.h"
#include "emulator/package/source_file.h"
#include "emulator/watch/minted_versions.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {
namespace {

constexpr int kTries = 5;  // against others who write config.json at the same moment

base::Error coded(base::Error error, std::string_view code, const std::string& context) {
  error.code = code;
  return std::move(error).within(context);
}

bool is_version_folder(std::string_view name) {
  return name[0] >= '0' && name[0] <= '9' && model::check_version_name(name).has_value();
}

bool may_pass(const base::Error& error) {
  return error.kind == base::ErrorKind::conflict || error.kind == base::ErrorKind::unavailable;
}

base::Error not_stored(const std::string& blob, const base::Error& error) {
  return coded(error, model::codes::kPublishFailed, blob + " could not be copied from the seed");
}

}  // namespace

SeedPlan plan_seed(const std::vector<package::SourceFile>& scanned) {
  SeedPlan plan;
  for (const package::SourceFile& file : scanned) {
    if (file.path.front() == '.') continue;
    const std::size_t slash = file.path.find('/');
    if (slash == std::string::npos) {
      plan.files.emplace(file.path, file);
    } else if (const std::string folder = file.path.substr(0, slash); is_version_folder(folder)) {
      plan.versions[model::zip_of(folder)].push_back(file);
    }
  }
  for (auto version = plan.versions.begin(); version != plan.versions.end();) {
    if (plan.files.count(version->first) == 0) {
      ++version;
      continue;
    }
    plan.problems.push_back(
        {base::ErrorKind::invalid_input,
         version->first + " and a folder of the same version stand side by side; the zip is taken",
         std::string(model::codes::kSourceRejected)});
    version = plan.versions.erase(version);
  }
  return plan;
}

SeedSync::SeedSync(std::filesystem::path folder, ContainerSink& sink, Pointers pointers,
                   package::PackageLimits limits)
    : folder_(std::move(folder)), sink_(sink), pointers_(std::move(pointers)), limits_(limits) {}

base::Result<SeedReport> SeedSync::sync() {
  scanned_at_ns_ = std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  const auto scanned = package::scan_folder(folder_, {}, kMostFiles);
  if (!scanned) {
    return coded(scanned.error(), model::codes::kSourceUnreadable, "the seed could not be read");
  }
  SeedPlan plan = plan_seed(*scanned);
  SeedReport report;
  report.problems = std::move(plan.problems);

  for (const auto& [blob, files] : plan.versions)
    copy_if_changed(blob, files, &SeedSync::copy_version, report);
  for (const auto& [blob, file] : plan.files) {
    if (model::version_of_zip(blob)) copy_if_changed(blob, {file}, &SeedSync::copy_file, report);
  }
  for (const auto& [blob, file] : plan.files) {
    if (!model::version_of_zip(blob) && blob != model::kConfigBlob)
      copy_if_changed(blob, {file}, &SeedSync::copy_file, report);
  }
  if (report.try_again) return report;
  if (const auto config = plan.files.find(model::kConfigBlob); config != plan.files.end()) {
    copy_if_changed(model::kConfigBlob, {config->second}, &SeedSync::copy_config, report);
  }
  if (!report.try_again) remove_what_is_gone(plan, report);
  return report;
}

void SeedSync::copy_if_changed(const std::string& blob, const std::vector<package::SourceFile>& from,
                               Copy copy, SeedReport& report) {
  const auto known = copied_.find(blob);
  if (known != copied_.end() && known->second == from) return;
  auto put = (this->*copy)(blob);
  if (!put) {
    report.try_again = report.try_again || may_pass(put.error());
    report.problems.push_back(std::move(put).error());
    return;
  }
  const bool uncertain = std::any_of(from.begin(), from.end(), [this](const package::SourceFile& file) {
    return package::may_hide_change(file, scanned_at_ns_);
  });
  copied_[blob] = uncertain ? std::vector<package::SourceFile>() : from;
  if (*put) report.put.push_back(blob);
}

void SeedSync::remove_what_is_gone(const SeedPlan& plan, SeedReport& report) {
  for (auto known = copied_.begin(); known != copied_.end();) {
    const std::string& blob = known->first;
    if (plan.files.count(blob) != 0 || plan.versions.count(blob) != 0) {
      ++known;
      continue;
    }
    auto removed = sink_.remove(blob);
    if (!removed) {
      report.try_again = report.try_again || may_pass(removed.error());
      report.problems.push_back(coded(removed.error(), model::codes::kPublishFailed,
                                      blob + " could not be removed from the container"));
      ++known;
      continue;
    }
    report.removed.push_back(blob);
    known = copied_.erase(known);
  }
}

base::Result<bool> SeedSync::copy_file(const std::string& blob) {
  auto bytes = read_file(blob);
  if (!bytes) return std::move(bytes).error();
  return put_if_different(blob, Content::of(*std::move(bytes)));
}

base::Result<bool> SeedSync::copy_version(const std::string& blob) {
  const std::string version = *model::version_of_zip(blob);
  const auto built = package::build_folder(folder_ / version, {}, limits_);
  if (!built) {
    const base::Error& error = built.error();
    return coded(error, may_pass(error) ? model::codes::kSourceUnreadable : model::codes::kSourceRejected,
                 "version " + version + " could not be packed");
  }
  return put_if_different(blob, {built->package->owner(), built->package->bytes()});
}

/// The seed's config.json with the publisher's pointers on top. A text that is no JSON is put as it is: the
/// hosting service must see what its owner wrote, and will say what is wrong with it.
base::Result<bool> SeedSync::copy_config(const std::string& blob) {
  const auto text = read_file(blob);
  if (!text) return text.error();
  for (int tries = 0; tries < kTries; ++tries) {
    // The blob first, the pointers second: a publish in between makes the put below a conflict.
    const auto present = sink_.get(blob);
    if (!present) return not_stored(blob, present.error());
    const auto composed = compose_config(*text, pointers_ ? pointers_() : std::vector<Pointer>());
    const std::string& wanted = composed ? *composed : *text;
    if (*present && (*present)->content.bytes == wanted) return false;
    const auto put = sink_.put_if_unchanged(blob, Content::of(wanted), *present ? (*present)->etag : "");
    if (put) return true;
    if (put.error().kind != base::ErrorKind::conflict) return not_stored(blob, put.error());
  }
  return not_stored(blob, {base::ErrorKind::unavailable, "others keep changing it", ""});
}

base::Result<bool> SeedSync::put_if_different(const std::string& blob, Content content) {
  const auto present = sink_.get(blob);
  if (!present) return not_stored(blob, present.error());
  if (*present && (*present)->content.bytes == content.bytes) return false;
  const auto put = sink_.put(blob, std::move(content));
  if (!put) return not_stored(blob, put.error());
  return true;
}

base::Result<std::string> SeedSync::read_file(const std::string& name) const {
  auto reading = package::read_settled(
      name, [&] { return package::read_source_file(folder_, name, limits_.zip_bytes); });
  if (!reading) {
    return coded(reading.error(), model::codes::kSourceUnreadable, "the seed could not be read");
  }
  return std::move(reading->bytes);
}

}  // namespace exthost::watch
