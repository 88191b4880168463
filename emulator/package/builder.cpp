#include "emulator/package/builder.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "emulator/package/build_plan.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/pack_files.h"
#include "emulator/package/recompressor.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_writer.h"

namespace exthost::package {
namespace {

/// Before anything is read: a folder that is far too large is refused at once.
base::Result<void> check_total(const std::vector<SourceFile>& scanned, const PackageLimits& limits) {
  std::uint64_t total = 0;
  for (const SourceFile& file : scanned) {
    total += file.size;
    if (total <= limits.expanded_bytes) continue;
    return zip_too_large("the folder holds more than " + std::to_string(limits.expanded_bytes) +
                         " bytes, the limit of a package; leave out what the extension does not need");
  }
  return {};
}

/// So many builds may leave their bytes where they are before all are put in one place again.
constexpr std::size_t kMostGenerations = 64;

}  // namespace

/// Between builds it holds the last package and, for each of its entries, the stats of its file. The
/// compressed bytes of unchanged files are copied from that package, so they are in memory once.
class PackageBuilder::Impl {
 public:
  Impl(std::filesystem::path root, IgnoreOptions ignore, unsigned threads, PackageLimits limits,
       Overlay overlay)
      : source_(std::move(root), std::move(ignore), std::move(overlay)), threads_(threads), limits_(limits) {}

  base::Result<std::optional<BuiltPackage>> build(const Touched& touched) {
    const bool narrow = touched && last_ && !failed_;
    failed_ = true;  // until it is done
    auto scanned = narrow ? scan(*touched) : source_.scan(limits_.entries);
    if (!scanned) return std::move(scanned).error();
    auto built = build_of(*scanned);
    failed_ = !built;
    return built;
  }

  void tidy() {
    if (last_ == nullptr) return;
    take_recompressed();
    if (last_->generations() > 0) {
      auto whole = Package::open(last_->owner(), last_->bytes(), limits_);
      EXTHOST_CHECK(whole);  // what stood in it before was opened
      last_ = *std::move(whole);
    }
    std::vector<Recompressor::Job> jobs;
    for (std::size_t i = 0; i < known_.size(); ++i) {
      if (known_[i].packed_fast && better_.count(known_[i].file.path) == 0) jobs.push_back({last_, i});
    }
    recompressor_.begin(std::move(jobs));
  }

 private:
  /// What the next package consists of. Views point into the last package, the fresh files and `better_`.
  struct Draft {
    std::vector<KnownFile> known;
    std::vector<Entry> entries;                    // of the known files, in their order
    std::vector<std::optional<std::size_t>> kept;  // where each stands in the last package, if it is the same
    std::vector<std::string> changed;
  };

  base::Result<std::vector<SourceFile>> scan(const std::vector<std::string>& touched) {
    std::vector<SourceFile> known;
    known.reserve(known_.size() + touched.size());
    for (const KnownFile& file : known_) known.push_back(file.file);
    if (auto files = source_.rescan(std::move(known), touched, limits_.entries)) return *std::move(files);
    return source_.scan(limits_.entries);
  }

  base::Result<std::optional<BuiltPackage>> build_of(const std::vector<SourceFile>& scanned) {
    const BuildPlan plan = plan_build(scanned, known_);
    if (last_ && plan.to_read.empty() && plan.removed.empty()) return std::optional<BuiltPackage>();
    if (auto checked = check_total(scanned, limits_); !checked) return std::move(checked).error();
    const auto before = [&](std::size_t index) {
      const auto& old = plan.known_as[index];
      return old ? &last_->entries()[*old] : nullptr;
    };
    auto fresh =
        pack_files(source_, scanned, plan.to_read, before, {threads_, limits_.file_bytes, last_ != nullptr});
    if (!fresh) return std::move(fresh).error();

    take_recompressed();
    Draft draft = make_draft(plan, scanned, *fresh);
    if (last_ && draft.changed.empty()) {
      known_ = std::move(draft.known);  // other stats, same content
      return std::optional<BuiltPackage>();
    }
    auto time = zip_time();
    if (!time) return std::move(time).error();
    const bool same_files = last_ && plan.removed.empty() && draft.entries.size() == known_.size();
    const bool patched = same_files && last_->generations() < kMostGenerations;
    auto package = patched ? replace_content(draft, *std::move(fresh), *time) : assemble(draft, *time);
    if (!package) return std::move(package).error();
    PartList parts((*package)->entries(), *time, patched ? std::string_view() : (*package)->bytes(), parts_,
                   draft.kept, threads_);
    parts_ = std::move(parts);
    for (KnownFile& file : draft.known) {
      if (better_.count(file.file.path) != 0) file.packed_fast = false;
    }
    better_.clear();
    known_ = std::move(draft.known);
    last_ = *package;
    return std::optional(BuiltPackage{last_, std::move(draft.changed), parts_.take()});
  }

  /// What was recompressed meanwhile counts if the last package still has what it was made from.
  void take_recompressed() {
    for (Recompressor::Done& done : recompressor_.take()) {
      const Entry& from = done.job.package->entries()[done.job.entry];
      const auto file = std::lower_bound(
          known_.begin(), known_.end(), from.name,
          [](const KnownFile& known, std::string_view path) { return known.file.path < path; });
      if (file == known_.end() || file->file.path != from.name || !file->packed_fast) continue;
      const Entry& now = last_->entries()[static_cast<std::size_t>(file - known_.begin())];
      if (now.stored == from.stored)
        better_.insert_or_assign(file->file.path,
                                 std::make_shared<const PackedBytes>(std::move(done.packed)));
    }
  }

  Draft make_draft(const BuildPlan& plan, const std::vector<SourceFile>& scanned,
                   std::vector<FreshFile>& fresh) {
    Draft draft;
    const std::size_t count = scanned.size();
    draft.known.reserve(count);  // so that the entries' names stay where they are
    draft.entries.reserve(count);
    draft.kept.reserve(count);
    draft.changed = plan.removed;
    std::size_t next_fresh = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const bool read = next_fresh < plan.to_read.size() && plan.to_read[next_fresh] == i;
      FreshFile* file = read ? &fresh[next_fresh++] : nullptr;
      const std::optional<std::size_t> old = plan.known_as[i];
      if (file != nullptr && file->same) {
        file->known.packed_fast = known_[*old].packed_fast;
        known_[*old] = std::move(file->known);  // other stats, same content
        file = nullptr;
      }
      if (file != nullptr) {
        better_.erase(scanned[i].path);
        draft.known.push_back(std::move(file->known));
        draft.entries.push_back(entry_of(draft.known.back().file.path, file->packed));
        draft.kept.emplace_back();
      } else {
        const std::size_t from = old ? *old : *plan.moved_from[i];
        draft.known.push_back(known_[from]);
        draft.known.back().file.path = scanned[i].path;
        draft.entries.push_back(last_->entries()[from]);
        draft.entries.back().name = draft.known.back().file.path;
        draft.kept.push_back(old);
        const auto better = old ? better_.find(scanned[i].path) : better_.end();
        if (better != better_.end()) {
          draft.entries.back() = entry_of(draft.known.back().file.path, *better->second);
          draft.kept.back().reset();
        }
      }
      if (file != nullptr || !old) draft.changed.push_back(scanned[i].path);
    }
    std::sort(draft.changed.begin(), draft.changed.end());
    return draft;
  }

  static Entry entry_of(std::string_view name, const PackedBytes& packed) {
    return {name, packed.stored, packed.size, packed.crc32, packed.compression};
  }

  base::Result<std::shared_ptr<const Package>> assemble(const Draft& draft, ZipTime time) const {
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
      if (draft.kept[i]) continue;  // its name has been checked
      if (auto checked = check_entry_name(draft.entries[i].name, limits_); !checked)
        return std::move(checked).error();
    }
    if (auto checked = check_zip_limits(draft.entries, limits_); !checked) return std::move(checked).error();
    auto zip = assemble_zip(draft.entries, time);
    // The reader's own checks decide what a package is, for ours as for others'. Contents need no verifying.
    return Package::open(zip, *zip, limits_);
  }

  /// The next package where it has the same files as the last. Takes what the draft's entries point into.
  base::Result<std::shared_ptr<const Package>> replace_content(const Draft& draft,
                                                               std::vector<FreshFile> fresh, ZipTime time) {
    std::vector<Package::NewContent> contents;
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
      if (!draft.kept[i]) contents.push_back({i, draft.entries[i]});
    }
    struct Bytes {
      std::vector<FreshFile> fresh;  // a vector that moves leaves its elements where they are
      std::vector<std::shared_ptr<const PackedBytes>> better;
    };
    auto bytes = std::make_shared<Bytes>();
    bytes->fresh = std::move(fresh);
    for (const auto& [path, packed] : better_) bytes->better.push_back(packed);
    return last_->with_content(contents, std::move(bytes), time, limits_);
  }

  LayeredSource source_;
  const unsigned threads_;
  const PackageLimits limits_;
  std::vector<KnownFile> known_;  // sorted by path: known_[i] is the file of last_->entries()[i]
  std::shared_ptr<const Package> last_;
  PartList parts_;       // of last_
  bool failed_ = false;  // the last build: what it was to see may not have been seen
  std::map<std::string, std::shared_ptr<const PackedBytes>, std::less<>>
      better_;  // recompressed, for the next package; by path
  Recompressor recompressor_;
};

PackageBuilder::PackageBuilder(std::filesystem::path root, IgnoreOptions ignore, unsigned threads,
                               PackageLimits limits, Overlay overlay)
    : impl_(std::make_unique<Impl>(std::move(root), std::move(ignore), threads, limits, std::move(overlay))) {
}

PackageBuilder::~PackageBuilder() = default;

base::Result<std::optional<BuiltPackage>> PackageBuilder::build(const Touched& touched) {
  return impl_->build(touched);
}

void PackageBuilder::tidy() {
  impl_->tidy();
}

base::Result<BuiltPackage> build_folder(const std::filesystem::path& root, const IgnoreOptions& ignore,
                                        const PackageLimits& limits) {
  PackageBuilder builder(root, ignore, 2, limits);
  auto built = builder.build();
  if (!built) return std::move(built).error();
  EXTHOST_CHECK(built->has_value());  // a first build always has a result
  return std::move(**built);
}

}  // namespace exthost::package
